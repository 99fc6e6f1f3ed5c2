//! Who can't register, and what happens when two want the same.

use moongate_core::{ErrorCode, Secret, User};
use moongate_experience::{
    AgreeToTermsPolicy, Browser, EmailBlocklistPolicy, FlowError, Identified, InteractionEvent,
    Missing, ProfileAddition, Progress, SignInExperience, SignInIdentifier, SignInMode,
    SignUpIdentifier, Step,
};

use crate::ground::{
    Ground, NUMBER, OTHER_NUMBER, PASSWORD, signed_in, to_email, to_phone, username,
};
use crate::registration::{REGISTER, asks, name, password};
use crate::settings::{everything, registering};
use crate::steps::{add, refused};

#[tokio::test]
async fn addresses_on_the_list_make_no_account_and_join_none() {
    let settings = SignInExperience {
        email_blocklist_policy: EmailBlocklistPolicy {
            block_subaddressing: Some(true),
            custom_allowlist: None,
            custom_blocklist: Some(vec!["@spam.example".into()]),
        },
        ..registering(&[SignInIdentifier::Email], false, &[])
    };
    let ground = Ground::with(&settings).await;
    let alice = ground.add_alice().await;
    let without = |user| User {
        primary_email: None,
        ..user
    };
    ground.change(&alice.id, without).await;
    for (address, code) in [
        ("a@spam.example", ErrorCode::SessionEmailNotAllowed),
        (
            "a+b@mail.example",
            ErrorCode::SessionEmailSubaddressingNotAllowed,
        ),
    ] {
        let recipient = to_email(address);
        let reference = ground.start("browser").await;
        ground
            .ask(&reference, recipient.clone(), REGISTER, true)
            .await
            .unwrap();
        let entered = ground.enter(&reference, &ground.code_to(&recipient)).await;
        assert_eq!(entered.unwrap_err().code(), code);
        ground.advance(60);
        let reference = ground.start("browser").await;
        asks(
            ground.log_in(&reference, username("alice"), PASSWORD).await,
            Missing::Email,
        );
        ground
            .ask(
                &reference,
                recipient.clone(),
                InteractionEvent::SignIn,
                false,
            )
            .await
            .unwrap();
        let entered = ground.enter(&reference, &ground.code_to(&recipient)).await;
        assert_eq!(entered.unwrap_err().code(), code);
        let found = ground.experience.whereabouts(&reference).await.unwrap();
        assert_eq!(found.step, Step::Complete(Missing::Email));
    }
}

#[tokio::test]
async fn with_sign_up_off_nobody_registers_and_no_name_is_told() {
    let settings = SignInExperience {
        sign_in_mode: SignInMode::SignIn,
        ..everything()
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    for taken in ["alice", "nobody"] {
        let refused = name(&ground, &reference, taken, true).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::AuthForbidden, "{taken}");
        ground.begin(&reference, REGISTER).await;
        let refused = name(&ground, &reference, taken, false).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::AuthForbidden, "{taken}");
        let password = Secret::new(PASSWORD);
        let refused = experience.new_password_identity(reference.clone(), taken.into(), password);
        assert_eq!(
            refused.await.unwrap_err().code(),
            ErrorCode::AuthForbidden,
            "{taken}"
        );
    }
    ground
        .ask(&reference, to_phone(OTHER_NUMBER), REGISTER, true)
        .await
        .unwrap();
    assert!(ground.sender.sent().is_empty());
    ground
        .verified(&reference, to_phone(NUMBER), REGISTER)
        .await;
    let refused = experience.identify(reference, None).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::AuthForbidden);
}

#[tokio::test]
async fn a_register_only_tenant_lets_nobody_sign_in() {
    let settings = SignInExperience {
        sign_in_mode: SignInMode::Register,
        ..registering(&[SignInIdentifier::Phone], true, &[])
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let refused = ground.log_in(&reference, username("alice"), PASSWORD).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::AuthForbidden);
    ground
        .ask(&reference, to_phone(NUMBER), REGISTER, true)
        .await
        .unwrap();
    let refused = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(
        refused.unwrap_err().code(),
        ErrorCode::UserPhoneAlreadyInUse
    );
    ground
        .ask(&reference, to_phone(OTHER_NUMBER), REGISTER, true)
        .await
        .unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    asks(ground.enter(&reference, &code).await, Missing::Password);
    signed_in(password(&ground, &reference, PASSWORD).await);
}

#[tokio::test]
async fn an_unknown_identifier_that_no_account_begins_with_is_refused_after_the_code() {
    let ground = Ground::with(&everything()).await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    let refused = ground.enter(&reference, &ground.last_code()).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::UserNotExist);
    assert_eq!(ground.owner(&to_phone(NUMBER).into()).await, None);
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    assert_eq!(found.step, Step::Begin);
}

#[tokio::test]
async fn no_account_begins_with_a_name_where_none_is_asked_for() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    let refused = name(&ground, &reference, "bob", true).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::AuthForbidden);
}

#[tokio::test]
async fn names_and_passwords_are_refused_before_anything_is_kept() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    for (text, code) in [
        ("alice", ErrorCode::UserUsernameAlreadyInUse),
        ("1a", ErrorCode::GuardInvalidInput),
    ] {
        let refused = name(&ground, &reference, text, true).await.unwrap_err();
        assert_eq!(refused.code(), code);
    }
    asks(
        name(&ground, &reference, "winterwind", true).await,
        Missing::Password,
    );
    for poor in ["short", "12345678", "winterwind"] {
        let refused = password(&ground, &reference, poor).await.unwrap_err();
        let FlowError::PasswordRejected(issues) = refused else {
            panic!("expected a rejection of {poor}");
        };
        assert!(!issues.is_empty());
    }
    assert_eq!(ground.flow(&reference).await.profile.password_hash, None);
}

#[tokio::test]
async fn a_name_that_somebody_took_meanwhile_is_asked_for_again() {
    let ground = Ground::with(&everything()).await;
    let reference = ground.start("browser").await;
    asks(
        name(&ground, &reference, "alice", true).await,
        Missing::Password,
    );
    ground.add_alice().await;
    let refused = password(&ground, &reference, PASSWORD).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::UserUsernameAlreadyInUse);
    let refused = name(&ground, &reference, "alice", true).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::UserUsernameAlreadyInUse);
    asks(
        name(&ground, &reference, "bob", true).await,
        Missing::Password,
    );
    signed_in(password(&ground, &reference, PASSWORD).await);
}

#[tokio::test]
async fn a_secondary_name_that_somebody_took_meanwhile_is_asked_for_again() {
    let settings = SignInExperience {
        agree_to_terms_policy: AgreeToTermsPolicy::Manual,
        terms_of_use_url: Some("https://a.example/terms".into()),
        ..registering(
            &[SignInIdentifier::Phone],
            false,
            &[SignUpIdentifier::Username],
        )
    };
    let ground = Ground::with(&settings).await;
    let reference = ground.start("browser").await;
    ground.send(&reference, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    asks(ground.enter(&reference, &code).await, Missing::Username);
    let given = name(&ground, &reference, "alice", false).await.unwrap();
    assert_eq!(given, Progress::Next(Step::AgreeToTerms));
    ground.add_alice().await;
    let agree = || {
        let browser = Browser::default();
        ground.experience.agree_to_terms(reference.clone(), browser)
    };
    let refused = agree().await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::UserUsernameAlreadyInUse);
    asks(agree().await, Missing::Username);
    signed_in(name(&ground, &reference, "bob", false).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let ground = Ground::with(&everything()).await;
    let mut references = Vec::new();
    for browser in 0..8 {
        let reference = ground.start(&browser.to_string()).await;
        asks(
            name(&ground, &reference, "bob", true).await,
            Missing::Password,
        );
        references.push(reference);
    }
    let tries: Vec<_> = references
        .into_iter()
        .map(|reference| {
            let experience = ground.experience.clone();
            tokio::spawn(async move {
                let (password, browser) = (Secret::new(PASSWORD), Browser::default());
                experience.give_password(reference, password, browser).await
            })
        })
        .collect();
    let mut made = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(Progress::SignedIn(_)) => made += 1,
            other => assert_eq!(
                other.unwrap_err().code(),
                ErrorCode::UserUsernameAlreadyInUse
            ),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn nobody_makes_an_account_that_nobody_can_be_found_by() {
    let ground = Ground::with(&registering(&[], false, &[])).await;
    let reference = ground.start("browser").await;
    ground.begin(&reference, REGISTER).await;
    let experience = &ground.experience;
    let made = experience.identify(reference.clone(), None).await;
    refused(made, ErrorCode::UserMissingProfile);
    assert_eq!(ground.flow(&reference).await.user_id, None);
    add(&ground, &reference, ProfileAddition::Username("bob".into()))
        .await
        .unwrap();
    let made = experience.identify(reference.clone(), None).await;
    assert_eq!(made.unwrap(), Identified::New);
}
