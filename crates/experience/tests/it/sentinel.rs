//! Counting failures: guessing ends, and the owner still gets in.

use moongate_core::testing::server_keys;
use moongate_core::{Channel, CodeHolder, ErrorCode, Factor, Secret, VerificationPurpose};
use moongate_experience::{
    Browser, FlowError, InteractionEvent, Limits, LockOuts, Progress, SendLimits, SentinelPolicy,
    SignInExperience, sentinel_target,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, PASSWORD, email, other_than, signed_in, to_phone, username,
};
use crate::settings::everything;

fn strict() -> SignInExperience {
    SignInExperience {
        sentinel_policy: SentinelPolicy {
            max_attempts: Some(3),
            lockout_duration: Some(30),
        },
        ..everything()
    }
}

async fn fail(ground: &Ground, name: &str, times: usize) -> FlowError {
    let reference = ground.start("guesser").await;
    let mut last = None;
    for _ in 0..times {
        let refused = ground.log_in(&reference, username(name), "not it").await;
        last = Some(refused.unwrap_err());
    }
    last.unwrap()
}

#[tokio::test]
async fn a_hundred_wrong_passwords_lock_the_password_alone() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let almost = fail(&ground, "alice", 99).await;
    assert_eq!(almost.code(), ErrorCode::SessionInvalidCredentials);
    let locked = fail(&ground, "alice", 1).await;
    assert_eq!(locked.code(), ErrorCode::SessionTooManyAttempts);
    assert_eq!(locked.retry_after().unwrap().as_secs(), 3600);

    let reference = ground.start("owner").await;
    let before = ground.passwords.verifications();
    let refused = ground.log_in(&reference, username("alice"), PASSWORD).await;
    assert_eq!(
        refused.unwrap_err().code(),
        ErrorCode::SessionTooManyAttempts
    );
    assert_eq!(ground.passwords.verifications(), before);
    // Another identifier, and a code, still open.
    let by_number = ground.start("owner").await;
    signed_in(
        ground
            .log_in(&by_number, to_phone(NUMBER).into(), PASSWORD)
            .await,
    );
    ground.send(&reference, NUMBER).await.unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
    // An hour later, so does the password.
    ground.advance(3599);
    let early = ground.start("owner").await;
    let refused = ground.log_in(&early, username("alice"), PASSWORD).await;
    assert_eq!(refused.unwrap_err().retry_after().unwrap().as_secs(), 1);
    ground.advance(1);
    let reference = ground.start("owner").await;
    signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
}

#[tokio::test]
async fn the_last_try_may_be_right_and_changes_nothing() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    for _ in 0..2 {
        fail(&ground, "alice", 2).await;
        for _ in 0..5 {
            let reference = ground.start("owner").await;
            signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
        }
        let locked = fail(&ground, "alice", 1).await;
        assert_eq!(locked.retry_after().unwrap().as_secs(), 30 * 60);
        ground.advance(30 * 60);
    }
}

#[tokio::test]
async fn an_unknown_name_is_locked_like_a_known_one() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    for name in ["alice", "nobody"] {
        let waits = fail(&ground, name, 3).await.retry_after();
        assert_eq!(waits.unwrap().as_secs(), 30 * 60, "{name}");
    }
}

#[tokio::test]
async fn beginning_again_or_in_another_browser_does_not_reset_the_count() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    for browser in ["one", "two"] {
        let reference = ground.start(browser).await;
        ground.begin(&reference, InteractionEvent::SignIn).await;
        let password = Secret::new("not it");
        let experience = &ground.experience;
        let refused = experience.verify_password(reference, username("alice"), password);
        let code = refused.await.unwrap_err().code();
        assert_eq!(code, ErrorCode::SessionInvalidCredentials);
    }
    let locked = fail(&ground, "alice", 1).await;
    assert_eq!(locked.code(), ErrorCode::SessionTooManyAttempts);
}

#[tokio::test]
async fn wrong_codes_count_across_codes_and_lock_the_code_alone() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        ground.send(&reference, NUMBER).await.unwrap();
        let refused = ground.enter(&reference, &ground.wrong_code()).await;
        codes.push(refused.unwrap_err().code());
        ground.advance(60);
    }
    let wrong = ErrorCode::VerificationCodeMismatch;
    assert_eq!(codes, [wrong, wrong, ErrorCode::SessionTooManyAttempts]);
    ground.send(&reference, NUMBER).await.unwrap();
    let refused = ground.enter(&reference, &ground.last_code()).await;
    let code = refused.unwrap_err().code();
    assert_eq!(code, ErrorCode::SessionTooManyAttempts);
    let reference = ground.start("browser").await;
    signed_in(
        ground
            .log_in(&reference, to_phone(NUMBER).into(), PASSWORD)
            .await,
    );
}

#[tokio::test]
async fn held_back_codes_are_counted_and_locked_like_any_other() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let event = InteractionEvent::ForgotPassword;
    for number in [NUMBER, "13900139000"] {
        let reference = ground.start(number).await;
        ground
            .ask(&reference, to_phone(number), event, true)
            .await
            .unwrap();
        let mut codes = Vec::new();
        for _ in 0..4 {
            let guess = match number {
                NUMBER => ground.wrong_code(),
                _ => "123456".to_owned(),
            };
            codes.push(ground.enter(&reference, &guess).await.unwrap_err().code());
        }
        let (wrong, locked) = (
            ErrorCode::VerificationCodeMismatch,
            ErrorCode::SessionTooManyAttempts,
        );
        assert_eq!(codes, [wrong, wrong, locked, locked], "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_parallel_guesses_ten_are_heard() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let right = ground.last_code();
    let mut guesses = Vec::new();
    for guess in 0..1000_u32 {
        // The right one is among the later half.
        let code = match guess {
            750 => right.clone(),
            _ => (1..9)
                .map(|by| format!("{:06}", (guess * 7 + by) % 1_000_000))
                .find(|code| *code != right)
                .unwrap(),
        };
        let (experience, reference) = (ground.experience.clone(), reference.clone());
        guesses.push(async move {
            let browser = Browser::default();
            experience.enter_code(reference, &code, browser).await
        });
    }
    let later = guesses.split_off(500);
    let mut heard = 0;
    for half in [guesses, later] {
        let running: Vec<_> = half.into_iter().map(tokio::spawn).collect();
        for one in running {
            let code = one.await.unwrap().unwrap_err().code();
            match code {
                ErrorCode::VerificationCodeMismatch => heard += 1,
                ErrorCode::VerificationCodeExceedMaxTry => {}
                code => panic!("unexpected {code:?}"),
            }
        }
    }
    assert_eq!(heard, 10);
    let mut reader = ground.store.read().await.unwrap();
    let holder = CodeHolder::Interaction(reference.id.clone());
    let purpose = VerificationPurpose::SignIn;
    let row = reader.verification_code(&holder, purpose, Channel::Sms);
    let row = row.await.unwrap().unwrap();
    assert_eq!((row.attempts, row.consumed_at), (10, None));
    drop(reader);
    signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_wrong_passwords_do_not_pass_the_limit() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let mut tries = Vec::new();
    for browser in 0..20 {
        let reference = ground.start(&browser.to_string()).await;
        let experience = ground.experience.clone();
        tries.push(tokio::spawn(async move {
            let (password, browser) = (Secret::new("not it"), Browser::default());
            let name = username("alice");
            let entered = experience.sign_in_with_password(reference, name, password, browser);
            entered.await.unwrap_err().code()
        }));
    }
    let mut wrong = 0;
    for one in tries {
        match one.await.unwrap() {
            ErrorCode::SessionInvalidCredentials => wrong += 1,
            code => assert_eq!(code, ErrorCode::SessionTooManyAttempts),
        }
    }
    assert_eq!(wrong, 2);
    assert_eq!(ground.passwords.verifications(), 3);
}

#[tokio::test]
async fn a_new_password_ends_the_lock_of_the_old_one() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    fail(&ground, "alice", 3).await;
    let reference = ground.start("owner").await;
    let event = InteractionEvent::ForgotPassword;
    ground
        .ask(&reference, to_phone(NUMBER), event, true)
        .await
        .unwrap();
    ground.enter(&reference, &ground.last_code()).await.unwrap();
    let new = "another word for the same";
    let experience = &ground.experience;
    let given = experience.give_password(reference.clone(), Secret::new(new), Browser::default());
    given.await.unwrap();
    signed_in(ground.log_in(&reference, username("alice"), new).await);
}

#[tokio::test]
async fn with_lock_outs_off_nothing_is_counted() {
    let limits = Limits {
        sends: SendLimits::default(),
        lock_outs: LockOuts::Off,
    };
    let ground = Ground::with_limits(&strict(), limits).await;
    ground.add_alice().await;
    let refused = fail(&ground, "alice", 10).await;
    assert_eq!(refused.code(), ErrorCode::SessionInvalidCredentials);
}

#[tokio::test]
async fn spelling_an_address_otherwise_is_no_new_count() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let mut codes = Vec::new();
    for address in [ADDRESS, "ALICE@mail.example", "alice@MAIL.EXAMPLE"] {
        let reference = ground.start("browser").await;
        let identifier = moongate_experience::Identifier::Email(email(address));
        let refused = ground.log_in(&reference, identifier, "not it").await;
        codes.push(refused.unwrap_err().code());
    }
    assert_eq!(codes[2], ErrorCode::SessionTooManyAttempts);
}

#[tokio::test]
async fn a_right_code_is_not_counted_as_a_failure() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    for browser in 0..4 {
        let reference = ground.start(&browser.to_string()).await;
        ground.send(&reference, NUMBER).await.unwrap();
        signed_in(ground.enter(&reference, &ground.last_code()).await);
        ground.advance(600);
        // The hourly limit on messages is another matter.
        ground.advance(600);
    }
    let reference = ground.start("guesser").await;
    ground.advance(3000);
    ground.send(&reference, NUMBER).await.unwrap();
    let code = ground.last_code();
    let refused = ground.enter(&reference, &other_than(&code)).await;
    assert_eq!(
        refused.unwrap_err().code(),
        ErrorCode::VerificationCodeMismatch
    );
}

#[tokio::test]
async fn what_was_right_at_once_leaves_no_trace() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let target = sentinel_target(&server_keys(), "alice");
    for failures in [0, 1] {
        fail_often(&ground, failures).await;
        let reference = ground.start("owner").await;
        signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
        let mut reader = ground.store.read().await.unwrap();
        let left = reader.sentinel(&target, Factor::Password).await.unwrap();
        assert_eq!(left.map_or(0, |left| left.failures), failures);
        let other = reader.sentinel(&target, Factor::VerificationCode).await;
        assert_eq!(other.unwrap(), None);
        if failures == 0 {
            let gone = reader.sentinel(&target, Factor::Password).await;
            assert_eq!(gone.unwrap(), None);
        }
    }
}

async fn fail_often(ground: &Ground, times: i64) {
    for _ in 0..times {
        fail(ground, "alice", 1).await;
    }
}

#[tokio::test]
async fn recovery_tells_no_more_of_the_present_password_than_signing_in_does() {
    let ground = Ground::with(&strict()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let recover = InteractionEvent::ForgotPassword;
    let recipient = to_phone(NUMBER);
    let sent = ground.ask(&reference, recipient.clone(), recover, true);
    sent.await.unwrap();
    ground
        .enter(&reference, &ground.code_to(&recipient))
        .await
        .unwrap();
    let choose = |password: &'static str| {
        let password = Secret::new(password);
        ground
            .experience
            .choose_new_password(reference.clone(), password)
    };
    for _ in 0..3 {
        let refused = choose(PASSWORD).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::UserSamePassword);
    }
    let by_number = ground.start("owner").await;
    let locked = ground.log_in(&by_number, recipient.clone().into(), PASSWORD);
    assert_eq!(
        locked.await.unwrap_err().code(),
        ErrorCode::SessionTooManyAttempts
    );
    // From now on nothing is compared, and the way to a new password stays open.
    let before = ground.passwords.verifications();
    choose(PASSWORD).await.unwrap();
    assert_eq!(ground.passwords.verifications(), before);
    let done = ground
        .experience
        .go_on(reference, Browser::default())
        .await
        .unwrap();
    assert_eq!(done, Progress::PasswordReset);
    signed_in(ground.log_in(&by_number, recipient.into(), PASSWORD).await);
}
