//! Lists as answers: the items, and in headers where in the whole they stand.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use moongate_management::{Listed, Page};
use serde::Serialize;
use url::form_urlencoded;

use super::error::ApiError;

const TOTAL_NUMBER: HeaderName = HeaderName::from_static("total-number");

/// The public address of the endpoint, for links; put into each request by the guard.
#[derive(Clone)]
pub(super) struct PublicUrl(pub(super) String);

/// The address of the list, without what names a page.
pub(super) struct ListUrl(String);

impl<S: Send + Sync> FromRequestParts<S> for ListUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let public = parts.extensions.get::<PublicUrl>().cloned();
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let kept = form_urlencoded::parse(query)
            .filter(|(name, _)| !matches!(&**name, "page" | "page_size"));
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in kept {
            query.append_pair(&name, &value);
        }
        let query = query.finish();
        let mut url = public.map_or_else(String::new, |public| public.0);
        url.push('?');
        url.push_str(&query);
        if !query.is_empty() {
            url.push('&');
        }
        Ok(Self(url))
    }
}

/// The items; of a page, also how many there are, and links to its neighbours (RFC 8288). Logto's
/// links lack `/api` and lead nowhere; these lead to the pages.
pub(super) fn list<T: Serialize>(url: &ListUrl, listed: Listed<T>, page: Option<Page>) -> Response {
    let total = listed.total;
    let mut response = Json(listed.items).into_response();
    let Some(page) = page else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(TOTAL_NUMBER, HeaderValue::from(total));
    let links = links(&url.0, page, total);
    if let Ok(links) = HeaderValue::from_str(&links) {
        headers.insert(header::LINK, links);
    }
    response
}

fn links(url: &str, page: Page, total: i64) -> String {
    let size = page.size();
    let last = ((total + size - 1) / size).max(1);
    let link =
        |number: i64, rel: &str| format!("<{url}page={number}&page_size={size}>; rel=\"{rel}\"");
    let number = page.number();
    let mut links = vec![link(1, "first")];
    if number > 1 {
        links.push(link((number - 1).min(last), "prev"));
    }
    if number < last {
        links.push(link(number + 1, "next"));
    }
    links.push(link(last, "last"));
    links.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: i64, total: i64, expected: &[(&str, i64)]) {
        let page = Page::new(Some(number), Some(10)).unwrap();
        let expected: Vec<_> = expected
            .iter()
            .map(|(rel, number)| format!("</x?page={number}&page_size=10>; rel=\"{rel}\""))
            .collect();
        assert_eq!(links("/x?", page, total), expected.join(", "));
    }

    #[test]
    fn a_page_links_to_its_neighbours() {
        check(1, 0, &[("first", 1), ("last", 1)]);
        check(1, 10, &[("first", 1), ("last", 1)]);
        check(1, 11, &[("first", 1), ("next", 2), ("last", 2)]);
        check(
            2,
            21,
            &[("first", 1), ("prev", 1), ("next", 3), ("last", 3)],
        );
        check(9, 21, &[("first", 1), ("prev", 3), ("last", 3)]);
    }
}
