//! Messages sent to an address.

use moongate_core::{Mac, StoreError};

use crate::bench::{Bench, on_both, write};
use crate::samples::at;

on_both!(
    sends_come_back_newest_first_from_a_point_on,
    two_sends_of_one_millisecond_are_two,
    a_forgotten_send_is_one_send,
    parallel_sends_never_exceed_the_limit,
    locks_of_two_addresses_do_not_meet,
);

const HERE: Mac = [1; 32];
const THERE: Mac = [2; 32];

async fn sends_come_back_newest_first_from_a_point_on(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            for time in [10, 30, 20] {
                tx.insert_send(&HERE, at(time)).await?;
            }
            tx.insert_send(&THERE, at(40)).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let all = reader.sends_since(&HERE, at(0)).await.unwrap();
    assert_eq!(all, [at(30), at(20), at(10)]);
    let some = reader.sends_since(&HERE, at(20)).await.unwrap();
    assert_eq!(some, [at(30), at(20)]);
    assert_eq!(reader.sends_since(&HERE, at(31)).await.unwrap(), []);
}

async fn two_sends_of_one_millisecond_are_two(bench: Bench) {
    let store = bench.store().await;
    let sends = write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_send(&HERE, at(10)).await?;
            tx.insert_send(&HERE, at(10)).await?;
            tx.sends_since(&HERE, at(0)).await
        })
    })
    .await;
    assert_eq!(sends, [at(10), at(10)]);
}

async fn a_forgotten_send_is_one_send(bench: Bench) {
    let store = bench.store().await;
    let left = write(&*store, |tx| {
        Box::pin(async move {
            for time in [10, 10, 20] {
                tx.insert_send(&HERE, at(time)).await?;
            }
            for time in [10, 20, 99] {
                tx.delete_send(&HERE, at(time)).await?;
            }
            let first = tx.sends_since(&HERE, at(0)).await?;
            tx.delete_send(&HERE, at(10)).await?;
            Ok((first, tx.sends_since(&HERE, at(0)).await?))
        })
    })
    .await;
    assert_eq!(left, (vec![at(10)], vec![]));
}

/// Sixteen units each lock the address, count, and send while fewer than four were sent: on a new
/// address, where the race is for its lock row as well, and on known ones.
async fn parallel_sends_never_exceed_the_limit(bench: Bench) {
    let store = bench.store().await;
    for round in 0..8 {
        let address = [round; 32];
        if round > 0 {
            write(&*store, move |tx| {
                Box::pin(async move { tx.lock_address(&address).await })
            })
            .await;
        }
        let mut tasks = tokio::task::JoinSet::new();
        for racer in 0..16 {
            let store = store.clone();
            tasks.spawn(async move {
                write(&*store, move |tx| {
                    Box::pin(async move {
                        tx.lock_address(&address).await?;
                        let may_send = tx.sends_since(&address, at(0)).await?.len() < 4;
                        if may_send {
                            tx.insert_send(&address, at(racer)).await?;
                        }
                        Ok(may_send)
                    })
                })
                .await
            });
        }
        let sent = tasks.join_all().await;
        assert_eq!(sent.into_iter().filter(|sent| *sent).count(), 4);
        let mut reader = store.read().await.unwrap();
        let sends = reader.sends_since(&address, at(0)).await.unwrap();
        assert_eq!(sends.len(), 4);
    }
}

async fn locks_of_two_addresses_do_not_meet(bench: Bench) {
    let store = bench.store().await;
    let locked: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.lock_address(&HERE).await?;
                tx.lock_address(&HERE).await?;
                tx.lock_address(&THERE).await
            })
        })
        .await;
    locked.unwrap();
}
