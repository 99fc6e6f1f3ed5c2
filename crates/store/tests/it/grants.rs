//! Grants and the credentials issued from them.

use moongate_core::{
    AuthorizationCode, Grant, GrantId, RefreshToken, SessionId, StoreError, UserId,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, access_token, at, authorization_code, furnish, grant, refresh_token};

on_both!(
    a_grant_comes_back_as_it_was,
    a_revoked_grant_keeps_its_first_time,
    signing_out_revokes_online_grants_of_that_session,
    a_code_shows_its_state_before_each_use,
    an_unknown_code_is_none,
    access_tokens_come_back,
    a_refresh_token_shows_its_state_before_each_use,
    a_credential_needs_its_grant,
    a_hash_names_one_credential,
    grants_of_a_user_are_those_that_are_alive,
);

async fn grants_of_a_user_are_those_that_are_alive(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let end = at(NOW.0 + 100);
    let without_session = Grant {
        session_id: None,
        sid: None,
        created_at: at(NOW.0 + 1),
        ..grant("device", "openid")
    };
    let short = Grant {
        expires_at: end,
        ..grant("short", "openid")
    };
    let (first, second) = (short.clone(), without_session.clone());
    write(&*store, move |tx| {
        Box::pin(async move {
            for grant in [second, first, grant("revoked", "openid")] {
                tx.insert_grant(&grant).await?;
            }
            tx.revoke_grant(&id("revoked"), NOW).await
        })
    })
    .await;
    let alice = UserId::from("alice");
    let mut reader = store.read().await.unwrap();
    let both = reader.grants_of_user(&alice, NOW).await.unwrap();
    assert_eq!(both, [short, without_session.clone()], "oldest first");
    let left = reader.grants_of_user(&alice, end).await.unwrap();
    assert_eq!(left, [without_session]);
    let nobody = reader.grants_of_user(&UserId::from("nobody"), NOW).await;
    assert_eq!(nobody.unwrap(), []);
}

fn id(text: &str) -> GrantId {
    GrantId::from(text)
}

async fn a_grant_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let bare = Grant {
        session_id: None,
        sid: None,
        nonce: None,
        amr: vec![],
        revoked_at: Some(at(7)),
        ..grant("bare", "")
    };
    for expected in [grant("grant", "openid profile offline_access"), bare] {
        let stored = expected.clone();
        write(&*store, |tx| {
            Box::pin(async move { tx.insert_grant(&stored).await })
        })
        .await;
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.grant(&expected.id).await.unwrap(), Some(expected));
    }
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.grant(&id("unknown")).await.unwrap(), None);
}

async fn a_revoked_grant_keeps_its_first_time(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.revoke_grant(&id("grant"), at(5)).await?;
            tx.revoke_grant(&id("grant"), at(6)).await?;
            tx.revoke_grant(&id("unknown"), at(6)).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let revoked = reader.grant(&id("grant")).await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(at(5)));
}

async fn signing_out_revokes_online_grants_of_that_session(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let elsewhere = Grant {
                session_id: Some(SessionId::from("elsewhere")),
                ..grant("elsewhere", "openid")
            };
            tx.insert_grant(&elsewhere).await?;
            tx.insert_grant(&grant("online", "openid offline_accessory"))
                .await?;
            tx.insert_grant(&grant("offline", "openid offline_access"))
                .await?;
            tx.insert_grant(&grant("earlier", "openid")).await?;
            tx.revoke_grant(&id("earlier"), at(4)).await?;
            tx.revoke_online_grants(&SessionId::from("session"), at(5))
                .await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    for (grant, revoked_at) in [
        ("online", Some(at(5))),
        ("offline", None),
        ("elsewhere", None),
        ("earlier", Some(at(4))),
    ] {
        let found = reader.grant(&id(grant)).await.unwrap().unwrap();
        assert_eq!(found.revoked_at, revoked_at, "{grant}");
    }
}

async fn a_code_shows_its_state_before_each_use(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let uses = write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_authorization_code(&authorization_code(1, "grant"))
                .await?;
            let mut uses = Vec::new();
            for time in [5, 6, 7] {
                uses.push(tx.use_authorization_code(&[1; 32], at(time)).await?);
            }
            Ok(uses)
        })
    })
    .await;
    let used = AuthorizationCode {
        used_at: Some(at(5)),
        ..authorization_code(1, "grant")
    };
    let expected = [authorization_code(1, "grant"), used.clone(), used].map(Some);
    assert_eq!(uses, expected);
}

async fn an_unknown_code_is_none(bench: Bench) {
    let store = bench.store().await;
    let (code, token) = write(&*store, |tx| {
        Box::pin(async move {
            Ok((
                tx.use_authorization_code(&[9; 32], NOW).await?,
                tx.consume_refresh_token(&[9; 32], NOW).await?,
            ))
        })
    })
    .await;
    assert_eq!((code, token), (None, None));
}

async fn access_tokens_come_back(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_access_token(&access_token(1, "grant")).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let expected = Some(access_token(1, "grant"));
    assert_eq!(reader.access_token(&[1; 32]).await.unwrap(), expected);
    assert_eq!(reader.access_token(&[2; 32]).await.unwrap(), None);
}

async fn a_refresh_token_shows_its_state_before_each_use(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let uses = write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_refresh_token(&refresh_token(1, "grant")).await?;
            let mut uses = Vec::new();
            for time in [5, 6, 7] {
                uses.push(tx.consume_refresh_token(&[1; 32], at(time)).await?);
            }
            Ok(uses)
        })
    })
    .await;
    let consumed = RefreshToken {
        consumed_at: Some(at(5)),
        ..refresh_token(1, "grant")
    };
    let expected = [
        Some(refresh_token(1, "grant")),
        Some(consumed.clone()),
        Some(consumed.clone()),
    ];
    assert_eq!(uses, expected);
    let mut reader = store.read().await.unwrap();
    let found = reader.refresh_token(&[1; 32]).await.unwrap();
    assert_eq!(found, Some(consumed));
    assert_eq!(reader.refresh_token(&[2; 32]).await.unwrap(), None);
}

async fn a_credential_needs_its_grant(bench: Bench) {
    let store = bench.store().await;
    let refused: Result<(), StoreError> = store
        .write(|tx| Box::pin(async move { tx.insert_access_token(&access_token(1, "gone")).await }))
        .await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
}

async fn a_hash_names_one_credential(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let refused: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.insert_grant(&grant("grant", "openid")).await?;
                tx.insert_refresh_token(&refresh_token(1, "grant")).await?;
                tx.insert_refresh_token(&refresh_token(1, "grant")).await
            })
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))));
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.grant(&id("grant")).await.unwrap(), None);
}
