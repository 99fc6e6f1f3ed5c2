//! The shop over HTTP, with the small OpenID provider of the client's tests behind it.

#![expect(clippy::unwrap_used, reason = "tests: a panic is the report")]

#[expect(dead_code, reason = "the shop's tests need a part of it")]
#[path = "../../../client/tests/it/provider.rs"]
mod provider;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use moongate_bookstore::{router, router_with};
use moongate_client::{Client, Options};
use tower::ServiceExt as _;

use provider::{APP_ID, APP_SECRET, TestClock, TestProvider};

const BROWSER: (&str, &str) = ("accept", "text/html");

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The cookies as the browser sends them back.
    fn cookies(&self) -> String {
        let values = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs: Vec<_> = values
            .map(|value| value.to_str().unwrap())
            .filter(|value| !value.contains("Max-Age=0"))
            .map(|value| value.split(';').next().unwrap())
            .collect();
        pairs.join("; ")
    }
}

async fn send(shop: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = shop.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    Page {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// A shop whose identity server does not run.
fn lonely() -> Router {
    let options = Options::new("http://127.0.0.1:9", APP_ID, "http://localhost:3000");
    router(options.app_secret(APP_SECRET)).unwrap()
}

/// A shop, and the cookie of a visitor who signed in.
async fn signed_in() -> (Router, String) {
    let clock = TestClock::new();
    let provider = TestProvider::start(&clock).await;
    let options = Options::new(provider.endpoint(), APP_ID, "http://localhost:3000");
    let client = Client::builder(options.app_secret(APP_SECRET))
        .clock(move || clock.now())
        .build()
        .unwrap();
    provider.behave().claims = Box::new(|claims| {
        claims.remove("username");
        claims.insert("note".into(), "<script>alert(1)</script>".into());
    });
    let shop = router_with(&client);
    let started = send(&shop, "GET", "/SignIn", &[BROWSER]).await;
    let callback = provider.authorize(started.header("location"));
    let cookies = started.cookies();
    let finished = send(&shop, "GET", &callback, &[BROWSER, ("cookie", &cookies)]).await;
    assert_eq!(finished.header("location"), "/");
    (shop, finished.cookies())
}

#[tokio::test]
async fn a_stranger_sees_the_books_and_the_sign_in_button() {
    let page = send(&lonely(), "GET", "/", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Dream of the Red Chamber"));
    assert!(
        page.body
            .contains("Is authenticated: <strong class=\"no\">false</strong>")
    );
    assert!(page.body.contains(
        "<form action=\"/SignIn\" method=\"get\"><button type=\"submit\">Sign in</button></form>"
    ));
    assert!(!page.body.contains("Sign out"));
    assert!(!page.body.contains("<table"));
}

#[tokio::test]
async fn who_is_signed_in_sees_name_claims_and_the_sign_out_button() {
    let (shop, cookie) = signed_in().await;
    let page = send(&shop, "GET", "/", &[BROWSER, ("cookie", &cookie)]).await;
    assert!(
        page.body.contains("<strong class=\"yes\">true</strong>"),
        "{}",
        page.body
    );
    assert!(
        page.body
            .contains("<span class=\"who\">+8613800000000</span>")
    );
    assert!(
        page.body
            .contains("<form action=\"/SignOut\" method=\"post\">")
    );
    assert!(page.body.contains(">Sign out</button>"));
    assert!(!page.body.contains(">Sign in</button>"));
    assert!(page.body.contains("<th scope=\"row\">sub</th><td>u-1</td>"));
    assert!(
        page.body
            .contains("<th scope=\"row\">phone_number</th><td>8613800000000</td>")
    );
    assert!(
        page.body
            .contains("<th scope=\"row\">phone_number_verified</th><td>true</td>")
    );
    // What a provider sends is text, never markup.
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_eq!(page.header("cache-control"), "no-store");

    let orders = send(&shop, "GET", "/orders", &[BROWSER, ("cookie", &cookie)]).await;
    assert!(orders.body.contains("<h1>My orders</h1>"));
    let me = send(&shop, "GET", "/api/me", &[("cookie", &cookie)]).await;
    let claims: serde_json::Value = serde_json::from_str(&me.body).unwrap();
    assert_eq!(claims["sub"], "u-1");
}

#[tokio::test]
async fn signing_out_makes_a_stranger_again() {
    let (shop, cookie) = signed_in().await;
    let from_here = ("sec-fetch-site", "same-origin");
    let page = send(&shop, "POST", "/SignOut", &[from_here, ("cookie", &cookie)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = send(&shop, "GET", "/", &[BROWSER, ("cookie", &cookie)]).await;
    assert!(page.body.contains("<strong class=\"no\">false</strong>"));
}

#[tokio::test]
async fn orders_are_for_who_is_signed_in() {
    let page = send(&lonely(), "GET", "/orders", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(
        page.header("location"),
        "/SignIn?return_to=%2Forders&required=1"
    );
    let me = send(&lonely(), "GET", "/api/me", &[]).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_shop_is_open_while_the_identity_server_is_down() {
    let page = send(&lonely(), "GET", "/SignIn", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("Sign-in is not available right now"));
    assert!(page.body.contains("Try again"));
}

#[tokio::test]
async fn the_shop_speaks_chinese() {
    let page = send(
        &lonely(),
        "GET",
        "/",
        &[("accept-language", "zh-CN,zh;q=0.9")],
    )
    .await;
    assert!(page.body.contains("<html lang=\"zh-CN\">"));
    assert!(page.body.contains("红楼梦"));
    assert!(page.body.contains(">登录</button>"));
    assert_eq!(page.header("content-language"), "zh-CN");
}

#[tokio::test]
async fn books_are_found_without_a_script() {
    let page = send(&lonely(), "GET", "/?q=thoreau", &[BROWSER]).await;
    assert_eq!(page.body.matches("class=\"book\"").count(), 1);
    assert!(page.body.contains("value=\"thoreau\""));
    let page = send(&lonely(), "GET", "/?q=%22%3E%3Cscript%3E", &[BROWSER]).await;
    assert!(page.body.contains("No book on this shelf"));
    assert!(!page.body.contains("\"><script>"));
}

#[tokio::test]
async fn every_page_is_under_a_strict_policy() {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                  connect-src 'self'; form-action 'self' http://127.0.0.1:9; base-uri 'none'; \
                  frame-ancestors 'none'";
    for path in ["/", "/nowhere", "/api/me", "/healthz"] {
        let page = send(&lonely(), "GET", path, &[BROWSER]).await;
        assert_eq!(page.header("content-security-policy"), policy, "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(!page.body.contains("<style"));
        assert!(!page.body.contains(" style="));
    }
    // The client's own pages bring a policy that is stricter still.
    let page = send(&lonely(), "GET", "/SignIn", &[BROWSER]).await;
    assert!(
        page.header("content-security-policy")
            .contains("style-src 'sha256-")
    );
    assert_eq!(page.header("referrer-policy"), "same-origin");
}

#[tokio::test]
async fn assets_are_served_under_the_paths_that_pages_name() {
    let shop = lonely();
    let page = send(&shop, "GET", "/", &[BROWSER]).await;
    let named: Vec<_> = page
        .body
        .split(['"'])
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    assert!(named.iter().any(|path| path.contains("bookstore.css?v=")));
    for path in named {
        let asset = send(&shop, "GET", path, &[]).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        assert!(asset.header("cache-control").contains("immutable"));
        assert!(!asset.body.is_empty());
    }
    let missing = send(&shop, "GET", "/assets/nothing.css", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_404() {
    let page = send(&lonely(), "GET", "/nowhere", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("There is no such page"));
    let health = send(&lonely(), "GET", "/healthz", &[]).await;
    assert_eq!(health.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_callback_paths_can_be_changed() {
    let options = Options::new("http://127.0.0.1:9", APP_ID, "http://localhost:3000")
        .callback_path("/Foo")
        .signed_out_callback_path("/Bar");
    let shop = router(options).unwrap();
    let page = send(&shop, "GET", "/Bar", &[BROWSER]).await;
    assert_eq!(page.header("location"), "/");
    let page = send(&shop, "GET", "/Foo", &[BROWSER]).await;
    assert!(page.body.contains("Start again"));
    let page = send(&shop, "GET", "/Callback", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
