//! An OpenID provider for tests: real tokens, real signatures, and a twist where a test wants
//! one. It has no pages: a test signs its user in by calling [`TestProvider::authorize`].

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use url::Url;

/// The time at which every test begins, in seconds since 1970.
pub(crate) const START: u64 = 1_800_000_000;

pub(crate) const APP_ID: &str = "shop";
/// With characters that RFC 6749 §2.3.1 wants encoded before they go into the header.
pub(crate) const APP_SECRET: &str = "s3cret/+ :%";

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<Duration>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Duration::from_secs(START))))
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    pub(crate) fn now(&self) -> SystemTime {
        UNIX_EPOCH + *self.0.lock().unwrap()
    }

    fn seconds(&self) -> u64 {
        self.0.lock().unwrap().as_secs()
    }
}

/// A signing key of one algorithm.
pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Key {
    pub(crate) fn es384() -> Self {
        Self::Es384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn ps256() -> Self {
        Self::Ps256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn ed_dsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Es384(_) => "ES384",
            Self::Rs256(_) => "RS256",
            Self::Ps256(_) => "PS256",
            Self::EdDsa(_) => "EdDSA",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        #[expect(
            clippy::disallowed_methods,
            reason = "signing is not repeatable anyway"
        )]
        let random = aws_lc_rs::rand::SystemRandom::new();
        let rsa = |key: &RsaKeyPair, padding| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(padding, &random, message, &mut signature).unwrap();
            signature
        };
        match self {
            Self::Es256(key) | Self::Es384(key) => {
                key.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::Rs256(key) => rsa(key, &RSA_PKCS1_SHA256),
            Self::Ps256(key) => rsa(key, &RSA_PSS_SHA256),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    fn jwk(&self, kid: &str) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self {
            Self::Es256(key) | Self::Es384(key) => {
                let point = &key.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y) })
            }
            Self::Rs256(key) | Self::Ps256(key) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({ "kty": "RSA", "n": encode(&public.n), "e": encode(&public.e) })
            }
            Self::EdDsa(key) => {
                let x = encode(key.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
        };
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        jwk
    }
}

/// Changes the claims of an ID token before it is signed.
type ChangeClaims = Box<dyn Fn(&mut Map<String, Value>) + Send>;

/// What the provider gets wrong, and what it is asked to do.
pub(crate) struct Behaviour {
    pub(crate) key: Key,
    pub(crate) kid: String,
    /// Changes the claims of the next ID tokens.
    pub(crate) claims: ChangeClaims,
    /// Spoils the signature.
    pub(crate) bad_signature: bool,
    /// `expires_in` of access tokens, in seconds.
    pub(crate) expires_in: u64,
    pub(crate) gives_refresh_token: bool,
    /// What the token endpoint answers to a refresh, if not tokens.
    pub(crate) refresh_answer: Option<(StatusCode, &'static str)>,
    pub(crate) userinfo: Value,
    /// How the application must prove itself: a `token_endpoint_auth_method`.
    pub(crate) authentication: &'static str,
    /// Leaves these members out of the discovery document.
    pub(crate) without: &'static [&'static str],
}

/// What was asked of the provider.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) discovery: usize,
    pub(crate) jwks: usize,
    pub(crate) exchanges: usize,
    pub(crate) refreshes: usize,
    pub(crate) revoked: Vec<String>,
    /// The last body of the token endpoint.
    pub(crate) token_form: HashMap<String, String>,
}

struct Inner {
    issuer: String,
    clock: TestClock,
    behaviour: Mutex<Behaviour>,
    calls: Mutex<Calls>,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    refresh_tokens: Mutex<Vec<String>>,
    serial: Mutex<usize>,
    is_cut_off: AtomicBool,
}

#[derive(Clone)]
pub(crate) struct TestProvider(Arc<Inner>);

impl TestProvider {
    /// A provider on a free loopback port.
    pub(crate) async fn start(clock: &TestClock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(clock, listener)
    }

    /// A provider on this address, which was free a moment ago.
    pub(crate) async fn start_at(clock: &TestClock, address: SocketAddr) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        Self::serve(clock, listener)
    }

    fn serve(clock: &TestClock, listener: tokio::net::TcpListener) -> Self {
        let issuer = format!("http://{}/oidc", listener.local_addr().unwrap());
        let provider = Self(Arc::new(Inner {
            issuer,
            clock: clock.clone(),
            behaviour: Mutex::new(Behaviour {
                key: Key::es384(),
                kid: "first".to_owned(),
                claims: Box::new(|_| {}),
                bad_signature: false,
                expires_in: 3600,
                gives_refresh_token: true,
                refresh_answer: None,
                userinfo: json!({ "sub": "u-1", "email": "li@example.com" }),
                authentication: "client_secret_basic",
                without: &[],
            }),
            calls: Mutex::default(),
            codes: Mutex::default(),
            refresh_tokens: Mutex::default(),
            serial: Mutex::new(0),
            is_cut_off: AtomicBool::new(false),
        }));
        let router = provider.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/oidc/.well-known/openid-configuration", get(discovery))
            .route("/oidc/jwks", get(jwks))
            .route("/oidc/token", post(token))
            .route("/oidc/token/revocation", post(revoke))
            .route("/oidc/me", get(userinfo))
            .layer(from_fn_with_state(self.clone(), answer_or_not))
            .with_state(self.clone())
    }

    /// From now on the provider answers nothing but errors, or answers again.
    pub(crate) fn cut_off(&self, is_cut_off: bool) {
        self.0.is_cut_off.store(is_cut_off, Ordering::SeqCst);
    }

    /// `http://127.0.0.1:port`, as an application is told it.
    pub(crate) fn endpoint(&self) -> String {
        self.0.issuer.trim_end_matches("/oidc").to_owned()
    }

    pub(crate) fn behave(&self) -> MutexGuard<'_, Behaviour> {
        self.0.behaviour.lock().unwrap()
    }

    pub(crate) fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.calls.lock().unwrap()
    }

    /// The user signs in and agrees: the callback's path and query, with a code.
    pub(crate) fn authorize(&self, authorization_url: &str) -> String {
        let mut callback = self.answer(authorization_url);
        let code = self.next("code");
        let parameters = query(authorization_url);
        self.0
            .codes
            .lock()
            .unwrap()
            .insert(code.clone(), parameters);
        callback.query_pairs_mut().append_pair("code", &code);
        callback[url::Position::BeforePath..].to_owned()
    }

    /// The provider answers with an error instead.
    pub(crate) fn refuse(&self, authorization_url: &str, error: &str) -> String {
        let mut callback = self.answer(authorization_url);
        callback.query_pairs_mut().append_pair("error", error);
        callback[url::Position::BeforePath..].to_owned()
    }

    fn answer(&self, authorization_url: &str) -> Url {
        assert!(authorization_url.starts_with(&format!("{}/auth?", self.0.issuer)));
        let parameters = query(authorization_url);
        let mut callback = Url::parse(&parameters["redirect_uri"]).unwrap();
        callback
            .query_pairs_mut()
            .append_pair("state", &parameters["state"])
            .append_pair("iss", &self.0.issuer);
        callback
    }

    fn next(&self, kind: &str) -> String {
        let mut serial = self.0.serial.lock().unwrap();
        *serial += 1;
        format!("{kind}-{serial}")
    }

    fn id_token(&self, access_token: &str, nonce: Option<&String>) -> String {
        let behaviour = self.behave();
        let now = self.0.clock.seconds();
        let hash = match behaviour.key {
            Key::Es384(_) => digest(&SHA384, access_token.as_bytes()),
            Key::EdDsa(_) => digest(&SHA512, access_token.as_bytes()),
            _ => digest(&SHA256, access_token.as_bytes()),
        };
        let half = &hash.as_ref()[..hash.as_ref().len() / 2];
        let Value::Object(mut claims) = json!({
            "sub": "u-1", "name": null, "picture": null, "username": "li",
            "phone_number": "8613800000000", "phone_number_verified": true,
            "updated_at": now * 1000, "roles": ["reader", "clerk"], "custom_data": {"a": [1, "<b>"]},
            "iss": self.0.issuer, "aud": APP_ID, "iat": now, "exp": now + 3600,
            "at_hash": URL_SAFE_NO_PAD.encode(half),
        }) else {
            unreachable!("the literal above is an object");
        };
        if let Some(nonce) = nonce {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        (behaviour.claims)(&mut claims);
        let header = json!({ "alg": behaviour.key.algorithm(), "kid": behaviour.kid });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&Value::Object(claims)));
        let mut signature = behaviour.key.sign(signed.as_bytes());
        if behaviour.bad_signature {
            signature[7] ^= 1;
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn tokens(&self, nonce: Option<&String>) -> Response {
        let access_token = self.next("access");
        let mut answer = json!({
            "access_token": access_token, "token_type": "Bearer",
            "expires_in": self.behave().expires_in, "scope": "openid",
            "id_token": self.id_token(&access_token, nonce),
        });
        if self.behave().gives_refresh_token {
            let refresh_token = self.next("refresh");
            self.0
                .refresh_tokens
                .lock()
                .unwrap()
                .push(refresh_token.clone());
            answer["refresh_token"] = refresh_token.into();
        }
        Json(answer).into_response()
    }
}

fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn refusal(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn answer_or_not(
    State(provider): State<TestProvider>,
    request: Request,
    next: Next,
) -> Response {
    if provider.0.is_cut_off.load(Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    next.run(request).await
}

async fn discovery(State(provider): State<TestProvider>) -> Json<Value> {
    provider.calls().discovery += 1;
    let issuer = &provider.0.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "revocation_endpoint": format!("{issuer}/token/revocation"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES384"],
        "token_endpoint_auth_methods_supported": [provider.behave().authentication],
    });
    for member in provider.behave().without {
        document.as_object_mut().unwrap().remove(*member);
    }
    Json(document)
}

async fn jwks(State(provider): State<TestProvider>) -> Json<Value> {
    provider.calls().jwks += 1;
    let behaviour = provider.behave();
    Json(json!({ "keys": [behaviour.key.jwk(&behaviour.kid)] }))
}

async fn token(State(provider): State<TestProvider>, headers: HeaderMap, body: String) -> Response {
    let form = read_form(&body);
    provider.calls().token_form.clone_from(&form);
    if !is_authentic(provider.behave().authentication, &headers, &form) {
        return refusal("invalid_client");
    }
    if form["grant_type"] == "refresh_token" {
        provider.calls().refreshes += 1;
        if let Some((status, body)) = provider.behave().refresh_answer {
            let json = [(header::CONTENT_TYPE, "application/json")];
            return (status, json, body).into_response();
        }
        // Every refresh token works once.
        let mut known = provider.0.refresh_tokens.lock().unwrap();
        let Some(at) = known
            .iter()
            .position(|token| *token == form["refresh_token"])
        else {
            return refusal("invalid_grant");
        };
        known.remove(at);
        drop(known);
        return provider.tokens(None);
    }
    provider.calls().exchanges += 1;
    let Some(request) = provider.0.codes.lock().unwrap().remove(&form["code"]) else {
        return refusal("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    if request["code_challenge_method"] != "S256"
        || request["code_challenge"] != challenge
        || request["redirect_uri"] != form["redirect_uri"]
    {
        return refusal("invalid_grant");
    }
    provider.tokens(request.get("nonce"))
}

fn is_authentic(method: &str, headers: &HeaderMap, form: &HashMap<String, String>) -> bool {
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encode(APP_ID), encode(APP_SECRET));
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let sent = (
        headers
            .get(header::AUTHORIZATION)
            .map(|value| value.to_str().unwrap()),
        form.get("client_id").map(String::as_str),
        form.get("client_secret").map(String::as_str),
    );
    sent == match method {
        "client_secret_basic" => (Some(basic.as_str()), None, None),
        "client_secret_post" => (None, Some(APP_ID), Some(APP_SECRET)),
        _ => (None, Some(APP_ID), None),
    }
}

async fn revoke(
    State(provider): State<TestProvider>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let form = read_form(&body);
    assert!(is_authentic(
        provider.behave().authentication,
        &headers,
        &form
    ));
    provider.calls().revoked.push(form["token"].clone());
    StatusCode::OK
}

fn read_form(body: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

async fn userinfo(State(provider): State<TestProvider>, headers: HeaderMap) -> Response {
    let bearer = headers[header::AUTHORIZATION].to_str().unwrap();
    assert!(bearer.starts_with("Bearer access-"));
    Json(provider.behave().userinfo.clone()).into_response()
}
