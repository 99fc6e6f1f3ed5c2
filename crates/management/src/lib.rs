//! What a tenant is and who may change it.
//!
//! [`Management`] has the operations of the Management API, one use case each; [`Operation`] is the
//! table of who may do them. Bodies and answers are types that carry their own schema, so that the
//! API's document can't part from them.
//!
//! Resource files say the same as a whole: what they declare, and how the store gets there. A
//! caller reads files into one JSON value, [`Declared::read`] takes it apart and resolves its
//! secrets through a [`SecretResolver`], [`plan`] says what would change and [`apply`] changes it,
//! all of it or nothing. Whatever is wrong is collected and said at once, each with its path.
//!
//! ```
//! use moongate_management::{Declared, SecretReference, SecretUnavailable};
//! use serde_json::json;
//!
//! let nothing_is_set = |_: &SecretReference| Err(SecretUnavailable::NotSet);
//! let declared = Declared::read(
//!     &json!({
//!         "applications": [{
//!             "id": "bookstore",
//!             "secrets": [{ "name": "Default secret", "value": "a literal" }],
//!         }],
//!         "connectors": [{
//!             "id": "aliyun-sms",
//!             "config": { "accessKeySecret": { "env": "ALIYUN_SECRET" } },
//!         }],
//!     }),
//!     &nothing_is_set,
//! );
//! let paths: Vec<_> = declared.findings().iter().map(|finding| finding.path.as_str()).collect();
//! assert_eq!(
//!     paths,
//!     [
//!         "applications[bookstore].secrets[\"Default secret\"].value",
//!         "connectors[aliyun-sms].config.accessKeySecret",
//!     ]
//! );
//! ```
//!
//! No HTTP, no SQL and no files here: those who call bring them.

mod administrators;
mod api_resources;
mod application_secrets;
mod applications;
mod authorization;
mod client_metadata;
mod consent_scopes;
mod error;
mod listing;
mod lock_outs;
mod management;
mod patch;
mod redirect_uri;
mod resources;
mod role_holders;
mod roles;
mod seed;
mod sign_in_experience;
mod user_passwords;
mod user_sessions;
mod user_tokens;
mod users;

pub use api_resources::{
    NewResource, NewScope, ResourceChange, ResourceView, ScopeChange, ScopeView,
};
pub use application_secrets::{
    ApplicationSecretChange, ApplicationSecretView, NewApplicationSecret,
};
pub use applications::{ApplicationChange, ApplicationFilter, ApplicationView, NewApplication};
pub use authorization::{ALL, Operation, Requirement};
pub use consent_scopes::{ConsentResourceView, NewUserConsentScopes, UserConsentScopesView};
pub use error::ManagementError;
pub use listing::{Listed, Page};
pub use lock_outs::{SentinelTargetType, SentinelTargets};
pub use management::{Management, Reveal};
pub use patch::Patch;
pub use role_holders::{Assign, RoleAssignment, RoleAssignmentView};
pub use roles::{
    FeaturedApplicationView, FeaturedUserView, NewRole, RoleChange, RoleFilter, RoleUsageView,
    RoleView, ScopeWithResourceView,
};
pub use seed::{DEFAULT_MANAGEMENT_RESOURCE, seed};
pub use sign_in_experience::{
    DRAFT_TTL, Draft, NewDraft, OpenedDraft, PREVIEW_LINK_TTL, PasswordToCheck, RevisionChangeView,
    RevisionNote, RevisionView, SavedSettings, Strictness, stored_findings,
};
pub use user_passwords::UserPassword;
pub use user_sessions::{
    GrantOwner, GrantPayload, GrantScope, GrantView, GrantsView, RevokeGrants,
    SessionAuthorization, SessionPayload, SessionView, SessionsView,
};
pub use user_tokens::{
    NewPersonalAccessToken, NewSubjectToken, PersonalAccessTokenView, SubjectTokenView,
};
pub use users::{NewUser, UserChange, UserView};

pub use resources::apply::{ResourceError, Undeclared, apply, plan};
pub use resources::declared::Declared;
pub use resources::export::export;
pub use resources::finding::ResourceFinding;
pub use resources::plan::{Action, Change, FieldChange, FieldValue, Plan, ResourceKind};
pub use resources::secret_reference::{SecretReference, SecretResolver, SecretUnavailable};
