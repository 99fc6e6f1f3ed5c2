//! What people change of their own account, and what is refused to them.

use moongate_core::testing::phone;
use moongate_core::{Channel, ErrorCode, Secret, User};
use moongate_experience::{
    Account, AccountError, FlowError, ForgotPasswordMethod, InteractionEvent, Progress,
    SentinelPolicy, SignInExperience, SignInIdentifier, SignInMethod, SteppedUp, WantedChange,
    Ways,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, email, other_than, to_email,
    to_phone, username,
};

/// Every identifier signs in, each by all it can.
pub(crate) fn settings() -> SignInExperience {
    let mut settings = SignInExperience::phone_and_code();
    settings.sign_in.methods = SignInIdentifier::ALL
        .into_iter()
        .map(|identifier| SignInMethod {
            identifier,
            password: true,
            verification_code: identifier != SignInIdentifier::Username,
            is_password_primary: false,
        })
        .collect();
    settings.forgot_password_methods = Some(vec![ForgotPasswordMethod::PhoneVerificationCode]);
    settings
}

/// Alice, signed in by her password just now.
pub(crate) async fn alice() -> (Ground, User, String) {
    let ground = Ground::with(&settings()).await;
    let alice = ground.add_alice().await;
    let cookie = log_in(&ground, "browser").await;
    (ground, alice, cookie)
}

pub(crate) async fn log_in(ground: &Ground, browser: &str) -> String {
    let reference = ground.start(browser).await;
    let answer = ground.log_in(&reference, username("alice"), PASSWORD).await;
    match answer.unwrap() {
        Progress::SignedIn(signed_in) => signed_in.session_cookie.unwrap(),
        other => panic!("expected a sign-in, got {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, AccountError>) -> ErrorCode {
    match outcome.unwrap_err() {
        AccountError::Flow(error) => error.code(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[track_caller]
pub(crate) fn needs_step_up<T: std::fmt::Debug>(outcome: Result<T, AccountError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, AccountError::StepUpNeeded), "{error:?}");
}

#[track_caller]
pub(crate) fn not_signed_in<T: std::fmt::Debug>(outcome: Result<T, AccountError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, AccountError::NotSignedIn), "{error:?}");
}

pub(crate) async fn account(ground: &Ground, cookie: &str) -> Account {
    ground.experience.account(Some(cookie)).await.unwrap()
}

async fn link_phone(ground: &Ground, cookie: &str, number: &str) -> Result<(), AccountError> {
    let recipient = to_phone(number);
    ground.experience.link(cookie, recipient, "en").await
}

pub(crate) async fn by_password(ground: &Ground, cookie: &str) -> SteppedUp {
    let password = Secret::new(PASSWORD);
    let stepped_up = ground.experience.step_up_by_password(cookie, password);
    stepped_up.await.unwrap()
}

#[tokio::test]
async fn an_account_is_its_owners_alone() {
    let (ground, alice, cookie) = alice().await;
    assert_eq!(account(&ground, &cookie).await.user.id, alice.id);
    not_signed_in(ground.experience.account(None).await);
    not_signed_in(ground.experience.account(Some("made up")).await);
    ground
        .change(&alice.id, |user| User {
            is_suspended: true,
            ..user
        })
        .await;
    not_signed_in(ground.experience.account(Some(&cookie)).await);
    not_signed_in(ground.experience.change_name(&cookie, "Eve").await);
}

#[tokio::test]
async fn a_session_that_is_over_is_none() {
    let (ground, _, cookie) = alice().await;
    ground.advance(14 * 24 * 3600);
    not_signed_in(ground.experience.account(Some(&cookie)).await);
}

#[tokio::test]
async fn a_name_needs_no_proof_and_an_empty_one_is_none() {
    let (ground, alice, cookie) = alice().await;
    ground.advance(24 * 3600);
    let experience = &ground.experience;
    experience.change_name(&cookie, " Alice L. ").await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.name.as_deref(), Some("Alice L."));
    experience.change_name(&cookie, " ").await.unwrap();
    assert_eq!(ground.user(&alice.id).await.unwrap().name, None);
    for bad in ["a\nb", &"a".repeat(129)] {
        let code = refused(experience.change_name(&cookie, bad).await);
        assert_eq!(code, ErrorCode::GuardInvalidInput);
    }
}

#[tokio::test]
async fn after_ten_minutes_who_is_there_has_to_be_proved_anew() {
    let (ground, alice, cookie) = alice().await;
    let experience = &ground.experience;
    ground.advance(600);
    experience.change_username(&cookie, "alice2").await.unwrap();
    ground.advance(1);
    assert!(!account(&ground, &cookie).await.is_fresh);
    needs_step_up(experience.change_username(&cookie, "alice3").await);
    needs_step_up(link_phone(&ground, &cookie, OTHER_NUMBER).await);
    needs_step_up(experience.finish_linking(&cookie, "123456").await);
    let kind = SignInIdentifier::Phone;
    needs_step_up(experience.remove_identifier(&cookie, kind).await);
    let password = Secret::new(OTHER_PASSWORD);
    needs_step_up(experience.change_password(&cookie, password).await);
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.username.as_deref(), Some("alice2"));
    assert_eq!(user.password_hash, alice.password_hash);
}

#[tokio::test]
async fn the_password_proves_it_and_the_session_gets_a_new_identifier() {
    let (ground, _, cookie) = alice().await;
    ground.advance(3600);
    let wanted = WantedChange::Identifier(SignInIdentifier::Phone);
    ground.experience.want(&cookie, wanted).await.unwrap();
    let before = ground.session(&cookie).await.unwrap();
    let stepped_up = by_password(&ground, &cookie).await;
    assert_eq!(stepped_up.wanted, Some(wanted));
    not_signed_in(ground.experience.account(Some(&cookie)).await);
    let account = account(&ground, &stepped_up.session_cookie).await;
    assert!(account.is_fresh);
    assert_eq!(account.step.wanted, None);
    let after = account.session;
    assert_ne!(before.id, after.id);
    assert_eq!(
        (before.created_at, before.expires_at),
        (after.created_at, after.expires_at)
    );
    let cookie = &stepped_up.session_cookie;
    let changed = ground.experience.change_username(cookie, "alice2").await;
    changed.unwrap();
}

#[tokio::test]
async fn a_removal_that_was_wanted_long_ago_is_forgotten() {
    for (seconds, is_wanted) in [(600, true), (601, false)] {
        let (ground, _, cookie) = alice().await;
        ground.advance(3600);
        let wanted = WantedChange::Remove(SignInIdentifier::Phone);
        ground.experience.want(&cookie, wanted).await.unwrap();
        ground.advance(seconds);
        let stepped_up = by_password(&ground, &cookie).await;
        assert_eq!(stepped_up.wanted, is_wanted.then_some(wanted));
    }
}

#[tokio::test]
async fn a_code_to_the_accounts_own_number_proves_it() {
    let (ground, _, cookie) = alice().await;
    ground.advance(3600);
    let experience = &ground.experience;
    let wanted = WantedChange::Password;
    experience.want(&cookie, wanted).await.unwrap();
    let sent = experience.step_up_send_code(&cookie, Channel::Sms, "en");
    sent.await.unwrap();
    let code = ground.code_to(&to_phone(NUMBER));
    let wrong = experience
        .step_up_by_code(&cookie, &other_than(&code))
        .await;
    assert_eq!(refused(wrong), ErrorCode::VerificationCodeMismatch);
    let stepped_up = experience.step_up_by_code(&cookie, &code).await.unwrap();
    assert_eq!(stepped_up.wanted, Some(wanted));
    let account = account(&ground, &stepped_up.session_cookie).await;
    assert!(account.is_fresh);
    assert_eq!(account.session.amr, ["pwd", "otp", "sms"]);
    let again = experience
        .step_up_by_code(&stepped_up.session_cookie, &code)
        .await;
    assert_eq!(refused(again), ErrorCode::VerificationCodeNotFound);
}

#[tokio::test]
async fn what_is_wanted_keeps_a_code_that_is_on_its_way() {
    let (ground, _, cookie) = alice().await;
    ground.advance(3600);
    let experience = &ground.experience;
    let ask = || experience.step_up_send_code(&cookie, Channel::Sms, "en");
    ask().await.unwrap();
    experience
        .want(&cookie, WantedChange::Password)
        .await
        .unwrap();
    // A second click sends no second message, and is no failure.
    ask().await.unwrap();
    let code = ground.code_to(&to_phone(NUMBER));
    let stepped_up = experience.step_up_by_code(&cookie, &code).await.unwrap();
    assert_eq!(stepped_up.wanted, Some(WantedChange::Password));
}

#[tokio::test]
async fn wrong_passwords_are_counted_and_lock() {
    let settings = SignInExperience {
        sentinel_policy: SentinelPolicy {
            max_attempts: Some(3),
            lockout_duration: Some(10),
        },
        ..settings()
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    let cookie = log_in(&ground, "browser").await;
    let attempt = |password: &'static str| {
        let password = Secret::new(password);
        ground.experience.step_up_by_password(&cookie, password)
    };
    for _ in 0..2 {
        let code = refused(attempt("a wrong password").await);
        assert_eq!(code, ErrorCode::SessionInvalidCredentials);
    }
    for password in ["a wrong password", PASSWORD] {
        let code = refused(attempt(password).await);
        assert_eq!(code, ErrorCode::SessionTooManyAttempts);
    }
    // The same count as at the sign-in.
    let reference = ground.start("elsewhere").await;
    let answer = ground.log_in(&reference, username("alice"), PASSWORD).await;
    assert!(matches!(answer, Err(FlowError::Locked { .. })));
    ground.advance(600);
    attempt(PASSWORD).await.unwrap();
}

#[tokio::test]
async fn wrong_codes_are_counted_and_kill_the_right_one() {
    let (ground, alice, cookie) = alice().await;
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    let experience = &ground.experience;
    for _ in 0..10 {
        let wrong = experience.finish_linking(&cookie, &other_than(&code)).await;
        assert_eq!(refused(wrong), ErrorCode::VerificationCodeMismatch);
    }
    let late = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(late), ErrorCode::VerificationCodeExceedMaxTry);
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_phone, Some(phone(NUMBER)));
}

#[tokio::test]
async fn wrong_codes_lock_across_codes() {
    let settings = SignInExperience {
        sentinel_policy: SentinelPolicy {
            max_attempts: Some(3),
            lockout_duration: Some(10),
        },
        ..settings()
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    let cookie = log_in(&ground, "browser").await;
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let wrong = || other_than(&ground.code_to(&to_phone(OTHER_NUMBER)));
    let experience = &ground.experience;
    for _ in 0..2 {
        let answer = experience.finish_linking(&cookie, &wrong()).await;
        assert_eq!(refused(answer), ErrorCode::VerificationCodeMismatch);
    }
    ground.advance(60);
    experience.resend_account_code(&cookie, "en").await.unwrap();
    let answer = experience.finish_linking(&cookie, &wrong()).await;
    assert_eq!(refused(answer), ErrorCode::SessionTooManyAttempts);
    let right = ground.code_to(&to_phone(OTHER_NUMBER));
    let answer = experience.finish_linking(&cookie, &right).await;
    assert_eq!(refused(answer), ErrorCode::SessionTooManyAttempts);
}

#[tokio::test]
async fn a_number_is_linked_once_its_code_arrived() {
    let (ground, alice, cookie) = alice().await;
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_phone, Some(phone(NUMBER)));
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    let experience = &ground.experience;
    experience.finish_linking(&cookie, &code).await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_phone, Some(phone(OTHER_NUMBER)));
    assert_eq!(account(&ground, &cookie).await.step.code, None);
    let again = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(again), ErrorCode::VerificationCodeNotFound);
}

#[tokio::test]
async fn an_address_is_linked_and_those_that_are_barred_are_not() {
    let (ground, alice, cookie) = alice().await;
    let experience = &ground.experience;
    let recipient = to_email("new@mail.example");
    experience
        .link(&cookie, recipient.clone(), "en")
        .await
        .unwrap();
    let code = ground.code_to(&recipient);
    experience.finish_linking(&cookie, &code).await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_email.as_deref(), Some("new@mail.example"));
    let mut settings = settings();
    settings.email_blocklist_policy.custom_blocklist = Some(vec!["@spam.example".into()]);
    ground.set(&settings).await;
    let barred = to_email("alice@spam.example");
    let code = refused(experience.link(&cookie, barred, "en").await);
    assert_eq!(code, ErrorCode::SessionEmailNotAllowed);
}

#[tokio::test]
async fn that_another_account_has_a_number_shows_only_to_who_has_it() {
    let (ground, alice, cookie) = alice().await;
    let bob = ground
        .add_user(|user| User {
            primary_phone: Some(phone(OTHER_NUMBER)),
            ..user
        })
        .await;
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    let experience = &ground.experience;
    let wrong = experience.finish_linking(&cookie, &other_than(&code)).await;
    assert_eq!(refused(wrong), ErrorCode::VerificationCodeMismatch);
    let taken = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(taken), ErrorCode::UserPhoneAlreadyInUse);
    // The code is used up.
    let again = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(again), ErrorCode::VerificationCodeNotFound);
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_phone, Some(phone(NUMBER)));
    let bob = ground.user(&bob.id).await.unwrap();
    assert_eq!(bob.primary_phone, Some(phone(OTHER_NUMBER)));
}

#[tokio::test]
async fn a_code_serves_the_purpose_it_was_sent_for_alone() {
    let (ground, _, cookie) = alice().await;
    let experience = &ground.experience;
    // That of a sign-in neither links nor proves.
    let reference = ground.start("elsewhere").await;
    let event = InteractionEvent::SignIn;
    let asked = ground.ask(&reference, to_phone(NUMBER), event, true).await;
    asked.unwrap();
    let code = ground.code_to(&to_phone(NUMBER));
    let answer = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
    let answer = experience.step_up_by_code(&cookie, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
    ground.advance(60);
    // That of a link proves nobody.
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    let answer = experience.step_up_by_code(&cookie, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
    // That of a proof links nothing.
    let sent = experience.step_up_send_code(&cookie, Channel::Sms, "en");
    sent.await.unwrap();
    let code = ground.code_to(&to_phone(NUMBER));
    let answer = experience.finish_linking(&cookie, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
    // And none of them works in another browser.
    let other = log_in(&ground, "other").await;
    let answer = experience.step_up_by_code(&other, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
}

#[tokio::test]
async fn messages_are_limited_as_at_the_sign_in() {
    let (ground, _, cookie) = alice().await;
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    let experience = &ground.experience;
    // The second of two clicks.
    link_phone(&ground, &cookie, OTHER_NUMBER).await.unwrap();
    assert_eq!(ground.sender.sent().len(), 1);
    let again = experience.resend_account_code(&cookie, "en").await;
    assert_eq!(refused(again), ErrorCode::MessageRateLimited);
    let reference = ground.start("elsewhere").await;
    let elsewhere = ground.send(&reference, OTHER_NUMBER).await;
    assert_eq!(
        elsewhere.err().map(|error| error.code()),
        Some(ErrorCode::MessageRateLimited)
    );
    ground.advance(60);
    experience.resend_account_code(&cookie, "en").await.unwrap();
    assert_eq!(ground.sender.sent().len(), 2);
}

#[tokio::test]
async fn a_message_that_was_not_sent_is_told_and_may_be_tried_again() {
    let (ground, _, cookie) = alice().await;
    ground
        .sender
        .fail_with(Some(moongate_core::SendError::Failed));
    let failed = link_phone(&ground, &cookie, OTHER_NUMBER).await;
    assert_eq!(refused(failed), ErrorCode::ConnectorGeneral);
    let step = account(&ground, &cookie).await.step;
    assert!(step.code.unwrap().send_failed);
    ground.sender.fail_with(None);
    let experience = &ground.experience;
    experience.resend_account_code(&cookie, "en").await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    experience.finish_linking(&cookie, &code).await.unwrap();
}

#[tokio::test]
async fn a_user_name_that_is_taken_or_is_none_is_refused() {
    let (ground, alice, cookie) = alice().await;
    ground
        .add_user(|user| User {
            username: Some("bob".into()),
            ..user
        })
        .await;
    let experience = &ground.experience;
    for (name, expected) in [
        ("bob", ErrorCode::UserUsernameAlreadyInUse),
        ("1abc", ErrorCode::GuardInvalidInput),
        ("", ErrorCode::GuardInvalidInput),
    ] {
        let code = refused(experience.change_username(&cookie, name).await);
        assert_eq!(code, expected, "{name}");
    }
    experience.change_username(&cookie, "alice").await.unwrap();
    ground.set(&SignInExperience::phone_and_code()).await;
    let unused = experience.change_username(&cookie, "alice2").await;
    assert_eq!(refused(unused), ErrorCode::UserSignInMethodNotEnabled);
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.username.as_deref(), Some("alice"));
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let (ground, alice, cookie) = alice().await;
    let experience = &ground.experience;
    ground.set(&SignInExperience::phone_and_code()).await;
    let phone = SignInIdentifier::Phone;
    let last = experience.remove_identifier(&cookie, phone).await;
    assert_eq!(refused(last), ErrorCode::UserLastSignInMethodRequired);
    let kind = SignInIdentifier::Email;
    experience.remove_identifier(&cookie, kind).await.unwrap();
    ground.set(&settings()).await;
    experience.remove_identifier(&cookie, phone).await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!((&user.primary_email, &user.primary_phone), (&None, &None));
    // The user name with the password is left.
    assert!(!Ways::of(&user, &settings()).is_empty());
    let kind = SignInIdentifier::Username;
    let last = experience.remove_identifier(&cookie, kind).await;
    assert_eq!(refused(last), ErrorCode::UserLastSignInMethodRequired);
}

#[tokio::test]
async fn a_number_that_was_given_up_proves_nothing_any_more() {
    let (ground, _, cookie) = alice().await;
    let experience = &ground.experience;
    let sent = experience.step_up_send_code(&cookie, Channel::Sms, "en");
    sent.await.unwrap();
    let kind = SignInIdentifier::Phone;
    experience.remove_identifier(&cookie, kind).await.unwrap();
    let code = ground.code_to(&to_phone(NUMBER));
    let answer = experience.step_up_by_code(&cookie, &code).await;
    assert_eq!(refused(answer), ErrorCode::VerificationCodeNotFound);
}

#[tokio::test]
async fn the_account_step_knows_the_addresses_own_spelling() {
    let (ground, alice, cookie) = alice().await;
    ground
        .change(&alice.id, |user| User {
            primary_email: None,
            ..user
        })
        .await;
    let recipient = to_email(&ADDRESS.to_uppercase());
    let experience = &ground.experience;
    experience.link(&cookie, recipient, "en").await.unwrap();
    let code = ground.code_to(&to_email(ADDRESS));
    experience.finish_linking(&cookie, &code).await.unwrap();
    let user = ground.user(&alice.id).await.unwrap();
    assert_eq!(user.primary_email.as_deref(), Some(email(ADDRESS).as_str()));
}
