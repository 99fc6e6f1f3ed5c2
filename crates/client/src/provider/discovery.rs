//! The provider's metadata (OpenID Connect Discovery 1.0, RFC 8414) and its keys (RFC 7517):
//! fetched when first needed, so that an application starts while its provider is down; kept
//! for an hour; kept longer if the provider is down then. A provider that fails is left alone
//! for a moment, so that waiting requests fail at once instead of queueing up behind a timeout.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata, UserInfoUrl};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::clock::Clock;
use crate::error::Error;
use crate::transport::Outbound;

/// How long metadata and keys are taken as current.
const FRESH_FOR: Duration = Duration::from_hours(1);

/// How long after a token with an unknown key the next such token may fetch the keys again:
/// without a pause, forged tokens would make this client hammer the provider.
const KEY_COOLDOWN: Duration = Duration::from_secs(30);

/// The first pause after a failure; it doubles with each further one up to [`MAX_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Short, since a person may be pressing "Try again".
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Members of the discovery document that `openidconnect` does not name.
#[derive(Debug, Clone, Deserialize, Serialize)]
struct Extra {
    /// RP-Initiated Logout 1.0 §2.1.
    #[serde(default)]
    end_session_endpoint: Option<Url>,
    /// RFC 8414 §2.
    #[serde(default)]
    revocation_endpoint: Option<Url>,
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extra {}

type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Metadata that was checked.
#[derive(Debug)]
pub(super) struct Provided {
    metadata: Metadata,
    token_endpoint: Url,
    fetched_at: SystemTime,
}

impl Provided {
    /// Reads and checks a discovery document that was fetched for `candidate`.
    fn read(document: &[u8], candidate: &str, fetched_at: SystemTime) -> Result<Self, Error> {
        let invalid = |reason| Error::InvalidProvider { reason };
        let metadata: Metadata = serde_json::from_slice(document)
            .map_err(|_| invalid("the discovery document can't be read"))?;
        // Discovery §4.3. A slash at the end is forgiven, since people write URLs either way;
        // tokens are held to the spelling of the document.
        let issuer = metadata.issuer().as_str();
        if issuer.trim_end_matches('/') != candidate.trim_end_matches('/') {
            return Err(invalid("the discovery document is about another issuer"));
        }
        let token_endpoint = metadata
            .token_endpoint()
            .map(|url| url.url().clone())
            .ok_or(invalid("the discovery document names no token endpoint"))?;
        let extra = metadata.additional_metadata();
        let endpoints = [
            Some(metadata.authorization_endpoint().url()),
            Some(metadata.jwks_uri().url()),
            Some(&token_endpoint),
            metadata.userinfo_endpoint().map(UserInfoUrl::url),
            extra.end_session_endpoint.as_ref(),
            extra.revocation_endpoint.as_ref(),
        ];
        let weakest = if metadata.issuer().url().scheme() == "https" {
            &["https"][..]
        } else {
            &["https", "http"][..]
        };
        if !endpoints
            .into_iter()
            .flatten()
            .all(|url| weakest.contains(&url.scheme()))
        {
            return Err(invalid("an endpoint is not https although the issuer is"));
        }
        Ok(Self {
            metadata,
            token_endpoint,
            fetched_at,
        })
    }

    pub(super) fn issuer(&self) -> &str {
        self.metadata.issuer().as_str()
    }

    pub(super) fn authorization_endpoint(&self) -> Url {
        self.metadata.authorization_endpoint().url().clone()
    }

    pub(super) fn token_endpoint(&self) -> Url {
        self.token_endpoint.clone()
    }

    pub(super) fn userinfo_endpoint(&self) -> Option<&Url> {
        self.metadata.userinfo_endpoint().map(UserInfoUrl::url)
    }

    pub(super) fn revocation_endpoint(&self) -> Option<Url> {
        self.metadata
            .additional_metadata()
            .revocation_endpoint
            .clone()
    }

    pub(super) fn end_session_endpoint(&self) -> Option<Url> {
        self.metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()
    }

    /// Whether every authorization response carries `iss`.
    pub(super) fn sends_issuer(&self) -> bool {
        self.metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported
    }

    /// Whether the client secret goes into the `Authorization` header; the default where the
    /// provider does not say (RFC 8414 §2).
    pub(super) fn takes_secret_by_header(&self) -> bool {
        self.metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| {
                methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                    || !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            })
    }
}

/// Keys and when they were fetched.
#[derive(Debug)]
struct Keys {
    set: Arc<CoreJsonWebKeySet>,
    uri: Url,
    fetched_at: SystemTime,
}

/// What is known so far.
#[derive(Debug, Default)]
struct Known {
    provided: Option<Arc<Provided>>,
    keys: Option<Keys>,
    /// When a token with an unknown key last made us fetch the keys.
    keys_missed_at: Option<SystemTime>,
    /// Until when the provider is left alone, and how long the next pause will be.
    paused_until: Option<SystemTime>,
    pause: Duration,
}

/// Finds out about the provider and remembers it.
#[derive(Debug)]
pub(super) struct Discovery {
    candidates: Vec<String>,
    outbound: Outbound,
    clock: Clock,
    /// Held while fetching: who comes meanwhile waits and finds the answer there.
    known: Mutex<Known>,
}

impl Discovery {
    /// `candidates` are the issuers to try, in order.
    pub(super) fn new(candidates: Vec<String>, outbound: Outbound, clock: Clock) -> Self {
        Self {
            candidates,
            outbound,
            clock,
            known: Mutex::default(),
        }
    }

    /// The provider's metadata.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] or [`Error::InvalidProvider`] if there is none and none
    /// was there before.
    pub(super) async fn provided(&self) -> Result<Arc<Provided>, Error> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some(provided) = &known.provided
            && is_fresh(provided.fetched_at, FRESH_FOR, now)
        {
            return Ok(Arc::clone(provided));
        }
        let outcome = if known.paused_until.is_some_and(|until| now < until) {
            Err(Error::ProviderUnavailable)
        } else {
            let outcome = self.fetch_metadata().await;
            known.note(&outcome, self.clock.now());
            outcome
        };
        match (outcome, &known.provided) {
            (Ok(provided), _) => {
                let provided = Arc::new(provided);
                known.provided = Some(Arc::clone(&provided));
                Ok(provided)
            }
            (Err(error), Some(stale)) => {
                tracing::warn!(code = error.code(), %error, "the provider's metadata are kept");
                Ok(Arc::clone(stale))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The provider's keys, fetched if there are none or they are old.
    ///
    /// # Errors
    /// As [`Discovery::provided`].
    pub(super) async fn keys(&self, provided: &Provided) -> Result<Arc<CoreJsonWebKeySet>, Error> {
        let mut known = self.known.lock().await;
        let uri = provided.metadata.jwks_uri().url();
        let current = known.keys.as_ref().filter(|known| known.uri == *uri);
        match current.map(|current| (Arc::clone(&current.set), current.fetched_at)) {
            Some((keys, at)) if is_fresh(at, FRESH_FOR, self.clock.now()) => Ok(keys),
            Some((keys, _)) => Ok(self.fetch_keys(uri, &mut known).await.unwrap_or(keys)),
            None => self.fetch_keys(uri, &mut known).await,
        }
    }

    /// The keys after a token named one that is not among [`Discovery::keys`]: fetched anew,
    /// unless that was done a moment ago.
    ///
    /// # Errors
    /// As [`Discovery::provided`].
    pub(super) async fn newer_keys(
        &self,
        provided: &Provided,
    ) -> Result<Arc<CoreJsonWebKeySet>, Error> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        let uri = provided.metadata.jwks_uri().url();
        if let Some(at) = known.keys_missed_at
            && is_fresh(at, KEY_COOLDOWN, now)
            && let Some(current) = &known.keys
        {
            return Ok(Arc::clone(&current.set));
        }
        known.keys_missed_at = Some(now);
        self.fetch_keys(uri, &mut known).await
    }

    /// Tries the candidates. The next one is tried only where the one before answered that it
    /// has no such document: a provider in trouble must not be mistaken for another.
    async fn fetch_metadata(&self) -> Result<Provided, Error> {
        let mut first_error = None;
        for candidate in &self.candidates {
            let base = candidate.trim_end_matches('/');
            let url = format!("{base}/.well-known/openid-configuration");
            let outcome = match self.outbound.get_json(&url, None).await {
                Ok(document) => Provided::read(&document, candidate, self.clock.now()),
                Err(error) => Err(error),
            };
            match outcome {
                Ok(provided) => return Ok(provided),
                Err(Error::ProviderUnavailable) => return Err(Error::ProviderUnavailable),
                // The last candidate's reason is the more telling one: the first is a guess.
                Err(error) => first_error = Some(error),
            }
        }
        Err(first_error.unwrap_or(Error::ProviderUnavailable))
    }

    async fn fetch_keys(
        &self,
        uri: &Url,
        known: &mut Known,
    ) -> Result<Arc<CoreJsonWebKeySet>, Error> {
        let document = self.outbound.get_json(uri.as_str(), None).await?;
        let keys: CoreJsonWebKeySet =
            serde_json::from_slice(&document).map_err(|_| Error::InvalidProvider {
                reason: "the key set can't be read",
            })?;
        let keys = Arc::new(keys);
        known.keys = Some(Keys {
            set: Arc::clone(&keys),
            uri: uri.clone(),
            fetched_at: self.clock.now(),
        });
        Ok(keys)
    }
}

impl Known {
    /// Notes how a fetch went: a failure begins a pause, a success ends it.
    fn note(&mut self, outcome: &Result<Provided, Error>, now: SystemTime) {
        if outcome.is_ok() {
            self.paused_until = None;
            self.pause = Duration::ZERO;
        } else {
            self.pause = (self.pause * 2).clamp(FIRST_PAUSE, MAX_PAUSE);
            self.paused_until = now.checked_add(self.pause);
        }
    }
}

/// Whether less than `life` has passed since `at`. A clock that went back makes it stale.
fn is_fresh(at: SystemTime, life: Duration, now: SystemTime) -> bool {
    now.duration_since(at).is_ok_and(|age| age < life)
}

#[cfg(test)]
mod tests {
    use super::Provided;
    use std::time::SystemTime;

    fn check(document: &str, candidate: &str, expected: Result<&str, &str>) {
        let read = Provided::read(document.as_bytes(), candidate, SystemTime::UNIX_EPOCH);
        let outcome = read
            .as_ref()
            .map(Provided::issuer)
            .map_err(ToString::to_string);
        assert_eq!(
            outcome,
            expected.map_err(|reason| {
                format!("the identity provider's configuration is not usable: {reason}")
            })
        );
    }

    fn document(issuer: &str, token_endpoint: &str) -> String {
        format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/auth",
                "token_endpoint":"{token_endpoint}","jwks_uri":"{issuer}/jwks",
                "response_types_supported":["code"],"subject_types_supported":["public"],
                "id_token_signing_alg_values_supported":["ES384","ES999"]}}"#
        )
    }

    #[test]
    fn a_document_must_be_about_the_issuer_that_was_asked() {
        let good = document("https://id.test/oidc", "https://id.test/oidc/token");
        check(&good, "https://id.test/oidc", Ok("https://id.test/oidc"));
        check(&good, "https://id.test/oidc/", Ok("https://id.test/oidc"));
        let other = Err("the discovery document is about another issuer");
        check(&good, "https://id.test", other);
        check(&good, "http://id.test/oidc", other);
    }

    #[test]
    fn an_https_issuer_has_https_endpoints() {
        let weak = document("https://id.test", "http://id.test/token");
        let reason = "an endpoint is not https although the issuer is";
        check(&weak, "https://id.test", Err(reason));
        let script = document("http://id.test", "javascript:alert(1)");
        check(&script, "http://id.test", Err(reason));
    }

    #[test]
    fn a_page_is_no_document() {
        let reason = "the discovery document can't be read";
        check("<!doctype html>", "http://id.test", Err(reason));
        check("{}", "http://id.test", Err(reason));
    }
}
