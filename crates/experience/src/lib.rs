//! The sign-in experience: what a tenant's settings allow, and the use cases that obey them.
//!
//! It knows no HTTP and no markup. A use case is a method of [`Experience`]; it takes values that
//! were parsed at the edge and returns what happened as an enum.

mod account;
mod consent;
mod first_administrator;
mod flow;
mod identifier;
mod interactions;
mod limits;
mod password;
mod rules;
mod settings;

use std::sync::Arc;

use moongate_core::{Clock, Entropy, MessageSender, ServerKeys, Store};

pub use account::{
    Account, AccountCode, AccountError, AccountSession, AccountStep, FRESH_FOR, SteppedUp,
    WantedChange, Ways,
};
pub use consent::{ConsentError, ConsentQuestion};
pub use first_administrator::{
    SETUP_LINK_TTL, SetupError, first_administrator_can_return, first_administrator_signs_in,
    needs_setup, new_setup_link,
};
pub use flow::advance::{Progress, Step, Whereabouts};
pub use flow::error::FlowError;
pub use flow::identify::Identified;
pub use flow::missing::Missing;
pub use flow::profile::ProfileAddition;
pub use flow::send::{CodeRequest, CodeSent, PendingSend};
pub use flow::sentinel::sentinel_target;
pub use flow::session::{Browser, SignedIn};
pub use flow::{
    CodeProof, Delivery, Flow, InteractionEvent, ProfileDraft, Proof, VerificationRecord,
};
pub use identifier::{Identifier, IdentifierError, is_username};
pub use interactions::{Cancelled, InteractionRef, OpenError};
pub use limits::{Limits, LockOuts, SendLimit, SendLimits};
pub use password::{
    CharacterTypes, HashParameters, ImportError, PasswordInterpolation, PasswordIssue,
    PasswordIssueCode, PasswordLength, PasswordPolicy, PasswordPool, PasswordRejects,
    PersonalWords, PoolError, Verification, import_password_hash,
};
pub use rules::{AvailableConnectors, Finding, Rule, Severity};
pub use settings::{
    AgreeToTermsPolicy, Branding, Color, EmailBlocklistPolicy, ForgotPasswordMethod, LanguageInfo,
    SIGN_IN_EXPERIENCE, SecondaryIdentifier, SentinelPolicy, SignIn, SignInExperience,
    SignInIdentifier, SignInMethod, SignInMode, SignUp, SignUpIdentifier, VerificationCodePolicy,
};

/// The use cases, and what they reach the world through.
#[derive(Clone)]
pub struct Experience {
    store: Arc<dyn Store>,
    sender: Arc<dyn MessageSender>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: Arc<ServerKeys>,
    passwords: PasswordPool,
    limits: Limits,
}

impl Experience {
    /// Use cases over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        sender: Arc<dyn MessageSender>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        keys: Arc<ServerKeys>,
        passwords: PasswordPool,
        limits: Limits,
    ) -> Self {
        Self {
            store,
            sender,
            clock,
            entropy,
            keys,
            passwords,
            limits,
        }
    }
}
