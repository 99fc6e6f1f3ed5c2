//! What goes into an account on the way, and what nothing may replace.

use moongate_core::{ErrorCode, Secret, User};
use moongate_experience::{Browser, Identified, ProfileAddition, SignInIdentifier};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, signed_in, to_email, to_phone,
    username,
};
use crate::settings::{everything, registering};
use crate::steps::{REGISTER, SIGN_IN, add, add_bob, by, identify, refused};

#[tokio::test]
async fn whoever_is_identified_registers_nothing_over_their_account() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    ground.begin(&reference, SIGN_IN).await;
    let record = ground.verified(&reference, to_phone(NUMBER), SIGN_IN).await;
    identify(&ground, &reference, &record).await.unwrap();
    experience
        .set_event(reference.clone(), REGISTER)
        .await
        .unwrap();
    let (name, password) = ("mallory".to_owned(), Secret::new(OTHER_PASSWORD));
    let record = experience
        .new_password_identity(reference.clone(), name, password)
        .await;
    let conflict = identify(&ground, &reference, &record.unwrap()).await;
    refused(conflict, ErrorCode::SessionIdentityConflict);
    let record = ground
        .verified(&reference, to_phone(OTHER_NUMBER), REGISTER)
        .await;
    let conflict = identify(&ground, &reference, &record).await;
    refused(conflict, ErrorCode::SessionIdentityConflict);
    signed_in(experience.submit(reference, Browser::default()).await);
    let after = ground.user(&alice.id).await.unwrap();
    assert_eq!(
        (after.username, after.primary_phone, after.password_hash),
        (alice.username, alice.primary_phone, alice.password_hash)
    );
}

#[tokio::test]
async fn a_password_for_a_new_account_replaces_none_of_a_known_one() {
    let ground = Ground::with(&registering(&[SignInIdentifier::Phone], true, &[])).await;
    let alice = ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, REGISTER).await;
    let password = ProfileAddition::Password(Secret::new(OTHER_PASSWORD));
    add(&ground, &reference, password).await.unwrap();
    ground
        .ask(&reference, to_phone(NUMBER), REGISTER, false)
        .await
        .unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
    let hash = ground.user(&alice.id).await.unwrap().password_hash;
    assert_eq!(hash, alice.password_hash);
}

#[tokio::test]
async fn what_an_account_got_meanwhile_is_not_replaced() {
    let ground = Ground::with(&everything()).await;
    let bob = add_bob(&ground).await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    ground.begin(&reference, SIGN_IN).await;
    let record = ground
        .verified(&reference, to_phone(OTHER_NUMBER), SIGN_IN)
        .await;
    identify(&ground, &reference, &record).await.unwrap();
    add(&ground, &reference, ProfileAddition::Username("bob".into()))
        .await
        .unwrap();
    let password = ProfileAddition::Password(Secret::new(PASSWORD));
    add(&ground, &reference, password).await.unwrap();
    let hash = ground.hash(OTHER_PASSWORD).await;
    let elsewhere = |user| User {
        username: Some("robert".into()),
        password_hash: Some(hash.clone()),
        ..user
    };
    ground.change(&bob.id, elsewhere).await;
    let submit = || experience.submit(reference.clone(), Browser::default());
    refused(submit().await, ErrorCode::UserUsernameExistsInProfile);
    refused(submit().await, ErrorCode::UserPasswordExistsInProfile);
    signed_in(submit().await);
    let bob = ground.user(&bob.id).await.unwrap();
    assert_eq!(
        (bob.username.as_deref(), bob.password_hash),
        (Some("robert"), Some(hash))
    );
}

#[tokio::test]
async fn a_profile_takes_what_is_missing_free_and_proved() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    add_bob(&ground).await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let name = |name: &str| ProfileAddition::Username(name.into());
    let not_yet = ErrorCode::SessionIdentifierNotFound;
    refused(add(&ground, &reference, name("bob")).await, not_yet);
    let password = ProfileAddition::Password(Secret::new(PASSWORD));
    refused(add(&ground, &reference, password.clone()).await, not_yet);
    let given =
        ground
            .experience
            .give_username(reference.clone(), "bob".into(), false, Browser::default());
    refused(given.await, not_yet);

    let own = ground
        .verified(&reference, to_phone(OTHER_NUMBER), SIGN_IN)
        .await;
    identify(&ground, &reference, &own).await.unwrap();
    refused(
        add(&ground, &reference, name("alice")).await,
        ErrorCode::UserUsernameAlreadyInUse,
    );
    refused(
        add(&ground, &reference, name("no!")).await,
        ErrorCode::GuardInvalidInput,
    );
    let poor = ProfileAddition::Password(Secret::new("short"));
    refused(
        add(&ground, &reference, poor).await,
        ErrorCode::PasswordRejected,
    );
    let (email, number) = (SignInIdentifier::Email, SignInIdentifier::Phone);
    refused(
        add(&ground, &reference, by(number, &own)).await,
        ErrorCode::UserPhoneExistsInProfile,
    );
    let wrong_kind = ErrorCode::SessionVerificationFailed;
    refused(add(&ground, &reference, by(email, &own)).await, wrong_kind);
    let taken = ground
        .verified(&reference, to_email(ADDRESS), SIGN_IN)
        .await;
    refused(
        add(&ground, &reference, by(email, &taken)).await,
        ErrorCode::UserEmailAlreadyInUse,
    );
    let sent = ground
        .ask(&reference, to_email("b@c.example"), SIGN_IN, false)
        .await
        .unwrap();
    let pending = by(email, &sent.verification_id);
    refused(
        add(&ground, &reference, pending).await,
        ErrorCode::SessionVerificationFailed,
    );

    add(&ground, &reference, name("bob")).await.unwrap();
    add(&ground, &reference, password.clone()).await.unwrap();
    signed_in(
        ground
            .experience
            .submit(reference, Browser::default())
            .await,
    );
    let reference = ground.start("browser").await;
    signed_in(ground.log_in(&reference, username("bob"), PASSWORD).await);

    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    ground.advance(3600);
    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let mail = ground
        .verified(&reference, to_email(ADDRESS), SIGN_IN)
        .await;
    identify(&ground, &reference, &mail).await.unwrap();
    refused(
        add(&ground, &reference, name("x")).await,
        ErrorCode::UserUsernameExistsInProfile,
    );
    refused(
        add(&ground, &reference, password).await,
        ErrorCode::UserPasswordExistsInProfile,
    );
    let exists = ErrorCode::UserEmailExistsInProfile;
    refused(add(&ground, &reference, by(email, &mail)).await, exists);
}

#[tokio::test]
async fn a_name_and_a_password_register_by_steps() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, REGISTER).await;
    let experience = &ground.experience;
    let new = |name: &str, password: &str| {
        let password = Secret::new(password);
        experience.new_password_identity(reference.clone(), name.into(), password)
    };
    refused(
        new("alice", PASSWORD).await,
        ErrorCode::UserUsernameAlreadyInUse,
    );
    refused(new("1", PASSWORD).await, ErrorCode::GuardInvalidInput);
    refused(new("bob", "short").await, ErrorCode::PasswordRejected);
    let record = new("bob", PASSWORD).await.unwrap();
    let made = identify(&ground, &reference, &record).await;
    assert_eq!(made.unwrap(), Identified::New);
    let again = identify(&ground, &reference, &record).await;
    refused(again, ErrorCode::SessionIdentityConflict);
    signed_in(experience.submit(reference, Browser::default()).await);
}
