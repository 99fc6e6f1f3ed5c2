//! The most that this machine could do: a server that answers fixed bytes, or signs a token of the
//! size and algorithm of ours, and does nothing else.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header;
use serde_json::Value;

/// Where the fixed bytes are.
pub(crate) const BYTES: &str = "/bytes";
/// Where a token is signed.
pub(crate) const SIGN: &str = "/sign";

struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// Header and claims of a token of ours, to be signed anew.
    message: String,
    /// The answer around it, with `{}` in the token's place.
    answer: String,
}

/// `answer` is a token answer of ours, whose token is a JWT by ES384; `bytes` a document of ours.
pub(crate) fn router(answer: &Value, bytes: &[u8]) -> Router {
    let token = answer["access_token"].as_str().expect("a token");
    let (message, _) = token.rsplit_once('.').expect("a JWT");
    let random = system_random();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random);
    let pkcs8 = pkcs8.expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8.as_ref());
    let signer = Signer {
        pair: pair.expect("a key"),
        random,
        message: message.to_owned(),
        answer: answer.to_string().replace(token, "{}"),
    };
    let bytes = Bytes::copy_from_slice(bytes);
    Router::new()
        .route(BYTES, get(|| async move { json(bytes) }))
        .route(SIGN, post(sign).with_state(Arc::new(signer)))
}

/// Reads a form, signs, answers.
async fn sign(State(signer): State<Arc<Signer>>, form: Bytes) -> Response {
    assert!(!form.is_empty(), "the form is read");
    let signature = signer
        .pair
        .sign(&signer.random, signer.message.as_bytes())
        .expect("a signature");
    let signature = URL_SAFE_NO_PAD.encode(signature);
    let token = format!("{}.{signature}", signer.message);
    json(signer.answer.replace("{}", &token).into())
}

fn json(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[expect(
    clippy::disallowed_methods,
    reason = "signing draws inside the crypto library, as the provider's does"
)]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}
