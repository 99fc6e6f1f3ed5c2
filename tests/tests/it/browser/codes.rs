//! Codes that are wrong, sent twice, not sent at all; and a server that was started anew.

use moongate_tests::{LiveApp, Role, Scripts, fresh_number};

use super::{ask_for_code, enter, open, press_sign_in, wait_for_sign_in, wrong};

#[tokio::test]
async fn after_a_wrong_code_the_right_one_works() {
    for scripts in [Scripts::On, Scripts::Off] {
        let app = LiveApp::start().await;
        let browser = open(scripts).await;
        let number = fresh_number();
        ask_for_code(&app, &browser, &number).await;
        let code = app.code_for(&number, 1).await;
        enter(&browser, scripts, &wrong(&code)).await;
        browser
            .wait_for_text("That is not the code we sent. Check it and try again.")
            .await;
        // A reload shows the form again rather than to send it once more.
        if scripts == Scripts::On {
            browser.reload().await;
            browser.wait_for_heading("Check your phone").await;
        }
        enter(&browser, scripts, &code).await;
        wait_for_sign_in(&app, &browser, &number).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_double_click_sends_one_message_and_signs_in_once() {
    for scripts in [Scripts::On, Scripts::Off] {
        let app = LiveApp::start().await;
        let browser = open(scripts).await;
        let number = fresh_number();
        press_sign_in(&app, &browser).await;
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press_twice("Continue").await;
        browser.wait_for_heading("Check your phone").await;
        let code = app.code_for(&number, 1).await;
        // Scripts would send it at the sixth digit, with no button to press.
        browser.put("Verification code", &code).await;
        browser.press_twice("Continue").await;
        wait_for_sign_in(&app, &browser, &number).await;
        assert_eq!(app.messages_to(&number), 1);
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn when_the_message_can_not_be_sent_one_tries_again() {
    for scripts in [Scripts::On, Scripts::Off] {
        let mut app = LiveApp::start().await;
        let browser = open(scripts).await;
        let number = fresh_number();
        press_sign_in(&app, &browser).await;
        app.stop_simulator();
        browser.fill("Phone number", &format!("+86{number}")).await;
        browser.press("Continue").await;
        browser
            .wait_for_heading("The message could not be sent")
            .await;
        browser
            .wait_for_text("Nothing is lost: you can try again.")
            .await;
        browser.reload().await;
        browser.press("Try again").await;
        browser
            .wait_for_heading("The message could not be sent")
            .await;
        app.start_simulator().await;
        browser.press("Try again").await;
        browser.wait_for_heading("Check your phone").await;
        let code = app.code_for(&number, 1).await;
        enter(&browser, scripts, &code).await;
        wait_for_sign_in(&app, &browser, &number).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_code_outlives_a_restart_of_the_server() {
    let mut app = LiveApp::start().await;
    let browser = open(Scripts::On).await;
    let number = fresh_number();
    ask_for_code(&app, &browser, &number).await;
    let code = app.code_for(&number, 1).await;
    app.restart_moongate().await;
    enter(&browser, Scripts::On, &code).await;
    wait_for_sign_in(&app, &browser, &number).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn while_the_server_is_away_the_page_says_so_and_keeps_what_was_typed() {
    let mut app = LiveApp::start().await;
    let browser = open(Scripts::On).await;
    let number = fresh_number();
    press_sign_in(&app, &browser).await;
    browser.fill("Phone number", &format!("+86{number}")).await;
    app.stop_moongate();
    browser.press("Continue").await;
    browser
        .wait_for_text("We could not reach the server. Check your connection and try again.")
        .await;
    assert_eq!(browser.value("Phone number").await, format!("+86{number}"));
    app.restart_moongate().await;
    browser.press("Continue").await;
    browser.wait_for_heading("Check your phone").await;
    let code = app.code_for(&number, 1).await;
    enter(&browser, Scripts::On, &code).await;
    wait_for_sign_in(&app, &browser, &number).await;
}

#[tokio::test]
async fn another_code_can_be_asked_for_when_the_countdown_is_over() {
    let app = LiveApp::start().await;
    let browser = open(Scripts::On).await;
    let number = fresh_number();
    ask_for_code(&app, &browser, &number).await;
    browser
        .wait_for_text("You can ask for a new code in 0:5")
        .await;
    assert!(!browser.is_enabled("Send a new code").await);
    // The count is the server's: a reload does not begin it anew, and a fresh page has it too.
    browser.reload().await;
    browser
        .wait_for_text("You can ask for a new code in 0:5")
        .await;
    assert!(browser.has(Role::Button, "Change number").await);
    assert!(!browser.is_enabled("Send a new code").await);
    browser.let_time_pass(60).await;
    browser
        .wait_for_text("You can ask for a new code now.")
        .await;
    assert!(browser.is_enabled("Send a new code").await);
}
