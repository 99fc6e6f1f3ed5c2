//! Drafts of the settings, looked at before they are in force.

use std::time::Duration;

use http::StatusCode;
use moongate_tests::{Manager, Page, RelyingParty, TestApp, Visitor};
use serde_json::{Value, json};

/// Makes a draft and gives its identifier and its link.
async fn draft(app: &TestApp, body: Value) -> (String, String) {
    let manager = Manager::new(app).await;
    let answer = manager.post("/api/sign-in-exp/drafts", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("id"), text("url"))
}

/// A browser that opened a draft's link, and the draft's address below the endpoint.
async fn looking(app: &TestApp, body: Value) -> (Visitor, String) {
    let (id, url) = draft(app, body).await;
    let mut visitor = app.visitor();
    let index = visitor.open(&url).await;
    assert_eq!(index.status, StatusCode::OK);
    (visitor, format!("/preview/{id}"))
}

#[track_caller]
fn nothing(page: &Page) {
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.heading(), "Page not found");
    assert!(page.set_cookies().is_empty());
}

#[tokio::test]
async fn a_link_works_once_and_leaves_the_address() {
    for (endpoint, cookie) in [
        ("http://localhost:3001", "moongate_preview"),
        ("https://id.example.com/auth", "__Host-moongate_preview"),
    ] {
        let app = TestApp::at(endpoint).await;
        let (id, url) = draft(&app, json!({})).await;
        assert!(url.starts_with(&format!("{endpoint}/preview/{id}?link=")));
        let clean = format!("{}/preview/{id}", app.endpoint());
        nothing(&app.visitor().get(&clean).await);

        let mut visitor = app.visitor();
        let answer = visitor.get(&url).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(clean.ends_with(answer.location()) && !answer.location().contains("link"));
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let [set] = answer.set_cookies()[..] else {
            panic!("{:?}", answer.set_cookies())
        };
        assert!(set.starts_with(&format!("{cookie}=")), "{set}");
        assert!(set.contains("; HttpOnly; SameSite=Lax;") && set.contains(" Path=/;"));

        let index = visitor.follow(answer).await;
        assert_eq!(index.heading(), "Preview of the sign-in pages");
        assert!(
            index
                .header("content-security-policy")
                .contains("frame-src 'self'")
        );
        // A second browser comes too late, and the first one goes on.
        nothing(&app.visitor().get(&url).await);
        nothing(&visitor.clone().get(&url).await);
        assert_eq!(visitor.get(&clean).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn each_draft_has_its_own_browsers_and_its_time() {
    let app = TestApp::new().await;
    let (visitor, one) = looking(&app, json!({})).await;
    let (other, two) = looking(&app, json!({ "customCss": "a { color: red }" })).await;
    for path in ["", "/live-sign-in", "/theme.css"] {
        nothing(&visitor.clone().get(&format!("{two}{path}")).await);
        nothing(&other.clone().get(&format!("{one}{path}")).await);
        nothing(&app.visitor().get(&format!("{two}{path}")).await);
        let own = other.clone().get(&format!("{two}{path}")).await;
        assert_eq!(own.status, StatusCode::OK, "{path}");
    }
    nothing(&visitor.clone().get(&format!("{one}/no-such-page")).await);
    nothing(&visitor.clone().get(&format!("{one}/setup")).await);
    // A link of one draft opens no other, and stays good.
    let (_, url) = draft(&app, json!({})).await;
    let token = url.split_once("?link=").unwrap().1;
    nothing(&app.visitor().get(&format!("{one}?link={token}")).await);
    assert_eq!(app.visitor().open(&url).await.status, StatusCode::OK);
    // Half an hour for the link, a day for the draft.
    let (_, late) = draft(&app, json!({})).await;
    app.advance(Duration::from_mins(30));
    nothing(&app.visitor().get(&late).await);
    assert_eq!(visitor.clone().get(&one).await.status, StatusCode::OK);
    app.advance(Duration::from_hours(24));
    for path in ["", "/live-sign-in", "/theme.css"] {
        nothing(&other.clone().get(&format!("{two}{path}")).await);
    }
}

#[tokio::test]
async fn a_page_may_stand_in_our_frames_and_does_nothing_there() {
    let app = TestApp::new().await;
    let (mut visitor, draft) = looking(&app, json!({})).await;
    let index = visitor.get(&draft).await;
    assert!(
        index
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(index.header("x-frame-options"), "DENY");
    let frames: Vec<_> = index.text().split("<iframe ").skip(1).collect();
    // Every language, light and dark, in three widths.
    assert_eq!(frames.len(), 12);
    for frame in frames {
        let frame = frame.split('>').next().unwrap();
        assert!(frame.contains(r#"sandbox="allow-same-origin""#), "{frame}");
        assert!(frame.contains(" title="), "{frame}");
    }

    for page in ["live-sign-in", "code", "account", "form-post"] {
        let page = visitor.get(&format!("{draft}/{page}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let policy = page.header("content-security-policy");
        for directive in [
            "sandbox allow-same-origin;",
            "frame-ancestors 'self';",
            "form-action 'none';",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "SAMEORIGIN");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.text().contains(r#"<base target="_blank">"#));
    }
    // The pages that people use stand in nobody's frame.
    let request = RelyingParty::new("one").request(&app, &[]);
    let real = visitor.open(&request).await;
    assert!(
        real.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(real.header("x-frame-options"), "DENY");
    assert!(!real.text().contains("<base"));
}

#[tokio::test]
async fn a_draft_shows_and_nothing_of_it_is_in_force() {
    let app = TestApp::new().await;
    let body = json!({
        "color": {
            "primaryColor": "#aa1177", "isDarkModeEnabled": true, "darkPrimaryColor": "#ffaadd",
        },
        "branding": {
            "logoUrl": "https://cdn.example/logo.svg",
            "darkLogoUrl": "https://cdn.example/dark.svg",
        },
        "customCss": "@media (prefers-color-scheme: dark) { h1 { color: red } }",
        "customPhrases": { "en": { "sign-in-title": "Come in to { $app }" } },
        "supportEmail": "help@shop.example",
        "termsOfUseUrl": "https://shop.example/terms",
        "agreeToTermsPolicy": "Manual",
    });
    let (mut visitor, draft) = looking(&app, body).await;
    let at = format!("{draft}/live-sign-in");
    let light = visitor.get(&format!("{at}?language=en&scheme=light")).await;
    assert_eq!(light.heading(), "Come in to Bookstore");
    for shown in [
        r#"data-scheme="light""#,
        r#"src="https://cdn.example/logo.svg""#,
        "help@shop.example",
        "https://shop.example/terms",
        r#"name="agree""#,
        "theme.css?scheme=light",
    ] {
        assert!(light.text().contains(shown), "{shown}");
    }
    assert!(!light.text().contains("dark.svg"));
    let policy = light.header("content-security-policy");
    assert!(
        policy.contains("img-src 'self' data: https://cdn.example"),
        "{policy}"
    );
    let dark = visitor
        .get(&format!("{at}?language=zh-CN&scheme=dark"))
        .await;
    assert!(dark.text().contains(r#"lang="zh-CN""#));
    assert!(dark.text().contains(r#"data-scheme="dark""#));
    assert!(
        dark.text()
            .contains(r#"src="https://cdn.example/dark.svg""#)
    );
    assert!(
        dark.assets()
            .iter()
            .any(|path| path.contains("moongate-dark."))
    );

    // The stylesheet asks the browser for nothing more.
    let theme = format!("{draft}/theme.css?scheme=");
    for scheme in ["light", "dark"] {
        let css = visitor.get(&format!("{theme}{scheme}")).await;
        assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(css.header("cache-control"), "no-store");
        assert!(css.text().contains("--jade: #aa1177"));
        assert!(
            !css.text().contains("prefers-color-scheme"),
            "{}",
            css.text()
        );
    }
    assert_ne!(
        visitor.get(&format!("{theme}light")).await.text(),
        visitor.get(&format!("{theme}dark")).await.text()
    );

    let request = RelyingParty::new("one").request(&app, &[]);
    let real = visitor.open(&request).await;
    assert_eq!(real.heading(), "Sign in to Bookstore");
    for draft in ["cdn.example", "shop.example", "theme", r#"name="agree""#] {
        assert!(!real.text().contains(draft), "{draft}");
    }
    // The index itself looks as it always does.
    let index = visitor.get(&draft).await;
    assert!(!index.text().contains("cdn.example"));
}

#[tokio::test]
async fn the_index_says_what_is_wrong_and_shows_what_is_chosen() {
    let app = TestApp::new().await;
    let body = json!({
        "color": {
            "primaryColor": "red", "isDarkModeEnabled": false, "darkPrimaryColor": "#ffaadd",
        },
        "signInMode": "SignIn",
    });
    let (mut visitor, draft) = looking(&app, body).await;
    let index = visitor.get(&draft).await;
    assert!(index.text().contains("sign_in_experiences.invalid_color"));
    // Nothing to choose where pages are never dark, and no page to register on.
    assert!(!index.text().contains(r#"name="scheme""#));
    assert!(!index.text().contains("live-register"));
    let path = format!("{draft}?page=code&language=zh-CN&width=phone");
    let one = visitor.get(&path).await;
    let frames: Vec<_> = one.text().split("<iframe ").skip(1).collect();
    assert_eq!(frames.len(), 1);
    assert!(frames[0].contains("/code?language=zh-CN&amp;scheme=light"));
    // The language of the index is the reader's, and a switch comes back to the same choice.
    let chinese = [
        ("language", "zh-CN".to_owned()),
        ("return_to", one.field("return_to").replace("&amp;", "&")),
    ];
    let switched = visitor.submit_and_follow("/language", &chinese).await;
    assert_eq!(switched.heading(), "登录页面预览");
    assert_eq!(switched.text().matches("<iframe ").count(), 1);
    let every = visitor
        .get(&format!("{draft}?page=all&language=en&width=phone"))
        .await;
    assert!(every.text().matches("<iframe ").count() > 80);
    assert!(!every.text().contains("/setup"));
}

#[tokio::test]
async fn what_cant_be_read_makes_no_draft() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (body, status) in [
        (json!({ "signInMode": 5 }), 400),
        (json!({ "signInMod": "SignIn" }), 400),
        (json!({ "singleSignOnEnabled": true }), 422),
    ] {
        let answer = manager.post("/api/sign-in-exp/drafts", body).await;
        assert_eq!(answer.status.as_u16(), status);
    }
    let answer = Manager::send(
        &app,
        None,
        "POST",
        "/api/sign-in-exp/drafts",
        Some(json!({})),
    );
    assert_eq!(answer.await.status, StatusCode::UNAUTHORIZED);
}
