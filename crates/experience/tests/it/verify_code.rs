//! Entering codes: who signs in, and every way in which nobody does.

use moongate_core::testing::phone;
use moongate_core::token_hash;
use moongate_experience::{Cancelled, SignInMode, VerifyCodeError};

use crate::ground::{Ground, NUMBER};

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
        let refused = ground.verify(&reference, &ground.wrong_code()).await;
        assert!(matches!(refused, Err(VerifyCodeError::Mismatch)));
    }
    let refused = ground.verify(&reference, &ground.last_code()).await;
    assert!(matches!(refused, Err(VerifyCodeError::ExceedMaxTry)));
}

#[tokio::test]
async fn the_tenth_try_may_be_right() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..9 {
        let _ = ground.verify(&reference, &ground.wrong_code()).await;
    }
    ground
        .verify(&reference, &ground.last_code())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_no_code_spends_no_try() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..20 {
        let refused = ground.verify(&reference, "12345").await;
        assert!(matches!(refused, Err(VerifyCodeError::Malformed)));
    }
    ground
        .verify(&reference, &ground.last_code())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    for (seconds, lives) in [(599, true), (600, false)] {
        let ground = Ground::new().await;
        let reference = ground.start("browser").await;
        ground.send(&reference, NUMBER).await.unwrap();
        ground.advance(seconds);
        let answer = ground.verify(&reference, &ground.last_code()).await;
        assert_eq!(answer.is_ok(), lives);
        if let Err(error) = answer {
            assert!(matches!(error, VerifyCodeError::Expired));
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
    ground
        .experience
        .resend_code(reference.clone())
        .await
        .unwrap();
    let refused = ground.verify(&reference, &earlier).await;
    assert!(matches!(refused, Err(VerifyCodeError::Mismatch)));
    ground
        .verify(&reference, &ground.last_code())
        .await
        .unwrap();
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
    let refused = ground.verify(&two, &code).await;
    assert!(matches!(refused, Err(VerifyCodeError::Mismatch)));
}

#[tokio::test]
async fn a_double_click_leaves_one_session_that_the_second_answer_opens() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let first = ground.verify(&reference, &code).await.unwrap();
    let second = ground.verify(&reference, &code).await.unwrap();
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
    let cookie = ground
        .verify(&reference, &code)
        .await
        .unwrap()
        .session_cookie
        .unwrap();
    let guess = ground
        .verify(&reference, &ground.wrong_code())
        .await
        .unwrap();
    assert_eq!(guess.session_cookie, None);
    ground.advance(61);
    let late = ground.verify(&reference, &code).await.unwrap();
    assert_eq!(late.session_cookie, None);

    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    ground.verify(&reference, &code).await.unwrap();
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
    let signed_out = ground.verify(&reference, &code).await.unwrap();
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
            tokio::spawn(async move { experience.verify_code(reference, &code, None).await })
        })
        .collect();
    let mut cookies = Vec::new();
    for one in tries {
        cookies.extend(one.await.unwrap().unwrap().session_cookie);
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
    let signed_in = ground
        .experience
        .verify_code(reference, &code, Some(&old))
        .await
        .unwrap();
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
    let refused = ground.verify(&reference, "123456").await;
    assert!(matches!(refused, Err(VerifyCodeError::Mismatch)));
    let mut reader = ground.store.read().await.unwrap();
    assert_eq!(reader.user_by_phone(&phone(NUMBER)).await.unwrap(), None);
}

#[tokio::test]
async fn with_sign_in_off_a_known_number_stays_out() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    ground.set_mode(SignInMode::Register).await;
    let reference = ground.start("two").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let refused = ground.verify(&reference, &ground.last_code()).await;
    assert!(matches!(refused, Err(VerifyCodeError::PhoneInUse)));
}

#[tokio::test]
async fn a_suspended_account_stays_out() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    let mut user = {
        let mut reader = ground.store.read().await.unwrap();
        reader.user_by_phone(&phone(NUMBER)).await.unwrap().unwrap()
    };
    user.is_suspended = true;
    ground
        .store
        .write(move |tx| Box::pin(async move { tx.update_user(&user).await }))
        .await
        .unwrap();
    let reference = ground.start("two").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let refused = ground.verify(&reference, &ground.last_code()).await;
    assert!(matches!(refused, Err(VerifyCodeError::Suspended)));
}

#[tokio::test]
async fn without_a_number_there_is_nothing_to_verify() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    let refused = ground.verify(&reference, "123456").await;
    assert!(matches!(refused, Err(VerifyCodeError::NoNumber)));
}

#[tokio::test]
async fn another_number_needs_a_code_of_its_own() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    ground.send(&reference, "13900139000").await.unwrap();
    let refused = ground.verify(&reference, &code).await;
    assert!(matches!(refused, Err(VerifyCodeError::Mismatch)));
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
    ground
        .verify(&reference, &ground.last_code())
        .await
        .unwrap();
    let cancelled = ground.experience.cancel(reference).await.unwrap();
    assert!(matches!(cancelled, Cancelled::TooLate));
}
