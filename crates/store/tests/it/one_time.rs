//! Things that are good once.

use std::sync::Arc;

use moongate_core::{ApplicationId, PushedRequest, Store, SubjectToken, UserId};
use tokio::task::JoinSet;

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish};

on_both!(
    a_pushed_request_is_taken_once,
    of_many_who_take_a_pushed_request_one_gets_it,
    a_key_is_seen_first_once,
    of_many_who_see_a_key_one_is_first,
    a_key_may_be_seen_anew_once_it_is_over,
    a_subject_token_is_consumed_once_and_stays_readable,
    of_many_who_consume_a_subject_token_one_wins,
);

const RACERS: usize = 16;

fn pushed(hash: u8) -> PushedRequest {
    PushedRequest {
        hash: [hash; 32],
        application_id: ApplicationId::from("shop"),
        parameters: "scope=openid&state=%E4%B9%A6".to_owned(),
        expires_at: at(NOW.0 + 60_000),
    }
}

fn subject_token() -> SubjectToken {
    SubjectToken {
        hash: [1; 32],
        user_id: UserId::from("alice"),
        context: [("ticket".to_owned(), "书".into())].into_iter().collect(),
        created_at: NOW,
        expires_at: at(NOW.0 + 600_000),
        consumed_at: None,
    }
}

async fn push(store: &dyn Store, hash: u8) {
    write(store, move |tx| {
        Box::pin(async move { tx.insert_pushed_request(&pushed(hash)).await })
    })
    .await;
}

async fn take(store: &dyn Store, hash: u8) -> Option<PushedRequest> {
    write(store, move |tx| {
        Box::pin(async move { tx.take_pushed_request(&[hash; 32]).await })
    })
    .await
}

async fn is_first(store: &dyn Store, key: u8, until: i64) -> bool {
    write(store, move |tx| {
        Box::pin(async move { tx.first_sight(&[key; 32], at(until)).await })
    })
    .await
}

async fn consume(store: &dyn Store, now: i64) -> Option<SubjectToken> {
    write(store, move |tx| {
        Box::pin(async move { tx.consume_subject_token(&[1; 32], at(now)).await })
    })
    .await
}

/// What sixteen racers on two stores came back with.
async fn race<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    bench: &Bench,
    racer: impl Fn(Arc<dyn Store>) -> F,
) -> Vec<T> {
    let stores = [bench.store().await, bench.store().await];
    let mut tasks = JoinSet::new();
    for number in 0..RACERS {
        tasks.spawn(racer(Arc::clone(&stores[number % 2])));
    }
    tasks.join_all().await
}

async fn a_pushed_request_is_taken_once(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    push(&*store, 1).await;
    push(&*store, 2).await;
    assert_eq!(take(&*store, 1).await, Some(pushed(1)));
    assert_eq!(take(&*store, 1).await, None);
    assert_eq!(take(&*store, 2).await, Some(pushed(2)));
}

async fn of_many_who_take_a_pushed_request_one_gets_it(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    push(&*store, 1).await;
    let taken = race(&bench, |store| async move { take(&*store, 1).await }).await;
    assert_eq!(taken.iter().flatten().count(), 1);
}

async fn a_key_is_seen_first_once(bench: Bench) {
    let store = bench.store().await;
    assert!(is_first(&*store, 1, NOW.0 + 1).await);
    assert!(!is_first(&*store, 1, NOW.0 + 1).await);
    assert!(is_first(&*store, 2, NOW.0 + 1).await);
}

async fn of_many_who_see_a_key_one_is_first(bench: Bench) {
    let seen = race(&bench, |store| async move {
        is_first(&*store, 1, NOW.0 + 1).await
    })
    .await;
    assert_eq!(seen.into_iter().filter(|first| *first).count(), 1);
}

async fn a_key_may_be_seen_anew_once_it_is_over(bench: Bench) {
    let store = bench.store().await;
    is_first(&*store, 1, NOW.0 + 10).await;
    for (now, expected) in [(NOW.0 + 9, false), (NOW.0 + 10, true)] {
        write(&*store, move |tx| {
            Box::pin(async move { tx.remove_expired(at(now)).await })
        })
        .await;
        assert_eq!(is_first(&*store, 1, NOW.0 + 20).await, expected);
    }
}

async fn with_subject_token(bench: &Bench) -> Arc<dyn Store> {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move { tx.insert_subject_token(&subject_token()).await })
    })
    .await;
    store
}

async fn a_subject_token_is_consumed_once_and_stays_readable(bench: Bench) {
    let store = with_subject_token(&bench).await;
    assert_eq!(consume(&*store, NOW.0 + 1).await, Some(subject_token()));
    let again = SubjectToken {
        consumed_at: Some(at(NOW.0 + 1)),
        ..subject_token()
    };
    assert_eq!(consume(&*store, NOW.0 + 2).await, Some(again));
}

async fn of_many_who_consume_a_subject_token_one_wins(bench: Bench) {
    with_subject_token(&bench).await;
    let seen = race(&bench, |store| async move { consume(&*store, NOW.0).await }).await;
    let winners = seen.iter().filter(|seen| {
        seen.as_ref()
            .is_some_and(|token| token.consumed_at.is_none())
    });
    assert_eq!(winners.count(), 1);
    assert_eq!(seen.iter().flatten().count(), RACERS);
}
