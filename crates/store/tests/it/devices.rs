//! Devices that wait for somebody's answer, and codes tried in vain.

use std::time::Duration;

use moongate_core::{
    ApplicationId, DEVICE_TRIES_WINDOW, DeviceAuthorization, DeviceState, GrantId, ResourceScopes,
    Scopes, Store, UserCode, UserId,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish};

on_both!(
    a_device_comes_back_by_either_code,
    a_user_code_is_shown_by_one_device,
    state_last_poll_and_interval_can_change,
    tries_are_counted_until_they_are_long_ago,
    a_right_code_is_not_counted,
    tries_of_one_user_are_not_another_s,
    parallel_tries_are_all_counted,
    codes_are_remembered_for_an_hour_after_their_end,
);

fn device(hash: u8, user_code: &str) -> DeviceAuthorization {
    DeviceAuthorization {
        hash: [hash; 32],
        user_code: UserCode::from_stored(user_code.to_owned()),
        application_id: ApplicationId::from("shop"),
        scopes: Scopes::from("openid phone"),
        resources: ResourceScopes::from([("https://orders".to_owned(), Scopes::from("read"))]),
        state: DeviceState::Pending,
        polled_at: None,
        interval: Duration::from_secs(5),
        created_at: NOW,
        expires_at: at(NOW.0 + 600_000),
    }
}

async fn insert(store: &dyn Store, device: DeviceAuthorization) -> bool {
    write(store, move |tx| {
        Box::pin(async move { tx.insert_device_authorization(&device).await })
    })
    .await
}

async fn by_hash(store: &dyn Store, hash: u8) -> Option<DeviceAuthorization> {
    let mut reader = store.read().await.unwrap();
    reader.device_authorization(&[hash; 32]).await.unwrap()
}

/// Counts a try of a user at a time; gives what is counted by then.
async fn count(store: &dyn Store, user: &'static str, millis: i64) -> i64 {
    let (tries, _) = write(store, move |tx| {
        Box::pin(async move {
            let horizon = at(millis).minus(DEVICE_TRIES_WINDOW);
            tx.count_device_try(&UserId::from(user), at(millis), horizon)
                .await
        })
    })
    .await;
    tries
}

async fn a_device_comes_back_by_either_code(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    assert!(insert(&*store, device(1, "WDJBMJHT")).await);
    assert_eq!(by_hash(&*store, 1).await, Some(device(1, "WDJBMJHT")));
    assert_eq!(by_hash(&*store, 2).await, None);
    let mut reader = store.read().await.unwrap();
    for (code, expected) in [
        ("WDJBMJHT", Some(device(1, "WDJBMJHT"))),
        ("BBBBBBBB", None),
    ] {
        let code = UserCode::from_stored(code.to_owned());
        let found = reader.device_authorization_by_user_code(&code).await;
        assert_eq!(found.unwrap(), expected);
    }
}

async fn a_user_code_is_shown_by_one_device(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    assert!(insert(&*store, device(1, "WDJBMJHT")).await);
    assert!(!insert(&*store, device(2, "WDJBMJHT")).await);
    assert_eq!(by_hash(&*store, 2).await, None);
}

async fn state_last_poll_and_interval_can_change(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    insert(&*store, device(1, "WDJBMJHT")).await;
    let grant_id = GrantId::from("grant");
    for state in [
        DeviceState::Denied,
        DeviceState::Approved {
            grant_id: grant_id.clone(),
        },
        DeviceState::Redeemed { grant_id },
    ] {
        let changed = DeviceAuthorization {
            state,
            polled_at: Some(at(NOW.0 + 7)),
            interval: Duration::from_secs(10),
            ..device(1, "WDJBMJHT")
        };
        let written = changed.clone();
        write(&*store, move |tx| {
            Box::pin(async move { tx.update_device_authorization(&written).await })
        })
        .await;
        assert_eq!(by_hash(&*store, 1).await, Some(changed));
    }
}

async fn tries_are_counted_until_they_are_long_ago(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    assert_eq!(count(&*store, "alice", NOW.0).await, 1);
    assert_eq!(count(&*store, "alice", NOW.0 + 1).await, 2);
    assert_eq!(count(&*store, "alice", NOW.0 + 599_999).await, 3);
    assert_eq!(count(&*store, "alice", NOW.0 + 600_000).await, 1);
}

async fn a_right_code_is_not_counted(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    count(&*store, "alice", NOW.0).await;
    for _ in 0..3 {
        assert_eq!(count(&*store, "alice", NOW.0).await, 2);
        write(&*store, |tx| {
            Box::pin(async move { tx.forgive_device_try(&UserId::from("alice")).await })
        })
        .await;
    }
}

async fn tries_of_one_user_are_not_another_s(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let bob = crate::samples::user("bob", moongate_core::testing::phone("13900139000"));
            assert!(tx.insert_user(&bob).await?);
            Ok(())
        })
    })
    .await;
    assert_eq!(count(&*store, "alice", NOW.0).await, 1);
    assert_eq!(count(&*store, "bob", NOW.0).await, 1);
}

async fn parallel_tries_are_all_counted(bench: Bench) {
    let stores = [bench.store().await, bench.store().await];
    furnish(&*stores[0]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        let store = std::sync::Arc::clone(&stores[number % 2]);
        tasks.spawn(async move { count(&*store, "alice", NOW.0).await });
    }
    let mut counts = tasks.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=16).collect::<Vec<_>>());
}

async fn codes_are_remembered_for_an_hour_after_their_end(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    insert(&*store, device(1, "WDJBMJHT")).await;
    let end = NOW.0 + 600_000 + 3_600_000;
    for (millis, is_there) in [(end - 1, true), (end, false)] {
        write(&*store, move |tx| {
            Box::pin(async move { tx.remove_expired(at(millis)).await })
        })
        .await;
        assert_eq!(by_hash(&*store, 1).await.is_some(), is_there, "{millis}");
    }
}
