//! A proof holds only while what it was proved with is still the account's.

use moongate_core::{ErrorCode, Secret, User};
use moongate_experience::{
    Browser, FlowError, Identified, Identifier, InteractionEvent, InteractionRef, ProfileAddition,
    Progress, SignInIdentifier, Step,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, signed_in, to_email, to_phone,
    username,
};
use crate::settings::{everything, registering};
use crate::steps::{REGISTER, SIGN_IN, add, identify, refused};

async fn submit(ground: &Ground, reference: &InteractionRef) -> Result<Progress, FlowError> {
    ground
        .experience
        .submit(reference.clone(), Browser::default())
        .await
}

/// Somebody who proved it by password, and has not gone on.
async fn by_password(ground: &Ground) -> InteractionRef {
    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let experience = &ground.experience;
    let record = experience
        .verify_password(reference.clone(), username("alice"), Secret::new(PASSWORD))
        .await
        .unwrap();
    identify(ground, &reference, &record).await.unwrap();
    reference
}

#[tokio::test]
async fn a_password_that_was_replaced_signs_nobody_in_who_began_before() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let reference = by_password(&ground).await;
    let hash = ground.hash(OTHER_PASSWORD).await;
    ground
        .change(&alice.id, |user| User {
            password_hash: Some(hash),
            ..user
        })
        .await;
    refused(
        submit(&ground, &reference).await,
        ErrorCode::SessionVerificationFailed,
    );
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    assert_eq!((found.step, found.user), (Step::Begin, None));
    signed_in(
        ground
            .log_in(&reference, username("alice"), OTHER_PASSWORD)
            .await,
    );
}

#[tokio::test]
async fn an_address_that_was_removed_signs_nobody_in_who_began_before() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    for (recipient, event) in [
        (to_email(ADDRESS), SIGN_IN),
        (to_phone(NUMBER), SIGN_IN),
        (to_email(ADDRESS), InteractionEvent::ForgotPassword),
    ] {
        let reference = ground.start("browser").await;
        ground.begin(&reference, event).await;
        let record = ground.verified(&reference, recipient, event).await;
        identify(&ground, &reference, &record).await.unwrap();
        if event == InteractionEvent::ForgotPassword {
            ground
                .experience
                .choose_new_password(reference.clone(), Secret::new(OTHER_PASSWORD))
                .await
                .unwrap();
        }
        ground
            .change(&alice.id, |user| User {
                primary_email: None,
                primary_phone: None,
                ..user
            })
            .await;
        refused(
            submit(&ground, &reference).await,
            ErrorCode::SessionVerificationFailed,
        );
        let kept = ground.user(&alice.id).await.unwrap();
        assert_eq!(kept.password_hash, alice.password_hash);
        let back = alice.clone();
        ground.change(&alice.id, |_| back).await;
        ground.advance(60);
    }
}

#[tokio::test]
async fn whoever_made_an_account_signs_in_to_it_while_it_is_as_they_made_it() {
    let ground = Ground::with(&everything()).await;
    for replaced in [false, true] {
        let name = if replaced { "carol" } else { "bob" };
        let reference = ground.start("browser").await;
        ground.begin(&reference, REGISTER).await;
        let record = ground
            .experience
            .new_password_identity(reference.clone(), name.into(), Secret::new(PASSWORD))
            .await
            .unwrap();
        let made = identify(&ground, &reference, &record).await.unwrap();
        assert_eq!(made, Identified::New);
        let user = ground.owner(&username(name)).await.unwrap();
        if replaced {
            let hash = ground.hash(OTHER_PASSWORD).await;
            ground
                .change(&user.id, |user| User {
                    password_hash: Some(hash),
                    ..user
                })
                .await;
            let refusal = ErrorCode::SessionVerificationFailed;
            refused(submit(&ground, &reference).await, refusal);
        } else {
            signed_in(submit(&ground, &reference).await);
        }
    }
}

#[tokio::test]
async fn a_session_says_when_it_was_proved_and_not_when_it_was_made() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = by_password(&ground).await;
    let proved = ground.now();
    ground.advance(1200);
    let done = signed_in(submit(&ground, &reference).await);
    let session = ground.session(&done.session_cookie.unwrap()).await.unwrap();
    assert_eq!(
        (session.auth_time, session.created_at),
        (proved, ground.now())
    );
}

#[tokio::test]
async fn what_was_chosen_for_a_new_account_proves_nothing_of_another() {
    let ground = Ground::with(&registering(&[SignInIdentifier::Phone], true, &[])).await;
    ground.add_alice().await;
    for changes_mind in [true, false] {
        let reference = ground.start("browser").await;
        ground.begin(&reference, REGISTER).await;
        add(
            &ground,
            &reference,
            ProfileAddition::Password(Secret::new(OTHER_PASSWORD)),
        )
        .await
        .unwrap();
        let done = if changes_mind {
            ground
                .experience
                .set_event(reference.clone(), SIGN_IN)
                .await
                .unwrap();
            let record = ground.verified(&reference, to_phone(NUMBER), SIGN_IN).await;
            identify(&ground, &reference, &record).await.unwrap();
            submit(&ground, &reference).await
        } else {
            ground.advance(60);
            let sent = ground
                .ask(&reference, to_phone(NUMBER), REGISTER, false)
                .await;
            sent.unwrap();
            ground.enter(&reference, &ground.last_code()).await
        };
        let session = signed_in(done).session_cookie.unwrap();
        let session = ground.session(&session).await.unwrap();
        assert_eq!(session.amr, ["otp", "sms"]);
    }
    let stranger = Identifier::from(to_phone(OTHER_NUMBER));
    assert_eq!(ground.owner(&stranger).await, None);
}
