//! Refusals of the JSON APIs: the one shape of their body, and the words of each.
//!
//! A handler names a code; the words are chosen once the request's language is at hand.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use moongate_core::{Channel, ErrorCode};
use moongate_experience::Finding;
use moongate_management::{ALL, ManagementError, ResourceFinding};
use moongate_web::Language;
use serde::Serialize;
use serde_json::{Value, json};
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::routes::errors;

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(in crate::routes) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    data: Option<Value>,
    details: Option<String>,
    retry_after: Option<Duration>,
}

/// The body of every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApiErrorBody {
    /// A stable name to branch on.
    code: &'static str,
    /// What it means, in the language of `Accept-Language` or `locale`.
    message: String,
    /// More about it, depending on the code; `issues` lists the fields of a body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

impl ApiError {
    pub(in crate::routes) fn new(code: ErrorCode) -> Self {
        Self {
            status: errors::status(code),
            code,
            data: None,
            details: None,
            retry_after: None,
        }
    }

    /// A body or parameter that can't be read.
    pub(in crate::routes) fn unreadable(details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::new(ErrorCode::GuardInvalidInput)
        }
    }

    /// One field that is not right.
    pub(in crate::routes) fn field(path: &str, problem: impl Into<String>) -> Self {
        Self::fields(&[ResourceFinding {
            path: path.to_owned(),
            problem: problem.into(),
            mend: String::new(),
        }])
    }

    fn fields(findings: &[ResourceFinding]) -> Self {
        let message = |finding: &ResourceFinding| match finding.mend.as_str() {
            "" => finding.problem.clone(),
            mend => format!("{}; {mend}", finding.problem),
        };
        let issues: Vec<_> = findings
            .iter()
            .map(|it| json!({ "path": key_path(&it.path), "message": message(it) }))
            .collect();
        let lines: Vec<_> = findings
            .iter()
            .map(|it| format!("Error in key path \"{}\": {}", it.path, message(it)))
            .collect();
        Self {
            data: Some(json!({ "issues": issues })),
            ..Self::unreadable(lines.join("\n"))
        }
    }

    /// Broken rules of the settings, the first of which says the code.
    fn settings(findings: &[Finding]) -> Self {
        let Some(first) = findings.first() else {
            return Self::new(ErrorCode::GuardInvalidInput);
        };
        let issues: Vec<_> = findings
            .iter()
            .map(|it| json!({ "path": key_path(&it.field), "message": it.message() }))
            .collect();
        let mut data = json!({ "issues": issues });
        // As Logto's, which names the kind of connector that is missing.
        if let Some(channel) = first.rule.channel() {
            data["type"] = match channel {
                Channel::Sms => "Sms".into(),
                Channel::Email => "Email".into(),
            };
        }
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        Self {
            data: Some(data),
            details: Some(lines.join("\n")),
            ..Self::new(first.rule.code())
        }
    }

    pub(in crate::routes) fn with_data(self, data: Value) -> Self {
        Self {
            data: Some(data),
            ..self
        }
    }

    pub(in crate::routes) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With how long to wait before the next try, in the header for programs (RFC 9110 §10.2.3).
    pub(in crate::routes) fn with_retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// The answer in the request's language.
    pub(super) fn render(self, uri: &Uri, headers: &HeaderMap) -> Response {
        let language = language(uri, headers);
        let code = self.code.as_str();
        let body = ApiErrorBody {
            code,
            // Every code has words (tested), so this is for a code younger than its phrase.
            message: language.words().error(code).unwrap_or_else(|| code.into()),
            data: self.data,
            details: self.details,
        };
        let text = serde_json::to_string(&body).expect("plain structs are JSON");
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut set = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, "application/json; charset=utf-8");
        set(header::CONTENT_LANGUAGE, language.tag());
        set(header::VARY, "Accept-Language");
        if let Some(wait) = self.retry_after {
            let seconds = errors::whole_seconds(wait);
            set(header::RETRY_AFTER, &seconds.to_string());
        }
        // RFC 6750 §3.
        match self.code {
            ErrorCode::AuthorizationHeaderMissing
            | ErrorCode::AuthorizationTokenTypeNotSupported => {
                set(header::WWW_AUTHENTICATE, "Bearer");
            }
            ErrorCode::AuthUnauthorized => {
                set(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            }
            ErrorCode::AuthForbidden => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{ALL}\"");
                set(header::WWW_AUTHENTICATE, &challenge);
            }
            _ => {}
        }
        response
    }
}

/// Carried to the layer that knows the request's language.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ManagementError> for ApiError {
    fn from(error: ManagementError) -> Self {
        match error {
            ManagementError::Refused(code) => Self::new(code),
            ManagementError::Invalid(findings) => Self::fields(&findings),
            ManagementError::Settings(findings) => Self::settings(&findings),
            ManagementError::Unsupported(field) => Self {
                details: Some(format!("{field} comes with a later version")),
                ..Self::new(ErrorCode::RequestFeatureNotSupported)
                    .with_data(json!({ "field": field }))
            },
            ManagementError::Busy { retry_after } => {
                Self::new(ErrorCode::Unavailable).with_retry_after(retry_after)
            }
            ManagementError::Store(error) => Self::new(errors::store_code(&error)),
        }
    }
}

/// `oidcClientMetadata.redirectUris[0]` as a list of keys and positions, as zod writes it.
fn key_path(path: &str) -> Vec<Value> {
    path.split(['.', '['])
        .map(|part| part.trim_end_matches(']'))
        .filter(|part| !part.is_empty())
        .map(|part| match part.parse::<u64>() {
            Ok(position) => position.into(),
            Err(_) => part.into(),
        })
        .collect()
}

fn language(uri: &Uri, headers: &HeaderMap) -> Language {
    let query = uri.query().unwrap_or_default().as_bytes();
    let locale = form_urlencoded::parse(query).find(|(name, _)| name == "locale");
    let locale = locale.and_then(|(_, tag)| Language::from_tag(&tag));
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    locale
        .or_else(|| accepted.and_then(Language::from_accept_language))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_by_keys_and_positions() {
        let path = key_path("oidcClientMetadata.redirectUris[10]");
        assert_eq!(
            Value::from(path),
            json!(["oidcClientMetadata", "redirectUris", 10])
        );
        assert_eq!(key_path(""), Vec::<Value>::new());
    }
}
