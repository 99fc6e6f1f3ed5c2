//! Personal access tokens.

use moongate_core::{PersonalAccessToken, UserId};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish};

on_both!(
    tokens_are_listed_oldest_first_and_found_by_hash,
    a_name_belongs_to_one_token_of_a_user,
    a_deleted_token_is_gone_alone,
);

fn token(name: &str, hash: u8, created_at: i64) -> PersonalAccessToken {
    PersonalAccessToken {
        user_id: UserId::from("alice"),
        name: name.to_owned(),
        hash: [hash; 32],
        sealed_value: vec![0, 255, hash],
        created_at: at(created_at),
        expires_at: (hash == 1).then_some(NOW),
    }
}

async fn tokens_are_listed_oldest_first_and_found_by_hash(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            for token in [token("a", 1, 2), token("b", 2, 3), token("c", 3, 1)] {
                assert!(tx.insert_personal_access_token(&token).await?);
            }
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let alice = UserId::from("alice");
    let found = reader.personal_access_tokens(&alice).await.unwrap();
    let expected = [token("c", 3, 1), token("a", 1, 2), token("b", 2, 3)];
    assert_eq!(found, expected);
    let found = reader.personal_access_token(&[1; 32]).await.unwrap();
    assert_eq!(found, Some(token("a", 1, 2)));
    assert_eq!(reader.personal_access_token(&[9; 32]).await.unwrap(), None);
    let bob = UserId::from("bob");
    assert_eq!(reader.personal_access_tokens(&bob).await.unwrap(), []);
}

async fn a_name_belongs_to_one_token_of_a_user(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let added = write(&*store, |tx| {
        Box::pin(async move {
            Ok([
                tx.insert_personal_access_token(&token("a", 1, 1)).await?,
                tx.insert_personal_access_token(&token("a", 2, 1)).await?,
                tx.insert_personal_access_token(&token("b", 2, 1)).await?,
            ])
        })
    })
    .await;
    assert_eq!(added, [true, false, true]);
}

async fn a_deleted_token_is_gone_alone(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let alice = UserId::from("alice");
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_personal_access_token(&token("a", 1, 1)).await?;
            tx.insert_personal_access_token(&token("b", 2, 1)).await?;
            let alice = UserId::from("alice");
            Ok([
                tx.delete_personal_access_token(&alice, "a").await?,
                tx.delete_personal_access_token(&alice, "a").await?,
                tx.delete_personal_access_token(&UserId::from("bob"), "b")
                    .await?,
            ])
        })
    })
    .await;
    assert_eq!(removed, [true, false, false]);
    let mut reader = store.read().await.unwrap();
    let left = reader.personal_access_tokens(&alice).await.unwrap();
    assert_eq!(left, [token("b", 2, 1)]);
}
