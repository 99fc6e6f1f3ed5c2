//! A new password, and where somebody is signed in.

use moongate_core::{ErrorCode, Grant, GrantId, RequestedClaims, Scopes, Secret};
use moongate_experience::{Progress, SignInExperience};

use crate::account::{account, alice, log_in, not_signed_in, refused};
use crate::ground::{OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, to_phone, username};

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let (ground, alice, cookie) = alice().await;
    let other = log_in(&ground, "other").await;
    let experience = &ground.experience;
    let same = experience
        .change_password(&cookie, Secret::new(PASSWORD))
        .await;
    assert_eq!(refused(same), ErrorCode::UserSamePassword);
    let weak = experience
        .change_password(&cookie, Secret::new("abc"))
        .await;
    assert_eq!(refused(weak), ErrorCode::PasswordRejected);
    experience
        .change_password(&cookie, Secret::new(OTHER_PASSWORD))
        .await
        .unwrap();
    assert_eq!(account(&ground, &cookie).await.user.id, alice.id);
    not_signed_in(experience.account(Some(&other)).await);
    let reference = ground.start("later").await;
    let old = ground.log_in(&reference, username("alice"), PASSWORD).await;
    assert!(old.is_err());
    let new = ground.log_in(&reference, username("alice"), OTHER_PASSWORD);
    assert!(matches!(new.await, Ok(Progress::SignedIn(_))));
}

#[tokio::test]
async fn where_passwords_are_not_in_use_none_is_set() {
    let (ground, _, cookie) = alice().await;
    ground.set(&SignInExperience::phone_and_code()).await;
    let password = Secret::new(OTHER_PASSWORD);
    let answer = ground.experience.change_password(&cookie, password).await;
    assert_eq!(refused(answer), ErrorCode::UserSignInMethodNotEnabled);
}

#[tokio::test]
async fn sessions_are_listed_and_end_one_by_one() {
    let (ground, _, cookie) = alice().await;
    let other = log_in(&ground, "other").await;
    let experience = &ground.experience;
    let sessions = experience.account_sessions(&cookie).await.unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(sessions[0].is_present && !sessions[1].is_present);
    let id = sessions[1].session.id.clone();
    let was_this = experience.end_account_session(&cookie, id.clone()).await;
    assert!(!was_this.unwrap());
    not_signed_in(experience.account(Some(&other)).await);
    let gone = experience.end_account_session(&cookie, id).await;
    assert_eq!(refused(gone), ErrorCode::OidcSessionNotFound);
    let own = sessions[0].session.id.clone();
    assert!(experience.end_account_session(&cookie, own).await.unwrap());
    not_signed_in(experience.account(Some(&cookie)).await);
}

#[tokio::test]
async fn another_users_session_is_not_there() {
    let (ground, _, cookie) = alice().await;
    let bob = ground.start("bob").await;
    ground.send(&bob, OTHER_NUMBER).await.unwrap();
    let code = ground.code_to(&to_phone(OTHER_NUMBER));
    let Progress::SignedIn(bob) = ground.enter(&bob, &code).await.unwrap() else {
        panic!("expected a sign-in");
    };
    let bob = bob.session_cookie.unwrap();
    let id = ground.session(&bob).await.unwrap().id;
    let experience = &ground.experience;
    let answer = experience.end_account_session(&cookie, id).await;
    assert_eq!(refused(answer), ErrorCode::OidcSessionNotFound);
    experience.account(Some(&bob)).await.unwrap();
}

#[tokio::test]
async fn signing_out_everywhere_else_ends_what_outlived_its_session_too() {
    let (ground, alice, cookie) = alice().await;
    let other = log_in(&ground, "other").await;
    let own = ground.session(&cookie).await.unwrap().id;
    for (id, session_id) in [("device", None), ("here", Some(own))] {
        let grant = Grant {
            id: GrantId::from(id),
            user_id: alice.id.clone(),
            application_id: "app".into(),
            session_id,
            sid: None,
            scopes: Scopes::default(),
            resources: moongate_core::ResourceScopes::new(),
            claims: RequestedClaims::default(),
            nonce: None,
            auth_time: ground.now(),
            amr: Vec::new(),
            created_at: ground.now(),
            expires_at: ground.now().plus(std::time::Duration::from_hours(24)),
            revoked_at: None,
        };
        ground
            .store
            .write(move |tx| Box::pin(async move { tx.insert_grant(&grant).await }))
            .await
            .unwrap();
    }
    ground.experience.end_other_sessions(&cookie).await.unwrap();
    not_signed_in(ground.experience.account(Some(&other)).await);
    account(&ground, &cookie).await;
    let mut reader = ground.store.read().await.unwrap();
    let alive = reader
        .grants_of_user(&alice.id, ground.now())
        .await
        .unwrap();
    let alive: Vec<_> = alive.iter().map(|grant| grant.id.as_str()).collect();
    assert_eq!(alive, ["here"]);
    drop(reader);
    ground.experience.sign_out(&cookie).await.unwrap();
    not_signed_in(ground.experience.account(Some(&cookie)).await);
}
