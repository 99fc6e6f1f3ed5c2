//! A browser that keeps cookies and shows what it got, and the application that it visits.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use moongate_client::{
    AccessToken, AccessTokens, Client, ClientBuilder, Options, User, authorize_view,
};
use tower::ServiceExt as _;

use crate::provider::{APP_ID, APP_SECRET, TestClock, TestProvider};

pub(crate) const BASE_URL: &str = "http://localhost:3000";

/// Options for the provider's application.
pub(crate) fn options(endpoint: &str) -> Options {
    Options::new(endpoint, APP_ID, BASE_URL)
        .app_secret(APP_SECRET)
        .scope("phone")
}

/// An application with a public page, a protected page and two protected API routes.
pub(crate) fn app(client: &Client) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/orders", get(orders).post(orders))
        .route("/api/me", get(me))
        .route("/api/token", get(token))
        .route("/api/resource", get(resource_token))
        .merge(client.routes())
        .layer(client.layer())
}

async fn front(user: Option<User>) -> String {
    authorize_view(
        user.as_ref(),
        |user| format!("Hello {}", user.display_name()),
        || "Hello stranger".to_owned(),
    )
}

async fn orders(user: User) -> String {
    format!("Orders of {}", user.sub())
}

async fn me(user: User) -> Json<serde_json::Map<String, serde_json::Value>> {
    Json(user.claims().clone())
}

async fn token(token: AccessToken) -> String {
    token.secret().to_owned()
}

async fn resource_token(tokens: AccessTokens) -> String {
    match tokens.for_resource("https://api.example.com").await {
        Ok(token) => token.secret().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// A provider, an application and a browser.
pub(crate) struct World {
    pub(crate) clock: TestClock,
    pub(crate) provider: TestProvider,
    pub(crate) browser: Browser,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|options| options).await
    }

    pub(crate) async fn with(change: impl FnOnce(Options) -> Options) -> Self {
        let clock = TestClock::new();
        let provider = TestProvider::start(&clock).await;
        let options = change(options(&provider.endpoint()));
        let client = builder(options, &clock).build().unwrap();
        Self {
            clock,
            provider,
            browser: Browser::new(app(&client)),
        }
    }

    /// Signs in from the front page.
    pub(crate) async fn sign_in(&mut self) {
        let started = self.browser.get("/SignIn").await;
        let callback = self.provider.authorize(started.location());
        let finished = self.browser.get(&callback).await;
        assert_eq!(finished.status, StatusCode::SEE_OTHER, "{}", finished.body);
        assert_eq!(finished.location(), "/");
    }
}

pub(crate) fn builder(options: Options, clock: &TestClock) -> ClientBuilder {
    let clock = clock.clone();
    Client::builder(options).clock(move || clock.now())
}

/// What the browser got.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    }
}

#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    pub(crate) jar: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(app: Router) -> Self {
        Self {
            app,
            jar: BTreeMap::new(),
        }
    }

    /// The person opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        self.send(Method::GET, path, &[html]).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(HeaderName::try_from(*name).unwrap(), *value);
        }
        if !self.jar.is_empty() {
            let pairs: Vec<_> = self
                .jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        for cookie in page.cookies() {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.contains("HttpOnly; SameSite=Lax"));
            assert!(attributes.contains("Path=/"));
            if attributes.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }

    /// The names of the attempt cookies.
    pub(crate) fn attempts(&self) -> usize {
        let prefix = format!("moongate.{APP_ID}.");
        self.jar
            .keys()
            .filter(|name| name.starts_with(&prefix))
            .count()
    }

    pub(crate) fn has_session(&self) -> bool {
        self.jar.contains_key(&format!("moongate.{APP_ID}"))
    }
}
