//! The OpenID provider: discovery, the authorization request, tokens, userinfo, revocation and
//! logout. This is the one module that knows the `openidconnect` crate; none of its types leave
//! it. It keeps no session and no cookie.

mod discovery;
mod id_token;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreTokenResponse,
};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, JsonWebKeySet, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, TokenResponse as _, TokenUrl,
};
use serde_json::{Map, Value};
use url::Url;

use crate::attempt::Attempt;
use crate::clock::Clock;
use crate::error::{Error, IdTokenFault, presentable_code};
use crate::options::Settings;
use crate::transport::{Outbound, TransportError, TransportFuture, is_trouble};
use discovery::{Discovery, Provided};
use id_token::Expected;

/// Parameters of an authorization request that the caller of the sign-in route chose; each was
/// checked against a list before it got here.
pub(crate) type ExtraParameters = Vec<(&'static str, String)>;

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    /// The access token's life from now on; `None` if the provider does not say.
    pub(crate) expires_in: Option<Duration>,
    pub(crate) refresh_token: Option<String>,
    /// The ID token as received and its verified claims. Always there after a code exchange.
    pub(crate) id_token: Option<(String, Map<String, Value>)>,
}

/// The provider of one application. All its calls go through one transport.
#[derive(Debug)]
pub(crate) struct Provider {
    settings: Arc<Settings>,
    outbound: Outbound,
    clock: Clock,
    discovery: Discovery,
}

/// An `openidconnect` client that can call the token endpoint.
type TokenClient = CoreClient<
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// What `openidconnect` says when a token request fails.
type TokenRequestError =
    RequestTokenError<TransportError, StandardErrorResponse<CoreErrorResponseType>>;

impl Provider {
    pub(crate) fn new(settings: Arc<Settings>, outbound: Outbound, clock: Clock) -> Self {
        let discovery = Discovery::new(settings.issuers.clone(), outbound.clone(), clock.clone());
        Self {
            settings,
            outbound,
            clock,
            discovery,
        }
    }

    /// The URL that starts the attempt at the provider (OpenID Connect Core §3.1.2.1, with
    /// PKCE S256 and RFC 8707 resources).
    ///
    /// # Errors
    /// Those of discovery: [`Error::ProviderUnavailable`] and [`Error::InvalidProvider`].
    pub(crate) async fn authorization_url(
        &self,
        attempt: &Attempt,
        extra: ExtraParameters,
    ) -> Result<Url, Error> {
        let provided = self.discovery.provided().await?;
        let client = self
            .client(&provided)
            .set_auth_uri(AuthUrl::from_url(provided.authorization_endpoint()));
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let state = CsrfToken::new(attempt.state.clone());
        let nonce = Nonce::new(attempt.nonce.clone());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scopes(
                // `openidconnect` adds `openid` itself.
                self.settings.scopes.iter().skip(1).cloned().map(Scope::new),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(prompt) = &self.settings.prompt {
            request = request.add_extra_param("prompt", prompt.clone());
        }
        for resource in &self.settings.resources {
            request = request.add_extra_param("resource", resource.clone());
        }
        for (name, value) in extra {
            request = request.add_extra_param(name, value);
        }
        let (url, _, _) = request.url();
        Ok(url)
    }

    /// Checks the `iss` of an authorization response (RFC 9207 §2.4).
    ///
    /// # Errors
    /// [`Error::WrongIssuer`] if it is another issuer, or missing where the provider said that
    /// it sends one; and those of discovery.
    pub(crate) async fn check_response_issuer(&self, issuer: Option<&str>) -> Result<(), Error> {
        let provided = self.discovery.provided().await?;
        match issuer {
            Some(issuer) if issuer == provided.issuer() => Ok(()),
            None if !provided.sends_issuer() => Ok(()),
            _ => Err(Error::WrongIssuer),
        }
    }

    /// Exchanges the code and verifies the ID token (OpenID Connect Core §3.1.3). With
    /// `get_claims_from_userinfo_endpoint`, userinfo's claims are laid over the ID token's.
    ///
    /// # Errors
    /// [`Error::GrantRefused`], [`Error::TokenRefused`], [`Error::IdToken`],
    /// [`Error::InvalidUserinfo`], and those of discovery.
    pub(crate) async fn exchange(&self, attempt: &Attempt, code: String) -> Result<Tokens, Error> {
        let provided = self.discovery.provided().await?;
        let client = self.client(&provided);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.outbound)
            .await
            .map_err(token_error)?;
        let expected = Expected {
            issuer: provided.issuer(),
            app_id: &self.settings.app_id,
            nonce: Some(&attempt.nonce),
            earliest_issue: attempt.began_at,
        };
        let mut tokens = self.tokens(&provided, &answer, &expected).await?;
        let Some((_, claims)) = &mut tokens.id_token else {
            return Err(Error::IdToken(IdTokenFault::Malformed));
        };
        if self.settings.get_claims_from_userinfo_endpoint {
            let more = self
                .userinfo(&provided, &tokens.access_token, claims)
                .await?;
            // The token's own protocol claims stay: userinfo speaks about the person only.
            for (name, value) in more {
                if !matches!(name.as_str(), "iss" | "aud" | "exp" | "iat" | "sub") {
                    claims.insert(name, value);
                }
            }
        }
        Ok(tokens)
    }

    /// Gets new tokens with a refresh token (RFC 6749 §6), for one API resource if given
    /// (RFC 8707 §2.2).
    ///
    /// # Errors
    /// [`Error::GrantRefused`] if the refresh token is no longer good; [`Error::TokenRefused`],
    /// [`Error::IdToken`], and those of discovery.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &str,
        resource: Option<&str>,
    ) -> Result<Tokens, Error> {
        let provided = self.discovery.provided().await?;
        let client = self.client(&provided);
        let refresh_token = RefreshToken::new(refresh_token.to_owned());
        let mut request = client.exchange_refresh_token(&refresh_token);
        if let Some(resource) = resource {
            request = request.add_extra_param("resource", resource);
        }
        let answer = request
            .request_async(&self.outbound)
            .await
            .map_err(token_error)?;
        let expected = Expected {
            issuer: provided.issuer(),
            app_id: &self.settings.app_id,
            // The nonce belongs to the first ID token only (OpenID Connect Core §12.2).
            nonce: None,
            earliest_issue: 0,
        };
        self.tokens(&provided, &answer, &expected).await
    }

    /// Revokes a refresh token where the provider can (RFC 7009). `Ok` also where it can't.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] if it does not answer, and those of discovery. That it
    /// refuses is no error: the token is of no use to this application any more either way.
    pub(crate) async fn revoke(&self, refresh_token: &str) -> Result<(), Error> {
        let provided = self.discovery.provided().await?;
        let Some(endpoint) = provided.revocation_endpoint() else {
            return Ok(());
        };
        // By hand, since `openidconnect` revokes over https only and development has http;
        // discovery made sure that the endpoint is no weaker than the issuer.
        let mut form = vec![
            ("token", refresh_token),
            ("token_type_hint", "refresh_token"),
        ];
        let mut request = HttpRequest::new(Vec::new());
        match &self.settings.app_secret {
            Some(secret) if provided.takes_secret_by_header() => {
                let encode = |text: &str| -> String {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
                };
                let pair = format!(
                    "{}:{}",
                    encode(&self.settings.app_id),
                    encode(secret.expose())
                );
                let value = format!("Basic {}", STANDARD.encode(pair));
                let value = HeaderValue::try_from(value).expect("base64 is visible ASCII");
                request.headers_mut().insert(AUTHORIZATION, value);
            }
            secret => {
                form.push(("client_id", &self.settings.app_id));
                form.extend(
                    secret
                        .iter()
                        .map(|secret| ("client_secret", secret.expose())),
                );
            }
        }
        *request.body_mut() = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish()
            .into_bytes();
        *request.method_mut() = Method::POST;
        *request.uri_mut() = endpoint
            .as_str()
            .parse()
            .map_err(|_| Error::ProviderUnavailable)?;
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        match self.outbound.send(request).await {
            Ok(answer) if !is_trouble(answer.status()) => Ok(()),
            _ => Err(Error::ProviderUnavailable),
        }
    }

    /// Where the browser ends its session at the provider (OpenID Connect RP-Initiated Logout
    /// §2); `None` if the provider has no such page.
    ///
    /// # Errors
    /// Those of discovery.
    pub(crate) async fn end_session_url(
        &self,
        id_token: &str,
        return_to: &str,
        state: &str,
    ) -> Result<Option<Url>, Error> {
        let provided = self.discovery.provided().await?;
        let Some(mut url) = provided.end_session_endpoint() else {
            return Ok(None);
        };
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("client_id", &self.settings.app_id)
            .append_pair("post_logout_redirect_uri", return_to)
            .append_pair("state", state);
        Ok(Some(url))
    }

    /// A client for one call. Building it copies a few strings; the keys stay where they are.
    fn client(&self, provided: &Provided) -> TokenClient {
        let settings = &self.settings;
        let redirect_uri = RedirectUrl::new(settings.absolute(&settings.callback_path))
            .expect("the settings checked the base URL and the path");
        let issuer = IssuerUrl::new(provided.issuer().to_owned())
            .expect("discovery checked that the issuer is a URL");
        let mut client = CoreClient::new(
            ClientId::new(settings.app_id.clone()),
            issuer,
            JsonWebKeySet::new(Vec::new()),
        )
        .set_token_uri(TokenUrl::from_url(provided.token_endpoint()))
        .set_redirect_uri(redirect_uri);
        if let Some(secret) = &settings.app_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
            if !provided.takes_secret_by_header() {
                client = client.set_auth_type(AuthType::RequestBody);
            }
        }
        client
    }

    /// Reads a token answer and verifies the ID token in it, if there is one.
    async fn tokens(
        &self,
        provided: &Provided,
        answer: &CoreTokenResponse,
        expected: &Expected<'_>,
    ) -> Result<Tokens, Error> {
        let id_token = match answer.id_token() {
            Some(id_token) => {
                let access_token = answer.access_token();
                let now = self.clock.now();
                let keys = self.discovery.keys(provided).await?;
                let mut outcome = id_token::verify(id_token, access_token, &keys, expected, now);
                if outcome == Err(IdTokenFault::UnknownKey) {
                    // The provider may have changed its keys since ours were fetched.
                    let keys = self.discovery.newer_keys(provided).await?;
                    outcome = id_token::verify(id_token, access_token, &keys, expected, now);
                }
                let claims = outcome.map_err(Error::IdToken)?;
                Some((id_token.to_string(), claims))
            }
            None => None,
        };
        Ok(Tokens {
            access_token: answer.access_token().secret().clone(),
            expires_in: answer.expires_in(),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
            id_token,
        })
    }

    /// Userinfo's claims about the person of the ID token (OpenID Connect Core §5.3).
    async fn userinfo(
        &self,
        provided: &Provided,
        access_token: &str,
        id_token_claims: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        let endpoint = provided.userinfo_endpoint().ok_or(Error::InvalidUserinfo)?;
        let body = self
            .outbound
            .get_json(endpoint.as_str(), Some(access_token))
            .await
            .map_err(|error| match error {
                Error::ProviderUnavailable => error,
                _ => Error::InvalidUserinfo,
            })?;
        let claims: Map<String, Value> =
            serde_json::from_slice(&body).map_err(|_| Error::InvalidUserinfo)?;
        // §5.3.2: an answer about someone else must not be used.
        if claims.get("sub") == id_token_claims.get("sub") {
            Ok(claims)
        } else {
            Err(Error::InvalidUserinfo)
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = TransportError;
    type Future = TransportFuture;

    /// A provider that is in trouble, or that has enough of us, did not answer the question.
    fn call(&'c self, request: HttpRequest) -> TransportFuture {
        let answer = self.send(request);
        Box::pin(async move {
            let answer = answer.await?;
            if is_trouble(answer.status()) {
                Err(TransportError::new())
            } else {
                Ok(answer)
            }
        })
    }
}

/// Sorts a failed token request into what the caller can do about it.
fn token_error(error: TokenRequestError) -> Error {
    match error {
        RequestTokenError::Request(_) => Error::ProviderUnavailable,
        RequestTokenError::ServerResponse(response) => match response.error() {
            CoreErrorResponseType::InvalidGrant => Error::GrantRefused,
            CoreErrorResponseType::Extension(code)
                if matches!(code.as_str(), "server_error" | "temporarily_unavailable") =>
            {
                Error::ProviderUnavailable
            }
            other => Error::TokenRefused {
                code: presentable_code(other.as_ref()),
            },
        },
        // Both carry the answer's body, which may hold tokens: only the fact is kept.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Error::TokenRefused {
            code: "unreadable".to_owned(),
        },
    }
}
