//! Codes: wrong, expired, spent, sent too often, not sent, and typed after a restart.

use std::time::Duration;

use http::StatusCode;
use moongate_core::SendError;
use moongate_tests::{RelyingParty, TestApp, fresh_number};

use super::{at_code, at_phone, code_form, phone_form, plain_form};

const CODE: &str = "/sign-in/verification-code";
const RESEND: &str = "/sign-in/verification-code/resend";

#[tokio::test]
async fn a_wrong_code_is_told_and_the_right_one_still_works() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    let wrong = visitor
        .submit(CODE, &code_form(&page, &app.wrong_code_for(&number)))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("That is not the code we sent."));
    assert!(wrong.text().contains("aria-invalid=\"true\""));
    let right = visitor
        .submit(CODE, &code_form(&wrong, &app.code_for(&number)))
        .await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_no_code_spends_no_try() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    for typed in ["", "12345", "abcdef", "1234567"] {
        let answer = visitor.submit(CODE, &code_form(&page, typed)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{typed}");
    }
    for _ in 0..9 {
        let form = code_form(&page, &app.wrong_code_for(&number));
        visitor.submit(CODE, &form).await;
    }
    let form = code_form(&page, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn after_ten_wrong_tries_the_right_code_is_of_no_use() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    for _ in 0..10 {
        let form = code_form(&page, &app.wrong_code_for(&number));
        visitor.submit(CODE, &form).await;
    }
    let form = code_form(&page, &app.code_for(&number));
    let spent = visitor.submit(CODE, &form).await;
    assert_eq!(spent.status, StatusCode::BAD_REQUEST);
    assert_eq!(spent.heading(), "You need a new code");
    assert!(spent.text().contains("Too many wrong codes."));

    app.advance(Duration::from_mins(1));
    let fresh = visitor.submit_and_follow(RESEND, &plain_form(&spent)).await;
    assert_eq!(fresh.heading(), "Check your phone");
    let form = code_form(&fresh, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    app.advance(Duration::from_secs(599));
    let mut in_time = visitor.clone();
    let form = code_form(&page, &app.wrong_code_for(&number));
    let wrong = in_time.submit(CODE, &form).await;
    assert!(wrong.text().contains("That is not the code we sent."));
    app.advance(Duration::from_secs(1));
    let form = code_form(&page, &app.code_for(&number));
    let expired = visitor.submit(CODE, &form).await;
    assert_eq!(expired.status, StatusCode::BAD_REQUEST);
    assert_eq!(expired.heading(), "You need a new code");
    assert!(expired.text().contains("This code has expired."));
}

#[tokio::test]
async fn a_new_code_voids_the_earlier_one() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    let earlier = app.code_for(&number);
    app.advance(Duration::from_mins(1));
    let fresh = visitor.submit_and_follow(RESEND, &plain_form(&page)).await;
    assert!(fresh.text().contains("A new code is on its way."));
    assert_ne!(app.code_for(&number), earlier);
    let refused = visitor.submit(CODE, &code_form(&fresh, &earlier)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let form = code_form(&fresh, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_does_not_work_in_another_sign_in() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    // The same browser, another tab, another number.
    let request = RelyingParty::new("two").request(&app, &[]);
    let other = app.send_code(&mut visitor, &request, &fresh_number()).await;
    let form = code_form(&other, &app.code_for(&number));
    let refused = visitor.submit(CODE, &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let form = code_form(&page, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_does_not_work_in_another_browser() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (_, page) = at_code(&app, &number).await;
    let (mut stranger, _) = at_phone(&app).await;
    let form = code_form(&page, &app.code_for(&number));
    let refused = stranger.submit_and_follow(CODE, &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.heading(), "This sign-in is no longer open");
    assert!(
        !refused.text().contains("Bookstore"),
        "a stranger learns nothing"
    );
}

#[tokio::test]
async fn asked_for_too_soon_is_429_and_says_how_long() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    assert!(page.text().contains("data-wait=\"60\""), "{}", page.text());
    app.advance(Duration::from_secs(18));
    // A reload shows what is left, not the whole again.
    let address = format!("{CODE}?interaction={}", page.field("interaction"));
    let page = visitor.get(&address).await;
    assert!(page.text().contains("data-wait=\"42\""), "{}", page.text());
    let refused = visitor.submit(RESEND, &plain_form(&page)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "42");
    assert!(refused.text().contains("Try again in 42 seconds."));
    assert_eq!(app.messages_to(&number), 1);
    app.advance(Duration::from_secs(42));
    let sent = visitor.submit(RESEND, &plain_form(&page)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(app.messages_to(&number), 2);
}

#[tokio::test]
async fn a_number_s_limit_holds_for_every_browser() {
    let app = TestApp::new().await;
    let number = fresh_number();
    at_code(&app, &number).await;
    let (mut other, page) = at_phone(&app).await;
    let refused = other.submit("/sign-in", &phone_form(&page, &number)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(refused.heading(), "Sign in to Bookstore");
    // Four in an hour.
    for _ in 0..3 {
        app.advance(Duration::from_mins(1));
        let sent = other.submit("/sign-in", &phone_form(&page, &number)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
    }
    app.advance(Duration::from_mins(2));
    let (mut third, page) = at_phone(&app).await;
    let refused = third.submit("/sign-in", &phone_form(&page, &number)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.messages_to(&number), 4);
}

#[tokio::test]
async fn a_number_that_is_none_is_told_at_the_field() {
    let app = TestApp::new().await;
    let (mut visitor, page) = at_phone(&app).await;
    for typed in ["", "12", "13800", "not a number", "01012345678"] {
        let refused = visitor.submit("/sign-in", &phone_form(&page, typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(
            refused.text().contains("id=\"identifier-error\""),
            "{typed}"
        );
        assert_eq!(refused.field("identifier"), typed, "what was typed stays");
    }
}

#[tokio::test]
async fn a_number_may_be_written_in_many_ways() {
    let app = TestApp::new().await;
    for write in [
        |n: &str| format!("+86{n}"),
        |n: &str| format!("0086 {n}"),
        |n: &str| format!("{} {} {}", &n[..3], &n[3..7], &n[7..]),
        |n: &str| format!("(+86) {}-{}-{}", &n[..3], &n[3..7], &n[7..]),
        |n: &str| {
            let wide = |digit: char| char::from_u32(u32::from(digit) - 0x30 + 0xFF10).unwrap();
            n.chars().map(wide).collect()
        },
    ] {
        let number = fresh_number();
        let (mut visitor, page) = at_phone(&app).await;
        let form = phone_form(&page, &write(&number));
        let sent = visitor.submit("/sign-in", &form).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", write(&number));
        assert_eq!(app.messages_to(&number), 1);
    }
}

#[tokio::test]
async fn a_failed_message_is_said_and_counts_for_nothing() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_phone(&app).await;
    app.fail_sending_with(Some(SendError::Failed));
    let form = phone_form(&page, &number);
    let answer = visitor.submit("/sign-in", &form).await;
    let failed = visitor.follow(answer).await;
    assert_eq!(failed.status, StatusCode::OK);
    assert_eq!(failed.heading(), "The message could not be sent");
    assert!(failed.text().contains("Try again"));
    let failed = visitor
        .submit_and_follow(RESEND, &plain_form(&failed))
        .await;
    assert_eq!(failed.heading(), "The message could not be sent");
    app.fail_sending_with(None);
    let sent = visitor
        .submit_and_follow(RESEND, &plain_form(&failed))
        .await;
    assert_eq!(sent.heading(), "Check your phone");
    assert!(!sent.text().contains("The earlier one no longer works"));
    let form = code_form(&sent, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_by_its_kind() {
    let app = TestApp::new().await;
    let (mut visitor, page) = at_phone(&app).await;
    for (failure, status) in [
        (SendError::BadAddress, StatusCode::UNPROCESSABLE_ENTITY),
        (SendError::RateLimited, StatusCode::TOO_MANY_REQUESTS),
    ] {
        app.fail_sending_with(Some(failure));
        let form = phone_form(&page, &fresh_number());
        let answer = visitor.submit("/sign-in", &form).await;
        assert_eq!(answer.status, status, "{failure:?}");
    }
}

#[tokio::test]
async fn who_hangs_up_while_the_message_is_on_its_way_still_gets_it() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_phone(&app).await;
    let form = phone_form(&page, &number);
    app.hold_messages(true);
    let mut first = visitor.clone();
    tokio::select! {
        _ = first.submit("/sign-in", &form) => panic!("the message is held up"),
        () = app.message_handed_in(1) => {}
    }
    // The first click's request is gone now, as when a browser sends the second one.
    app.hold_messages(false);
    let mut second = visitor;
    let answer = second.submit("/sign-in", &form).await;
    let page = second.follow(answer).await;
    assert_eq!(page.heading(), "Check your phone");
    let arrived = tokio::time::timeout(Duration::from_secs(5), app.message_through(1));
    arrived
        .await
        .expect("the page says that a message was sent");
    assert_eq!(app.messages_to(&number), 1);
    let form = code_form(&page, &app.code_for(&number));
    let right = second.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_that_is_sent_twice_at_once_signs_in() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_code(&app, &number).await;
    let form = code_form(&page, &app.code_for(&number));
    // Without scripts a browser forgets the answer to the first click, cookies included.
    let (mut first, mut second) = (visitor.clone(), visitor);
    first.submit(CODE, &form).await;
    let answer = second.submit(CODE, &form).await;
    let answer = second.follow(answer).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.heading());
    assert!(answer.parameter("code").is_some());
}

#[tokio::test]
async fn once_the_application_is_answered_the_code_opens_nothing_more() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_code(&app, &number).await;
    let form = code_form(&page, &app.code_for(&number));
    let (mut first, mut second) = (visitor.clone(), visitor);
    first.submit_and_follow(CODE, &form).await;
    let late = second.submit_and_follow(CODE, &form).await;
    assert_eq!(late.heading(), "This sign-in is no longer open");
    assert!(!second.cookies().contains_key("moongate_session"));
    // Whoever was first stays signed in.
    let request = RelyingParty::new("two").request(&app, &[("prompt", "none")]);
    assert!(first.get(&request).await.parameter("code").is_some());
}

#[tokio::test]
async fn back_to_the_same_number_needs_no_new_code() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    let again = visitor
        .submit_and_follow("/sign-in/change", &plain_form(&page))
        .await;
    let form = phone_form(&again, &number);
    let page = visitor.submit_and_follow("/sign-in", &form).await;
    assert_eq!(page.heading(), "Check your phone");
    assert_eq!(app.messages_to(&number), 1);
    let form = code_form(&page, &app.code_for(&number));
    let right = visitor.submit(CODE, &form).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_outlives_a_restart_and_works_once() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_code(&app, &number).await;
    let code = app.code_for(&number);
    let app = app.restarted().await;
    let visitor = visitor.at(app.router());
    let (mut first, mut second) = (visitor.clone(), visitor);
    let form = code_form(&page, &code);
    let answer = first.submit(CODE, &form).await;
    let answer = first.follow(answer).await;
    let shop = RelyingParty::new("one");
    assert_eq!(shop.exchange(&app, &answer).await.status, StatusCode::OK);
    // Past what a double click takes.
    app.advance(Duration::from_mins(2));
    let late = second.submit(CODE, &form).await;
    let late = second.follow(late).await;
    assert!(!late.status.is_redirection(), "{}", late.location());
}
