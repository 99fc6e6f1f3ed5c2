//! The requests that are measured, as bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use crate::limits;
use crate::tenant::{MACHINE, REDIRECT_URI, RESOURCE, SCOPES, SECRET, SPA, WEB};

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A GET.
pub(crate) fn get(path: &str, header: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost:3001\r\n{header}\r\n").into_bytes()
}

/// A form, sent by a client by `client_secret_basic`, or by one that keeps no secret.
fn post(path: &str, client_id: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    let header = if client_id == SPA {
        form.append_pair("client_id", client_id);
        String::new()
    } else {
        let pair = STANDARD.encode(format!("{client_id}:{SECRET}"));
        format!("authorization: Basic {pair}\r\n")
    };
    let form = form.finish();
    let length = form.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:3001\r\n{header}\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

pub(crate) fn sign() -> Vec<u8> {
    post(limits::SIGN, MACHINE, &credentials_grant())
}

pub(crate) fn client_credentials() -> Vec<u8> {
    post("/oidc/token", MACHINE, &credentials_grant())
}

fn credentials_grant() -> [(&'static str, &'static str); 3] {
    [
        ("grant_type", "client_credentials"),
        ("resource", RESOURCE),
        ("scope", SCOPES),
    ]
}

/// An authorization request of a browser that is signed in.
pub(crate) fn authorize(client_id: &str, session: &str) -> Vec<u8> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid profile phone offline_access")
        .append_pair("prompt", "consent")
        .append_pair("state", "0123456789abcdef")
        .append_pair("nonce", "0123456789abcdef")
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .finish();
    let cookie = format!("cookie: moongate_session={session}\r\n");
    get(&format!("/oidc/auth?{query}"), &cookie)
}

pub(crate) fn authorization_code(client_id: &str, code: &str) -> Vec<u8> {
    post(
        "/oidc/token",
        client_id,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ],
    )
}

pub(crate) fn refresh(token: &str) -> Vec<u8> {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    post("/oidc/token", SPA, &fields)
}

pub(crate) fn userinfo(token: &str) -> Vec<u8> {
    get("/oidc/me", &format!("authorization: Bearer {token}\r\n"))
}

pub(crate) fn introspection(token: &str) -> Vec<u8> {
    post("/oidc/token/introspection", WEB, &[("token", token)])
}
