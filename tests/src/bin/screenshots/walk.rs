//! The way through a sign-in, with a picture at each page.

use moongate_tests::{Browser, BrowserOptions, LiveApp, fresh_number};

use serde_json::json;

use crate::camera::Camera;

/// The pages that there are pictures of.
pub(crate) const PAGES: [&str; 6] = [
    "shop",
    "phone",
    "send-failed",
    "code",
    "wrong-code",
    "signed-in",
];

/// The pages that there are pictures of besides: as a draft of the settings has them.
pub(crate) const DRAFT_PAGES: [&str; 7] = [
    "live-sign-in",
    "live-register",
    "live-new-password",
    "live-forgot-password",
    "account",
    "consent-api",
    "device-confirm",
];

/// The page that shows them side by side.
pub(crate) const PREVIEW: &str = "preview";

/// What things are called in one language.
struct Names {
    sign_in: &'static str,
    phone_title: &'static str,
    phone: &'static str,
    go_on: &'static str,
    failed_title: &'static str,
    code_title: &'static str,
    code: &'static str,
    wrong_code: &'static str,
    signed_in: &'static str,
}

const ENGLISH: Names = Names {
    sign_in: "Sign in",
    phone_title: "Sign in to Bookstore",
    phone: "Phone number",
    go_on: "Continue",
    failed_title: "The message could not be sent",
    code_title: "Check your phone",
    code: "Verification code",
    wrong_code: "That is not the code we sent.",
    signed_in: "Is authenticated: true",
};

const CHINESE: Names = Names {
    sign_in: "登录",
    phone_title: "登录 Bookstore",
    phone: "手机号",
    go_on: "继续",
    failed_title: "验证码发送失败",
    code_title: "输入短信验证码",
    code: "验证码",
    wrong_code: "验证码不正确",
    signed_in: "是否已登录：是",
};

/// Signs somebody in, and takes a picture of each page on the way.
pub(crate) async fn sign_in(language: &'static str, camera: &mut Camera) {
    let names = if language == "zh-CN" {
        CHINESE
    } else {
        ENGLISH
    };
    let mut app = LiveApp::start().await;
    let options = BrowserOptions {
        language,
        ..BrowserOptions::default()
    };
    let browser = Browser::with(options).await;
    let number = fresh_number();

    browser.go(&app.bookstore()).await;
    camera.take(&browser, PAGES[0], language).await;
    browser.press(names.sign_in).await;
    browser.wait_for_heading(names.phone_title).await;
    camera.take(&browser, PAGES[1], language).await;

    app.stop_simulator();
    browser.fill(names.phone, &format!("+86 {number}")).await;
    browser.press(names.go_on).await;
    browser.wait_for_heading(names.failed_title).await;
    camera.take(&browser, PAGES[2], language).await;
    app.start_simulator().await;

    // Not by trying again: a code that is asked for once more is said to be a new one.
    browser.go(&app.bookstore()).await;
    browser.press(names.sign_in).await;
    browser.fill(names.phone, &format!("+86 {number}")).await;
    browser.press(names.go_on).await;
    browser.wait_for_heading(names.code_title).await;
    camera.take(&browser, PAGES[3], language).await;

    let code = app.code_for(&number, 1).await;
    let wrong = if code == "123456" { "654321" } else { "123456" };
    browser.fill(names.code, wrong).await;
    browser.wait_for_text(names.wrong_code).await;
    camera.take(&browser, PAGES[4], language).await;
    browser.fill(names.code, &code).await;
    browser.wait_for_text(names.signed_in).await;
    camera.take(&browser, PAGES[5], language).await;
}

/// Looks at a draft of settings with passwords, addresses and terms.
pub(crate) async fn preview(language: &'static str, camera: &mut Camera) {
    let app = LiveApp::start().await;
    let options = BrowserOptions {
        language,
        ..BrowserOptions::default()
    };
    let browser = Browser::with(options).await;
    let method = |identifier: &str, by_code: bool| {
        json!({
            "identifier": identifier, "password": true, "verificationCode": by_code,
            "isPasswordPrimary": true,
        })
    };
    let draft = json!({
        "signIn": { "methods": [
            method("username", false), method("email", true), method("phone", true),
        ] },
        "signUp": { "identifiers": ["email"], "password": true, "verify": true },
        "forgotPasswordMethods": ["EmailVerificationCode"],
        "termsOfUseUrl": "https://bookstore.example/terms",
        "privacyPolicyUrl": "https://bookstore.example/privacy",
        "agreeToTermsPolicy": "ManualRegistrationOnly",
        "supportEmail": "help@bookstore.example",
    });
    browser.go(&app.draft(draft).await).await;
    let index = browser.url().await;
    camera
        .take_at(&browser, PREVIEW, language, |_| index.clone())
        .await;
    for page in DRAFT_PAGES {
        let address = |scheme: &str| format!("{index}/{page}?language={language}&scheme={scheme}");
        camera.take_at(&browser, page, language, address).await;
    }
}
