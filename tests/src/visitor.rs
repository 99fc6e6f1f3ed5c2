//! A browser without a screen: it keeps cookies, and says of its forms and links what browsers
//! say.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Request, header};
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

use crate::Page;

/// The most that a body may have.
const BODY: usize = 4 * 1024 * 1024;

/// A browser in front of one router.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    endpoint: Url,
    cookies: BTreeMap<String, String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Visitor {
    pub(crate) fn new(router: Router, endpoint: &Url) -> Self {
        Self {
            router,
            endpoint: endpoint.clone(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// The same browser in front of another router: a server that was started anew.
    #[must_use]
    pub fn at(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// The same browser, which says this with each request, and no longer what it said before
    /// under that name.
    #[must_use]
    pub fn saying(mut self, name: &'static str, value: &'static str) -> Self {
        let name = HeaderName::from_static(name);
        self.headers.retain(|(own, _)| *own != name);
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// The cookies that it keeps.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Forgets the cookies whose names begin so.
    pub fn forget(&mut self, prefix: &str) {
        self.cookies.retain(|name, _| !name.starts_with(prefix));
    }

    /// A request for a path below the endpoint, or for a URL or path as an answer named it.
    pub fn request(&self, method: &str, target: &str) -> http::request::Builder {
        let url = if target.starts_with("http") {
            Url::parse(target).unwrap()
        } else {
            self.endpoint.join(target).unwrap()
        };
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
    }

    /// Sends a request with this browser's cookies and headers, and keeps the cookies that it gets.
    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = request.headers_mut();
        if !pairs.is_empty() {
            headers.insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        for (name, value) in &self.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            bytes: axum::body::to_bytes(body, BODY).await.unwrap().into(),
        };
        for cookie in page.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }

    /// Opens an address, as by a link or by hand.
    pub async fn get(&mut self, target: &str) -> Page {
        let request = self.request("GET", target).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Opens an address and goes on to wherever the server leads, as long as that is here.
    pub async fn open(&mut self, target: &str) -> Page {
        let answer = self.get(target).await;
        self.follow(answer).await
    }

    /// Goes on to wherever the server leads, as long as that is here.
    pub async fn follow(&mut self, answer: Page) -> Page {
        let mut answer = answer;
        for _ in 0..10 {
            if !answer.status.is_redirection() {
                return answer;
            }
            let location = self.endpoint.join(answer.location()).unwrap();
            if location.origin() != self.endpoint.origin() {
                return answer;
            }
            answer = self.get(location.as_str()).await;
        }
        panic!("this goes round in circles: {}", answer.location());
    }

    /// Keeps the cookies that another tab of this browser got.
    pub fn share(&mut self, tab: &Self) {
        self.cookies.extend(tab.cookies.clone());
    }

    /// Submits a form of our own pages and goes where it leads.
    pub async fn submit_and_follow(&mut self, path: &str, fields: &[(&str, String)]) -> Page {
        let answer = self.submit(path, fields).await;
        self.follow(answer).await
    }

    /// Sends a form of one of the server's own pages. The path is below the endpoint's.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, String)]) -> Page {
        let request = self.form(path);
        let origin = self.endpoint.origin().ascii_serialization();
        let request = request
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(encoded(fields)))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form without a word on where it came from, as a program does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, String)]) -> Page {
        let request = self.form(path);
        let request = request.body(Body::from(encoded(fields))).unwrap();
        self.send(request).await
    }

    fn form(&self, path: &str) -> http::request::Builder {
        let base = self.endpoint.path().trim_end_matches('/');
        self.request("POST", &format!("{base}{path}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }
}

fn encoded(fields: &[(&str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
