//! Races for what may happen once. The racers are units of two stores on one database, as a
//! command line beside a server would be, on a runtime with several threads.

use std::sync::Arc;

use moongate_core::{Store, UnixMillis};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::bench::{Bench, on_both, write};
use crate::samples::{
    NOW, at, authorization_code, furnish, grant, refresh_token, verification_code,
};

on_both!(
    of_sixteen_redeemers_of_a_code_one_wins,
    of_sixteen_uses_of_a_refresh_token_one_wins,
    of_sixteen_right_answers_one_wins,
    racing_attempts_stop_at_the_limit,
    the_winner_that_fails_leaves_the_code_to_another,
);

const RACERS: i64 = 16;
const ROUNDS: u8 = 8;

/// Two stores on one database.
async fn two_stores(bench: &Bench) -> [Arc<dyn Store>; 2] {
    let stores = [bench.store().await, bench.store().await];
    furnish(&*stores[0]).await;
    stores
}

/// Lets all racers go at once; gives what they came back with.
async fn race<T, F>(
    stores: &[Arc<dyn Store>; 2],
    racer: impl Fn(Arc<dyn Store>, i64) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(usize::try_from(RACERS).unwrap()));
    let mut tasks = JoinSet::new();
    for number in 0..RACERS {
        let store = Arc::clone(&stores[usize::from(number % 2 == 1)]);
        let start = Arc::clone(&start);
        let run = racer(store, number);
        tasks.spawn(async move {
            start.wait().await;
            run.await
        });
    }
    tasks.join_all().await
}

/// One racer saw it unused, and all others saw the time of that one.
fn assert_one_winner(seen: &[Option<UnixMillis>]) {
    let losers: Vec<_> = seen.iter().flatten().collect();
    assert_eq!(losers.len(), seen.len() - 1, "{seen:?}");
    assert!(losers.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
}

async fn of_sixteen_redeemers_of_a_code_one_wins(bench: Bench) {
    let stores = two_stores(&bench).await;
    write(&*stores[0], |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            for code in 0..ROUNDS {
                tx.insert_authorization_code(&authorization_code(code, "grant"))
                    .await?;
            }
            Ok(())
        })
    })
    .await;
    for code in 0..ROUNDS {
        let seen = race(&stores, |store, number| async move {
            write(&*store, move |tx| {
                Box::pin(async move { tx.use_authorization_code(&[code; 32], at(number)).await })
            })
            .await
            .unwrap()
            .used_at
        })
        .await;
        assert_one_winner(&seen);
    }
}

async fn of_sixteen_uses_of_a_refresh_token_one_wins(bench: Bench) {
    let stores = two_stores(&bench).await;
    write(&*stores[0], |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            for token in 0..ROUNDS {
                tx.insert_refresh_token(&refresh_token(token, "grant"))
                    .await?;
            }
            Ok(())
        })
    })
    .await;
    for token in 0..ROUNDS {
        let seen = race(&stores, |store, number| async move {
            write(&*store, move |tx| {
                Box::pin(async move { tx.consume_refresh_token(&[token; 32], at(number)).await })
            })
            .await
            .unwrap()
            .consumed_at
        })
        .await;
        assert_one_winner(&seen);
    }
}

async fn of_sixteen_right_answers_one_wins(bench: Bench) {
    let stores = two_stores(&bench).await;
    for round in 0..ROUNDS {
        let id = verification_code(&round.to_string(), "interaction").id;
        write(&*stores[0], move |tx| {
            Box::pin(async move {
                let code = verification_code(&round.to_string(), "interaction");
                tx.replace_verification_code(&code).await
            })
        })
        .await;
        let won = race(&stores, |store, number| {
            let id = id.clone();
            async move {
                write(&*store, move |tx| {
                    Box::pin(async move { tx.consume_verification_code(&id, at(number)).await })
                })
                .await
            }
        })
        .await;
        assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    }
}

async fn racing_attempts_stop_at_the_limit(bench: Bench) {
    let stores = two_stores(&bench).await;
    let code = verification_code("code", "interaction");
    let id = code.id.clone();
    write(&*stores[0], |tx| {
        Box::pin(async move { tx.replace_verification_code(&code).await })
    })
    .await;
    let counted = race(&stores, |store, _| {
        let id = id.clone();
        async move {
            write(&*store, move |tx| {
                Box::pin(async move { tx.count_attempt(&id, 10).await })
            })
            .await
        }
    })
    .await;
    let mut counted: Vec<_> = counted.into_iter().flatten().collect();
    counted.sort_unstable();
    assert_eq!(counted, (1..=10).collect::<Vec<i64>>());
}

/// The first to see the code unused undoes its unit: then exactly one of the others gets it.
async fn the_winner_that_fails_leaves_the_code_to_another(bench: Bench) {
    let stores = two_stores(&bench).await;
    write(&*stores[0], |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_authorization_code(&authorization_code(1, "grant"))
                .await
        })
    })
    .await;
    let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let seen = race(&stores, |store, _| {
        let first = Arc::clone(&first);
        async move {
            let used: Result<_, Undone> = store
                .write(move |tx| {
                    Box::pin(async move {
                        let code = tx.use_authorization_code(&[1; 32], NOW).await?;
                        let code = code.unwrap();
                        let is_first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
                        if code.used_at.is_none() && is_first {
                            return Err(Undone);
                        }
                        Ok(code)
                    })
                })
                .await;
            used.ok().map(|code| code.used_at.is_none())
        }
    })
    .await;
    assert_eq!(seen.iter().filter(|seen| seen.is_none()).count(), 1);
    assert_eq!(seen.iter().filter(|seen| **seen == Some(true)).count(), 1);
}

#[derive(Debug)]
struct Undone;

impl From<moongate_core::StoreError> for Undone {
    fn from(error: moongate_core::StoreError) -> Self {
        panic!("{error}");
    }
}
