//! Every refusal of the flows is raised by some case, and no other refusal is in their source.

use std::collections::BTreeSet;

use moongate_core::{ErrorCode, Secret, SendError, StoreError, User};
use moongate_experience::{
    Browser, EmailBlocklistPolicy, FlowError, InteractionEvent, InteractionRef, PoolError,
    ProfileAddition, SentinelPolicy, SignInExperience, SignInIdentifier, VerificationCodePolicy,
};

use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, other_than, to_email,
    to_phone, username,
};
use crate::settings::registering;

const SIGN_IN: InteractionEvent = InteractionEvent::SignIn;
const REGISTER: InteractionEvent = InteractionEvent::Register;
const RECOVER: InteractionEvent = InteractionEvent::ForgotPassword;

/// The closed list.
const RAISED: &[ErrorCode] = &[
    ErrorCode::AuthForbidden,
    ErrorCode::ConnectorGeneral,
    ErrorCode::ConnectorNotFound,
    ErrorCode::GuardInvalidInput,
    ErrorCode::MessageRateLimited,
    ErrorCode::PasswordRejected,
    ErrorCode::ServerError,
    ErrorCode::SessionEmailNotAllowed,
    ErrorCode::SessionEmailSubaddressingNotAllowed,
    ErrorCode::SessionIdentifierNotFound,
    ErrorCode::SessionIdentityConflict,
    ErrorCode::SessionInteractionNotFound,
    ErrorCode::SessionInvalidCredentials,
    ErrorCode::SessionNotFound,
    ErrorCode::SessionNotSupportedForForgotPassword,
    ErrorCode::SessionTooManyAttempts,
    ErrorCode::SessionVerificationFailed,
    ErrorCode::SessionVerificationSessionNotFound,
    ErrorCode::Unavailable,
    ErrorCode::UserEmailAlreadyInUse,
    ErrorCode::UserEmailExistsInProfile,
    ErrorCode::UserMissingProfile,
    ErrorCode::UserNewPasswordRequired,
    ErrorCode::UserNotExist,
    ErrorCode::UserPasswordExistsInProfile,
    ErrorCode::UserPhoneAlreadyInUse,
    ErrorCode::UserPhoneExistsInProfile,
    ErrorCode::UserSamePassword,
    ErrorCode::UserSignInMethodNotEnabled,
    ErrorCode::UserSuspended,
    ErrorCode::UserUsernameAlreadyInUse,
    ErrorCode::UserUsernameExistsInProfile,
    ErrorCode::VerificationCodeEmailMismatch,
    ErrorCode::VerificationCodeExceedMaxTry,
    ErrorCode::VerificationCodeExpired,
    ErrorCode::VerificationCodeMismatch,
    ErrorCode::VerificationCodeNotFound,
    ErrorCode::VerificationCodePhoneMismatch,
];

/// What was refused so far, and one interaction after the other to be refused in.
struct Record {
    ground: Ground,
    refused: BTreeSet<&'static str>,
}

impl Record {
    fn note<T>(&mut self, outcome: Result<T, FlowError>) {
        let error = outcome.err().expect("each of these steps is refused");
        self.refused.insert(error.code().as_str());
    }

    async fn begun(&self, event: InteractionEvent) -> InteractionRef {
        let reference = self.ground.start("browser").await;
        self.ground.begin(&reference, event).await;
        // Limits on messages are a case of their own.
        self.ground.advance(3600);
        let reference = self.ground.start("browser").await;
        self.ground.begin(&reference, event).await;
        reference
    }

    async fn identify(&mut self, reference: &InteractionRef, record: &str) {
        let experience = self.ground.experience.clone();
        let record = Some(record.to_owned());
        let outcome = experience.identify(reference.clone(), record).await;
        self.note(outcome);
    }

    async fn add(&mut self, reference: &InteractionRef, addition: ProfileAddition) {
        let experience = self.ground.experience.clone();
        let outcome = experience.add_to_profile(reference.clone(), addition).await;
        self.note(outcome);
    }

    /// Somebody who proved an address, a number or both.
    async fn identified(&self, by: moongate_core::Recipient) -> (InteractionRef, String) {
        let reference = self.begun(SIGN_IN).await;
        let record = self.ground.verified(&reference, by, SIGN_IN).await;
        let experience = &self.ground.experience;
        let own = Some(record.clone());
        experience.identify(reference.clone(), own).await.unwrap();
        (reference, record)
    }
}

fn settings() -> SignInExperience {
    SignInExperience {
        email_blocklist_policy: EmailBlocklistPolicy {
            block_subaddressing: Some(true),
            custom_allowlist: None,
            custom_blocklist: Some(vec!["@spam.example".into()]),
        },
        sentinel_policy: SentinelPolicy {
            max_attempts: Some(4),
            lockout_duration: None,
        },
        verification_code_policy: VerificationCodePolicy {
            expiration_duration: None,
            max_retry_attempts: Some(1),
        },
        ..registering(
            &[SignInIdentifier::Username, SignInIdentifier::Phone],
            true,
            &[],
        )
    }
}

async fn sending_and_entering(record: &mut Record) {
    let lost = record.ground.start("browser").await;
    let thief = InteractionRef {
        browser_cookie: "thief".into(),
        ..lost.clone()
    };
    let sent = record.ground.send(&thief, NUMBER).await;
    record.note(sent);
    let early = record
        .ground
        .ask(&lost, to_phone(NUMBER), SIGN_IN, false)
        .await;
    record.note(early);
    for failure in [SendError::Failed, SendError::NoConnector] {
        record.ground.sender.fail_with(Some(failure));
        let sent = record.ground.send(&lost, NUMBER).await;
        record.note(sent);
    }
    record.ground.sender.fail_with(None);
    let again = record.ground.resend(&lost).await;
    assert!(again.is_ok());
    let limited = record.ground.resend(&lost).await;
    record.note(limited);
    let wrong = record.ground.wrong_code();
    for _ in 0..2 {
        let entered = record.ground.enter(&lost, &wrong).await;
        record.note(entered);
    }
    record.ground.advance(600);
    let entered = record.ground.enter(&lost, &wrong).await;
    record.note(entered);
    let none = record.begun(SIGN_IN).await;
    let entered = record.ground.enter(&none, &wrong).await;
    record.note(entered);
    for (to, other) in [
        (to_phone(NUMBER), to_phone(OTHER_NUMBER)),
        (to_email(ADDRESS), to_email("b@c.example")),
    ] {
        let sent = record
            .ground
            .ask(&none, to.clone(), SIGN_IN, false)
            .await
            .unwrap();
        let code = other_than(&record.ground.code_to(&to));
        let experience = record.ground.experience.clone();
        let id = sent.verification_id;
        let outcome = experience
            .verify_code(none.clone(), id.clone(), other, &code)
            .await;
        record.note(outcome);
        record.identify(&none, &id).await;
    }
    record.identify(&none, "none").await;
    let outcome = record.ground.experience.identify(none, None).await;
    record.note(outcome);
}

async fn passwords(record: &mut Record, alice: &User) {
    let reference = record.begun(SIGN_IN).await;
    for _ in 0..4 {
        let entered = record
            .ground
            .log_in(&reference, username("alice"), "not it")
            .await;
        record.note(entered);
    }
    for is_suspended in [true, false] {
        let change = |user| User {
            is_suspended,
            ..user
        };
        record.ground.change(&alice.id, change).await;
        if is_suspended {
            let by = to_phone(NUMBER).into();
            let entered = record.ground.log_in(&reference, by, PASSWORD).await;
            record.note(entered);
        }
    }
    let reference = record.begun(RECOVER).await;
    let code = record
        .ground
        .verified(&reference, to_phone(NUMBER), RECOVER)
        .await;
    let experience = record.ground.experience.clone();
    let choose =
        |password| experience.choose_new_password(reference.clone(), Secret::new(password));
    let submit = || experience.submit(reference.clone(), Browser::default());
    record.note(submit().await);
    experience
        .identify(reference.clone(), Some(code))
        .await
        .unwrap();
    record.note(submit().await);
    record.note(choose(PASSWORD).await);
    record.note(choose("short").await);
    record.note(experience.set_event(reference.clone(), SIGN_IN).await);
}

async fn accounts(record: &mut Record) {
    let hash = record.ground.hash(OTHER_PASSWORD).await;
    let bob = |user| User {
        primary_email: Some("bob@mail.example".into()),
        primary_phone: Some(moongate_core::testing::phone(OTHER_NUMBER)),
        username: Some("bob".into()),
        password_hash: Some(hash),
        ..user
    };
    record.ground.add_user(bob).await;
    let (reference, mail) = record.identified(to_email(ADDRESS)).await;
    let number = record
        .ground
        .verified(&reference, to_phone(OTHER_NUMBER), SIGN_IN)
        .await;
    record.identify(&reference, &number).await;
    let by = |kind, id: &String| ProfileAddition::Verified {
        kind,
        verification_id: id.clone(),
    };
    record
        .add(&reference, by(SignInIdentifier::Email, &mail))
        .await;
    record
        .add(&reference, by(SignInIdentifier::Phone, &number))
        .await;
    record
        .add(&reference, ProfileAddition::Username("x".into()))
        .await;
    record
        .add(&reference, ProfileAddition::Password(Secret::new(PASSWORD)))
        .await;

    let reference = record.begun(REGISTER).await;
    record
        .add(&reference, ProfileAddition::Username("alice".into()))
        .await;
    for recipient in [
        to_phone(NUMBER),
        to_email(ADDRESS),
        to_phone("13700137000"),
        to_email("a@spam.example"),
        to_email("a+b@mail.example"),
    ] {
        record.ground.advance(3600);
        let reference = record.begun(REGISTER).await;
        let id = record
            .ground
            .verified(&reference, recipient, REGISTER)
            .await;
        record.identify(&reference, &id).await;
    }
    let reference = record.begun(SIGN_IN).await;
    let id = record
        .ground
        .verified(&reference, to_phone("13600136000"), SIGN_IN)
        .await;
    record.identify(&reference, &id).await;
    let off = SignInExperience {
        sign_in_mode: moongate_experience::SignInMode::Register,
        ..settings()
    };
    record.ground.set(&off).await;
    let entered = record
        .ground
        .log_in(&reference, username("bob"), OTHER_PASSWORD)
        .await;
    record.note(entered);
    record.ground.set(&SignInExperience::phone_and_code()).await;
    let entered = record
        .ground
        .log_in(&reference, username("bob"), OTHER_PASSWORD)
        .await;
    record.note(entered);
}

#[tokio::test]
async fn every_refusal_is_raised() {
    let ground = Ground::with(&settings()).await;
    let alice = ground.add_alice().await;
    let mut record = Record {
        ground,
        refused: BTreeSet::new(),
    };
    sending_and_entering(&mut record).await;
    passwords(&mut record, &alice).await;
    accounts(&mut record).await;
    // What no test can bring about in good time: a full pool and a store that is ill.
    let retry_after = std::time::Duration::from_secs(1);
    record.note::<()>(Err(PoolError::Busy { retry_after }.into()));
    record.note::<()>(Err(PoolError::Corrupt.into()));
    record.note::<()>(Err(StoreError::Corrupt(String::new()).into()));
    let expected: BTreeSet<_> = RAISED.iter().map(|code| code.as_str()).collect();
    assert_eq!(record.refused, expected);
}

/// The sources that refuse.
const SOURCES: &[&str] = &[
    include_str!("../../src/flow/advance.rs"),
    include_str!("../../src/flow/code.rs"),
    include_str!("../../src/flow/create.rs"),
    include_str!("../../src/flow/error.rs"),
    include_str!("../../src/flow/identify.rs"),
    include_str!("../../src/flow/password.rs"),
    include_str!("../../src/flow/profile.rs"),
    include_str!("../../src/flow/send.rs"),
    include_str!("../../src/flow/sentinel.rs"),
    include_str!("../../src/flow/session.rs"),
    include_str!("../../src/flow/work.rs"),
    include_str!("../../src/settings/policies.rs"),
];

#[test]
fn the_list_is_whole() {
    let mut named = BTreeSet::new();
    for source in SOURCES {
        for (at, prefix) in source.match_indices("ErrorCode::") {
            let name = &source[at + prefix.len()..];
            let end = name.find(|char: char| !char.is_ascii_alphanumeric());
            named.insert(name[..end.unwrap_or(name.len())].to_owned());
        }
    }
    let listed: BTreeSet<_> = RAISED.iter().map(|code| format!("{code:?}")).collect();
    assert_eq!(named, listed);
}
