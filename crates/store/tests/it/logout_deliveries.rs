//! Logout tokens on their way.

use std::collections::BTreeSet;
use std::sync::Arc;

use moongate_core::{ApplicationId, LogoutDelivery, LogoutDeliveryId, Store, UserId};
use tokio::task::JoinSet;

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish};

on_both!(
    a_claimed_delivery_is_counted_and_left_alone_by_others,
    what_is_due_longest_comes_first_and_no_more_than_asked_for,
    a_postponed_delivery_is_due_at_its_time,
    a_delivery_that_arrived_is_gone,
    of_parallel_workers_one_gets_each,
    deliveries_outlive_the_user_and_go_with_the_application,
);

fn delivery(id: &str, next_attempt_at: i64) -> LogoutDelivery {
    LogoutDelivery {
        id: LogoutDeliveryId::from(id),
        application_id: ApplicationId::from("shop"),
        user_id: UserId::from("alice"),
        sid: Some("sid".to_owned()),
        attempts: 0,
        next_attempt_at: at(next_attempt_at),
        created_at: NOW,
    }
}

async fn insert(store: &dyn Store, delivery: LogoutDelivery) {
    write(store, move |tx| {
        Box::pin(async move { tx.insert_logout_delivery(&delivery).await })
    })
    .await;
}

async fn claim(store: &dyn Store, now: i64, until: i64, limit: i64) -> Vec<LogoutDelivery> {
    let mut claimed = write(store, move |tx| {
        Box::pin(async move { tx.claim_logout_deliveries(at(now), at(until), limit).await })
    })
    .await;
    claimed.sort_by(|one, other| one.id.cmp(&other.id));
    claimed
}

async fn a_claimed_delivery_is_counted_and_left_alone_by_others(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let without_sid = LogoutDelivery {
        sid: None,
        ..delivery("a", NOW.0)
    };
    insert(&*store, without_sid.clone()).await;
    assert_eq!(claim(&*store, NOW.0 - 1, NOW.0 + 30, 10).await, []);
    let claimed = claim(&*store, NOW.0, NOW.0 + 30, 10).await;
    let expected = LogoutDelivery {
        attempts: 1,
        next_attempt_at: at(NOW.0 + 30),
        ..without_sid
    };
    assert_eq!(claimed, [expected]);
    assert_eq!(claim(&*store, NOW.0 + 29, NOW.0 + 60, 10).await, []);
    let again = claim(&*store, NOW.0 + 30, NOW.0 + 60, 10).await;
    assert_eq!(again[0].attempts, 2);
}

async fn what_is_due_longest_comes_first_and_no_more_than_asked_for(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    for (id, due) in [("late", NOW.0), ("early", NOW.0 - 5), ("middle", NOW.0 - 1)] {
        insert(&*store, delivery(id, due)).await;
    }
    let ids = |claimed: Vec<LogoutDelivery>| -> Vec<String> {
        claimed.iter().map(|found| found.id.to_string()).collect()
    };
    let first = claim(&*store, NOW.0, NOW.0 + 30, 2).await;
    assert_eq!(ids(first), ["early", "middle"]);
    let rest = claim(&*store, NOW.0, NOW.0 + 30, 2).await;
    assert_eq!(ids(rest), ["late"]);
}

async fn a_postponed_delivery_is_due_at_its_time(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    insert(&*store, delivery("a", NOW.0)).await;
    claim(&*store, NOW.0, NOW.0 + 30, 10).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let id = LogoutDeliveryId::from("a");
            tx.postpone_logout_delivery(&id, at(NOW.0 + 5)).await
        })
    })
    .await;
    assert_eq!(claim(&*store, NOW.0 + 4, NOW.0 + 60, 10).await, []);
    assert_eq!(claim(&*store, NOW.0 + 5, NOW.0 + 60, 10).await.len(), 1);
}

async fn a_delivery_that_arrived_is_gone(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    insert(&*store, delivery("a", NOW.0)).await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.delete_logout_delivery(&LogoutDeliveryId::from("a"))
                .await
        })
    })
    .await;
    assert_eq!(claim(&*store, NOW.0, NOW.0 + 30, 10).await, []);
}

async fn of_parallel_workers_one_gets_each(bench: Bench) {
    const DELIVERIES: usize = 40;
    let stores = [bench.store().await, bench.store().await];
    furnish(&*stores[0]).await;
    for number in 0..DELIVERIES {
        insert(&*stores[0], delivery(&format!("{number:02}"), NOW.0)).await;
    }
    let mut workers = JoinSet::new();
    for number in 0..8 {
        let store = Arc::clone(&stores[number % 2]);
        workers.spawn(async move {
            let mut mine = Vec::new();
            // On PostgreSQL a worker may come back with less than there is: others were quicker.
            for _ in 0..DELIVERIES {
                mine.extend(claim(&*store, NOW.0, NOW.0 + 30, 3).await);
            }
            mine
        });
    }
    let claimed: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    let ids: BTreeSet<_> = claimed.iter().map(|found| found.id.clone()).collect();
    assert_eq!((claimed.len(), ids.len()), (DELIVERIES, DELIVERIES));
    assert!(claimed.iter().all(|found| found.attempts == 1));
}

async fn deliveries_outlive_the_user_and_go_with_the_application(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    for id in ["a", "b"] {
        insert(&*store, delivery(id, NOW.0)).await;
    }
    write(&*store, |tx| {
        Box::pin(async move {
            tx.delete_user(&UserId::from("alice")).await?;
            Ok(())
        })
    })
    .await;
    assert_eq!(claim(&*store, NOW.0, NOW.0 + 30, 10).await.len(), 2);
    write(&*store, |tx| {
        Box::pin(async move { tx.delete_application(&ApplicationId::from("shop")).await })
    })
    .await;
    assert_eq!(claim(&*store, NOW.0 + 30, NOW.0 + 60, 10).await, []);
}
