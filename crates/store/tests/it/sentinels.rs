//! Counted failures, links that work once, drafts, and steps on account pages.

use moongate_core::{Factor, LockOut, Sentinel, SessionId};
use std::time::Duration;

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish};

on_both!(
    a_sentinel_comes_back_as_it_was,
    one_factor_is_forgotten_by_itself,
    parallel_failures_are_all_counted,
    failures_are_counted_beside_what_was_right,
    a_link_works_once,
    of_parallel_uses_of_a_link_one_works,
    a_draft_is_there_until_its_time_is_over,
    a_step_goes_with_its_session,
);

const TARGET: [u8; 32] = [5; 32];

async fn a_sentinel_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    let expected = Sentinel {
        failures: 3,
        locked_until: Some(at(7)),
        ..Sentinel::fresh(TARGET, Factor::Password, NOW)
    };
    let stored = expected.clone();
    let fresh = write(&*store, |tx| {
        Box::pin(async move {
            tx.put_sentinel(&stored).await?;
            tx.locked_sentinel(&TARGET, Factor::VerificationCode, at(9))
                .await
        })
    })
    .await;
    let other = Sentinel::fresh(TARGET, Factor::VerificationCode, at(9));
    assert_eq!(fresh, other);
    {
        let mut reader = store.read().await.unwrap();
        let found = reader.sentinel(&TARGET, Factor::Password).await.unwrap();
        assert_eq!(found, Some(expected));
        let other = reader.sentinel(&[6; 32], Factor::Password).await.unwrap();
        assert_eq!(other, None);
    }
    write(&*store, |tx| {
        Box::pin(async move { tx.delete_sentinels(&TARGET).await })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let gone = reader.sentinel(&TARGET, Factor::Password).await.unwrap();
    assert_eq!(gone, None);
}

async fn one_factor_is_forgotten_by_itself(bench: Bench) {
    let store = bench.store().await;
    let kept = Sentinel::fresh(TARGET, Factor::VerificationCode, NOW);
    let other = Sentinel::fresh([6; 32], Factor::Password, NOW);
    let stored = [kept.clone(), other.clone()];
    write(&*store, |tx| {
        Box::pin(async move {
            let gone = Sentinel::fresh(TARGET, Factor::Password, NOW);
            tx.put_sentinel(&gone).await?;
            for sentinel in &stored {
                tx.put_sentinel(sentinel).await?;
            }
            tx.delete_sentinel(&TARGET, Factor::Password).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    for (target, factor, expected) in [
        (TARGET, Factor::Password, None),
        (TARGET, Factor::VerificationCode, Some(kept)),
        ([6; 32], Factor::Password, Some(other)),
    ] {
        let found = reader.sentinel(&target, factor).await.unwrap();
        assert_eq!(found, expected);
    }
}

async fn failures_are_counted_beside_what_was_right(bench: Bench) {
    let store = bench.store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..32 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move {
                    let limit = LockOut {
                        max_attempts: 100,
                        duration: Duration::from_mins(1),
                    };
                    let sentinel = tx.locked_sentinel(&TARGET, Factor::Password, NOW).await?;
                    if number % 2 == 0 {
                        tx.put_sentinel(&sentinel.failed(limit, NOW)).await
                    } else if sentinel.failures == 0 {
                        tx.delete_sentinel(&TARGET, Factor::Password).await
                    } else {
                        Ok(())
                    }
                })
            })
            .await;
        });
    }
    tasks.join_all().await;
    let mut reader = store.read().await.unwrap();
    let found = reader.sentinel(&TARGET, Factor::Password).await.unwrap();
    assert_eq!(found.unwrap().failures, 16);
}

async fn parallel_failures_are_all_counted(bench: Bench) {
    let store = bench.store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, |tx| {
                Box::pin(async move {
                    let limit = LockOut {
                        max_attempts: 100,
                        duration: Duration::from_mins(1),
                    };
                    let sentinel = tx.locked_sentinel(&TARGET, Factor::Password, NOW).await?;
                    tx.put_sentinel(&sentinel.failed(limit, NOW)).await
                })
            })
            .await;
        });
    }
    tasks.join_all().await;
    let mut reader = store.read().await.unwrap();
    let found = reader.sentinel(&TARGET, Factor::Password).await.unwrap();
    assert_eq!(found.unwrap().failures, 16);
}

async fn a_link_works_once(bench: Bench) {
    let store = bench.store().await;
    let hash = [1; 32];
    let used = write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_link(&hash, "setup", "first", at(10)).await?;
            tx.insert_link(&[2; 32], "setup", "second", at(10)).await?;
            Ok([
                tx.link(&hash, "setup", at(9)).await?,
                tx.link(&hash, "preview", at(9)).await?,
                tx.link(&hash, "setup", at(10)).await?,
                tx.use_link(&hash, "preview", at(9)).await?,
                tx.use_link(&hash, "setup", at(10)).await?,
                tx.use_link(&hash, "setup", at(9)).await?,
                tx.use_link(&hash, "setup", at(9)).await?,
                tx.link(&hash, "setup", at(9)).await?,
            ])
        })
    })
    .await;
    let first = || Some("first".to_owned());
    assert_eq!(used, [first(), None, None, None, None, first(), None, None]);
    let left = write(&*store, |tx| {
        Box::pin(async move {
            tx.delete_links("setup").await?;
            tx.link(&[2; 32], "setup", at(9)).await
        })
    })
    .await;
    assert_eq!(left, None);
}

async fn of_parallel_uses_of_a_link_one_works(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move { tx.insert_link(&[1; 32], "setup", "x", at(10)).await })
    })
    .await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, |tx| {
                Box::pin(async move { tx.use_link(&[1; 32], "setup", at(9)).await })
            })
            .await
        });
    }
    let used = tasks.join_all().await;
    assert_eq!(used.into_iter().flatten().count(), 1);
}

async fn a_draft_is_there_until_its_time_is_over(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_draft("a", "{}", at(5)).await?;
            tx.put_draft("a", "[书]", at(10)).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let found = reader.draft("a", at(9)).await.unwrap();
    assert_eq!(found.as_deref(), Some("[书]"));
    assert_eq!(reader.draft("a", at(10)).await.unwrap(), None);
    assert_eq!(reader.draft("b", at(9)).await.unwrap(), None);
}

async fn a_step_goes_with_its_session(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let id = SessionId::from("session");
    let session = id.clone();
    let steps = write(&*store, |tx| {
        Box::pin(async move {
            let mut steps = vec![tx.account_step(&session).await?];
            tx.put_account_step(&session, "1").await?;
            tx.put_account_step(&session, "书").await?;
            steps.push(tx.account_step(&session).await?);
            tx.delete_account_step(&session).await?;
            steps.push(tx.account_step(&session).await?);
            tx.put_account_step(&session, "3").await?;
            tx.delete_session(&session).await?;
            steps.push(tx.account_step(&session).await?);
            Ok(steps)
        })
    })
    .await;
    assert_eq!(steps, [None, Some("书".to_owned()), None, None]);
}
