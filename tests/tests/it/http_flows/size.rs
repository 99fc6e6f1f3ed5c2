//! How much a browser loads before somebody can type.

use http::StatusCode;
use moongate_tests::{Manager, RelyingParty, TestApp};
use serde_json::json;

/// For a first visit, headers apart.
const MOST: usize = 30_000;

/// Loads the page and all that it names, as a browser does that was never here.
async fn check(app: &TestApp, language: &'static str, heading: &str) {
    let visitor = app.visitor().saying("accept-language", language);
    let mut visitor = visitor.saying("accept-encoding", "gzip");
    let request = RelyingParty::new("shop").request(app, &[]);
    let answer = visitor.get(&request).await;
    let page = visitor.follow(answer).await;
    assert_eq!(page.header("content-encoding"), "gzip");
    let mut sizes = vec![("the page", page.bytes.len())];
    // Its names can be read where it is not compressed.
    let mut reader = visitor.clone().saying("accept-encoding", "identity");
    let plain = reader.open(&request).await;
    assert_eq!(plain.heading(), heading);
    let loaded = plain.loaded();
    for part in ["htmx", "moongate", ".css", "favicon"] {
        assert!(loaded.iter().any(|path| path.contains(part)), "no {part}");
    }
    for path in loaded {
        let asset = visitor.get(path).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        assert_eq!(asset.header("content-encoding"), "gzip", "{path}");
        assert!(asset.header("cache-control").contains("immutable"));
        sizes.push((path, asset.bytes.len()));
    }
    let sum: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(sum < MOST, "{language}: {sum} bytes: {sizes:?}");
}

#[tokio::test]
async fn the_first_page_is_small() {
    let app = TestApp::new().await;
    check(&app, "en", "Sign in to Bookstore").await;
    check(&app, "zh-CN", "登录 Bookstore").await;
}

/// Every kind of identifier, the countries, the password with its recovery, registration, terms to
/// tick, where to find help, and colours of the tenant's own.
#[tokio::test]
async fn the_first_page_with_all_there_is_is_small() {
    let app = TestApp::new().await;
    let method = |identifier: &str| {
        json!({ "identifier": identifier, "password": true, "verificationCode": false,
                "isPasswordPrimary": true })
    };
    let methods = ["username", "email", "phone"].map(method);
    let settings = json!({
        "signUp": { "identifiers": ["username"], "password": true, "verify": false },
        "signIn": { "methods": methods },
        "forgotPasswordMethods": ["PhoneVerificationCode", "EmailVerificationCode"],
        "termsOfUseUrl": "https://shop.example/terms",
        "privacyPolicyUrl": "https://shop.example/privacy",
        "agreeToTermsPolicy": "Manual",
        "supportEmail": "help@shop.example",
        "supportWebsiteUrl": "https://shop.example/help",
        "color": { "primaryColor": "#1f6f54", "isDarkModeEnabled": true,
                   "darkPrimaryColor": "#7fd1ae" },
    });
    let answer = Manager::new(&app)
        .await
        .patch("/api/sign-in-exp", settings)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    check(&app, "en", "Sign in to Bookstore").await;
    check(&app, "zh-CN", "登录 Bookstore").await;
}

#[tokio::test]
async fn a_second_visit_loads_assets_no_more() {
    let app = TestApp::new().await;
    let (visitor, page) = super::at_phone(&app).await;
    for path in page.assets() {
        let asset = visitor.clone().get(path).await;
        let etag = asset.header("etag").to_owned();
        let mut again = visitor.clone();
        let request = again
            .request("GET", path)
            .header("if-none-match", etag)
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = again.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(answer.bytes.is_empty());
    }
}
