//! A forgotten password: who sets a new one, and what nobody is told.

use moongate_core::{Channel, ErrorCode, Secret, User};
use moongate_experience::{
    Browser, CodeRequest, Delivery, FlowError, ForgotPasswordMethod, InteractionEvent,
    InteractionRef, ProfileAddition, Progress, SignInExperience, Step,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, signed_in, to_email, to_phone,
    username,
};
use crate::settings::everything;

const RECOVER: InteractionEvent = InteractionEvent::ForgotPassword;

async fn give(
    ground: &Ground,
    reference: &InteractionRef,
    password: &str,
) -> Result<Progress, FlowError> {
    let (password, browser) = (Secret::new(password), Browser::default());
    ground
        .experience
        .give_password(reference.clone(), password, browser)
        .await
}

/// Alice, who proved her number.
async fn recovering() -> (Ground, User, InteractionRef) {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground
        .ask(&reference, to_phone(NUMBER), RECOVER, true)
        .await
        .unwrap();
    let entered = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(entered.unwrap(), Progress::Next(Step::ChooseNewPassword));
    (ground, alice, reference)
}

#[tokio::test]
async fn a_code_by_either_way_sets_a_new_password_and_signs_out_everywhere() {
    for recipient in [to_phone(NUMBER), to_email(ADDRESS)] {
        let ground = Ground::with(&everything()).await;
        ground.add_alice().await;
        let old = ground.start("thief").await;
        let old = signed_in(ground.log_in(&old, username("alice"), PASSWORD).await);
        let reference = ground.start("browser").await;
        ground
            .ask(&reference, recipient.clone(), RECOVER, true)
            .await
            .unwrap();
        let code = ground.code_to(&recipient);
        ground.enter(&reference, &code).await.unwrap();
        let given = give(&ground, &reference, OTHER_PASSWORD).await;
        assert_eq!(given.unwrap(), Progress::PasswordReset);
        assert!(ground.session(&old.session_cookie.unwrap()).await.is_none());
        // Nobody is signed in by it, and the code is no good for anything more.
        let found = ground.experience.whereabouts(&reference).await.unwrap();
        assert_eq!((found.step, found.user), (Step::Begin, None));
        let refused = ground.enter(&reference, &code).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::SessionInteractionNotFound);
        let refused = ground.log_in(&reference, username("alice"), PASSWORD).await;
        assert_eq!(
            refused.unwrap_err().code(),
            ErrorCode::SessionInvalidCredentials
        );
        signed_in(
            ground
                .log_in(&reference, username("alice"), OTHER_PASSWORD)
                .await,
        );
    }
}

#[tokio::test]
async fn an_account_without_a_password_gets_one() {
    let (ground, alice, reference) = recovering().await;
    let without = |user| User {
        password_hash: None,
        ..user
    };
    ground.change(&alice.id, without).await;
    give(&ground, &reference, PASSWORD).await.unwrap();
    signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
}

#[tokio::test]
async fn an_unknown_recipient_looks_like_a_known_one_and_gets_nothing() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let mut seen = Vec::new();
    for (known, stranger) in [
        (to_phone(NUMBER), to_phone(OTHER_NUMBER)),
        (to_email(ADDRESS), to_email("bob@mail.example")),
    ] {
        for recipient in [known, stranger] {
            let reference = ground.start("browser").await;
            let request = CodeRequest {
                recipient: Some(recipient.clone()),
                event: RECOVER,
                begins: true,
                language: "en".into(),
            };
            let send = || {
                ground
                    .experience
                    .send_code(reference.clone(), request.clone())
            };
            let sent = send().await.unwrap();
            assert_eq!((sent.verification_id.len(), sent.replaces), (21, false));
            // Whoever is known gets theirs after the answer.
            assert_eq!(ground.sender.last_code_to(&recipient), None);
            let again = send().await.unwrap();
            assert_eq!(again.verification_id, sent.verification_id);
            assert!(again.background.is_none());
            let flow = ground.flow(&reference).await;
            let code = flow.pending_code().unwrap();
            seen.push((
                code.delivery == Delivery::Failed,
                code.resend_at,
                code.event,
            ));
            if let Some(background) = sent.background {
                background.await;
            }
            let refused = ground.enter(&reference, "1234567").await;
            assert!(matches!(refused, Err(FlowError::MalformedCode)));
            ground.advance(600);
            let refused = ground.enter(&reference, "123456").await.unwrap_err();
            assert_eq!(refused.code(), ErrorCode::VerificationCodeExpired);
        }
        let gap = seen[1].1.since(seen[0].1).as_secs();
        assert_eq!((gap, seen[0].0, seen[0].2), (600, seen[1].0, seen[1].2));
        seen.clear();
    }
    assert_eq!(ground.sender.sent().len(), 2);
}

#[tokio::test]
async fn the_present_password_and_poor_ones_are_refused() {
    let (ground, alice, reference) = recovering().await;
    let refused = give(&ground, &reference, PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::UserSamePassword);
    let refused = give(&ground, &reference, "short").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::PasswordRejected);
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    assert_eq!(found.step, Step::ChooseNewPassword);
    assert_eq!(ground.user(&alice.id).await, Some(alice));
}

#[tokio::test]
async fn a_way_that_is_off_sends_nothing_to_anybody() {
    for by in [Channel::Sms, Channel::Email] {
        let (recipient, left) = match by {
            Channel::Sms => (
                to_phone(NUMBER),
                ForgotPasswordMethod::EmailVerificationCode,
            ),
            Channel::Email => (
                to_email(ADDRESS),
                ForgotPasswordMethod::PhoneVerificationCode,
            ),
        };
        for methods in [vec![], vec![left]] {
            let settings = SignInExperience {
                forgot_password_methods: Some(methods),
                ..everything()
            };
            let ground = Ground::with(&settings).await;
            ground.add_alice().await;
            let reference = ground.start("browser").await;
            let stranger = match by {
                Channel::Sms => to_phone(OTHER_NUMBER),
                Channel::Email => to_email("bob@mail.example"),
            };
            for recipient in [recipient.clone(), stranger] {
                let sent = ground.ask(&reference, recipient, RECOVER, true).await;
                let code = sent.err().unwrap().code();
                assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
            }
            assert_eq!(ground.sender.sent().len(), 0);
            // One that was turned off while the code was on its way.
            ground.set(&everything()).await;
            ground
                .ask(&reference, recipient.clone(), RECOVER, true)
                .await
                .unwrap();
            ground.set(&settings).await;
            let entered = ground.enter(&reference, &ground.code_to(&recipient)).await;
            let code = entered.unwrap_err().code();
            assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
            let refused = give(&ground, &reference, OTHER_PASSWORD).await.unwrap_err();
            assert_eq!(refused.code(), ErrorCode::SessionIdentifierNotFound);
        }
    }
}

#[tokio::test]
async fn nobody_sets_a_password_who_has_proved_nothing() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground
        .ask(&reference, to_phone(NUMBER), RECOVER, true)
        .await
        .unwrap();
    let refused = give(&ground, &reference, OTHER_PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::SessionIdentifierNotFound);
    let experience = &ground.experience;
    let choose = experience.choose_new_password(reference.clone(), Secret::new(OTHER_PASSWORD));
    assert_eq!(
        choose.await.unwrap_err().code(),
        ErrorCode::SessionIdentifierNotFound
    );
    let submitted = experience
        .submit(reference.clone(), Browser::default())
        .await;
    assert_eq!(
        submitted.unwrap_err().code(),
        ErrorCode::SessionIdentifierNotFound
    );
    ground.begin(&reference, InteractionEvent::SignIn).await;
    let choose = experience.choose_new_password(reference.clone(), Secret::new(OTHER_PASSWORD));
    let code = choose.await.unwrap_err().code();
    assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
}

#[tokio::test]
async fn the_apis_steps_recover_too() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, RECOVER).await;
    let record = ground
        .verified(&reference, to_email(ADDRESS), RECOVER)
        .await;
    let experience = &ground.experience;
    let submit = || experience.submit(reference.clone(), Browser::default());
    experience
        .identify(reference.clone(), Some(record))
        .await
        .unwrap();
    let early = submit().await.unwrap_err();
    assert_eq!(early.code(), ErrorCode::UserNewPasswordRequired);
    let choose = experience.choose_new_password(reference.clone(), Secret::new(OTHER_PASSWORD));
    choose.await.unwrap();
    assert_eq!(submit().await.unwrap(), Progress::PasswordReset);
    let again = submit().await.unwrap_err();
    assert_eq!(again.code(), ErrorCode::SessionInteractionNotFound);
}

#[tokio::test]
async fn codes_for_signing_in_recover_nothing_and_the_other_way_round() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let experience = &ground.experience;
    for (event, other, code) in [
        (
            RECOVER,
            InteractionEvent::SignIn,
            ErrorCode::SessionNotSupportedForForgotPassword,
        ),
        (
            InteractionEvent::SignIn,
            RECOVER,
            ErrorCode::SessionVerificationFailed,
        ),
        (
            InteractionEvent::Register,
            RECOVER,
            ErrorCode::SessionVerificationFailed,
        ),
    ] {
        // By the pages' step.
        let reference = ground.start("browser").await;
        ground.begin(&reference, event).await;
        ground
            .ask(&reference, to_phone(NUMBER), other, false)
            .await
            .unwrap();
        let entered = ground.enter(&reference, &ground.last_code()).await;
        assert_eq!(entered.unwrap_err().code(), code, "{event:?}");
        assert!(!ground.flow(&reference).await.has_identity());
        ground.advance(60);
        // By the API's.
        let reference = ground.start("browser").await;
        ground.begin(&reference, event).await;
        let record = ground.verified(&reference, to_phone(NUMBER), other).await;
        let refused = experience.identify(reference.clone(), Some(record)).await;
        assert_eq!(refused.unwrap_err().code(), code, "{event:?}");
        assert!(!ground.flow(&reference).await.has_identity());
        ground.advance(3600);
    }
}

#[tokio::test]
async fn a_code_to_recover_adds_nothing_to_an_account() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let hash = ground.hash(PASSWORD).await;
    let bob = |user| User {
        username: Some("bob".into()),
        primary_phone: Some(moongate_core::testing::phone(OTHER_NUMBER)),
        password_hash: Some(hash),
        ..user
    };
    ground.add_user(bob).await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    ground.begin(&reference, InteractionEvent::SignIn).await;
    let record = ground
        .verified(&reference, to_email(ADDRESS), RECOVER)
        .await;
    let password =
        experience.verify_password(reference.clone(), username("bob"), Secret::new(PASSWORD));
    let password = password.await.unwrap();
    experience
        .identify(reference.clone(), Some(password))
        .await
        .unwrap();
    let addition = ProfileAddition::Verified {
        kind: moongate_experience::SignInIdentifier::Email,
        verification_id: record,
    };
    let refused = experience.add_to_profile(reference, addition).await;
    assert_eq!(
        refused.unwrap_err().code(),
        ErrorCode::SessionVerificationFailed
    );
}

#[tokio::test]
async fn the_way_to_a_new_password_takes_nothing_else() {
    let (ground, _, reference) = recovering().await;
    let experience = &ground.experience;
    for addition in [
        ProfileAddition::Username("bob".into()),
        ProfileAddition::Password(Secret::new(OTHER_PASSWORD)),
    ] {
        let refused = experience.add_to_profile(reference.clone(), addition).await;
        let code = refused.unwrap_err().code();
        assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
    }
    let name = experience.give_username(reference.clone(), "bob".into(), false, Browser::default());
    let code = name.await.unwrap_err().code();
    assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
    for event in [InteractionEvent::SignIn, InteractionEvent::Register] {
        let refused = experience.set_event(reference.clone(), event).await;
        let code = refused.unwrap_err().code();
        assert_eq!(code, ErrorCode::SessionNotSupportedForForgotPassword);
    }
}

#[tokio::test]
async fn a_suspended_account_recovers_nothing() {
    let suspend = |user| User {
        is_suspended: true,
        ..user
    };
    let (ground, alice, reference) = recovering().await;
    ground.change(&alice.id, suspend).await;
    let refused = give(&ground, &reference, OTHER_PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::UserSuspended);
    assert_eq!(
        ground.user(&alice.id).await.unwrap().password_hash,
        alice.password_hash
    );
    ground.advance(60);
    let reference = ground.start("browser").await;
    ground
        .ask(&reference, to_phone(NUMBER), RECOVER, true)
        .await
        .unwrap();
    let refused = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::UserSuspended);
}
