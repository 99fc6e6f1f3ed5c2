//! When a third-party application's users are asked, and when a first-party one's are not.

use moongate_core::{
    ApplicationId, ApplicationType, Authentication, Consent, Interaction, InteractionId,
    ResourceScopes, Scopes, StoreError, UserId, token_hash,
};
use moongate_oidc::{AuthorizationOutcome, Begun, Browser, InteractionPage, ResumeOutcome};

use crate::ground::{Ground, request, value};

/// `circle` is a third party that may ask for profile, phone and email.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground
        .put_application("circle", ApplicationType::Spa, |_| {})
        .await;
    ground
        .change_application("circle", |circle| {
            circle.is_third_party = true;
            let scopes = ["profile", "phone", "email"];
            circle.consent_scopes.user_scopes = scopes.map(str::to_owned).to_vec();
        })
        .await;
    ground
}

async fn remember(ground: &Ground, scopes: &str) {
    let consent = Consent {
        scopes: Scopes::from(scopes),
        ..Consent::nothing(
            UserId::from("alice"),
            ApplicationId::from("circle"),
            moongate_core::UnixMillis(1),
        )
    };
    let put = ground
        .store
        .write(move |tx| Box::pin(async move { tx.put_consent(&consent).await }));
    put.await.unwrap();
}

/// The interaction that asks, or the panic that says what came instead.
async fn asked(ground: &Ground, more: &[(&str, &str)]) -> Begun {
    match ground.authorize(&request("circle", more)).await {
        AuthorizationOutcome::Interact {
            begun,
            page: InteractionPage::Consent,
        } => begun,
        other => panic!("expected to be asked, got {other:?}"),
    }
}

fn browser(ground: &Ground, begun: &Begun) -> Browser {
    Browser {
        interactions: Some(begun.interactions_cookie.clone()),
        ..ground.browser.clone()
    }
}

async fn change(
    ground: &Ground,
    id: &InteractionId,
    change: impl FnOnce(Interaction) -> Interaction,
) {
    let found = ground.store.read().await.unwrap().interaction(id).await;
    let changed = change(found.unwrap().unwrap());
    let written: Result<(), StoreError> = ground
        .store
        .write(move |tx| Box::pin(async move { tx.update_interaction(&changed).await }))
        .await;
    written.unwrap();
}

#[tokio::test]
async fn a_first_party_application_never_asks() {
    let ground = ground().await;
    for prompt in ["", "consent", "none"] {
        let answer = ground.answer("spa", &[("prompt", prompt)]).await;
        assert!(value(&answer, "code").is_some(), "{prompt}");
    }
}

#[tokio::test]
async fn a_third_party_asks_for_what_was_never_allowed() {
    let ground = ground().await;
    asked(&ground, &[]).await;
    remember(&ground, "openid profile").await;
    asked(&ground, &[]).await;
    remember(&ground, "openid profile phone email").await;
    let answer = ground.answer("circle", &[]).await;
    assert!(value(&answer, "code").is_some());
}

#[tokio::test]
async fn what_another_application_or_user_has_counts_for_nothing() {
    let ground = ground().await;
    let everything = Scopes::from("openid profile phone");
    for (user, application) in [("alice", "spa"), ("bob", "circle")] {
        if user == "bob" {
            ground.sign_in("bob", "13900139000").await;
        }
        let consent = Consent {
            user_id: UserId::from(user),
            application_id: ApplicationId::from(application),
            scopes: everything.clone(),
            resources: ResourceScopes::new(),
            updated_at: moongate_core::UnixMillis(1),
        };
        let put = ground
            .store
            .write(move |tx| Box::pin(async move { tx.put_consent(&consent).await }));
        put.await.unwrap();
    }
    asked(&ground, &[]).await;
}

#[tokio::test]
async fn without_a_page_the_application_is_told_that_consent_is_missing() {
    let ground = ground().await;
    let none = [("prompt", "none")];
    let answer = ground.answer("circle", &none).await;
    let error = value(&answer, "error");
    assert_eq!(error.as_deref(), Some("consent_required"));
    assert_eq!(value(&answer, "code"), None);
    remember(&ground, "openid profile phone").await;
    let answer = ground.answer("circle", &none).await;
    assert_eq!(value(&answer, "error"), None);
}

#[tokio::test]
async fn the_application_may_want_to_ask_again() {
    let ground = ground().await;
    remember(&ground, "openid profile phone").await;
    asked(&ground, &[("prompt", "consent")]).await;
}

#[tokio::test]
async fn resuming_asks_until_it_is_allowed_and_then_answers() {
    let ground = ground().await;
    let begun = asked(&ground, &[("prompt", "consent")]).await;
    let browser = browser(&ground, &begun);
    let resume = || ground.provider.resume(&begun.interaction, &browser);
    assert!(matches!(resume().await.unwrap(), ResumeOutcome::Consent));
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let allowed = |found: Interaction| found.consented(now).unwrap();
    change(&ground, &begun.interaction, allowed).await;
    remember(&ground, "openid profile phone").await;
    for click in ["first", "second"] {
        let ResumeOutcome::Answer(answer) = resume().await.unwrap() else {
            panic!("expected an answer to the {click} click");
        };
        assert!(value(&answer, "code").is_some());
    }
}

#[tokio::test]
async fn resuming_after_a_no_answers_nothing_more() {
    let ground = ground().await;
    let begun = asked(&ground, &[]).await;
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let denied = |found: Interaction| found.denied(now).unwrap();
    change(&ground, &begun.interaction, denied).await;
    let browser = browser(&ground, &begun);
    let resumed = ground.provider.resume(&begun.interaction, &browser).await;
    assert!(matches!(resumed.unwrap(), ResumeOutcome::UnknownSession));
}

#[tokio::test]
async fn another_user_than_the_one_who_was_named_is_not_let_in() {
    let ground = ground().await;
    let bob = ground.sign_in("bob", "13900139000").await;
    // The one who is named is alice; bob has the browser.
    let claims = r#"{"id_token":{"sub":{"value":"alice"}}}"#;
    let mut stranger = Browser {
        session: Some(bob.clone()),
        interactions: None,
    };
    let named = crate::ground::parameters(&request("spa", &[("claims", claims)]));
    let outcome = ground.provider.authorize(&named, &stranger).await.unwrap();
    let AuthorizationOutcome::Interact { begun, page } = outcome else {
        panic!("expected the sign-in page, got {outcome:?}");
    };
    assert_eq!(page, InteractionPage::SignIn);
    let mut reader = ground.store.read().await.unwrap();
    let session = reader.session_by_cookie(&token_hash(&bob)).await.unwrap();
    drop(reader);
    let authentication = Authentication {
        session_id: session.unwrap().id,
        user_id: UserId::from("bob"),
    };
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let signed_in = |found: Interaction| found.authenticated(authentication, now).unwrap();
    change(&ground, &begun.interaction, signed_in).await;
    stranger.interactions = Some(begun.interactions_cookie.clone());
    let resumed = ground.provider.resume(&begun.interaction, &stranger).await;
    let ResumeOutcome::Answer(answer) = resumed.unwrap() else {
        panic!("expected an answer");
    };
    assert_eq!(value(&answer, "error").as_deref(), Some("login_required"));
    assert_eq!(value(&answer, "code"), None);
}
