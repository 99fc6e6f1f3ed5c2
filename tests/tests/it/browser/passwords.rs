//! Walks with passwords: registering, signing in, the code in its place, and choosing a new one.

use moongate_tests::{Browser, LiveApp, Role, Scripts, fresh_number};
use serde_json::{Value, json};

use super::{
    BOTH, PASSWORD, enter, method, open, press_sign_in, read, wait_for_shop, wait_for_sign_in,
};

const OTHER_PASSWORD: &str = "a lamp behind nine windows";

/// New accounts are a user name and a password.
fn by_username() -> Value {
    json!({
        "signUp": { "identifiers": ["username"], "password": true, "verify": false },
        "signIn": { "methods": [method("username", true, false)] },
    })
}

/// New accounts are a number and a password; the code signs in as well.
fn by_phone() -> Value {
    json!({
        "signUp": { "identifiers": ["phone"], "password": true, "verify": true },
        "signIn": { "methods": [method("phone", true, true)] },
        "forgotPasswordMethods": ["PhoneVerificationCode"],
    })
}

async fn sign_out(browser: &Browser) {
    browser.press("Sign out").await;
    browser.wait_for_text("Is authenticated: false").await;
}

/// From the shop's front page to an account with that number and the password.
async fn register_phone(app: &LiveApp, browser: &Browser, scripts: Scripts, number: &str) {
    press_sign_in(app, browser).await;
    browser.click(Role::Link, "Create an account").await;
    browser
        .wait_for_heading("Create your Bookstore account")
        .await;
    read(browser, scripts).await;
    browser.fill("Phone number", &format!("+86{number}")).await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
    read(browser, scripts).await;
    enter(browser, scripts, &app.code_for(number, 1).await).await;
    browser.wait_for_heading("Choose a password").await;
    read(browser, scripts).await;
    browser.fill("New password", PASSWORD).await;
    browser.press("Continue").await;
    wait_for_sign_in(app, browser, number).await;
}

#[tokio::test]
async fn a_user_name_and_a_password_register_and_sign_in() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(by_username()).await;
        let browser = open(scripts).await;
        press_sign_in(&app, &browser).await;
        read(&browser, scripts).await;
        browser.click(Role::Link, "Create an account").await;
        browser
            .wait_for_heading("Create your Bookstore account")
            .await;
        read(&browser, scripts).await;
        browser.fill("User name", "lin_daiyu").await;
        browser.press("Continue").await;
        browser.wait_for_heading("Choose a password").await;
        assert_eq!(browser.value("Account").await, "lin_daiyu");
        read(&browser, scripts).await;
        browser.fill("New password", "abc").await;
        browser.press("Continue").await;
        browser.wait_for_text("Use at least 8 characters.").await;
        read(&browser, scripts).await;
        browser.fill("New password", PASSWORD).await;
        browser.press("Continue").await;
        wait_for_shop(&app, &browser, "lin_daiyu").await;
        sign_out(&browser).await;

        press_sign_in(&app, &browser).await;
        browser.fill("User name", "lin_daiyu").await;
        browser.fill("Password", OTHER_PASSWORD).await;
        browser.press("Sign in").await;
        browser
            .wait_for_text("The account or the password is not right.")
            .await;
        assert_eq!(browser.value("User name").await, "lin_daiyu");
        assert_eq!(browser.value("Password").await, "");
        read(&browser, scripts).await;
        browser.fill("Password", PASSWORD).await;
        browser.press("Sign in").await;
        wait_for_shop(&app, &browser, "lin_daiyu").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_number_signs_in_by_its_password_or_by_a_code_instead() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(by_phone()).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        register_phone(&app, &browser, scripts, &number).await;
        sign_out(&browser).await;

        press_sign_in(&app, &browser).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        browser.wait_for(Role::Field, "Password").await;
        read(&browser, scripts).await;
        browser.fill("Password", PASSWORD).await;
        browser.press("Sign in").await;
        wait_for_sign_in(&app, &browser, &number).await;
        sign_out(&browser).await;

        press_sign_in(&app, &browser).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        // The server's minute between two messages to a number.
        app.let_time_pass(std::time::Duration::from_mins(1));
        browser.press("Use a verification code instead").await;
        browser.wait_for_heading("Check your phone").await;
        browser
            .wait_for(Role::Button, "Use the password instead")
            .await;
        read(&browser, scripts).await;
        enter(&browser, scripts, &app.code_for(&number, 2).await).await;
        browser.wait_for_url(&app.bookstore()).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_code_to_the_number() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(by_phone()).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        register_phone(&app, &browser, scripts, &number).await;
        sign_out(&browser).await;

        press_sign_in(&app, &browser).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        browser.click(Role::Link, "Forgot your password?").await;
        browser.wait_for_heading("Reset your password").await;
        read(&browser, scripts).await;
        app.let_time_pass(std::time::Duration::from_mins(1));
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your phone").await;
        read(&browser, scripts).await;
        enter(&browser, scripts, &app.code_for(&number, 2).await).await;
        browser.wait_for_heading("Choose a new password").await;
        read(&browser, scripts).await;
        browser.fill("New password", OTHER_PASSWORD).await;
        browser.press("Save password").await;
        browser
            .wait_for_text("Your password was changed. Sign in with the new one.")
            .await;
        read(&browser, scripts).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        browser.fill("Password", PASSWORD).await;
        browser.press("Sign in").await;
        browser
            .wait_for_text("The account or the password is not right.")
            .await;
        read(&browser, scripts).await;
        browser.fill("Password", OTHER_PASSWORD).await;
        browser.press("Sign in").await;
        browser.wait_for_url(&app.bookstore()).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}
