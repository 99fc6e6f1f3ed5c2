//! Identifiers as types of their own, so that none is taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Entropy;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A fresh identifier.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                Self(entropy.id($len))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// A person with an account; 12 characters of `[0-9a-z]` when generated.
    UserId, 12);
id!(/// An application, OAuth's `client_id`; 21 characters when generated.
    ApplicationId, 21);
id!(/// A connector's row; 12 characters when generated.
    ConnectorId, 12);
id!(/// One attempt to sign in, from the authorization request to the answer.
    InteractionId, 21);
id!(/// A browser's session at the provider. Not the cookie's value, which is a separate secret.
    SessionId, 21);
id!(/// What one user allowed one application in one authorization.
    GrantId, 21);
id!(/// One verification code that was sent.
    VerificationCodeId, 21);
id!(/// A signing key, JOSE's `kid`.
    SigningKeyId, 21);
id!(/// An API that access tokens are for, OAuth's resource server.
    ResourceId, 21);
id!(/// A permission that an API resource defines.
    ScopeId, 21);
id!(/// A set of permissions that users or machine-to-machine applications hold.
    RoleId, 21);
id!(/// A logout token that is on its way to an application.
    LogoutDeliveryId, 21);
