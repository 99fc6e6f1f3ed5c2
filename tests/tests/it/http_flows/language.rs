//! Which language a page is in: what was chosen here, then what the application asked for, then
//! what the browser likes.

use moongate_core::{Document, Store, StoreError, UnixMillis};
use moongate_tests::{RelyingParty, TestApp, fresh_number};

use super::phone_form;

#[tokio::test]
async fn the_browser_s_languages_go_by_weight() {
    let app = TestApp::new().await;
    for (accepted, language) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-Hans-SG", "zh-CN"),
        ("en;q=0.5, zh-CN;q=0.9", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr-FR,fr;q=0.9", "en"),
        ("zh;q=0, en", "en"),
        ("", "en"),
        ("*", "en"),
        (";;;q=,,", "en"),
    ] {
        let mut visitor = app.visitor().saying("accept-language", accepted);
        let page = visitor.get("/").await;
        assert_eq!(page.header("content-language"), language, "{accepted}");
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")));
    }
}

#[tokio::test]
async fn what_the_application_asks_for_wins_over_the_browser() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor().saying("accept-language", "en");
    let request = shop.request(&app, &[("ui_locales", "fr zh-CN en")]);
    let page = visitor.open(&request).await;
    assert_eq!(page.heading(), "登录 Bookstore");
    // Also after the next step.
    let answer = visitor
        .submit("/sign-in", &phone_form(&page, &fresh_number()))
        .await;
    let page = visitor.follow(answer).await;
    assert_eq!(page.heading(), "输入短信验证码");
}

#[tokio::test]
async fn what_one_chose_wins_over_all() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor().saying("accept-language", "en");
    let page = visitor.open(&shop.request(&app, &[])).await;
    let chinese = [
        ("language", "zh-CN".to_owned()),
        ("return_to", page.field("return_to")),
    ];
    let answer = visitor.submit("/language", &chinese).await;
    let page = visitor.follow(answer).await;
    assert_eq!(page.heading(), "登录 Bookstore");
    let request = shop.request(&app, &[("ui_locales", "en")]);
    let page = visitor.open(&request).await;
    assert_eq!(page.heading(), "登录 Bookstore");
    // A language that there is not changes nothing.
    let klingon = [("language", "tlh".to_owned())];
    visitor.submit("/language", &klingon).await;
    let page = visitor.open(&request).await;
    assert_eq!(page.heading(), "登录 Bookstore");
}

#[tokio::test]
async fn the_country_follows_the_browser() {
    let app = TestApp::new().await;
    for (accepted, region) in [
        ("zh-CN", "CN"),
        ("en-GB,en", "GB"),
        ("en-HK", "HK"),
        ("en", "US"),
    ] {
        let mut visitor = app.visitor().saying("accept-language", accepted);
        let request = RelyingParty::new("shop").request(&app, &[]);
        let page = visitor.open(&request).await;
        let chosen = format!("<option value=\"{region}\" selected>");
        assert!(page.text().contains(&chosen), "{accepted}");
        assert_eq!(page.text().matches(" selected>").count(), 1);
    }
}

#[tokio::test]
async fn an_operator_may_name_the_country_for_all() {
    let china = |settings: &mut moongate_server::settings::Settings| {
        settings.default_region = Some(moongate_core::Region::CHINA);
    };
    let app = TestApp::with("http://localhost:3001", china).await;
    let (_, page) = super::at_phone(&app).await;
    assert!(page.text().contains("<option value=\"CN\" selected>"));
}

#[tokio::test]
async fn error_pages_speak_it_too() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor().saying("accept-language", "zh-CN");
    let page = visitor.get("/nowhere").await;
    assert_eq!(page.heading(), "页面不存在");
    let page = visitor.get("/unknown-session").await;
    assert_eq!(page.heading(), "本次登录已失效");
}

#[tokio::test]
async fn where_the_settings_say_so_the_browser_does_not_decide() {
    let app = TestApp::new().await;
    let store: &dyn Store = app.store();
    let saved: Result<bool, StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                let key = "sign-in-experience";
                let stored = tx
                    .document(key)
                    .await?
                    .map(|stored| (stored.revision, stored.body));
                let (revision, body) = stored.unwrap_or((0, "{}".into()));
                let mut settings: serde_json::Value = serde_json::from_str(&body).unwrap();
                settings["languageInfo"] =
                    serde_json::json!({ "autoDetect": false, "fallbackLanguage": "zh-CN" });
                let document = Document {
                    key: key.to_owned(),
                    revision: revision + 1,
                    body: settings.to_string(),
                    author: String::new(),
                    comment: None,
                    updated_at: UnixMillis(0),
                };
                tx.save_document(&document).await
            })
        })
        .await;
    assert!(saved.is_ok_and(|saved| saved));
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor().saying("accept-language", "en");
    let page = visitor.open(&shop.request(&app, &[])).await;
    assert_eq!(page.heading(), "登录 Bookstore");
    let page = visitor
        .open(&shop.request(&app, &[("ui_locales", "en")]))
        .await;
    assert_eq!(page.heading(), "Sign in to Bookstore");
}
