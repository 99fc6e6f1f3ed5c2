//! What browsers, password managers and telephones read of a page: how fields are to be filled in,
//! what a paste becomes, and which stylesheets stand before anything is shown.

use moongate_tests::{Browser, LiveApp, Role, fresh_number};
use serde_json::json;

use super::{PASSWORD, ask_for_code, method, press_sign_in, wait_for_sign_in};

async fn attribute(browser: &Browser, selector: &str, name: &str) -> String {
    let script =
        format!("return document.querySelector({selector:?}).getAttribute({name:?}) ?? ''");
    browser.run(&script).await.as_str().unwrap().to_owned()
}

/// Pastes into the field of the code, as a person does who copied it.
async fn paste(browser: &Browser, text: &str) {
    let script = format!(
        "const field = document.querySelector('[data-code]');
         const clipboardData = new DataTransfer();
         clipboardData.setData('text', {text:?});
         field.focus();
         field.dispatchEvent(new ClipboardEvent('paste',
           {{ clipboardData, bubbles: true, cancelable: true }}));"
    );
    browser.run(&script).await;
}

#[tokio::test]
async fn a_message_pasted_whole_signs_in() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    let number = fresh_number();
    ask_for_code(&app, &browser, &number).await;
    let code = app.code_for(&number, 1).await;
    let (head, tail) = code.split_at(3);
    paste(&browser, &format!("{head} {tail}")).await;
    wait_for_sign_in(&app, &browser, &number).await;

    browser.press("Sign out").await;
    let number = fresh_number();
    ask_for_code(&app, &browser, &number).await;
    let code = app.code_for(&number, 1).await;
    paste(
        &browser,
        &format!("【月亮门】验证码 {code}，10 分钟内有效。"),
    )
    .await;
    wait_for_sign_in(&app, &browser, &number).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn telephones_offer_the_code_of_a_message() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    let number = attribute(&browser, "[name=identifier]", "autocomplete");
    assert_eq!(number.await, "tel");
    let region = attribute(&browser, "[name=region]", "autocomplete");
    assert_eq!(region.await, "country");
    ask_for_code(&app, &browser, &fresh_number()).await;
    for (name, value) in [("autocomplete", "one-time-code"), ("inputmode", "numeric")] {
        assert_eq!(attribute(&browser, "[name=code]", name).await, value);
    }
    // WebOTP is asked for codes by SMS alone.
    let is_marked = "return 'otp' in document.querySelector('[name=code]').dataset";
    assert_eq!(browser.run(is_marked).await, true);
    let by_email = json!({ "signIn": { "methods": [method("email", false, true)] },
        "signUp": { "identifiers": ["email"], "password": false, "verify": true } });
    app.set_experience(&by_email).await;
    press_sign_in(&app, &browser).await;
    let address = attribute(&browser, "[name=identifier]", "autocomplete");
    assert_eq!(address.await, "email");
    browser.fill("E-mail", "daiyu@mail.example").await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your e-mail").await;
    assert_eq!(browser.run(is_marked).await, false);
}

#[tokio::test]
async fn password_managers_know_account_old_and_new_password() {
    let settings = json!({
        "signUp": { "identifiers": ["username"], "password": true, "verify": false },
        "signIn": { "methods": [method("username", true, false)] },
    });
    let app = LiveApp::with_experience(settings).await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    for (selector, value) in [
        ("[name=identifier]", "username"),
        ("[name=password]", "current-password"),
    ] {
        let own = attribute(&browser, selector, "autocomplete").await;
        assert_eq!(own, value, "{selector}");
    }
    browser.click(Role::Link, "Create an account").await;
    browser
        .wait_for_heading("Create your Bookstore account")
        .await;
    browser.fill("User name", "lin_daiyu").await;
    browser.press("Continue").await;
    browser.wait_for_heading("Choose a password").await;
    let account = attribute(&browser, "form [autocomplete=username]", "value");
    assert_eq!(account.await, "lin_daiyu");
    let new = attribute(&browser, "[name=password]", "autocomplete");
    assert_eq!(new.await, "new-password");
    // What is shown to read it over is sent hidden, so that it is kept as a password.
    browser.fill("New password", PASSWORD).await;
    browser.press("Show password").await;
    assert_eq!(attribute(&browser, "[name=password]", "type").await, "text");
}

#[tokio::test]
async fn no_page_shows_before_its_colours_are_there() {
    let app = LiveApp::with_experience(json!({
        "color": { "primaryColor": "#1f6f54", "isDarkModeEnabled": true,
                   "darkPrimaryColor": "#7fd1ae" },
    }))
    .await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    let order = "return [...document.querySelectorAll('link[rel=stylesheet], script, style, body')]
        .map((it) => it.localName + (it.parentElement.localName === 'head' ? '' : ' outside')
          + (it.media || it.disabled || (it.localName === 'script' && !it.defer) ? ' late' : ''))";
    let order = browser.run(order).await;
    let order = order.as_array().unwrap();
    let own = order.iter().map(|it| it.as_str().unwrap());
    let own: Vec<&str> = own.collect();
    assert_eq!(own[..2], ["link", "link"], "our sheet, then the tenant's");
    assert_eq!(own.last(), Some(&"body outside"));
    assert!(
        own[2..own.len() - 1].iter().all(|it| *it == "script"),
        "{own:?}"
    );
    // What blocked the first paint, as the browser itself has it.
    let blocking = "return performance.getEntriesByType('resource')
        .filter((it) => it.initiatorType === 'link' && /\\.css|theme/.test(it.name))
        .map((it) => it.renderBlockingStatus)";
    assert_eq!(browser.run(blocking).await, json!(["blocking", "blocking"]));
    for scheme in ["light", "dark"] {
        browser.prefer_scheme(scheme).await;
        let colour = "return getComputedStyle(document.body).backgroundColor";
        let colour = browser.run(colour).await.to_string();
        let digits = colour.split(|it: char| !it.is_ascii_digit());
        let sum: u32 = digits.filter_map(|it| it.parse::<u32>().ok()).take(3).sum();
        assert_eq!(sum > 384, scheme == "light", "{scheme}: {colour}");
    }
}
