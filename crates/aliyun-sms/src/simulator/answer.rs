//! Answers in Aliyun's shapes, as JSON or XML.
//!
//! The service's own refusals come with status 200 and three members; the gateway's with 4xx and
//! two more.

use std::time::SystemTime;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::Simulator;
use crate::Code;
use crate::signing::percent_encode;

/// The host that Aliyun's gateway names itself by.
const HOST_ID: &str = "dysmsapi.aliyuncs.com";

const IMF_FIXDATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// The form of an answer, by the parameter `Format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// By the gateway, before any service sees the request.
    Gateway {
        status: StatusCode,
        code: Code,
        message: String,
    },
    /// By the SMS service.
    Service { code: Code, message: &'static str },
}

impl Refusal {
    pub(super) fn gateway(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self::Gateway {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn service(code: Code, message: &'static str) -> Self {
        Self::Service { code, message }
    }

    /// A required parameter is not there.
    pub(super) fn missing(parameter: &str) -> Self {
        Self::gateway(
            StatusCode::BAD_REQUEST,
            Code::Other(format!("Missing{parameter}")),
            format!("{parameter} is mandatory for this action."),
        )
    }
}

/// The answer to a request: accepted, with the `BizId`, or refused.
pub(super) fn respond(
    simulator: &Simulator,
    format: Format,
    outcome: Result<String, Refusal>,
) -> Response {
    let request_id = simulator.request_id();
    let (status, root, members) = match outcome {
        Ok(biz_id) => (
            StatusCode::OK,
            "SendSmsResponse",
            vec![
                ("Message", "OK".to_owned()),
                ("RequestId", request_id.clone()),
                ("Code", "OK".to_owned()),
                ("BizId", biz_id),
            ],
        ),
        Err(Refusal::Service { code, message }) => (
            StatusCode::OK,
            "SendSmsResponse",
            vec![
                ("Message", message.to_owned()),
                ("RequestId", request_id.clone()),
                ("Code", code.to_string()),
            ],
        ),
        Err(Refusal::Gateway {
            status,
            code,
            message,
        }) => {
            let recommend = format!(
                "https://api.aliyun.com/troubleshoot?q={}&product=Dysmsapi&requestId={request_id}",
                percent_encode(code.as_str())
            );
            (
                status,
                "Error",
                vec![
                    ("RequestId", request_id.clone()),
                    ("Message", message),
                    ("Recommend", recommend),
                    ("HostId", HOST_ID.to_owned()),
                    ("Code", code.to_string()),
                ],
            )
        }
    };
    let (content_type, body) = match format {
        Format::Json => ("application/json;charset=utf-8", json(&members)),
        Format::Xml => ("text/xml;charset=utf-8", xml(root, &members)),
    };
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::DATE, date(simulator.now()));
    let request_id = HeaderValue::from_str(&request_id).expect("a UUID is visible ASCII");
    headers.insert(HeaderName::from_static("x-acs-request-id"), request_id);
    response
}

/// The `Date` header (RFC 9110 §5.6.7): a client whose clock is off learns by how much.
fn date(now: SystemTime) -> HeaderValue {
    let text = OffsetDateTime::from(now)
        .format(IMF_FIXDATE)
        .expect("every component of the format is a component of a UTC date");
    HeaderValue::from_str(&text).expect("a date is visible ASCII")
}

fn json(members: &[(&str, String)]) -> String {
    let members: serde_json::Map<_, _> = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
        .collect();
    serde_json::Value::Object(members).to_string()
}

fn xml(root: &str, members: &[(&str, String)]) -> String {
    let members: String = members
        .iter()
        .map(|(name, value)| ["<", name, ">", &escape(value), "</", name, ">"].concat())
        .collect();
    format!("<?xml version='1.0' encoding='UTF-8'?><{root}>{members}</{root}>")
}

fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            // XML 1.0 has no way to write these (§2.2).
            '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'.. => text.push(c),
            _ => text.push('\u{fffd}'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn xml_is_escaped() {
        assert_eq!(
            xml("Error", &[("Message", "a&b<c>\u{1}月".to_owned())]),
            "<?xml version='1.0' encoding='UTF-8'?><Error><Message>a&amp;b&lt;c&gt;\u{fffd}月</Message></Error>"
        );
    }

    #[test]
    fn the_date_is_written_as_http_has_it() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(date(now), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
