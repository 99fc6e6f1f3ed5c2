//! What the tests share: a simulator at a fixed second, requests signed by hand, whole answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use moongate_aliyun_sms::AccessKeySecret;
use moongate_aliyun_sms::signing::{self, Parameters};
use moongate_aliyun_sms::simulator::{Account, Simulator};
use serde_json::Value;
use tower::ServiceExt;

/// 2026-11-23T19:06:00Z.
pub(crate) const NOW: u64 = 1_795_460_760;

/// A clock that a test can turn.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn at(second: u64) -> Self {
        Self(Arc::new(AtomicU64::new(second)))
    }

    pub(crate) fn turn_to(&self, second: u64) {
        self.0.store(second, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// A simulator at [`NOW`], with ids that count.
pub(crate) fn simulator(account: Account) -> (Simulator, Clock) {
    let clock = Clock::at(NOW);
    let hands = clock.clone();
    let counter = AtomicU64::new(0);
    let simulator = Simulator::new(account)
        .with_clock(move || hands.now())
        .with_ids(move || {
            let count = counter.fetch_add(1, Ordering::SeqCst);
            u128::from(count).to_be_bytes()
        });
    (simulator, clock)
}

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["Code"].as_str().unwrap().to_owned()
    }
}

/// Sends one request through the router.
pub(crate) async fn send(simulator: &Simulator, request: Request<Body>) -> Answer {
    let response = simulator.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// `GET path`, with these headers.
pub(crate) async fn get(simulator: &Simulator, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(simulator, request.body(Body::empty()).unwrap()).await
}

/// The parameters of a good request to the built-in account, signed at [`NOW`], with `changes`
/// made before signing; an empty value takes the parameter out.
pub(crate) fn parameters(nonce: &str, changes: &[(&str, &str)]) -> Parameters {
    let mut parameters: Parameters = [
        ("Action", "SendSms"),
        ("Version", "2017-05-25"),
        ("Format", "JSON"),
        ("AccessKeyId", "LTAI5tMoongateSimulator"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", nonce),
        ("Timestamp", "2026-11-23T19:06:00Z"),
        ("PhoneNumbers", "13800138000"),
        ("SignName", "月亮门"),
        ("TemplateCode", "SMS_200000002"),
        ("TemplateParam", r#"{"code":"246810"}"#),
    ]
    .into_iter()
    .chain(changes.iter().copied())
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    parameters.retain(|_, value| !value.is_empty());
    parameters
}

/// `parameters` with a signature for `method` by the built-in secret.
pub(crate) fn signed(method: &str, parameters: Parameters) -> Parameters {
    signed_by("MoongateSimulatorSecret", method, parameters)
}

/// `parameters` with a signature for `method` by that secret.
pub(crate) fn signed_by(secret: &str, method: &str, mut parameters: Parameters) -> Parameters {
    let text = signing::string_to_sign(method, &parameters);
    let signature = signing::sign(&AccessKeySecret::new(secret), &text);
    parameters.insert("Signature".to_owned(), signature);
    parameters
}

/// `parameters` as a form or a query.
pub(crate) fn encoded(parameters: &Parameters) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// `POST /` with a form body.
pub(crate) async fn post(simulator: &Simulator, parameters: &Parameters) -> Answer {
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(encoded(parameters)))
        .unwrap();
    send(simulator, request).await
}

/// A good request with `changes` made before signing.
pub(crate) async fn post_changed(
    simulator: &Simulator,
    nonce: &str,
    changes: &[(&str, &str)],
) -> Answer {
    post(simulator, &signed("POST", parameters(nonce, changes))).await
}
