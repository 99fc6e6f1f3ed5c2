//! What pages are like to read: languages, names, and what they load.

use moongate_tests::{Browser, BrowserOptions, LiveApp, Role, fresh_number};

use super::press_sign_in;

#[tokio::test]
async fn a_chinese_browser_reads_chinese_and_may_switch() {
    let app = LiveApp::start().await;
    let browser = Browser::with(BrowserOptions {
        language: "zh-CN",
        ..BrowserOptions::default()
    })
    .await;
    let number = fresh_number();
    browser.go(&app.bookstore()).await;
    browser.press("登录").await;
    browser.wait_for_heading("登录 Bookstore").await;
    browser.press("English").await;
    browser.wait_for_heading("Sign in to Bookstore").await;
    browser.press("简体中文").await;
    browser.wait_for_heading("登录 Bookstore").await;
    // As people there write a number: mainland China is what the selector stands at.
    browser.fill("手机号", &number).await;
    browser.press("继续").await;
    browser.wait_for_heading("输入短信验证码").await;
    let code = app.code_for(&number, 1).await;
    browser.fill("验证码", &code).await;
    browser.wait_for_text("是否已登录：是").await;
    browser.press("退出登录").await;
    browser.wait_for(Role::Button, "登录").await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_language_can_be_switched_on_the_code_page() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    super::ask_for_code(&app, &browser, &fresh_number()).await;
    browser.press("简体中文").await;
    browser.wait_for_heading("输入短信验证码").await;
    browser.press("English").await;
    browser.wait_for_heading("Check your phone").await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

/// Or a page that says nothing wrong would say little.
#[tokio::test]
#[should_panic(expected = "image-alt")]
async fn what_is_wrong_with_a_page_is_found() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    let script = "document.querySelector('main').append(document.createElement('img'))";
    browser.run(script).await;
    browser.assert_accessible().await;
}

#[tokio::test]
async fn nothing_on_a_page_runs_into_the_page_s_edge() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    for width in [320, 390, 768, 1280] {
        browser.resize(width, 844).await;
        let overflow = "return document.documentElement.scrollWidth - window.innerWidth";
        let overflow = browser.run(overflow).await;
        assert!(
            overflow.as_i64().unwrap() <= 0,
            "at {width} pixels the page is {overflow} pixels too wide"
        );
    }
}
