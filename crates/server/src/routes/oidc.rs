//! `/oidc/*`: the protocol's endpoints.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Path, RawQuery, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use moongate_core::InteractionId;
use moongate_oidc::{
    AuthorizationOutcome, BearerError, Browser, InteractionPage, OidcError, Parameters, Presented,
    Provider, ResumeOutcome, TokenError, TokenRequest,
};
use serde_json::json;

use super::cross_origin::{self, Caller};
use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

#[derive(Clone)]
struct Oidc {
    provider: Provider,
    site: Site,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Oidc {
        provider: parts.provider.clone(),
        site: site.clone(),
    };
    Router::new()
        .route("/oidc/.well-known/openid-configuration", get(discovery))
        .route(
            "/oidc/.well-known/oauth-authorization-server",
            get(discovery),
        )
        .route("/oidc/jwks", get(jwks))
        .route(
            "/oidc/auth",
            get(authorize)
                .post(authorize_by_form)
                .layer(from_fn_with_state(site.clone(), errors::too_long)),
        )
        .route("/oidc/auth/{id}", get(resume))
        .route("/oidc/token", post(token).options(preflight))
        .route(
            "/oidc/token/revocation",
            post(revocation).options(preflight),
        )
        .route(
            "/oidc/me",
            get(userinfo).post(userinfo_by_form).options(preflight),
        )
        .route("/oidc/token/introspection", post(introspection))
        .route("/oidc/request", post(pushed_request).options(preflight))
        .route(
            "/oidc/device/auth",
            post(device_authorization).options(preflight),
        )
        .route("/oidc/{*path}", axum::routing::any(unknown_route))
        .method_not_allowed_fallback(unknown_route)
        .with_state(state)
}

/// The metadata where RFC 8414 §3 looks for those of an issuer with a path: the well-known part
/// stands between host and path. Not below the endpoint's path, but at the host's root.
pub(super) fn well_known_routes(site: &Site, parts: &Parts) -> Router {
    let path = site.path("/oidc");
    let document = |name: &str| format!("/.well-known/{name}{path}");
    Router::new()
        .route(&document("oauth-authorization-server"), get(discovery))
        .route(&document("openid-configuration"), get(discovery))
        .with_state(Oidc {
            provider: parts.provider.clone(),
            site: site.clone(),
        })
}

/// A browser asks beforehand whether a script may call.
async fn preflight(State(oidc): State<Oidc>, headers: HeaderMap) -> Response {
    cross_origin::preflight(&oidc.provider, &headers).await
}

async fn discovery(State(oidc): State<Oidc>) -> Response {
    public_json(
        oidc.provider.discovery(),
        "application/json; charset=utf-8",
        "public, max-age=300",
    )
}

async fn jwks(State(oidc): State<Oidc>) -> Response {
    public_json(
        &oidc.provider.jwks(),
        "application/jwk-set+json; charset=utf-8",
        "public, max-age=60",
    )
}

/// Precomputed bytes for everyone, scripts of other sites included.
fn public_json(bytes: &[u8], content_type: &'static str, cache: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, cache),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ],
        bytes.to_vec(),
    )
        .into_response()
}

async fn authorize(
    State(oidc): State<Oidc>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    oidc.authorize(&query.unwrap_or_default(), &headers).await
}

async fn authorize_by_form(State(oidc): State<Oidc>, headers: HeaderMap, body: Bytes) -> Response {
    let form = String::from_utf8_lossy(&body);
    let visitor = oidc.site.visitor(&headers, None, "/");
    match oidc.site.again_by_get(&visitor, "/oidc/auth", &form) {
        Some(response) => response,
        None => oidc.authorize(&form, &headers).await,
    }
}

impl Oidc {
    async fn authorize(&self, text: &str, headers: &HeaderMap) -> Response {
        let parameters = Parameters::parse(text);
        let ui_locales = parameters.get("ui_locales");
        let visitor = self.site.visitor(headers, ui_locales, "/");
        let outcome = self.provider.authorize(&parameters, &visitor.browser).await;
        match outcome {
            Err(error) => errors::store(&self.site, &visitor, &error),
            Ok(AuthorizationOutcome::Page(error)) => {
                errors::authorization(&self.site, &visitor, &error)
            }
            Ok(AuthorizationOutcome::Answer(answer)) => self.site.answer(&visitor, &answer),
            Ok(AuthorizationOutcome::Interact { begun, page }) => {
                let page = match page {
                    InteractionPage::SignIn => "/sign-in",
                    InteractionPage::Register => "/register",
                    InteractionPage::ForgotPassword => "/forgot-password",
                    InteractionPage::Consent => "/consent",
                };
                forms::begin(&self.site, &visitor, page, &begun)
            }
        }
    }
}

async fn resume(State(oidc): State<Oidc>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let visitor = oidc.site.visitor(&headers, None, "/");
    let id = InteractionId::from(if forms::is_id(&id) { id } else { String::new() });
    let browser = Browser {
        session: visitor.browser.session.clone(),
        interactions: visitor.proof(&id),
    };
    match oidc.provider.resume(&id, &browser).await {
        Err(error) => errors::store(&oidc.site, &visitor, &error),
        Ok(ResumeOutcome::Answer(answer)) => oidc.site.answer(&visitor, &answer),
        Ok(ResumeOutcome::SignIn) => oidc.to_page(&visitor, "/sign-in", &id),
        Ok(ResumeOutcome::Consent) => oidc.to_page(&visitor, "/consent", &id),
        Ok(ResumeOutcome::Device) => oidc.to_page(&visitor, "/device/confirm", &id),
        Ok(ResumeOutcome::Account) => oidc.site.go(&visitor, &oidc.site.path("/account")),
        Ok(ResumeOutcome::UnknownSession) => forms::unknown_session(&oidc.site, &visitor, &id),
    }
}

impl Oidc {
    fn to_page(&self, visitor: &Visitor, page: &str, id: &InteractionId) -> Response {
        let location = self.site.path(&format!("{page}?interaction={id}"));
        self.site.go(visitor, &location)
    }
}

async fn token(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let provider = &oidc.provider;
    let answer = async |request: TokenRequest<'_>| Ok(json!(provider.token(request).await?));
    oidc.authenticated(&headers, &body, StatusCode::OK, answer)
        .await
}

async fn pushed_request(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let provider = &oidc.provider;
    let answer = async |request: TokenRequest<'_>| Ok(json!(provider.push_request(request).await?));
    oidc.authenticated(&headers, &body, StatusCode::CREATED, answer)
        .await
}

async fn introspection(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let provider = &oidc.provider;
    let answer = async |request: TokenRequest<'_>| provider.introspect(request).await;
    oidc.authenticated(&headers, &body, StatusCode::OK, answer)
        .await
}

async fn device_authorization(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let provider = &oidc.provider;
    let answer =
        async |request: TokenRequest<'_>| Ok(json!(provider.authorize_device(request).await?));
    oidc.authenticated(&headers, &body, StatusCode::OK, answer)
        .await
}

async fn revocation(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let provider = &oidc.provider;
    // RFC 7009 §2.2: the status says it all.
    let answer =
        async |request: TokenRequest<'_>| provider.revoke(request).await.map(|()| json!({}));
    oidc.authenticated(&headers, &body, StatusCode::OK, answer)
        .await
}

/// The body of a client's request. One that can't be had is refused in the protocol's words, since a
/// program reads the answer.
struct ClientBody(Bytes);

impl<S: Send + Sync> FromRequest<S> for ClientBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| {
            let error = OidcError::invalid_request("the body is too long, or did not arrive");
            errors::oidc_json(rejection.status(), &error)
        })
    }
}

impl Oidc {
    /// Answers a request of a client to one of the token endpoints.
    async fn authenticated(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        success: StatusCode,
        answer: impl AsyncFnOnce(TokenRequest<'_>) -> Result<serde_json::Value, TokenError>,
    ) -> Response {
        let Some(parameters) = posted(headers, body) else {
            let error =
                OidcError::invalid_request("the body must be a form or a JSON object of strings");
            return errors::oidc_json(StatusCode::BAD_REQUEST, &error);
        };
        let authorization = headers.get(header::AUTHORIZATION);
        let request = TokenRequest {
            // What is no text is no Basic header either.
            authorization: authorization.map(|value| value.to_str().unwrap_or_default()),
            dpop: dpop(headers),
            parameters: &parameters,
        };
        let caller = Caller::of_request(&self.provider, &self.site, headers, &request).await;
        let caller = match caller {
            Ok(caller) => caller,
            Err(refusal) => return *refusal,
        };
        let response = match answer(request).await {
            Ok(value) => uncached_json(success, &value),
            Err(error) => self.token_error(error),
        };
        caller.may_read(response)
    }

    fn token_error(&self, error: TokenError) -> Response {
        match error {
            TokenError::Request(error) => errors::oidc_json(StatusCode::BAD_REQUEST, &error),
            TokenError::Client { error, challenge } => {
                let mut response = errors::oidc_json(StatusCode::UNAUTHORIZED, &error);
                if challenge {
                    let realm = format!("Basic realm=\"{}\"", self.provider.issuer());
                    insert(&mut response, header::WWW_AUTHENTICATE, &realm);
                }
                response
            }
            TokenError::Forbidden(error) => errors::oidc_json(StatusCode::FORBIDDEN, &error),
            TokenError::Server(error) => {
                errors::oidc_json(StatusCode::INTERNAL_SERVER_ERROR, &error)
            }
            TokenError::Store(error) => errors::store_json(&error),
        }
    }
}

/// The `DPoP` header; of several, which prove nothing, an empty text.
fn dpop(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("dpop").iter();
    let first = values.next()?;
    match values.next() {
        Some(_) => Some(""),
        None => Some(first.to_str().unwrap_or_default()),
    }
}

async fn userinfo(State(oidc): State<Oidc>, headers: HeaderMap) -> Response {
    oidc.userinfo("GET", &headers, None).await
}

async fn userinfo_by_form(
    State(oidc): State<Oidc>,
    headers: HeaderMap,
    ClientBody(body): ClientBody,
) -> Response {
    let parameters = posted(&headers, &body).unwrap_or_default();
    let token = parameters.get("access_token").map(str::to_owned);
    oidc.userinfo("POST", &headers, token).await
}

/// The parameters of a body: a form, or JSON where the client says so.
fn posted(headers: &HeaderMap, body: &[u8]) -> Option<Parameters> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let is_json =
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if is_json {
        Parameters::parse_json(body)
    } else {
        std::str::from_utf8(body).ok().map(Parameters::parse)
    }
}

impl Oidc {
    async fn userinfo(
        &self,
        method: &str,
        headers: &HeaderMap,
        posted: Option<String>,
    ) -> Response {
        let credentials = match presented(headers, posted) {
            Ok(credentials) => credentials,
            Err(error) => {
                let caller = Caller::unknown(&self.provider, headers).await;
                return caller.may_read(self.bearer_error(false, &error));
            }
        };
        let proof = dpop(headers).unwrap_or_default();
        let answer = self
            .provider
            .userinfo(Presented {
                token: &credentials.token,
                dpop: credentials.is_dpop.then_some((proof, method)),
            })
            .await;
        match answer {
            Ok(info) => {
                let id = &info.application_id;
                match Caller::of_client(&self.provider, &self.site, headers, id).await {
                    Ok(caller) => {
                        caller.may_read(uncached_json(StatusCode::OK, &json!(info.claims)))
                    }
                    Err(refusal) => *refusal,
                }
            }
            Err(error) => {
                let caller = Caller::unknown(&self.provider, headers).await;
                caller.may_read(self.bearer_error(credentials.is_dpop, &error))
            }
        }
    }

    /// A refusal with its challenge (RFC 6750 §3, RFC 9449 §7.1).
    fn bearer_error(&self, is_dpop: bool, error: &BearerError) -> Response {
        let description = error.to_string();
        let (status, name) = match error {
            BearerError::Store(error) => return errors::store_json(error),
            BearerError::Missing => (StatusCode::UNAUTHORIZED, None),
            BearerError::Malformed => (StatusCode::BAD_REQUEST, Some("invalid_request")),
            BearerError::InvalidToken => (StatusCode::UNAUTHORIZED, Some("invalid_token")),
            BearerError::InvalidProof(_) => (StatusCode::UNAUTHORIZED, Some("invalid_dpop_proof")),
            BearerError::InsufficientScope => (StatusCode::FORBIDDEN, Some("insufficient_scope")),
        };
        let realm = self.provider.issuer();
        let scheme = if is_dpop { "DPoP" } else { "Bearer" };
        let mut challenge = vec![format!("{scheme} realm=\"{realm}\"")];
        if let Some(name) = name {
            challenge.push(format!("error=\"{name}\""));
            challenge.push(format!("error_description=\"{description}\""));
        }
        if is_dpop {
            let algorithms = self.provider.dpop_algorithms();
            challenge.push(format!("algs=\"{algorithms}\""));
        }
        let challenge = challenge.join(", ");
        let error = OidcError::new(name.unwrap_or("invalid_token"), description);
        let mut response = errors::oidc_json(status, &error);
        insert(&mut response, header::WWW_AUTHENTICATE, &challenge);
        response
    }
}

/// An access token as it was presented.
struct Credentials {
    token: String,
    is_dpop: bool,
}

/// The token of the `Authorization` header or of the form, but not of both (RFC 6750 §2).
fn presented(headers: &HeaderMap, posted: Option<String>) -> Result<Credentials, BearerError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let token = posted.ok_or(BearerError::Missing)?;
        return Ok(Credentials {
            token,
            is_dpop: false,
        });
    };
    if posted.is_some() {
        return Err(BearerError::Malformed);
    }
    let text = value.to_str().map_err(|_| BearerError::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(BearerError::Missing)?;
    let is_dpop = scheme.eq_ignore_ascii_case("dpop");
    let token = token.trim();
    if token.is_empty() || !(is_dpop || scheme.eq_ignore_ascii_case("bearer")) {
        return Err(BearerError::Missing);
    }
    Ok(Credentials {
        token: token.to_owned(),
        is_dpop,
    })
}

async fn unknown_route(method: Method, uri: http::Uri) -> Response {
    let description = format!(
        "unrecognized route or not allowed method ({method} on {})",
        uri.path()
    );
    let error = OidcError::invalid_request(description);
    errors::oidc_json(StatusCode::NOT_FOUND, &error)
}

fn uncached_json(status: StatusCode, value: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    insert(
        &mut response,
        header::CONTENT_TYPE,
        "application/json; charset=utf-8",
    );
    insert(&mut response, header::CACHE_CONTROL, "no-store");
    insert(&mut response, header::PRAGMA, "no-cache");
    insert(&mut response, header::REFERRER_POLICY, "no-referrer");
    response
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
