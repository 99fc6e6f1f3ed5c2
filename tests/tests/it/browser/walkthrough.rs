//! The walkthrough's checkpoint: sign in, see one's claims, sign out, sign in again.

use moongate_tests::{LiveApp, Role, Scripts, fresh_number};

use super::{ask_for_code, enter, open, wait_for_sign_in};

#[tokio::test]
async fn one_signs_in_sees_claims_and_signs_out() {
    walk(Scripts::On).await;
}

#[tokio::test]
async fn all_of_it_works_without_scripts() {
    walk(Scripts::Off).await;
}

async fn walk(scripts: Scripts) {
    let app = LiveApp::start().await;
    let browser = open(scripts).await;
    let number = fresh_number();

    browser.go(&app.bookstore()).await;
    browser.wait_for_text("Is authenticated: false").await;
    ask_for_code(&app, &browser, &number).await;
    let code = app.code_for(&number, 1).await;
    let (head, tail) = (&number[..3], &number[7..]);
    browser
        .wait_for_text(&format!("+86 {head} **** {tail}"))
        .await;
    enter(&browser, scripts, &code).await;
    wait_for_sign_in(&app, &browser, &number).await;
    assert_eq!(
        browser.url().await,
        format!("{}/", app.bookstore()),
        "nothing of the protocol stays in the address"
    );
    for claim in [
        format!("iss {}/oidc", app.moongate()),
        "aud bookstore".to_owned(),
        format!("phone_number 86{number}"),
        "phone_number_verified true".to_owned(),
    ] {
        browser.wait_for_text(&claim).await;
    }

    browser.reload().await;
    wait_for_sign_in(&app, &browser, &number).await;
    // Who is signed in and asks to sign in is not asked for anything.
    browser.go(&format!("{}/SignIn", app.bookstore())).await;
    wait_for_sign_in(&app, &browser, &number).await;

    browser.press("Sign out").await;
    browser.wait_for_text("Is authenticated: false").await;
    browser.wait_for_url(&app.bookstore()).await;
    assert!(!browser.has(Role::Button, "Sign out").await);
    browser.reload().await;
    browser.wait_for_text("Is authenticated: false").await;

    // The provider's session is over as well: somebody else may sit there now.
    let another = fresh_number();
    ask_for_code(&app, &browser, &another).await;
    let code = app.code_for(&another, 1).await;
    enter(&browser, scripts, &code).await;
    wait_for_sign_in(&app, &browser, &another).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}
