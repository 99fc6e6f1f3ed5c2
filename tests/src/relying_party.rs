//! An application, made by hand: what it sends is written out, so that a test sees the protocol
//! and can break it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::tenant::{BOOKSTORE_ID, BOOKSTORE_SECRET, BOOKSTORE_URL};
use crate::{Page, TestApp};

/// One sign-in attempt of Bookstore.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    /// The `state` that it sends.
    pub state: String,
    /// The `nonce` that it sends.
    pub nonce: String,
    /// The PKCE verifier that it keeps.
    pub verifier: String,
}

impl RelyingParty {
    /// An attempt; `name` tells it from others.
    pub fn new(name: &str) -> Self {
        Self {
            state: format!("state of {name}"),
            nonce: format!("nonce of {name}"),
            verifier: URL_SAFE_NO_PAD.encode(Sha256::digest(name)),
        }
    }

    /// Where it is told that somebody signed in.
    pub fn redirect_uri() -> String {
        format!("{BOOKSTORE_URL}/Callback")
    }

    /// Where it is told that somebody signed out.
    pub fn signed_out_uri() -> String {
        format!("{BOOKSTORE_URL}/SignedOutCallback")
    }

    /// The authorization request with PKCE (OIDC Core §3.1.2.1, RFC 7636 §4.3) as a URL. A pair of
    /// `more` replaces one of the same name; an empty value removes it.
    pub fn request(&self, app: &TestApp, more: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let redirect_uri = Self::redirect_uri();
        let own = [
            ("client_id", BOOKSTORE_ID),
            ("redirect_uri", &redirect_uri),
            ("response_type", "code"),
            ("scope", "openid offline_access profile phone"),
            ("prompt", "consent"),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = own
            .iter()
            .filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()))
            .finish();
        format!("{}/oidc/auth?{query}", app.endpoint())
    }

    /// Exchanges the code of an answer for tokens.
    pub async fn exchange(&self, app: &TestApp, answer: &Page) -> Page {
        let code = answer.parameter("code").expect("a code");
        self.exchange_code(app, &code).await
    }

    /// Exchanges a code for tokens (OIDC Core §3.1.3.1).
    pub async fn exchange_code(&self, app: &TestApp, code: &str) -> Page {
        Self::token(
            app,
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &Self::redirect_uri()),
                ("code_verifier", &self.verifier),
            ],
        )
        .await
    }

    /// Exchanges the code of an answer to a public client, which has no secret.
    pub async fn exchange_as(
        &self,
        app: &TestApp,
        answer: &Page,
        client_id: &str,
        redirect_uri: &str,
    ) -> Page {
        let fields = [
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", client_id.to_owned()),
            ("code", answer.parameter("code").expect("a code")),
            ("redirect_uri", redirect_uri.to_owned()),
            ("code_verifier", self.verifier.clone()),
        ];
        app.visitor().post("/oidc/token", &fields).await
    }

    /// A request to the token endpoint by `client_secret_basic`, both halves encoded as forms are
    /// (RFC 6749 §2.3.1).
    pub async fn token(app: &TestApp, fields: &[(&str, &str)]) -> Page {
        Self::token_as(app, BOOKSTORE_ID, BOOKSTORE_SECRET, fields).await
    }

    /// The same by another application.
    pub async fn token_as(app: &TestApp, id: &str, secret: &str, fields: &[(&str, &str)]) -> Page {
        let encode =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let pair = format!("{}:{}", encode(id), encode(secret));
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut program = app.visitor();
        let request = program
            .request("POST", &format!("{}/oidc/token", app.endpoint()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(
                header::AUTHORIZATION,
                format!("Basic {}", STANDARD.encode(pair)),
            )
            .body(body.into())
            .unwrap();
        program.send(request).await
    }

    /// What userinfo says to the bearer of a token (OIDC Core §5.3).
    pub async fn userinfo(app: &TestApp, access_token: &str) -> Page {
        let mut program = app.visitor();
        let request = program
            .request("GET", &format!("{}/oidc/me", app.endpoint()))
            .header(header::AUTHORIZATION, format!("Bearer {access_token}"))
            .body(axum::body::Body::empty())
            .unwrap();
        program.send(request).await
    }
}

/// The claims of a JWT, unverified.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
