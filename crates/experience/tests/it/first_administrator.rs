//! The first administrator: by a link, once, and nobody by any other way.

use std::time::Duration;

use moongate_core::{Role, RoleId, RoleType, Secret, StoreError, User};
use moongate_experience::{
    Browser, FlowError, SETUP_LINK_TTL, SetupError, SignInExperience, new_setup_link,
};

use crate::ground::{Ground, PASSWORD};

async fn ground() -> Ground {
    let ground = Ground::with(&SignInExperience::fresh()).await;
    let role = Role {
        id: RoleId::from(Role::ADMINISTRATOR),
        name: "Moongate administrator".into(),
        description: "Administers".into(),
        kind: RoleType::User,
        is_default: false,
        created_at: ground.now(),
    };
    let put: Result<bool, StoreError> = ground
        .store
        .write(move |tx| Box::pin(async move { tx.put_role(&role).await }))
        .await;
    assert!(put.unwrap());
    ground
}

async fn link(ground: &Ground) -> Option<String> {
    let store = ground.store.as_ref();
    let link = new_setup_link(store, ground.entropy.as_ref(), ground.clock.as_ref()).await;
    link.unwrap().map(|token| token.expose().to_owned())
}

async fn make(ground: &Ground, token: &str, name: &str) -> Result<String, SetupError> {
    let password = Secret::new(PASSWORD);
    let browser = Browser::default();
    ground
        .experience
        .make_first_administrator(token, name, password, browser)
        .await
}

#[track_caller]
fn is_used<T: std::fmt::Debug>(outcome: Result<T, SetupError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, SetupError::Used), "{error:?}");
}

#[track_caller]
fn is_invalid<T: std::fmt::Debug>(outcome: Result<T, SetupError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, SetupError::InvalidLink), "{error:?}");
}

#[tokio::test]
async fn the_link_makes_an_administrator_who_is_signed_in() {
    let ground = ground().await;
    let token = link(&ground).await.unwrap();
    ground.experience.open_setup_link(&token).await.unwrap();
    let cookie = make(&ground, &token, "admin").await.unwrap();
    let account = ground.experience.account(Some(&cookie)).await.unwrap();
    assert_eq!(account.user.username.as_deref(), Some("admin"));
    assert!(account.is_fresh);
    let mut reader = ground.store.read().await.unwrap();
    let roles = reader.roles_of_user(&account.user.id).await.unwrap();
    assert_eq!(roles[0].id.as_str(), Role::ADMINISTRATOR);
    drop(reader);
    is_used(ground.experience.open_setup_link(&token).await);
    is_used(make(&ground, &token, "second").await);
    assert_eq!(link(&ground).await, None, "no further link is made");
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_and_the_next_one_voids_it() {
    let ground = ground().await;
    let first = link(&ground).await.unwrap();
    let second = link(&ground).await.unwrap();
    is_invalid(make(&ground, &first, "admin").await);
    is_invalid(make(&ground, "made up", "admin").await);
    let last = SETUP_LINK_TTL.checked_sub(Duration::from_millis(1));
    ground.clock.advance(last.unwrap());
    ground.experience.open_setup_link(&second).await.unwrap();
    ground.clock.advance(Duration::from_millis(1));
    is_invalid(make(&ground, &second, "admin").await);
}

#[tokio::test]
async fn what_is_refused_leaves_the_link_good() {
    let ground = ground().await;
    let token = link(&ground).await.unwrap();
    ground
        .add_user(|user| User {
            username: Some("alice".into()),
            ..user
        })
        .await;
    for name in ["alice", "1st", ""] {
        let error = make(&ground, &token, name).await.unwrap_err();
        assert!(matches!(error, SetupError::Flow(FlowError::Refused(_))));
    }
    let weak = Secret::new("admin");
    let browser = Browser::default();
    let weak = ground
        .experience
        .make_first_administrator(&token, "admin", weak, browser);
    let error = weak.await.unwrap_err();
    assert!(matches!(
        error,
        SetupError::Flow(FlowError::PasswordRejected(_))
    ));
    make(&ground, &token, "admin").await.unwrap();
}

#[tokio::test]
async fn an_administrator_made_meanwhile_closes_the_link() {
    let ground = ground().await;
    let token = link(&ground).await.unwrap();
    let user = ground.add_user(|user| user).await;
    ground
        .store
        .write(move |tx| {
            Box::pin(async move {
                let role = RoleId::from(Role::ADMINISTRATOR);
                tx.add_role_to_user(&user.id, &role).await
            })
        })
        .await
        .unwrap();
    is_used(ground.experience.open_setup_link(&token).await);
    is_used(make(&ground, &token, "admin").await);
}

#[tokio::test]
async fn of_two_at_once_one_is_made() {
    let ground = ground().await;
    let token = link(&ground).await.unwrap();
    let (one, two) = tokio::join!(make(&ground, &token, "one"), make(&ground, &token, "two"));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    is_used(if one.is_ok() { two } else { one });
}
