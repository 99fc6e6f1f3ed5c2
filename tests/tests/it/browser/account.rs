//! The account page: linking an address, changing the password after a proof, ending a session.

use std::time::Duration;

use moongate_tests::{Browser, LiveApp, Role, Scripts, fresh_number};
use serde_json::{Value, json};

use super::{BOTH, PASSWORD, enter, method, open, read};

/// A number and a code let one in; an address and a password may be added.
fn settings() -> Value {
    json!({ "signIn": { "methods": [
        method("phone", false, true),
        method("email", true, true),
    ] } })
}

async fn sign_in(app: &LiveApp, browser: &Browser, scripts: Scripts, number: &str, count: usize) {
    browser.go(&format!("{}/account", app.moongate())).await;
    browser.wait_for_heading("Sign in to Moongate").await;
    browser
        .fill("Phone number or e-mail", &format!("+86{number}"))
        .await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
    enter(browser, scripts, &app.code_for(number, count).await).await;
    browser.wait_for_heading("Your account").await;
}

#[tokio::test]
async fn an_address_is_linked_and_a_password_changed() {
    for scripts in BOTH {
        let app = LiveApp::with_experience(settings()).await;
        let browser = open(scripts).await;
        let number = fresh_number();
        sign_in(&app, &browser, scripts, &number, 1).await;
        read(&browser, scripts).await;

        browser.click(Role::Link, "Add: E-mail").await;
        browser.wait_for_heading("Your e-mail address").await;
        read(&browser, scripts).await;
        browser.fill("E-mail", "daiyu@mail.example").await;
        browser.press("Continue").await;
        browser.wait_for_heading("Check your e-mail").await;
        read(&browser, scripts).await;
        let code = app.code_by_email("daiyu@mail.example", 1).await;
        enter(&browser, scripts, &code).await;
        browser.wait_for_text("Saved.").await;
        browser.wait_for(Role::Link, "Change: E-mail").await;
        read(&browser, scripts).await;

        browser.click(Role::Link, "Add: Password").await;
        browser.wait_for_heading("Choose a password").await;
        read(&browser, scripts).await;
        browser.fill("New password", PASSWORD).await;
        browser.press("Save password").await;
        browser.wait_for_text("Your password was changed.").await;

        // What was proved is old by now.
        app.let_time_pass(Duration::from_mins(11));
        browser.click(Role::Link, "Change: Password").await;
        browser.wait_for_heading("Confirm that it is you").await;
        read(&browser, scripts).await;
        browser.fill("Password", "not the password").await;
        browser.press("Continue").await;
        browser
            .wait_for_text("That is not your password. Check it and try again.")
            .await;
        read(&browser, scripts).await;
        browser.fill("Password", PASSWORD).await;
        browser.press("Continue").await;
        browser.wait_for_heading("Choose a new password").await;
        read(&browser, scripts).await;
        browser
            .fill("New password", "a lamp behind nine windows")
            .await;
        browser.press("Save password").await;
        browser.wait_for_text("Your password was changed.").await;
        browser.press("Sign out").await;
        browser.go(&format!("{}/account", app.moongate())).await;
        browser.wait_for_heading("Sign in to Moongate").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_session_elsewhere_is_signed_out() {
    let app = LiveApp::with_experience(settings()).await;
    let (here, elsewhere) = (open(Scripts::On).await, open(Scripts::Off).await);
    let number = fresh_number();
    sign_in(&app, &elsewhere, Scripts::Off, &number, 1).await;
    app.let_time_pass(Duration::from_mins(1));
    sign_in(&app, &here, Scripts::On, &number, 2).await;
    here.wait_for(Role::Button, "Sign out everywhere else")
        .await;
    read(&here, Scripts::On).await;
    // The first of that name is the other session's; the last is the page's own.
    here.press("Sign out").await;
    here.wait_for_text("That session was signed out.").await;
    assert!(!here.has(Role::Button, "Sign out everywhere else").await);
    read(&here, Scripts::On).await;
    elsewhere.reload().await;
    elsewhere.wait_for_heading("Sign in to Moongate").await;
    assert_eq!(here.complaints().await, [""; 0]);
}
