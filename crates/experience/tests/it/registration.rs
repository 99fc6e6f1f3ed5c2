//! Accounts are made: of what, in which order it is asked for, and who is refused.

use moongate_core::{Secret, User};
use moongate_experience::{
    AgreeToTermsPolicy, Browser, FlowError, Identifier, InteractionEvent, InteractionRef, Missing,
    Progress, SignInExperience, SignInIdentifier, SignInMode, SignUpIdentifier, Step,
};

use crate::ground::{ADDRESS, Ground, NUMBER, PASSWORD, signed_in, to_email, to_phone, username};
use crate::settings::{everything, registering};

pub(crate) const REGISTER: InteractionEvent = InteractionEvent::Register;

pub(crate) async fn name(
    ground: &Ground,
    reference: &InteractionRef,
    name: &str,
    begins: bool,
) -> Result<Progress, FlowError> {
    let (reference, browser) = (reference.clone(), Browser::default());
    let given = ground
        .experience
        .give_username(reference, name.into(), begins, browser);
    given.await
}

pub(crate) async fn password(
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

#[track_caller]
pub(crate) fn asks(progress: Result<Progress, FlowError>, missing: Missing) {
    assert_eq!(progress.unwrap(), Progress::Next(Step::Complete(missing)));
}

#[tokio::test]
async fn a_user_name_and_a_password_make_an_account() {
    let ground = Ground::with(&everything()).await;
    let reference = ground.start("browser").await;
    asks(
        name(&ground, &reference, "bob", true).await,
        Missing::Password,
    );
    assert_eq!(ground.owner(&username("bob")).await, None);
    let done = signed_in(password(&ground, &reference, PASSWORD).await);
    let session = ground.session(&done.session_cookie.unwrap()).await.unwrap();
    assert_eq!(session.amr, ["pwd"]);
    let bob = ground.owner(&username("bob")).await.unwrap();
    assert_eq!(
        (&bob.id, bob.application_id.unwrap().as_str()),
        (&session.user_id, "app")
    );
    let again = ground.start("browser").await;
    signed_in(ground.log_in(&again, username("bob"), PASSWORD).await);
}

#[tokio::test]
async fn a_code_comes_first_and_a_password_after_it() {
    for (identifier, recipient, amr) in [
        (
            SignInIdentifier::Phone,
            to_phone(NUMBER),
            &["otp", "sms", "pwd"][..],
        ),
        (SignInIdentifier::Email, to_email(ADDRESS), &["otp", "pwd"]),
    ] {
        let ground = Ground::with(&registering(&[identifier], true, &[])).await;
        let reference = ground.start("browser").await;
        let sent = ground
            .ask(&reference, recipient.clone(), REGISTER, true)
            .await;
        assert!(sent.unwrap().background.is_none());
        let entered = ground.enter(&reference, &ground.code_to(&recipient)).await;
        asks(entered, Missing::Password);
        let owner = Identifier::from(recipient);
        assert_eq!(ground.owner(&owner).await, None);
        let done = signed_in(password(&ground, &reference, PASSWORD).await);
        let session = ground.session(&done.session_cookie.unwrap()).await.unwrap();
        assert_eq!(session.amr, amr);
        assert_eq!(ground.owner(&owner).await.unwrap().id, session.user_id);
    }
}

#[tokio::test]
async fn what_is_missing_is_told_in_the_order_in_which_it_is_asked_for() {
    use SignInIdentifier as Is;
    use SignUpIdentifier as Up;
    type Case<'a> = (&'a [Is], bool, &'a [Up], &'a [Missing]);
    let cases: [Case<'_>; 6] = [
        (
            &[Is::Username],
            true,
            &[],
            &[Missing::Username, Missing::Password],
        ),
        (&[Is::Phone], false, &[], &[Missing::Phone]),
        (
            &[Is::Email, Is::Phone],
            true,
            &[],
            &[Missing::EmailOrPhone, Missing::Password],
        ),
        (
            &[Is::Phone, Is::Username],
            true,
            &[Up::Email],
            &[
                Missing::Username,
                Missing::Phone,
                Missing::Password,
                Missing::Email,
            ],
        ),
        (
            &[Is::Username],
            true,
            &[Up::EmailOrPhone],
            &[Missing::Username, Missing::Password, Missing::EmailOrPhone],
        ),
        (
            &[Is::Email],
            false,
            &[Up::Username, Up::Phone],
            &[Missing::Email, Missing::Username, Missing::Phone],
        ),
    ];
    for (identifiers, with_password, secondary, expected) in cases {
        let ground = Ground::with(&registering(identifiers, with_password, secondary)).await;
        let reference = ground.start("browser").await;
        ground.begin(&reference, REGISTER).await;
        let refused = ground.experience.identify(reference, None).await;
        let Err(FlowError::MissingProfile(missing)) = refused else {
            panic!("expected what is missing, got {refused:?}");
        };
        assert_eq!(missing, expected);
    }
}

#[tokio::test]
async fn pages_ask_for_one_after_the_other() {
    let secondary = [SignUpIdentifier::Email, SignUpIdentifier::Phone];
    let settings = registering(&[SignInIdentifier::Username], true, &secondary);
    let ground = Ground::with(&settings).await;
    let reference = ground.start("browser").await;
    asks(
        name(&ground, &reference, "bob", true).await,
        Missing::Password,
    );
    asks(
        password(&ground, &reference, PASSWORD).await,
        Missing::Email,
    );
    for (recipient, next) in [
        (to_email(ADDRESS), Some(Missing::Phone)),
        (to_phone(NUMBER), None),
    ] {
        ground
            .ask(&reference, recipient.clone(), REGISTER, false)
            .await
            .unwrap();
        let entered = ground.enter(&reference, &ground.code_to(&recipient)).await;
        match next {
            Some(next) => asks(entered, next),
            None => drop(signed_in(entered)),
        }
    }
    let bob = ground.owner(&username("bob")).await.unwrap();
    assert_eq!(bob.primary_email.as_deref(), Some(ADDRESS));
    assert!(bob.primary_phone.is_some() && bob.password_hash.is_some());
}

#[tokio::test]
async fn of_an_address_and_a_number_either_does() {
    let identifiers = [SignInIdentifier::Email, SignInIdentifier::Phone];
    let ground = Ground::with(&registering(&identifiers, false, &[])).await;
    for recipient in [to_email(ADDRESS), to_phone(NUMBER)] {
        let reference = ground.start("browser").await;
        ground
            .ask(&reference, recipient.clone(), REGISTER, true)
            .await
            .unwrap();
        signed_in(ground.enter(&reference, &ground.code_to(&recipient)).await);
    }
}

#[tokio::test]
async fn a_known_account_is_asked_for_what_it_lacks() {
    let settings = registering(
        &[SignInIdentifier::Phone],
        true,
        &[SignUpIdentifier::Username],
    );
    let ground = Ground::with(&settings).await;
    let bob = |user| User {
        primary_phone: Some(moongate_core::testing::phone(NUMBER)),
        ..user
    };
    let bob = ground.add_user(bob).await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    asks(
        ground.enter(&reference, &ground.last_code()).await,
        Missing::Password,
    );
    asks(
        password(&ground, &reference, PASSWORD).await,
        Missing::Username,
    );
    assert_eq!(ground.user(&bob.id).await.unwrap(), bob);
    let done = signed_in(name(&ground, &reference, "bob", false).await);
    let session = ground.session(&done.session_cookie.unwrap()).await.unwrap();
    // The password was chosen, not proved.
    assert_eq!(
        (session.user_id, &session.amr[..]),
        (bob.id.clone(), &["otp".to_owned(), "sms".to_owned()][..])
    );
    let bob = ground.user(&bob.id).await.unwrap();
    assert_eq!(bob.username.as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_sign_in_only_tenant_still_asks_for_a_number_that_nobody_has() {
    let settings = SignInExperience {
        sign_in_mode: SignInMode::SignIn,
        ..registering(
            &[SignInIdentifier::Username],
            true,
            &[SignUpIdentifier::Phone],
        )
    };
    let ground = Ground::with(&settings).await;
    let alice = ground.add_alice().await;
    let without = |user| User {
        primary_phone: None,
        ..user
    };
    ground.change(&alice.id, without).await;
    let reference = ground.start("browser").await;
    asks(
        ground.log_in(&reference, username("alice"), PASSWORD).await,
        Missing::Phone,
    );
    let event = InteractionEvent::SignIn;
    ground
        .ask(&reference, to_phone(NUMBER), event, false)
        .await
        .unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn terms_are_agreed_to_by_whom_the_policy_names() {
    use AgreeToTermsPolicy as Policy;
    for (policy, new_is_asked, known_is_asked) in [
        (Policy::Automatic, false, false),
        (Policy::ManualRegistrationOnly, true, false),
        (Policy::Manual, true, true),
    ] {
        for has_terms in [true, false] {
            let settings = SignInExperience {
                agree_to_terms_policy: policy,
                terms_of_use_url: has_terms.then(|| "https://a.example/terms".into()),
                ..SignInExperience::phone_and_code()
            };
            let ground = Ground::with(&settings).await;
            for is_asked in [new_is_asked, known_is_asked] {
                let is_asked = is_asked && has_terms;
                let reference = ground.start("browser").await;
                ground.send(&reference, NUMBER).await.unwrap();
                let entered = ground.enter(&reference, &ground.last_code()).await;
                if is_asked {
                    assert_eq!(entered.unwrap(), Progress::Next(Step::AgreeToTerms));
                    let (reference, browser) = (reference.clone(), Browser::default());
                    signed_in(ground.experience.agree_to_terms(reference, browser).await);
                } else {
                    signed_in(entered);
                }
                ground.advance(60);
                // Whoever ticked the box on the first page is not asked again.
                let reference = ground.start("browser").await;
                ground
                    .experience
                    .note_agreement(reference.clone())
                    .await
                    .unwrap();
                ground.send(&reference, NUMBER).await.unwrap();
                signed_in(ground.enter(&reference, &ground.last_code()).await);
                ground.advance(3600);
            }
        }
    }
}

#[tokio::test]
async fn registering_with_a_known_identifier_signs_in() {
    let ground = Ground::with(&registering(&[SignInIdentifier::Phone], true, &[])).await;
    let alice = ground.add_alice().await;
    let reference = ground.start("browser").await;
    ground
        .ask(&reference, to_phone(NUMBER), REGISTER, true)
        .await
        .unwrap();
    let entered = signed_in(ground.enter(&reference, &ground.last_code()).await);
    let session = ground.session(&entered.session_cookie.unwrap()).await;
    assert_eq!(session.unwrap().user_id, alice.id);
}
