//! Extractors: who is signed in, and the tokens to call an API in their name.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use url::Url;

use crate::error::Error;
use crate::layer::Scope;
use crate::respond::{Caller, HX_CURRENT_URL};
use crate::session::SignedIn;
use crate::{pages, respond, return_to};

/// The person who is signed in.
///
/// As an extractor it guards a route: without a session a page is sent to sign in and comes
/// back after that, a program gets 401 with a JSON body, and htmx is told by `HX-Redirect` to
/// send the whole page to sign in. `Option<User>` takes both cases.
#[derive(Clone)]
pub struct User(Arc<SignedIn>);

impl User {
    /// All claims of the ID token (and of userinfo, if the options ask for it) as the provider
    /// sent them, in a steady order; without `nonce`, `nbf` and the hashes, which are of no use
    /// any more.
    pub fn claims(&self) -> &Map<String, Value> {
        self.0.claims()
    }

    /// One claim; `None` if it is missing or null.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims().get(name).filter(|value| !value.is_null())
    }

    /// A claim that is a text; `None` also if it is empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// `sub`: the person's id at the provider. It never changes; use it as the key of what the
    /// application keeps about them (OpenID Connect Core §5.7).
    pub fn sub(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// `name`: the full name as they write it.
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// `username`, or `preferred_username` where the provider sends only that.
    pub fn username(&self) -> Option<&str> {
        self.text("username")
            .or_else(|| self.text("preferred_username"))
    }

    /// `given_name`.
    pub fn given_name(&self) -> Option<&str> {
        self.text("given_name")
    }

    /// `family_name`.
    pub fn family_name(&self) -> Option<&str> {
        self.text("family_name")
    }

    /// `picture`: a URL, as the provider sent it. Look at its scheme before it goes in a page.
    pub fn picture(&self) -> Option<&str> {
        self.text("picture")
    }

    /// `email`. Ask for the scope `email`; see [`User::email_verified`].
    pub fn email(&self) -> Option<&str> {
        self.text("email")
    }

    /// `email_verified`; false if the provider does not say.
    pub fn email_verified(&self) -> bool {
        self.claim("email_verified").and_then(Value::as_bool) == Some(true)
    }

    /// `phone_number`, digits with or without `+` as the provider writes it. Ask for the scope
    /// `phone`; see [`User::phone_number_verified`].
    pub fn phone_number(&self) -> Option<&str> {
        self.text("phone_number")
    }

    /// `phone_number_verified`; false if the provider does not say.
    pub fn phone_number_verified(&self) -> bool {
        self.claim("phone_number_verified").and_then(Value::as_bool) == Some(true)
    }

    /// `locale`: a BCP 47 tag.
    pub fn locale(&self) -> Option<&str> {
        self.text("locale")
    }

    /// `roles`: names of the person's roles. Ask for the scope `roles`.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.claim("roles")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// What to call the person on a page: name, username, e-mail address or phone number,
    /// whichever is there first; else `sub`.
    pub fn display_name(&self) -> &str {
        self.name()
            .or_else(|| self.username())
            .or_else(|| self.email())
            .or_else(|| self.phone_number())
            .unwrap_or_else(|| self.sub())
    }
}

impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("User([personal])")
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        match current(parts).await? {
            Some(session) => Ok(Self(session)),
            None => Err(Rejection::new(parts, Error::NotSignedIn)),
        }
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for User {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Rejection> {
        Ok(current(parts).await?.map(Self))
    }
}

async fn current(parts: &Parts) -> Result<Option<Arc<SignedIn>>, Rejection> {
    let outcome = match Scope::of(parts) {
        Ok(scope) => scope.current().await,
        Err(error) => Err(error),
    };
    outcome.map_err(|error| Rejection::new(parts, error))
}

/// An access token of the person who is signed in, renewed if it had run out. Without a session
/// it refuses as [`User`] does; it answers 503 when the token can't be renewed right now.
#[derive(Clone)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token, for the `Authorization: Bearer` header of a call to the provider.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken([secret])")
    }
}

impl<S: Sync> FromRequestParts<S> for AccessToken {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let outcome = match Scope::of(parts) {
            Ok(scope) => access_token(&scope, None).await,
            Err(error) => Err(error),
        };
        outcome.map_err(|error| Rejection::new(parts, error))
    }
}

/// Gives access tokens for the API resources that the options name (RFC 8707).
#[derive(Clone)]
pub struct AccessTokens(Arc<Scope>);

impl AccessTokens {
    /// A token for this resource, fetched or renewed if there is no good one yet.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] if the options do not name the resource;
    /// [`Error::NotSignedIn`], [`Error::ProviderUnavailable`], [`Error::SessionStore`].
    pub async fn for_resource(&self, resource: &str) -> Result<AccessToken, Error> {
        let named = &self.0.client.settings().resources;
        if !named.iter().any(|named| named == resource) {
            return Err(Error::InvalidOption {
                option: "resources",
                reason: "does not name this resource",
            });
        }
        access_token(&self.0, Some(resource)).await
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessTokens")
    }
}

impl<S: Sync> FromRequestParts<S> for AccessTokens {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        if current(parts).await?.is_none() {
            return Err(Rejection::new(parts, Error::NotSignedIn));
        }
        let scope = Scope::of(parts).map_err(|error| Rejection::new(parts, error))?;
        Ok(Self(scope))
    }
}

async fn access_token(scope: &Scope, resource: Option<&str>) -> Result<AccessToken, Error> {
    let id = scope.session_id().ok_or(Error::NotSignedIn)?;
    let sessions = scope.client.sessions();
    let session = match resource {
        None => scope.current().await?,
        Some(_) => sessions.with_token(id, resource).await?.map(Arc::new),
    };
    let session = session.ok_or(Error::NotSignedIn)?;
    let now = scope.client.clock().unix_seconds();
    if let Some(token) = session.access_token(resource, now) {
        return Ok(AccessToken(token.to_owned()));
    }
    if session.refresh_token().is_some() {
        return Err(Error::ProviderUnavailable);
    }
    // Nothing can renew the token: only a new sign-in helps. The session ends, since otherwise
    // the sign-in route would send the browser straight back here.
    sessions.end(id).await?;
    scope.forget_session();
    Err(Error::NotSignedIn)
}

/// Why an extractor refused, with the answer that suits the caller.
#[derive(Debug)]
pub struct Rejection {
    error: Error,
    response: Box<Response>,
}

impl Rejection {
    fn new(parts: &Parts, error: Error) -> Self {
        let response = match &error {
            Error::NotSignedIn => not_signed_in(parts),
            Error::LayerMissing => {
                tracing::error!(code = error.code(), %error, "a route can't know its user");
                failed(parts, &error)
            }
            _ => failed(parts, &error),
        };
        Self {
            error,
            response: Box::new(response),
        }
    }

    /// The reason.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        *self.response
    }
}

fn not_signed_in(parts: &Parts) -> Response {
    let Ok(scope) = Scope::of(parts) else {
        return respond::json(pages::status(&Error::LayerMissing), &Error::LayerMissing);
    };
    let client = &scope.client;
    match Caller::of(parts) {
        Caller::Page => respond::redirect(&parts.headers, &client.sign_in_url(&scope.path)),
        Caller::Htmx => respond::htmx_sign_in(&client.sign_in_url(&current_page(parts, &scope))),
        Caller::Form => pages::error(
            &parts.headers,
            &Error::NotSignedIn,
            &client.sign_in_url(client.settings().home()),
        ),
        Caller::Program => {
            let error = Error::NotSignedIn;
            respond::json(pages::status(&error), &error)
        }
    }
}

fn failed(parts: &Parts, error: &Error) -> Response {
    match Caller::of(parts) {
        Caller::Page | Caller::Form => {
            // Parsed as a way back is: a path such as `//elsewhere` must not become a link.
            let again = Scope::of(parts).ok().and_then(|scope| {
                let settings = scope.client.settings();
                return_to::parse(&scope.path, settings)
            });
            pages::error(&parts.headers, error, again.as_deref().unwrap_or("/"))
        }
        Caller::Htmx | Caller::Program => respond::json(pages::status(error), error),
    }
}

/// The page on which htmx made the request: there the person wants to come back, not to the
/// piece that was asked for.
fn current_page(parts: &Parts, scope: &Scope) -> String {
    let settings = scope.client.settings();
    parts
        .headers
        .get(HX_CURRENT_URL)
        .and_then(|value| Url::parse(value.to_str().ok()?).ok())
        .filter(|url| url.origin() == settings.base_url.origin())
        .map_or_else(
            || settings.home().to_owned(),
            |url| url[url::Position::BeforePath..].to_owned(),
        )
}
