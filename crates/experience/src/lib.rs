//! The sign-in experience: what a tenant's settings allow, and the use cases that obey them.
//!
//! It knows no HTTP and no markup. A use case is a method of [`Experience`]; it takes values that
//! were parsed at the edge and returns what happened as an enum.

mod consent;
mod interactions;
mod password;
mod send_code;
mod send_limits;
mod settings;
mod settings_rules;
mod verify_code;

use std::sync::Arc;

use moongate_core::{Clock, Entropy, MessageSender, ServerKeys, Store};

pub use consent::{ConsentError, ConsentQuestion};
pub use interactions::{Cancelled, InteractionRef, OpenError};
pub use password::{
    CharacterTypes, HashParameters, ImportError, PasswordInterpolation, PasswordIssue,
    PasswordIssueCode, PasswordLength, PasswordPolicy, PasswordPool, PasswordRejects,
    PersonalWords, PoolError, Verification, import_password_hash,
};
pub use send_code::{CodeSent, PendingSend, SendCodeError};
pub use send_limits::{SendLimit, SendLimits};
pub use settings::{
    LanguageInfo, SIGN_IN_EXPERIENCE, SignIn, SignInExperience, SignInIdentifier, SignInMethod,
    SignInMode, SignUp,
};
pub use settings_rules::{AvailableConnectors, Finding, Rule};
pub use verify_code::{SignedIn, VerifyCodeError};

/// The use cases, and what they reach the world through.
#[derive(Clone)]
pub struct Experience {
    store: Arc<dyn Store>,
    sender: Arc<dyn MessageSender>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: Arc<ServerKeys>,
    limits: SendLimits,
}

impl Experience {
    /// Use cases over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        sender: Arc<dyn MessageSender>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        keys: Arc<ServerKeys>,
        limits: SendLimits,
    ) -> Self {
        Self {
            store,
            sender,
            clock,
            entropy,
            keys,
            limits,
        }
    }
}
