//! Walks with other identifiers than a number alone, and with terms to agree to.

use moongate_tests::{LiveApp, Role, fresh_number};
use serde_json::{Value, json};

use super::{
    BOTH, ask_for_code, enter, method, open, press_sign_in, read, wait_for_shop, wait_for_sign_in,
};

/// Accounts are any one of these, proved by a code.
fn by_codes(identifiers: &[&str]) -> Value {
    let methods = identifiers.iter().map(|it| method(it, false, true));
    json!({
        "signUp": { "identifiers": identifiers, "password": false, "verify": true },
        "signIn": { "methods": methods.collect::<Vec<_>>() },
    })
}

#[tokio::test]
async fn an_address_signs_in_by_a_code() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(by_codes(&["email"])).await;
        let browser = open(scripts).await;
        press_sign_in(&app, &browser).await;
        read(&browser, scripts).await;
        browser.fill("E-mail", "daiyu").await;
        browser.press("Continue").await;
        browser
            .wait_for_text("This does not look like an e-mail address.")
            .await;
        read(&browser, scripts).await;
        browser.fill("E-mail", "daiyu@mail.example").await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your e-mail").await;
        browser.wait_for(Role::Button, "Change address").await;
        read(&browser, scripts).await;
        let code = app.code_by_email("daiyu@mail.example", 1).await;
        enter(&browser, scripts, &code).await;
        wait_for_shop(&app, &browser, "daiyu@mail.example").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn one_field_takes_an_address_or_a_number() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(by_codes(&["email", "phone"])).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        press_sign_in(&app, &browser).await;
        read(&browser, scripts).await;
        browser
            .fill("E-mail or phone number", "daiyu@mail.example")
            .await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your e-mail").await;
        browser.press("Change address").await;
        browser.wait_for_heading("Sign in to Bookstore").await;
        browser
            .fill("E-mail or phone number", &format!("+86{number}"))
            .await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your phone").await;
        enter(&browser, scripts, &app.code_for(&number, 1).await).await;
        wait_for_sign_in(&app, &browser, &number).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

fn terms(policy: &str) -> Value {
    json!({
        "termsOfUseUrl": "https://shop.example/terms",
        "privacyPolicyUrl": "https://shop.example/privacy",
        "agreeToTermsPolicy": policy,
    })
}

#[tokio::test]
async fn who_is_new_agrees_to_the_terms() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(terms("ManualRegistrationOnly")).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        ask_for_code(&app, &browser, &number).await;
        enter(&browser, scripts, &app.code_for(&number, 1).await).await;
        browser.wait_for_heading("Agree to the terms").await;
        read(&browser, scripts).await;
        let terms = browser.wait_for(Role::Link, "Terms of Use");
        terms.await;
        browser
            .click(
                Role::Field,
                "I agree to the Terms of Use and the Privacy Policy.",
            )
            .await;
        browser.press("Create account").await;
        wait_for_sign_in(&app, &browser, &number).await;
        // Who is known is not asked again.
        browser.press("Sign out").await;
        app.let_time_pass(std::time::Duration::from_mins(1));
        ask_for_code(&app, &browser, &number).await;
        enter(&browser, scripts, &app.code_for(&number, 2).await).await;
        browser.wait_for_url(&app.bookstore()).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn each_sign_in_may_ask_for_the_terms() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(terms("Manual")).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        press_sign_in(&app, &browser).await;
        read(&browser, scripts).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser
            .click(
                Role::Field,
                "I agree to the Terms of Use and the Privacy Policy.",
            )
            .await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your phone").await;
        enter(&browser, scripts, &app.code_for(&number, 1).await).await;
        wait_for_sign_in(&app, &browser, &number).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}
