//! What a tenant is and who may change it.
//!
//! Now: what resource files declare, and how the store gets there. A caller reads files into one
//! JSON value, [`Declared::read`] takes it apart and resolves its secrets through a
//! [`SecretResolver`], [`plan`] says what would change and [`apply`] changes it, all of it or
//! nothing. Whatever is wrong is collected and said at once, each with its path.
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

mod resources;

pub use resources::apply::{ResourceError, Undeclared, apply, plan};
pub use resources::declared::Declared;
pub use resources::finding::ResourceFinding;
pub use resources::plan::{Action, Change, FieldChange, FieldValue, Plan, ResourceKind};
pub use resources::secret_reference::{SecretReference, SecretResolver, SecretUnavailable};
