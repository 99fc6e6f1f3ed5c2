//! Users.

use moongate_core::testing::phone;
use moongate_core::{ApplicationId, PasswordHash, Profile, StoreError, User, UserId};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, number, user};

on_both!(
    a_user_comes_back_as_it_was,
    a_phone_belongs_to_one_user,
    an_email_and_a_username_belong_to_one_user,
    users_without_a_phone_do_not_collide,
    a_refused_user_leaves_the_unit_usable,
    an_update_writes_every_field,
    an_update_of_an_unknown_user_is_ignored,
    an_update_can_not_take_a_phone,
    parallel_registrations_of_one_phone_make_one_user,
    a_unit_that_reads_a_user_sees_no_update_in_between,
);

fn full() -> User {
    User {
        primary_email: Some("alice@example.com".to_owned()),
        username: Some("alice".to_owned()),
        password_hash: Some(PasswordHash::new("$argon2id$…")),
        name: Some("Alice 爱丽丝".to_owned()),
        avatar: Some("https://example.com/a.png".to_owned()),
        profile: Profile {
            family_name: Some("爱".to_owned()),
            ..Profile::default()
        },
        custom_data: [("level".to_owned(), 3.into())].into_iter().collect(),
        is_suspended: true,
        updated_at: at(NOW.0 + 1),
        last_sign_in_at: Some(at(NOW.0 + 2)),
        ..user("alice", number())
    }
}

fn bare(id: &str) -> User {
    User {
        primary_phone: None,
        application_id: None,
        last_sign_in_at: None,
        ..user(id, number())
    }
}

async fn a_user_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    for user in [full(), bare("bob")] {
        let expected = user.clone();
        assert!(
            write(&*store, move |tx| Box::pin(async move {
                tx.insert_user(&user).await
            }))
            .await
        );
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.user(&expected.id).await.unwrap(), Some(expected));
    }
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.user_by_phone(&number()).await.unwrap(), Some(full()));
    assert_eq!(reader.user(&UserId::from("nobody")).await.unwrap(), None);
    let other = phone("13800138001");
    assert_eq!(reader.user_by_phone(&other).await.unwrap(), None);
}

async fn a_phone_belongs_to_one_user(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, move |tx| {
        Box::pin(async move {
            let first = tx.insert_user(&user("alice", number())).await?;
            let second = tx.insert_user(&user("bob", number())).await?;
            let same_id = tx.insert_user(&bare("alice")).await?;
            Ok([first, second, same_id])
        })
    })
    .await;
    assert_eq!(added, [true, false, false]);
    let mut reader = store.read().await.unwrap();
    let owner = reader.user_by_phone(&number()).await.unwrap().unwrap();
    assert_eq!(owner.id, UserId::from("alice"));
    assert_eq!(reader.user(&UserId::from("bob")).await.unwrap(), None);
}

async fn an_email_and_a_username_belong_to_one_user(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, move |tx| {
        Box::pin(async move {
            let first = tx.insert_user(&full()).await?;
            let same_email = User {
                primary_email: full().primary_email,
                ..bare("bob")
            };
            let same_username = User {
                username: full().username,
                ..bare("carol")
            };
            Ok([
                first,
                tx.insert_user(&same_email).await?,
                tx.insert_user(&same_username).await?,
            ])
        })
    })
    .await;
    assert_eq!(added, [true, false, false]);
}

async fn users_without_a_phone_do_not_collide(bench: Bench) {
    let store = bench.store().await;
    for id in ["alice", "bob"] {
        let added = write(&*store, move |tx| {
            Box::pin(async move { tx.insert_user(&bare(id)).await })
        });
        assert!(added.await);
    }
}

async fn a_refused_user_leaves_the_unit_usable(bench: Bench) {
    let store = bench.store().await;
    write(&*store, move |tx| {
        Box::pin(async move {
            assert!(tx.insert_user(&user("alice", number())).await?);
            assert!(!tx.insert_user(&user("bob", number())).await?);
            assert!(tx.insert_user(&bare("carol")).await?);
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert!(reader.user(&UserId::from("carol")).await.unwrap().is_some());
}

async fn an_update_writes_every_field(bench: Bench) {
    let store = bench.store().await;
    let expected = write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_user(&full()).await?;
            let changed = User {
                id: full().id,
                primary_phone: Some(phone("13800138009")),
                primary_email: None,
                username: Some("al".to_owned()),
                password_hash: None,
                name: None,
                avatar: None,
                profile: Profile {
                    nickname: Some("Al".to_owned()),
                    ..Profile::default()
                },
                custom_data: [("level".to_owned(), 4.into())].into_iter().collect(),
                is_suspended: false,
                application_id: Some(ApplicationId::from("other")),
                created_at: at(5),
                updated_at: at(6),
                last_sign_in_at: None,
            };
            tx.update_user(&changed).await?;
            Ok(changed)
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.user(&expected.id).await.unwrap(), Some(expected));
    assert_eq!(reader.user_by_phone(&number()).await.unwrap(), None);
}

async fn an_update_of_an_unknown_user_is_ignored(bench: Bench) {
    let store = bench.store().await;
    write(&*store, move |tx| {
        Box::pin(async move { tx.update_user(&full()).await })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.user(&full().id).await.unwrap(), None);
}

async fn an_update_can_not_take_a_phone(bench: Bench) {
    let store = bench.store().await;
    let refused: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.insert_user(&user("alice", number())).await?;
                tx.insert_user(&bare("bob")).await?;
                tx.update_user(&user("bob", number())).await
            })
        })
        .await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    assert!(!error.to_string().contains("138"), "{error}");
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.user(&UserId::from("alice")).await.unwrap(), None);
}

async fn parallel_registrations_of_one_phone_make_one_user(bench: Bench) {
    let store = bench.store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for racer in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move { tx.insert_user(&user(&format!("u{racer}"), number())).await })
            })
            .await
        });
    }
    let added = tasks.join_all().await;
    assert_eq!(added.into_iter().filter(|added| *added).count(), 1);
}

/// Sixteen units each read the user, lengthen the name by one and write it back.
async fn a_unit_that_reads_a_user_sees_no_update_in_between(bench: Bench) {
    let store = bench.store().await;
    write(&*store, move |tx| {
        Box::pin(async move { tx.insert_user(&bare("alice")).await })
    })
    .await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move {
                    let alice = tx.user(&UserId::from("alice")).await?.unwrap();
                    let name = format!("{}x", alice.name.clone().unwrap_or_default());
                    tx.update_user(&User {
                        name: Some(name),
                        ..alice
                    })
                    .await
                })
            })
            .await;
        });
    }
    tasks.join_all().await;
    let mut reader = store.read().await.unwrap();
    let alice = reader.user(&UserId::from("alice")).await.unwrap().unwrap();
    assert_eq!(alice.name, Some("x".repeat(16)));
}
