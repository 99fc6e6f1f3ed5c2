//! The four routes: start a sign-in, finish it, sign out, come back from signing out. They hold
//! the flow together; the protocol is the provider module's, the looks are the pages module's.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::{HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::attempt::Attempt;
use crate::clock::random_token;
use crate::cookie::state_hash;
use crate::error::{Error, presentable_code};
use crate::layer::Scope;
use crate::options::Settings;
use crate::provider::ExtraParameters;
use crate::respond::{SEC_FETCH_SITE, redirect};
use crate::{pages, respond, return_to};

/// The routes under the paths of the settings.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(settings: &Settings) -> Router<S> {
    Router::new()
        .route(&settings.sign_in_path, get(sign_in))
        .route(&settings.callback_path, get(callback))
        .route(&settings.sign_out_path, get(ask_to_sign_out).post(sign_out))
        .route(&settings.signed_out_callback_path, get(signed_out))
}

/// A request to one of the client's routes.
struct Visit {
    scope: Arc<Scope>,
    headers: HeaderMap,
    query: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        let scope = Scope::of(parts).map_err(|error| {
            tracing::error!(code = error.code(), %error, "a route has no session");
            respond::json(StatusCode::INTERNAL_SERVER_ERROR, &error)
        })?;
        Ok(Self {
            scope,
            headers: parts.headers.clone(),
            query: url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        })
    }
}

impl Visit {
    fn settings(&self) -> &Settings {
        self.scope.client.settings()
    }

    /// The parameter, if it is there exactly once (RFC 6749 §3.1).
    fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() { None } else { value }
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn redirect(&self, target: &str) -> Response {
        redirect(&self.headers, target)
    }

    fn home(&self) -> Response {
        self.redirect(self.settings().home())
    }

    /// Logs the error, here and only here, and shows its page.
    fn fail(&self, error: &Error) -> Response {
        self.fail_with_retry(error, &self.scope.client.sign_in_path())
    }

    fn fail_with_retry(&self, error: &Error, retry: &str) -> Response {
        match error {
            Error::UnknownAttempt | Error::InvalidCallback => {
                tracing::info!(code = error.code(), "a callback belongs to no sign-in");
            }
            _ => tracing::warn!(code = error.code(), %error, "a sign-in failed"),
        }
        pages::error(&self.headers, error, retry)
    }
}

/// `GET /SignIn`: sends the browser to the provider; who is signed in goes on at once.
async fn sign_in(visit: Visit) -> Response {
    let settings = visit.settings();
    let return_to = visit
        .parameter("return_to")
        .and_then(|path| return_to::parse(path, settings))
        .unwrap_or_else(|| settings.home().to_owned());
    match visit.scope.current().await {
        Ok(None) => {}
        Ok(Some(_)) => return visit.redirect(&return_to),
        Err(error) => return visit.fail(&error),
    }
    let cancel_to = match visit.parameter("required") {
        Some(_) => settings.home().to_owned(),
        None => return_to.clone(),
    };
    let client = &visit.scope.client;
    let now = client.clock().unix_seconds();
    let attempt = Attempt::begin(return_to, cancel_to, now);
    let extra = extra_parameters(&visit);
    match client.provider().authorization_url(&attempt, extra).await {
        Ok(url) => {
            let jar = client.cookies();
            let cookies = client.sealer().remember(jar, &visit.headers, &attempt, now);
            for cookie in cookies {
                visit.scope.set_cookie(cookie);
            }
            visit.redirect(url.as_str())
        }
        Err(error) => visit.fail_with_retry(&error, &retry_path(&visit)),
    }
}

/// The same sign-in once more, with the parameters that it was asked for.
fn retry_path(visit: &Visit) -> String {
    let path = visit.scope.client.sign_in_path();
    match visit.scope.path.split_once('?') {
        Some((_, query)) if query.len() <= 1024 => format!("{path}?{query}"),
        _ => path,
    }
}

/// Parameters that the sign-in route passes on, each only with a value that it may have.
fn extra_parameters(visit: &Visit) -> ExtraParameters {
    ["first_screen", "identifier", "login_hint", "ui_locales"]
        .into_iter()
        .filter_map(|name| Some((name, visit.parameter(name)?)))
        .filter(|(name, value)| may_have(name, value))
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

fn may_have(name: &str, value: &str) -> bool {
    match name {
        "first_screen" => matches!(
            value,
            "sign_in"
                | "register"
                | "reset_password"
                | "identifier:sign_in"
                | "identifier:register"
                | "single_sign_on"
        ),
        "identifier" => value
            .split(' ')
            .all(|word| matches!(word, "username" | "email" | "phone")),
        "login_hint" => (1..=256).contains(&value.len()) && !value.chars().any(char::is_control),
        "ui_locales" => {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b' ';
            (1..=128).contains(&value.len()) && value.bytes().all(plain)
        }
        _ => false,
    }
}

/// `GET /Callback`: finishes a sign-in (RFC 6749 §4.1.2, RFC 9207).
async fn callback(visit: Visit) -> Response {
    let client = &visit.scope.client;
    let now = client.clock().unix_seconds();
    let Some(state) = visit.parameter("state") else {
        return unknown_callback(&visit, None).await;
    };
    let jar = client.cookies();
    let Some(attempt) = client.sealer().find(jar, &visit.headers, state, now) else {
        return unknown_callback(&visit, Some(state)).await;
    };
    match finish(&visit, attempt.clone()).await {
        Ok(response) => {
            visit
                .scope
                .set_cookie(jar.remove(&jar.attempt_name(&attempt.hash())));
            response
        }
        Err(error) => {
            // A provider that is down may be back when the browser reloads; all else is final.
            if error != Error::ProviderUnavailable {
                visit
                    .scope
                    .set_cookie(jar.remove(&jar.attempt_name(&attempt.hash())));
            }
            let retry = client.sign_in_url(&attempt.return_to);
            visit.fail_with_retry(&error, &retry)
        }
    }
}

async fn finish(visit: &Visit, attempt: Attempt) -> Result<Response, Error> {
    let client = &visit.scope.client;
    let issuer = visit.parameter("iss");
    client.provider().check_response_issuer(issuer).await?;
    match visit.parameter("error") {
        Some("access_denied") => {
            tracing::info!(code = Error::Cancelled.code(), "the sign-in was cancelled");
            return Ok(visit.redirect(&attempt.cancel_to));
        }
        Some(code) => {
            return Err(Error::AuthorizationRefused {
                code: presentable_code(code),
            });
        }
        None => {}
    }
    let code = visit
        .parameter("code")
        .filter(|code| !code.is_empty())
        .ok_or(Error::InvalidCallback)?
        .to_owned();
    // In a task of its own: a browser that hangs up and loads again must find the code's
    // session rather than a spent code.
    let task = {
        let (client, before) = (client.clone(), visit.scope.session_id());
        tokio::spawn(async move { client.finish(attempt, code, before).await })
    };
    let finished = task.await.unwrap_or(Err(Error::ProviderUnavailable))?;
    visit.scope.remember_session(finished.session);
    Ok(visit.redirect(&finished.return_to))
}

/// A callback that belongs to no open attempt. If somebody is signed in it is most likely a
/// page that was loaded twice, and nothing is wrong from where they sit.
async fn unknown_callback(visit: &Visit, state: Option<&str>) -> Response {
    match visit.scope.current().await {
        Ok(Some(session)) => {
            let done = state.and_then(|state| session.return_to(&state_hash(state)));
            visit.redirect(done.unwrap_or(visit.settings().home()))
        }
        Ok(None) => visit.fail(&Error::UnknownAttempt),
        Err(error) => visit.fail(&error),
    }
}

/// `GET /SignOut`: signs out where the browser vouches that the person asked for it on this
/// site; else shows a button, so that no other site can sign anybody out with a link.
async fn ask_to_sign_out(visit: Visit) -> Response {
    let from_here = matches!(visit.header(&SEC_FETCH_SITE), Some("same-origin" | "none"));
    let prefetched = visit
        .header(&HeaderName::from_static("sec-purpose"))
        .is_some_and(|purpose| purpose.contains("prefetch"));
    if from_here && !prefetched {
        end_session(&visit).await
    } else {
        confirm(&visit, StatusCode::OK).await
    }
}

/// `POST /SignOut`: signs out if the form was on this site.
async fn sign_out(visit: Visit) -> Response {
    let base = visit.settings().base_url.origin().ascii_serialization();
    let from_here = match visit.header(&SEC_FETCH_SITE) {
        Some(site) => matches!(site, "same-origin" | "none"),
        // Fetch metadata is missing on plain http off this machine; `Origin` never is.
        None => visit.header(&ORIGIN) == Some(base.as_str()),
    };
    if from_here {
        end_session(&visit).await
    } else {
        confirm(&visit, StatusCode::FORBIDDEN).await
    }
}

async fn confirm(visit: &Visit, status: StatusCode) -> Response {
    match visit.scope.current().await {
        Ok(None) => return visit.home(),
        Ok(Some(_)) => {}
        Err(error) => return visit.fail(&error),
    }
    if status == StatusCode::FORBIDDEN {
        tracing::info!(
            code = Error::CrossSite.code(),
            "a sign-out was not made here"
        );
    }
    let client = &visit.scope.client;
    let (target, origin) = (client.sign_out_path(), client.provider_origin());
    let home = visit.settings().home();
    pages::confirm_sign_out(&visit.headers, status, &target, home, Some(&origin))
}

/// Ends the session here first, so that nothing after it can keep the person signed in; then
/// revokes the refresh token and sends the browser to end its session at the provider, if the
/// provider is there to do so.
async fn end_session(visit: &Visit) -> Response {
    let client = &visit.scope.client;
    let Some(id) = visit.scope.session_id() else {
        return visit.home();
    };
    visit.scope.forget_session();
    let session = match client.sessions().end(id).await {
        Ok(Some(session)) => session,
        Ok(None) => return visit.home(),
        Err(error) => return visit.fail(&error),
    };
    let settings = visit.settings();
    let provider = client.provider();
    let back = settings.absolute(&settings.signed_out_callback_path);
    let outcome = async {
        if let Some(token) = session.refresh_token() {
            match provider.revoke(token).await {
                // Nobody is there to end the session either.
                Err(error @ Error::ProviderUnavailable) => return Err(error),
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "the refresh token was not revoked");
                }
                Ok(()) => {}
            }
        }
        // Nothing hangs on this state, since coming back changes nothing; providers may insist
        // on one, and it keeps the return from being answered out of a cache.
        let state = random_token();
        provider
            .end_session_url(session.id_token(), &back, &state)
            .await
    };
    match outcome.await {
        Ok(Some(url)) => visit.redirect(url.as_str()),
        Ok(None) => visit.home(),
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "signed out here, not at the provider");
            visit.home()
        }
    }
}

/// `GET /SignedOutCallback`: the provider's session is over too.
async fn signed_out(visit: Visit) -> Response {
    visit.home()
}
