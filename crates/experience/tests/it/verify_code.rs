//! Entering codes: who signs in, and every way in which nobody does.

use moongate_core::testing::phone;
use moongate_core::{ErrorCode, User, token_hash};
use moongate_experience::{Browser, Cancelled, FlowError, InteractionEvent, Progress, SignInMode};

use crate::ground::{Ground, NUMBER, OTHER_NUMBER, signed_in, to_phone};

#[track_caller]
fn refused(outcome: Result<Progress, FlowError>) -> ErrorCode {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn the_first_sign_in_makes_an_account_and_the_next_finds_it() {
    let ground = Ground::new().await;
    let first = ground.sign_in("one").await;
    let second = ground.sign_in("two").await;
    let mut reader = ground.store.read().await.unwrap();
    let first = reader.session_by_cookie(&token_hash(&first)).await.unwrap();
    let second = reader
        .session_by_cookie(&token_hash(&second))
        .await
        .unwrap();
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.user_id, second.user_id);
    assert_ne!(first.id, second.id);
    let user = reader.user_by_phone(&phone(NUMBER)).await.unwrap().unwrap();
    assert_eq!(user.id, first.user_id);
    assert_eq!(first.amr, ["otp", "sms"]);
}

#[tokio::test]
async fn ten_wrong_codes_kill_the_right_one() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..10 {
        let answer = ground.enter(&reference, &ground.wrong_code()).await;
        assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
    }
    let answer = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeExceedMaxTry);
}

#[tokio::test]
async fn the_tenth_try_may_be_right() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..9 {
        let _ = ground.enter(&reference, &ground.wrong_code()).await;
    }
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn what_is_no_code_spends_no_try() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..20 {
        let answer = ground.enter(&reference, "12345").await;
        assert!(matches!(answer, Err(FlowError::MalformedCode)));
    }
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    for (seconds, lives) in [(599, true), (600, false)] {
        let ground = Ground::new().await;
        let reference = ground.start("browser").await;
        ground.send(&reference, NUMBER).await.unwrap();
        ground.advance(seconds);
        let answer = ground.enter(&reference, &ground.last_code()).await;
        assert_eq!(answer.is_ok(), lives);
        if let Err(error) = answer {
            assert_eq!(error.code(), ErrorCode::VerificationCodeExpired);
        }
    }
}

#[tokio::test]
async fn a_new_code_voids_the_earlier() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let earlier = ground.last_code();
    ground.advance(60);
    ground.resend(&reference).await.unwrap();
    let answer = ground.enter(&reference, &earlier).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn a_code_of_one_interaction_is_none_of_another() {
    let ground = Ground::new().await;
    let one = ground.start("one").await;
    ground.send(&one, NUMBER).await.unwrap();
    let code = ground.last_code();
    ground.advance(60);
    let two = ground.start("two").await;
    ground.send(&two, NUMBER).await.unwrap();
    assert_ne!(code, ground.last_code());
    let answer = ground.enter(&two, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
}

#[tokio::test]
async fn a_double_click_leaves_one_session_that_the_second_answer_opens() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let first = signed_in(ground.enter(&reference, &code).await);
    let second = signed_in(ground.enter(&reference, &code).await);
    let (first, second) = (
        first.session_cookie.unwrap(),
        second.session_cookie.unwrap(),
    );
    let mut reader = ground.store.read().await.unwrap();
    let old = reader.session_by_cookie(&token_hash(&first)).await.unwrap();
    assert_eq!(old, None);
    let new = reader
        .session_by_cookie(&token_hash(&second))
        .await
        .unwrap();
    assert!(new.is_some());
}

#[tokio::test]
async fn a_form_sent_again_gives_nothing_without_the_code_after_a_minute_or_a_sign_out() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let entered = signed_in(ground.enter(&reference, &code).await);
    let cookie = entered.session_cookie.unwrap();
    let guess = signed_in(ground.enter(&reference, &ground.wrong_code()).await);
    assert_eq!(guess.session_cookie, None);
    ground.advance(61);
    let late = signed_in(ground.enter(&reference, &code).await);
    assert_eq!(late.session_cookie, None);

    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    signed_in(ground.enter(&reference, &code).await);
    let session = {
        let mut reader = ground.store.read().await.unwrap();
        let (interaction, _) = ground.experience.interaction(&reference).await.unwrap();
        let moongate_core::InteractionState::Authenticated(authentication) = interaction.state
        else {
            panic!("somebody signed in");
        };
        reader
            .session(&authentication.session_id)
            .await
            .unwrap()
            .unwrap()
    };
    assert_ne!(session.cookie_hash, token_hash(&cookie));
    ground
        .store
        .write(move |tx| Box::pin(async move { tx.delete_session(&session.id).await }))
        .await
        .unwrap();
    let signed_out = signed_in(ground.enter(&reference, &code).await);
    assert_eq!(signed_out.session_cookie, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_leave_one_account_and_one_session() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let experience = ground.experience.clone();
            let (reference, code) = (reference.clone(), code.clone());
            tokio::spawn(async move {
                let browser = Browser::default();
                signed_in(experience.enter_code(reference, &code, browser).await)
            })
        })
        .collect();
    let mut cookies = Vec::new();
    for one in tries {
        cookies.extend(one.await.unwrap().session_cookie);
    }
    let mut reader = ground.store.read().await.unwrap();
    let mut live = 0;
    for cookie in &cookies {
        let session = reader.session_by_cookie(&token_hash(cookie)).await.unwrap();
        live += usize::from(session.is_some());
    }
    assert_eq!(live, 1);
}

#[tokio::test]
async fn signing_in_again_replaces_the_browsers_session() {
    let ground = Ground::new().await;
    let old = ground.sign_in("browser").await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let browser = Browser {
        session_cookie: Some(old.clone()),
        user_agent: Some("Gecko".into()),
    };
    let entered = ground.experience.enter_code(reference, &code, browser);
    let signed_in = signed_in(entered.await);
    let mut reader = ground.store.read().await.unwrap();
    let gone = reader.session_by_cookie(&token_hash(&old)).await.unwrap();
    assert_eq!(gone, None);
    let new = token_hash(&signed_in.session_cookie.unwrap());
    assert!(reader.session_by_cookie(&new).await.unwrap().is_some());
}

#[tokio::test]
async fn with_registration_off_a_strangers_guess_reads_like_any_other() {
    let ground = Ground::new().await;
    ground.set_mode(SignInMode::SignIn).await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let answer = ground.enter(&reference, "123456").await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
    let mut reader = ground.store.read().await.unwrap();
    assert_eq!(reader.user_by_phone(&phone(NUMBER)).await.unwrap(), None);
}

#[tokio::test]
async fn with_sign_in_off_a_known_number_stays_out() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    ground.set_mode(SignInMode::Register).await;
    let reference = ground.start("two").await;
    let event = InteractionEvent::Register;
    let sent = ground.ask(&reference, to_phone(NUMBER), event, true).await;
    sent.unwrap();
    let answer = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(refused(answer), ErrorCode::UserPhoneAlreadyInUse);
}

#[tokio::test]
async fn a_suspended_account_stays_out() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    let mut reader = ground.store.read().await.unwrap();
    let user = reader.user_by_phone(&phone(NUMBER)).await.unwrap().unwrap();
    drop(reader);
    let suspend = |user| User {
        is_suspended: true,
        ..user
    };
    ground.change(&user.id, suspend).await;
    let reference = ground.start("two").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let answer = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(refused(answer), ErrorCode::UserSuspended);
}

#[tokio::test]
async fn without_a_number_there_is_nothing_to_verify() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    let answer = ground.enter(&reference, "123456").await;
    assert_eq!(refused(answer), ErrorCode::SessionInteractionNotFound);
}

#[tokio::test]
async fn another_number_needs_a_code_of_its_own() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    ground.send(&reference, OTHER_NUMBER).await.unwrap();
    let answer = ground.enter(&reference, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
}

#[tokio::test]
async fn turning_back_twice_tells_the_application_twice_and_too_late_goes_on() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    for _ in 0..2 {
        let cancelled = ground.experience.cancel(reference.clone()).await.unwrap();
        assert!(matches!(cancelled, Cancelled::Tell(_)));
    }
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
    let cancelled = ground.experience.cancel(reference).await.unwrap();
    assert!(matches!(cancelled, Cancelled::TooLate));
}
