//! An application that signs its users in here: OAuth's client.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use crate::{
    ApplicationId, Entropy, ScopeId, SealedField, Secret, ServerKeys, SigningAlgorithm, UnixMillis,
    UnsealError,
};

/// What kind of application it is, as Logto names the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum ApplicationType {
    /// A phone or desktop application; can't keep a secret.
    Native,
    /// A single-page application; can't keep a secret.
    #[serde(rename = "SPA")]
    Spa,
    /// A web application with a server side that keeps a secret.
    Traditional,
    /// A program without users that acts for itself.
    MachineToMachine,
}

impl ApplicationType {
    /// Whether the application can't keep a secret (RFC 6749 §2.1).
    pub fn is_public(self) -> bool {
        matches!(self, Self::Native | Self::Spa)
    }

    /// The name that the store and Logto's API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "Native",
            Self::Spa => "SPA",
            Self::Traditional => "Traditional",
            Self::MachineToMachine => "MachineToMachine",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Native,
            Self::Spa,
            Self::Traditional,
            Self::MachineToMachine,
        ]
        .into_iter()
        .find(|known| known.as_str() == name)
    }
}

/// Addresses of the application, with Logto's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OidcClientMetadata {
    /// Where an authorization answer may go; matched exactly.
    pub redirect_uris: Vec<String>,
    /// Where a sign-out may end; matched exactly.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where to post a logout token when a session ends (Back-Channel Logout 1.0 §2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether the application needs `sid` in logout tokens; they always carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    /// A picture for the consent page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
}

/// Behaviour that an application chooses, with Logto's names and some of our own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CustomClientMetadata {
    /// Further origins whose scripts may call the token and userinfo endpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cors_allowed_origins: Vec<String>,
    /// Lifetime of ID tokens, seconds; 3600 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_ttl: Option<u32>,
    /// Lifetime of refresh tokens, days, 1 to 180; 14 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_ttl_in_days: Option<u32>,
    /// The same in seconds, where days are absent; Logto's older name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_ttl: Option<u32>,
    /// Issue a refresh token to a web application without `offline_access`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_issue_refresh_token: Option<bool>,
    /// `false` keeps refresh tokens as they are; rotation is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_refresh_token: Option<bool>,
    /// Allow the token-exchange grant (RFC 8693).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_token_exchange: Option<bool>,
    /// A native application without a browser: the device grant (RFC 8628) in place of codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_device_flow: Option<bool>,
    /// How many grants one user may have at once; the oldest is revoked beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_allowed_grants: Option<u32>,
    /// Refuse authorization requests without PKCE from a confidential client (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
    /// Algorithm of ID tokens, ES384 if absent (ours; named after OpenID Connect Registration §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlgorithm>,
    /// Refuse authorization requests that were not pushed (ours; RFC 9126 §6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// Refuse token requests without a DPoP proof (ours; RFC 9449 §5.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpop_bound_access_tokens: Option<bool>,
    /// The application's public keys, a JWK set: it may authenticate by `private_key_jwt` (ours;
    /// OpenID Connect Registration §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where those keys are fetched from instead (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
}

/// What a third-party application may ask its users for, beside `openid` and `offline_access`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConsentScopes {
    /// Scopes about the user, such as `profile`.
    pub user_scopes: Vec<String>,
    /// Permissions of API resources.
    pub resource_scopes: Vec<ScopeId>,
}

/// An application's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// OAuth's `client_id`.
    pub id: ApplicationId,
    /// The name that users see.
    pub name: String,
    /// A note for administrators.
    pub description: Option<String>,
    /// What kind it is.
    pub kind: ApplicationType,
    /// Its addresses.
    pub oidc_client_metadata: OidcClientMetadata,
    /// Its chosen behaviour.
    pub custom_client_metadata: CustomClientMetadata,
    /// Whether it is somebody else's: its users are asked for consent.
    pub is_third_party: bool,
    /// What it may ask for if it is.
    pub consent_scopes: ConsentScopes,
    /// Whatever administrators keep about it.
    pub custom_data: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl Application {
    /// The identifier of the built-in application that the account page is: whoever opens it
    /// without being signed in signs in to this.
    pub const ACCOUNT_CENTER: &'static str = "account-center";

    /// Whether it is part of this service. Administrators neither see nor change such a one, and
    /// nothing is ever issued to it: it has no redirect URI and no secret.
    pub fn is_built_in(&self) -> bool {
        self.id.as_str() == Self::ACCOUNT_CENTER
    }

    /// Whether scripts of `origin`, as a browser writes it in `Origin`, may read what the token
    /// and userinfo endpoints tell this application: the origin of a redirect URI, or one that is
    /// named.
    pub fn allows_origin(&self, origin: &str) -> bool {
        let named = &self.custom_client_metadata.cors_allowed_origins;
        let redirect_uris = &self.oidc_client_metadata.redirect_uris;
        named
            .iter()
            .chain(redirect_uris)
            .filter_map(|uri| Url::parse(uri).ok())
            .map(|uri| uri.origin())
            .filter(url::Origin::is_tuple)
            .any(|own| own.ascii_serialization() == origin)
    }
}

/// One secret of a confidential application; several may be valid at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSecret {
    /// Whose secret it is.
    pub application_id: ApplicationId,
    /// A name for administrators, unique within the application.
    pub name: String,
    /// The sealed value.
    pub sealed_value: Vec<u8>,
    /// JSON: the reference in a resource file it was read from, such as `{"env":"NAME"}`.
    pub reference: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: Option<UnixMillis>,
}

impl ApplicationSecret {
    /// Seals `value` as the secret called `name` of an application.
    pub fn seal_value(
        keys: &ServerKeys,
        entropy: &dyn Entropy,
        application_id: &ApplicationId,
        name: &str,
        value: &Secret,
    ) -> Vec<u8> {
        let row = row(application_id, name);
        keys.seal(entropy, sealed_field(&row), value.expose().as_bytes())
    }

    /// The value.
    ///
    /// # Errors
    /// [`UnsealError`]; [`UnsealError::Tampered`] also if it is no text.
    pub fn open_value(&self, keys: &ServerKeys) -> Result<Secret, UnsealError> {
        let row = row(&self.application_id, &self.name);
        let value = keys.open(sealed_field(&row), &self.sealed_value)?;
        let value = String::from_utf8(value).map_err(|_| UnsealError::Tampered)?;
        Ok(Secret::new(value))
    }

    /// Whether the secret is refused at `now`.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}

/// An application's identifier has no `/`, so that no two secrets share a row.
fn row(application_id: &ApplicationId, name: &str) -> String {
    format!("{application_id}/{name}")
}

fn sealed_field(row: &str) -> SealedField<'_> {
    SealedField {
        table: "application_secrets",
        column: "value",
        row,
    }
}
