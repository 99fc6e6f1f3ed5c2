//! What handlers of the JSON APIs are given: identifiers from the path, a query, a page, a
//! body. Whatever can't be read is refused in the API's own shape, with the field that is wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::request::Parts;
use http::{StatusCode, header};
use moongate_core::ErrorCode;
use moongate_management::Page;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::form_urlencoded;
use utoipa::IntoParams;

use super::error::ApiError;

/// Longer patterns are no search; SQLite refuses those of 50 000 bytes.
const LONGEST_SEARCH: usize = 1024;

/// A body of JSON.
pub(in crate::routes) struct Json<T>(pub(in crate::routes) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_json = content_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                let essence = value.split(';').next().unwrap_or_default().trim();
                essence.eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(ApiError::unreadable(
                "the body must be JSON, sent with Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let error = ApiError::unreadable("the body could not be read");
            if too_large {
                error.with_status(StatusCode::PAYLOAD_TOO_LARGE)
            } else {
                error
            }
        })?;
        // A parser's message names line and column and repeats nothing of the body.
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| ApiError::unreadable(format!("malformed JSON: {error}")))?;
        Ok(Self(read(value)?))
    }
}

/// Identifiers from the path.
pub(super) struct Ids<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ids = Path::from_request_parts(parts, state).await;
        let Path(ids) = ids.map_err(|_| ApiError::unreadable("the path is not UTF-8"))?;
        Ok(Self(ids))
    }
}

/// The query, but for what [`Paging`] and the language take from it. A parameter that is not
/// known is refused: a filter that is not obeyed would show more than was asked for.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut query = Map::new();
        let text = parts.uri.query().unwrap_or_default().as_bytes();
        for (name, value) in form_urlencoded::parse(text) {
            if matches!(&*name, "page" | "page_size" | "locale") {
                continue;
            }
            let value = Value::from(value.into_owned());
            match query.get_mut(&*name) {
                None => {
                    query.insert(name.into_owned(), value);
                }
                Some(Value::Array(all)) => all.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Ok(Self(read(Value::Object(query))?))
    }
}

/// Reads a value, naming the field that is wrong.
fn read<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    if let Some(path) = null_byte(&value, String::new()) {
        return Err(ApiError::field(&path, "must not have a null byte"));
    }
    if !value.is_object() {
        // A list would be read as the fields in their order.
        return Err(ApiError::field("", "must be a JSON object"));
    }
    let too_long = value.get("search").and_then(Value::as_str);
    if too_long.is_some_and(|search| search.len() > LONGEST_SEARCH) {
        let problem = format!("must have at most {LONGEST_SEARCH} bytes");
        return Err(ApiError::field("search", problem));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            root if root == "." => String::new(),
            path => path,
        };
        ApiError::field(&path, error.inner().to_string())
    })
}

/// Where a text has a null byte, which PostgreSQL can't keep.
fn null_byte(value: &Value, path: String) -> Option<String> {
    let below = |name: &str| match path.as_str() {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| null_byte(item, format!("{path}[{index}]"))),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(path.clone());
            }
            null_byte(value, below(name))
        }),
        _ => None,
    }
}

/// Which part of a list is asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PagingQuery {
    /// The page, from 1 on.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// How many items a page has, 1 to 100; 20 if absent.
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<i64>,
}

/// The page that is asked for. Without `page` and `page_size`, none is.
pub(super) struct Paging(pub(super) Option<Page>);

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let text = parts.uri.query().unwrap_or_default().as_bytes();
        let invalid = || ApiError::new(ErrorCode::GuardInvalidPagination);
        let number = |name: &str| -> Result<Option<i64>, ApiError> {
            let found = form_urlencoded::parse(text).find(|(own, _)| own == name);
            found
                .map(|(_, value)| value.parse().map_err(|_| invalid()))
                .transpose()
        };
        let query = PagingQuery {
            page: number("page")?,
            page_size: number("page_size")?,
        };
        if query.page.is_none() && query.page_size.is_none() {
            return Ok(Self(None));
        }
        let page = Page::new(query.page, query.page_size).ok_or_else(invalid)?;
        Ok(Self(Some(page)))
    }
}

/// `true` or `1`, `false` or `0`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.as_str() {
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(serde::de::Error::custom("expected true or false")),
    }
}

/// One value, or several of the same name.
pub(super) fn several<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    match Value::deserialize(deserializer)? {
        Value::Array(all) => all,
        one => vec![one],
    }
    .into_iter()
    .map(|one| T::deserialize(one.into_deserializer()))
    .collect::<Result<_, _>>()
    .map_err(serde::de::Error::custom)
}

/// A search by SQL's `LIKE`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// A pattern of SQL's `LIKE`, such as `%book%`: identifier, name and the like match it, in any
    /// case.
    pub(super) search: Option<String>,
}
