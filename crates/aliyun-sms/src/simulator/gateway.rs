//! The gateway: reads the parameters of a request and makes Aliyun's checks in Aliyun's order.

use std::sync::PoisonError;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::Simulator;
use super::answer::{Format, Refusal, respond};
use crate::signing::{self, Parameters};
use crate::{Code, origin};

/// No request of an SDK comes near this many bytes, not even one with 1,000 numbers.
const BODY_LIMIT: usize = 64 * 1024;

/// How far a timestamp may be from our clock.
const SKEW: Duration = Duration::from_mins(15);

/// The parameters without which the gateway does not even look for the service.
const REQUIRED: [&str; 6] = [
    "AccessKeyId",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
    "Signature",
];

/// `GET /` and `POST /`.
pub(super) async fn gateway(State(simulator): State<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    if parts.method == Method::GET && query.is_empty() && wants_html(&parts.headers) {
        return Redirect::to("inbox").into_response();
    }
    // Such requests have their parameters elsewhere, and their SDKs read JSON.
    if is_acs3(&parts.headers) {
        let refusal = Refusal::gateway(
            StatusCode::BAD_REQUEST,
            Code::IncompleteSignature,
            "The simulator does not check ACS3 signatures. \
             Sign with signature version 1.0 (in most SDKs: signatureAlgorithm = v2).",
        );
        return respond(&simulator, Format::Json, Err(refusal));
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        let refusal = Refusal::gateway(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::Other("RequestEntityTooLarge".to_owned()),
            "The request body is too long, or ended early.",
        );
        return respond(&simulator, Format::Json, Err(refusal));
    };
    let parameters = read_parameters(query, &parts.headers, &body);
    let format = match parameters.get("Format") {
        Some(format) if format.eq_ignore_ascii_case("json") => Format::Json,
        _ => Format::Xml,
    };
    let outcome = admit(&simulator, &parts.method, &parameters)
        .and_then(|()| super::send_sms::send_sms(&simulator, &parameters));
    respond(&simulator, format, outcome)
}

fn wants_html(headers: &HeaderMap) -> bool {
    header_text(headers, &header::ACCEPT).contains("text/html")
}

fn is_acs3(headers: &HeaderMap) -> bool {
    header_text(headers, &header::AUTHORIZATION).starts_with("ACS3-")
}

fn header_text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// All parameters, decoded. SDKs differ in what they leave unencoded on the wire and in how they
/// write a space, so nothing below this line sees raw bytes. Of two with one name, the first
/// counts, those of the query before those of the form.
fn read_parameters(query: &str, headers: &HeaderMap, body: &Bytes) -> Parameters {
    let content_type = header_text(headers, &header::CONTENT_TYPE).to_ascii_lowercase();
    let is_form =
        content_type.is_empty() || content_type.starts_with("application/x-www-form-urlencoded");
    let form: &[u8] = if is_form { body } else { b"" };
    let mut parameters = Parameters::new();
    for (name, value) in
        form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form))
    {
        parameters
            .entry(name.into_owned())
            .or_insert_with(|| value.into_owned());
    }
    parameters
}

/// The gateway's checks.
fn admit(simulator: &Simulator, method: &Method, parameters: &Parameters) -> Result<(), Refusal> {
    let value = |name: &str| parameters.get(name).map_or("", String::as_str);
    let refuse =
        |code, message: &str| Err(Refusal::gateway(StatusCode::BAD_REQUEST, code, message));

    for name in ["Action", "Version"] {
        if value(name).is_empty() {
            let message = format!(
                "The input parameter \"{name}\" that is mandatory for processing this request \
                 is not supplied."
            );
            return refuse(Code::MissingParameter, &message);
        }
    }
    if let Some(name) = REQUIRED.into_iter().find(|name| value(name).is_empty()) {
        return Err(Refusal::missing(name));
    }

    if value("Version") != "2017-05-25" {
        return refuse(
            Code::InvalidVersion,
            "Specified parameter Version is not valid.",
        );
    }
    if value("Action") != "SendSms" {
        return Err(Refusal::gateway(
            StatusCode::NOT_FOUND,
            Code::ActionNotFound,
            "Specified api is not found, please check your url and method. \
             The simulator knows SendSms.",
        ));
    }
    if value("SignatureMethod") != "HMAC-SHA1" || value("SignatureVersion") != "1.0" {
        return refuse(
            Code::IncompleteSignature,
            "The request signature does not conform to Aliyun standards: \
             the simulator checks HMAC-SHA1, version 1.0.",
        );
    }

    let account = simulator.account();
    if value("AccessKeyId") != account.access_key_id {
        return Err(Refusal::gateway(
            StatusCode::NOT_FOUND,
            Code::AccessKeyNotFound,
            "Specified access key is not found.",
        ));
    }

    let Some(signed_at) = origin::parse_timestamp(value("Timestamp")) else {
        return refuse(
            Code::TimestampFormat,
            "Specified time stamp or date value is not well formatted.",
        );
    };
    let now = simulator.now();
    let skew = match now.duration_since(signed_at) {
        Ok(age) => age,
        Err(ahead) => ahead.duration(),
    };
    if skew > SKEW {
        return refuse(
            Code::TimestampExpired,
            "Specified time stamp or date value is expired.",
        );
    }

    let text = signing::string_to_sign(method.as_str(), parameters);
    if !signing::verify(&account.access_key_secret, &text, value("Signature")) {
        let message = format!(
            "Specified signature is not matched with our calculation. \
             server string to sign is:{text}"
        );
        return refuse(Code::SignatureDoesNotMatch, &message);
    }

    // Last, so that nobody without the secret can use up a nonce.
    let is_fresh = simulator
        .nonces
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .spend(
            value("AccessKeyId"),
            value("SignatureNonce"),
            now,
            signed_at + SKEW,
        );
    if !is_fresh {
        return refuse(
            Code::NonceUsed,
            "Specified signature nonce was used already.",
        );
    }
    Ok(())
}
