//! The domain of Moongate: types, the transitions they allow, and the ports through which use
//! cases reach the world.
//!
//! Nothing here knows a web framework, a database, an HTTP client or an async runtime. A use case
//! takes what it needs as arguments: a [`Store`], a [`MessageSender`], a [`Clock`], an [`Entropy`]
//! source. [`testing`] has stand-ins for all of them but the store, which tests run on a real file.

mod access_end;
mod administrators;
mod application;
mod authorization_request;
mod clock;
mod connector;
mod consent;
mod device;
mod document;
mod email_address;
mod entropy;
mod error_code;
mod grant;
mod id;
mod interaction;
mod keys;
mod logout_delivery;
mod message;
mod outbound;
mod password_hash;
mod personal_access_token;
mod phone;
mod pushed_request;
mod resource;
mod scopes;
mod secret;
mod sentinel;
mod session;
mod signing_key;
mod store;
pub mod testing;
mod user;
mod verification_code;

pub use access_end::{end_access, end_session, revoke_consent};
pub use administrators::has_administrator;
pub use application::{
    Application, ApplicationSecret, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata,
};
pub use authorization_request::{
    AuthorizationRequest, FirstScreen, Prompt, RequestedClaims, ResponseMode,
};
pub use clock::{Clock, SystemClock, UnixMillis};
pub use connector::Connector;
pub use consent::{AskedAccess, Consent};
pub use device::{
    DEVICE_CODE_TTL, DEVICE_POLL_INTERVAL, DEVICE_TRIES_WINDOW, DeviceAuthorization, DeviceState,
    MAX_DEVICE_TRIES, UserCode,
};
pub use document::Document;
pub use email_address::{EmailAddress, EmailAddressError};
pub use entropy::{Entropy, Stream, SystemEntropy};
pub use error_code::ErrorCode;
pub use grant::{AccessToken, AuthorizationCode, Grant, RefreshToken, ResourceScopes, token_hash};
pub use id::{
    ApplicationId, ConnectorId, GrantId, InteractionId, LogoutDeliveryId, ResourceId, RoleId,
    ScopeId, SessionId, SigningKeyId, UserId, VerificationCodeId,
};
pub use interaction::{
    Authentication, INTERACTION_TTL, Interaction, InteractionError, InteractionState, RESUME_GRACE,
};
pub use keys::{KeysError, Mac, MacPurpose, SealedField, ServerKeys, UnsealError};
pub use logout_delivery::LogoutDelivery;
pub use message::{Channel, MessageSender, Recipient, SendError, Usage, VerificationMessage};
pub use outbound::{Outbound, OutboundError, OutboundResponse};
pub use password_hash::PasswordHash;
pub use personal_access_token::{PersonalAccessToken, SubjectToken};
pub use phone::{Phone, PhoneError, Region};
pub use pushed_request::PushedRequest;
pub use resource::{Resource, ResourceScope, Role, RoleType};
pub use scopes::{Scopes, USER_SCOPES};
pub use secret::Secret;
pub use sentinel::{Factor, LockOut, SENTINEL_WINDOW, Sentinel};
pub use session::{LONGEST_USER_AGENT, SESSION_TTL, Session};
pub use signing_key::{SigningAlgorithm, StoredSigningKey};
pub use store::{
    AccountStepReads, AccountStepWrites, ApplicationReads, ApplicationWrites, BoxFuture,
    ConnectorReads, ConnectorWrites, ConsentReads, ConsentWrites, DeviceReads, DeviceWrites,
    DocumentReads, DocumentWrites, DraftReads, DraftWrites, GrantReads, GrantWrites, Housekeeping,
    InteractionReads, InteractionWrites, LinkReads, LinkWrites, LogoutDeliveryWrites, OneTimeReads,
    OneTimeWrites, Reader, ResourceReads, ResourceWrites, RoleReads, RoleWrites, SendReads,
    SendWrites, SentinelReads, SentinelWrites, SessionReads, SessionWrites, SigningKeyReads,
    SigningKeyWrites, Store, StoreError, Tx, Unit, UnitAborted, UserFilter, UserReads, UserWrites,
    VerificationCodeReads, VerificationCodeWrites,
};
pub use user::{Address, Profile, User};
pub use verification_code::{
    CODE_DIGITS, CODE_TTL, CodeHolder, MAX_ATTEMPTS, VerificationCode, VerificationPurpose,
};
