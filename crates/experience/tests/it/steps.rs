//! The API's steps, one by one: what each needs, and what none of them may be made to do.

use moongate_core::testing::phone;
use moongate_core::{ErrorCode, Secret, User};
use moongate_experience::{
    Browser, FlowError, Identified, Identifier, InteractionEvent, InteractionRef, ProfileAddition,
    ProfileDraft, SignIn, SignInExperience, SignInIdentifier, SignInMode, Step,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, PASSWORD, other_than, signed_in, to_email, to_phone,
    username,
};
use crate::settings::{everything, method, registering};

pub(crate) const SIGN_IN: InteractionEvent = InteractionEvent::SignIn;
pub(crate) const REGISTER: InteractionEvent = InteractionEvent::Register;

pub(crate) async fn identify(
    ground: &Ground,
    reference: &InteractionRef,
    record: &str,
) -> Result<Identified, FlowError> {
    let record = Some(record.to_owned());
    ground.experience.identify(reference.clone(), record).await
}

pub(crate) async fn add(
    ground: &Ground,
    reference: &InteractionRef,
    addition: ProfileAddition,
) -> Result<(), FlowError> {
    ground
        .experience
        .add_to_profile(reference.clone(), addition)
        .await
}

pub(crate) fn by(kind: SignInIdentifier, record: &str) -> ProfileAddition {
    ProfileAddition::Verified {
        kind,
        verification_id: record.to_owned(),
    }
}

#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, FlowError>, code: ErrorCode) {
    assert_eq!(outcome.unwrap_err().code(), code);
}

/// Bob, who has a number and no more.
pub(crate) async fn add_bob(ground: &Ground) -> User {
    let bob = |user| User {
        primary_phone: Some(phone(OTHER_NUMBER)),
        ..user
    };
    ground.add_user(bob).await
}

#[tokio::test]
async fn before_the_beginning_no_step_is_taken() {
    let ground = Ground::with(&everything()).await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    let code = ErrorCode::SessionInteractionNotFound;
    let sent = ground
        .ask(&reference, to_phone(NUMBER), SIGN_IN, false)
        .await;
    assert_eq!(sent.err().unwrap().code(), code);
    refused(identify(&ground, &reference, "none").await, code);
    let name = ProfileAddition::Username("bob".into());
    refused(add(&ground, &reference, name).await, code);
    refused(
        experience.set_event(reference.clone(), REGISTER).await,
        code,
    );
    refused(
        experience
            .submit(reference.clone(), Browser::default())
            .await,
        code,
    );
    let id = "none".to_owned();
    refused(
        experience
            .verify_code(reference.clone(), id, to_phone(NUMBER), "123456")
            .await,
        code,
    );
    let (name, password) = ("bob".to_owned(), Secret::new(PASSWORD));
    refused(
        experience
            .new_password_identity(reference.clone(), name, password)
            .await,
        code,
    );
    assert!(ground.sender.sent().is_empty());
}

#[tokio::test]
async fn a_verified_code_serves_signing_in_and_registering_alike() {
    let ground = Ground::with(&registering(&[SignInIdentifier::Phone], false, &[])).await;
    let alice = ground.add_alice().await;
    let experience = &ground.experience;
    let reference = ground.start("browser").await;
    ground.begin(&reference, REGISTER).await;
    let record = ground
        .verified(&reference, to_phone(NUMBER), REGISTER)
        .await;
    refused(
        identify(&ground, &reference, &record).await,
        ErrorCode::UserPhoneAlreadyInUse,
    );
    experience
        .set_event(reference.clone(), SIGN_IN)
        .await
        .unwrap();
    let known = identify(&ground, &reference, &record).await;
    assert_eq!(known.unwrap(), Identified::Known);
    assert_eq!(ground.flow(&reference).await.user_id, Some(alice.id));

    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let record = ground
        .verified(&reference, to_phone(OTHER_NUMBER), SIGN_IN)
        .await;
    let unknown = identify(&ground, &reference, &record).await;
    let Err(FlowError::UserNotExist(identifier)) = unknown else {
        panic!("expected an unknown user, got {unknown:?}");
    };
    assert_eq!(identifier, to_phone(OTHER_NUMBER).into());
    experience
        .set_event(reference.clone(), REGISTER)
        .await
        .unwrap();
    let new = identify(&ground, &reference, &record).await;
    assert_eq!(new.unwrap(), Identified::New);
    signed_in(experience.submit(reference, Browser::default()).await);
}

#[tokio::test]
async fn changing_ones_mind_drops_what_was_gathered_and_heeds_the_mode() {
    let ground = Ground::with(&everything()).await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, REGISTER).await;
    let experience = &ground.experience;
    add(&ground, &reference, ProfileAddition::Username("bob".into()))
        .await
        .unwrap();
    for (event, code) in [
        (SIGN_IN, None),
        (REGISTER, None),
        (
            InteractionEvent::ForgotPassword,
            Some(ErrorCode::SessionNotSupportedForForgotPassword),
        ),
    ] {
        let set = experience.set_event(reference.clone(), event).await;
        assert_eq!(set.err().map(|error| error.code()), code);
        assert_eq!(
            ground.flow(&reference).await.profile,
            ProfileDraft::default()
        );
    }
    for (mode, event) in [
        (SignInMode::Register, SIGN_IN),
        (SignInMode::SignIn, REGISTER),
    ] {
        let settings = SignInExperience {
            sign_in_mode: mode,
            ..everything()
        };
        ground.set(&settings).await;
        let set = experience.set_event(reference.clone(), event).await;
        refused(set, ErrorCode::AuthForbidden);
    }
}

#[tokio::test]
async fn a_record_must_be_there_verified_and_of_this_interaction() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let one = ground.start("browser").await;
    let two = ground.start("browser").await;
    for reference in [&one, &two] {
        ground.begin(reference, SIGN_IN).await;
    }
    let sent = ground
        .ask(&one, to_phone(NUMBER), SIGN_IN, false)
        .await
        .unwrap();
    let record = sent.verification_id;
    refused(
        identify(&ground, &one, &record).await,
        ErrorCode::SessionVerificationFailed,
    );
    let not_found = ErrorCode::SessionVerificationSessionNotFound;
    refused(identify(&ground, &two, &record).await, not_found);
    let experience = &ground.experience;
    let verify = |reference: &InteractionRef, record: &str| {
        let code = ground.last_code();
        let (reference, record) = (reference.clone(), record.to_owned());
        async move {
            let to = to_phone(NUMBER);
            experience.verify_code(reference, record, to, &code).await
        }
    };
    refused(verify(&two, &record).await, not_found);
    refused(
        experience.identify(one.clone(), None).await,
        ErrorCode::GuardInvalidInput,
    );
    // A newer one takes its place.
    ground.advance(60);
    let newer = ground
        .ask(&one, to_phone(NUMBER), SIGN_IN, false)
        .await
        .unwrap();
    refused(verify(&one, &record).await, not_found);
    verify(&one, &newer.verification_id).await.unwrap();
    let twice = verify(&one, &newer.verification_id).await;
    refused(twice, ErrorCode::VerificationCodeNotFound);
    identify(&ground, &one, &newer.verification_id)
        .await
        .unwrap();
    assert_eq!(
        experience.identify(one.clone(), None).await.unwrap(),
        Identified::Known
    );
    // And none outlives a new beginning.
    ground.begin(&one, SIGN_IN).await;
    refused(
        identify(&ground, &one, &newer.verification_id).await,
        not_found,
    );
    assert!(!ground.flow(&one).await.has_identity());
}

#[tokio::test]
async fn a_code_is_entered_for_the_recipient_that_it_went_to() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let experience = &ground.experience;
    for (to, other, code) in [
        (
            to_phone(NUMBER),
            to_phone(OTHER_NUMBER),
            ErrorCode::VerificationCodePhoneMismatch,
        ),
        (
            to_email(ADDRESS),
            to_email("b@c.example"),
            ErrorCode::VerificationCodeEmailMismatch,
        ),
        (
            to_phone(OTHER_NUMBER),
            to_email(ADDRESS),
            ErrorCode::VerificationCodeEmailMismatch,
        ),
    ] {
        let sent = ground
            .ask(&reference, to.clone(), SIGN_IN, false)
            .await
            .unwrap();
        let typed = ground.code_to(&to);
        let id = sent.verification_id;
        refused(
            experience
                .verify_code(reference.clone(), id, other, &typed)
                .await,
            code,
        );
    }
    // Both kinds may be on their way at once, and either be entered.
    let flow = ground.flow(&reference).await;
    let mail = flow
        .records
        .iter()
        .find(|it| it.type_name() == "EmailVerificationCode");
    let (id, to) = (mail.unwrap().id.clone(), to_email(ADDRESS));
    let typed = other_than(&ground.code_to(&to));
    let wrong = experience
        .verify_code(reference.clone(), id.clone(), to.clone(), &typed)
        .await;
    refused(wrong, ErrorCode::VerificationCodeMismatch);
    let typed = ground.code_to(&to);
    experience
        .verify_code(reference, id, to, &typed)
        .await
        .unwrap();
}

#[tokio::test]
async fn nobody_becomes_somebody_else_on_the_way() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    add_bob(&ground).await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, SIGN_IN).await;
    let mail = ground
        .verified(&reference, to_email(ADDRESS), SIGN_IN)
        .await;
    let number = ground
        .verified(&reference, to_phone(OTHER_NUMBER), SIGN_IN)
        .await;
    identify(&ground, &reference, &mail).await.unwrap();
    let other = identify(&ground, &reference, &number).await;
    refused(other, ErrorCode::SessionIdentityConflict);
}

#[tokio::test]
async fn a_way_to_sign_in_that_is_off_is_named() {
    let settings = SignInExperience {
        sign_in: SignIn {
            methods: vec![
                method(SignInIdentifier::Phone, true, false),
                method(SignInIdentifier::Email, false, true),
            ],
        },
        ..everything()
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    let off = ErrorCode::UserSignInMethodNotEnabled;
    let reference = ground.start("browser").await;
    for number in [NUMBER, OTHER_NUMBER] {
        ground.begin(&reference, SIGN_IN).await;
        for begins in [false, true] {
            for event in [SIGN_IN, REGISTER] {
                let sent = ground
                    .ask(&reference, to_phone(number), event, begins)
                    .await;
                assert_eq!(sent.err().unwrap().code(), off);
            }
        }
    }
    assert_eq!(ground.sender.sent().len(), 0);
    ground.set(&everything()).await;
    ground.begin(&reference, SIGN_IN).await;
    let record = ground.verified(&reference, to_phone(NUMBER), SIGN_IN).await;
    ground.set(&settings).await;
    refused(identify(&ground, &reference, &record).await, off);
    let mail = Identifier::from(to_email(ADDRESS));
    let record = ground
        .experience
        .verify_password(reference.clone(), mail, Secret::new(PASSWORD));
    let record = record.await.unwrap();
    refused(identify(&ground, &reference, &record).await, off);
    ground.advance(60);
    ground.set(&everything()).await;
    ground.send(&reference, NUMBER).await.unwrap();
    ground.set(&settings).await;
    refused(ground.enter(&reference, &ground.last_code()).await, off);
}

#[tokio::test]
async fn an_account_that_is_deleted_on_the_way_leads_to_the_beginning() {
    let ground = Ground::with(&registering(&[SignInIdentifier::Phone], true, &[])).await;
    let bob = add_bob(&ground).await;
    let reference = ground.start("browser").await;
    ground.send(&reference, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    ground.enter(&reference, &code).await.unwrap();
    let id = bob.id.clone();
    let deleted = ground
        .store
        .write(move |tx| Box::pin(async move { tx.delete_user(&id).await }));
    assert!(deleted.await.unwrap());
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    assert_eq!((found.step, found.user), (Step::Begin, None));
    let experience = &ground.experience;
    let submitted = experience.submit(reference, Browser::default()).await;
    refused(submitted, ErrorCode::SessionIdentifierNotFound);
}

#[tokio::test]
async fn after_turning_back_there_is_no_interaction() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground.experience.cancel(reference.clone()).await.unwrap();
    let sent = ground.send(&reference, NUMBER).await;
    assert!(matches!(sent, Err(FlowError::InteractionNotFound)));
    let entered = ground.log_in(&reference, username("alice"), PASSWORD).await;
    assert!(matches!(entered, Err(FlowError::InteractionNotFound)));
    let entered = ground.enter(&reference, "123456").await;
    assert!(matches!(entered, Err(FlowError::InteractionNotFound)));
}
