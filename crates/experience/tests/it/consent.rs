//! Allowing and refusing what a third-party application asks for.

use moongate_core::{
    ApplicationId, Consent, InteractionState, Scopes, StoreError, UserId, token_hash,
};
use moongate_experience::{ConsentError, InteractionRef};

use crate::ground::Ground;

/// Somebody who signed in to a third-party application, and the session's cookie.
async fn signed_in() -> (Ground, InteractionRef, String) {
    let ground = Ground::new().await;
    let changed: Result<(), StoreError> = ground
        .store
        .write(|tx| {
            Box::pin(async move {
                let app = tx.application(&ApplicationId::from("app")).await?;
                let mut app = app.unwrap();
                app.is_third_party = true;
                tx.put_application(&app).await
            })
        })
        .await;
    changed.unwrap();
    let reference = ground.start("browser").await;
    ground
        .send(&reference, crate::ground::NUMBER)
        .await
        .unwrap();
    let entered = ground.enter(&reference, &ground.last_code()).await;
    let cookie = crate::ground::signed_in(entered).session_cookie.unwrap();
    (ground, reference, cookie)
}

async fn user(ground: &Ground, cookie: &str) -> UserId {
    let mut reader = ground.store.read().await.unwrap();
    let session = reader.session_by_cookie(&token_hash(cookie)).await;
    session.unwrap().unwrap().user_id
}

async fn remembered(ground: &Ground, cookie: &str) -> Option<Consent> {
    let user = user(ground, cookie).await;
    let mut reader = ground.store.read().await.unwrap();
    let app = ApplicationId::from("app");
    reader.consent(&user, &app).await.unwrap()
}

#[tokio::test]
async fn the_question_names_who_asks_whom_for_what() {
    let (ground, reference, cookie) = signed_in().await;
    let question = ground
        .experience
        .consent_question(&reference, Some(&cookie))
        .await
        .unwrap();
    assert_eq!(question.application.name, "Bookstore");
    assert_eq!(question.user.id, user(&ground, &cookie).await);
    let scopes = Scopes::from("openid profile phone");
    assert_eq!(
        (question.access.scopes, question.access.apis),
        (scopes, vec![])
    );
}

#[tokio::test]
async fn what_is_allowed_is_remembered_beside_what_was() {
    let (ground, reference, cookie) = signed_in().await;
    let earlier = Consent {
        scopes: Scopes::from("email"),
        ..Consent::nothing(
            user(&ground, &cookie).await,
            ApplicationId::from("app"),
            ground.now(),
        )
    };
    let put = ground
        .store
        .write(move |tx| Box::pin(async move { tx.put_consent(&earlier).await }));
    put.await.unwrap();
    for click in ["first", "second"] {
        let experience = &ground.experience;
        let allowed = experience.allow(reference.clone(), Some(&cookie)).await;
        assert!(allowed.is_ok(), "{click}");
    }
    let consent = remembered(&ground, &cookie).await.unwrap();
    assert_eq!(consent.scopes, Scopes::from("email openid profile phone"));
}

#[tokio::test]
async fn a_refusal_is_told_twice_after_a_double_click_and_nothing_is_remembered() {
    let (ground, reference, cookie) = signed_in().await;
    for _ in 0..2 {
        let denied = ground
            .experience
            .deny(reference.clone(), Some(&cookie))
            .await;
        assert_eq!(denied.unwrap().state, InteractionState::Cancelled);
    }
    assert_eq!(remembered(&ground, &cookie).await, None);
    let late = ground.experience.allow(reference, Some(&cookie)).await;
    assert!(matches!(late, Err(ConsentError::AnotherStep)));
}

#[tokio::test]
async fn only_the_browser_and_the_session_of_the_user_may_answer() {
    let (ground, reference, cookie) = signed_in().await;
    let other = InteractionRef {
        browser_cookie: "other".into(),
        ..reference.clone()
    };
    for (reference, session) in [
        (other, Some(cookie.as_str())),
        (reference.clone(), None),
        (reference.clone(), Some("unknown")),
    ] {
        let allowed = ground.experience.allow(reference.clone(), session).await;
        assert!(matches!(allowed, Err(ConsentError::NotFound)));
        let denied = ground.experience.deny(reference, session).await;
        assert!(matches!(denied, Err(ConsentError::NotFound)));
    }
    assert_eq!(remembered(&ground, &cookie).await, None);
}

#[tokio::test]
async fn an_hour_later_nobody_is_asked() {
    let (ground, reference, cookie) = signed_in().await;
    ground.advance(3600);
    let late = ground.experience.allow(reference, Some(&cookie)).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
}

#[tokio::test]
async fn before_signing_in_and_for_first_parties_there_is_no_question() {
    let ground = Ground::new().await;
    let cookie = ground.sign_in("browser").await;
    // First party, signed in.
    let reference = ground.start("browser").await;
    let question = ground
        .experience
        .consent_question(&reference, Some(&cookie));
    assert!(matches!(question.await, Err(ConsentError::AnotherStep)));
}
