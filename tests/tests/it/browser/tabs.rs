//! Several tabs, and ways back.

use moongate_tests::{Browser, LiveApp, Role, Scripts, fresh_number};

use super::{ask_for_code, enter, press_sign_in, wait_for_sign_in};

#[tokio::test]
async fn two_tabs_do_not_mix() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    let (one, two) = (fresh_number(), fresh_number());
    let first = browser.tab().await;
    ask_for_code(&app, &browser, &one).await;
    let second = browser.open_tab().await;
    ask_for_code(&app, &browser, &two).await;

    // The other tab's code is a wrong one here.
    enter(&browser, Scripts::On, &app.code_for(&one, 1).await).await;
    browser.wait_for_text("That is not the code we sent.").await;
    browser.switch_to(&first).await;
    enter(&browser, Scripts::On, &app.code_for(&one, 1).await).await;
    wait_for_sign_in(&app, &browser, &one).await;

    // Who goes on in the other tab takes over, in both.
    browser.switch_to(&second).await;
    enter(&browser, Scripts::On, &app.code_for(&two, 1).await).await;
    wait_for_sign_in(&app, &browser, &two).await;
    browser.switch_to(&first).await;
    browser.reload().await;
    wait_for_sign_in(&app, &browser, &two).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn one_turns_back_to_the_shop() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    press_sign_in(&app, &browser).await;
    browser.press("Cancel").await;
    browser.wait_for_url(&app.bookstore()).await;
    browser.wait_for_text("Is authenticated: false").await;

    ask_for_code(&app, &browser, &fresh_number()).await;
    browser.press("Cancel").await;
    browser.wait_for_url(&app.bookstore()).await;
    browser.wait_for_text("Is authenticated: false").await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn one_changes_the_number() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    let (mistyped, number) = (fresh_number(), fresh_number());
    ask_for_code(&app, &browser, &mistyped).await;
    browser.press("Change number").await;
    browser.wait_for_heading("Sign in to Bookstore").await;
    browser
        .fill("Phone number", &format!("0086-{number}"))
        .await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
    let code = app.code_for(&number, 1).await;
    enter(&browser, Scripts::On, &code).await;
    wait_for_sign_in(&app, &browser, &number).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_back_button_leads_to_pages_that_still_work() {
    let app = LiveApp::start().await;
    let browser = Browser::open().await;
    let number = fresh_number();
    ask_for_code(&app, &browser, &number).await;
    let code = app.code_for(&number, 1).await;
    browser.back().await;
    browser.wait_for_heading("Sign in to Bookstore").await;
    // The same number again, at once: no second message, and no reproach.
    browser.fill("Phone number", &format!("+86{number}")).await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
    assert_eq!(app.messages_to(&number), 1);
    enter(&browser, Scripts::On, &code).await;
    wait_for_sign_in(&app, &browser, &number).await;
    // The page behind is spent, and leads on rather than to ask again.
    browser.back().await;
    browser.go(&app.bookstore()).await;
    wait_for_sign_in(&app, &browser, &number).await;
    assert!(browser.has(Role::Button, "Sign out").await);
}
