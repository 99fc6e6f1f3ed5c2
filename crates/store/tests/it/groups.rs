//! Units of work: each is whole or nothing, and no unit spoils another, whatever it does.

use std::sync::Arc;

use moongate_core::{Store, StoreError, UserId};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::bench::{Bench, on_both, write};
use crate::samples::{application, at, furnish, grant, number, session, user};

on_both!(
    a_unit_that_returns_ok_is_seen_by_others,
    a_unit_that_returns_err_leaves_nothing,
    a_unit_sees_its_own_writes,
    failing_and_panicking_units_leave_the_others_intact,
    a_unit_that_swallowed_a_failure_is_not_kept,
    a_failed_unit_does_nothing_more,
    a_caller_that_goes_away_does_not_stop_its_unit,
    a_closed_store_says_so,
);

mod one_writer {
    #[test]
    fn sqlite_units_that_wait_share_a_commit() {
        crate::bench::on_sqlite(super::waiting_units_share_a_commit);
    }

    #[test]
    fn sqlite_tells_all_units_when_the_commit_fails() {
        crate::bench::on_sqlite(super::a_failed_commit_is_told_to_all);
    }

    #[test]
    fn sqlite_tells_earlier_units_when_the_transaction_breaks() {
        crate::bench::on_sqlite(super::a_broken_transaction_is_told_to_those_it_held);
    }
}

mod transactions {
    #[test]
    fn postgres_ends_a_deadlock_as_unavailable() {
        crate::bench::on_postgres(super::a_deadlock_is_unavailable);
    }
}

#[derive(Debug)]
enum Refused {
    Deliberately,
    ByStore(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::ByStore(error)
    }
}

async fn names(store: &dyn Store) -> Vec<String> {
    let applications = store.read().await.unwrap().applications().await.unwrap();
    applications
        .into_iter()
        .map(|application| application.id.to_string())
        .collect()
}

async fn a_unit_that_returns_ok_is_seen_by_others(bench: Bench) {
    let store = bench.store().await;
    let other = bench.store().await;
    for round in 0..20 {
        let id = UserId::from(round.to_string());
        write(&*store, move |tx| {
            Box::pin(async move {
                let mut user = user(&round.to_string(), number());
                user.primary_phone = None;
                tx.insert_user(&user).await
            })
        })
        .await;
        for store in [&store, &other] {
            let found = store.read().await.unwrap().user(&id).await.unwrap();
            assert!(found.is_some(), "round {round}");
        }
    }
}

async fn a_unit_that_returns_err_leaves_nothing(bench: Bench) {
    let store = bench.store().await;
    let refused: Result<(), Refused> = store
        .write(|tx| {
            Box::pin(async move {
                tx.put_application(&application("shop")).await?;
                Err(Refused::Deliberately)
            })
        })
        .await;
    assert!(matches!(refused, Err(Refused::Deliberately)));
    assert!(names(&*store).await.is_empty());
}

async fn a_unit_sees_its_own_writes(bench: Bench) {
    let store = bench.store().await;
    let seen = write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("shop")).await?;
            tx.applications().await
        })
    })
    .await;
    assert_eq!(seen, [application("shop")]);
}

/// Forty units at once: every third refuses, every fifth panics, one breaks a constraint.
async fn failing_and_panicking_units_leave_the_others_intact(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let mut tasks = JoinSet::new();
    for number in 0..40 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let answer: Result<(), Refused> = store
                .write(move |tx| {
                    Box::pin(async move {
                        tx.put_application(&application(&format!("app-{number:02}")))
                            .await?;
                        if number == 7 {
                            // Its cookie is taken.
                            tx.insert_session(&session("second", 1)).await?;
                        }
                        if number % 3 == 0 {
                            return Err(Refused::Deliberately);
                        }
                        assert_ne!(number % 5, 0, "this unit panics, as the test wants");
                        Ok(())
                    })
                })
                .await;
            (number, answer)
        });
    }
    let mut kept = vec!["shop".to_owned()];
    for (number, answer) in tasks.join_all().await {
        match answer {
            Ok(()) => kept.push(format!("app-{number:02}")),
            Err(Refused::Deliberately) => assert_eq!(number % 3, 0),
            Err(Refused::ByStore(StoreError::Duplicate(_))) => assert_eq!(number, 7),
            Err(Refused::ByStore(StoreError::Unavailable(_))) => assert_eq!(number % 5, 0),
            Err(Refused::ByStore(error)) => panic!("{number}: {error}"),
        }
    }
    assert_eq!(kept.len(), 1 + 40 - 14 - 8 + 3 - 1);
    let mut found = names(&*store).await;
    found.sort();
    kept.sort();
    assert_eq!(found, kept);
}

async fn a_unit_that_swallowed_a_failure_is_not_kept(bench: Bench) {
    let store = bench.store().await;
    let answer: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.put_application(&application("shop")).await?;
                let refused = tx.insert_grant(&grant("grant", "openid")).await;
                assert!(refused.is_err(), "there is no such user");
                Ok(())
            })
        })
        .await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    assert!(names(&*store).await.is_empty());
}

async fn a_failed_unit_does_nothing_more(bench: Bench) {
    let store = bench.store().await;
    let answer: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                let first = tx.insert_grant(&grant("grant", "openid")).await;
                let second = tx.put_application(&application("shop")).await;
                assert_eq!(
                    first.unwrap_err().to_string(),
                    second.unwrap_err().to_string()
                );
                Ok(())
            })
        })
        .await;
    assert!(answer.is_err());
}

/// The caller is dropped while its unit stands in the middle of its work.
async fn a_caller_that_goes_away_does_not_stop_its_unit(bench: Bench) {
    let store = bench.store().await;
    let (begun, has_begun) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel();
    let caller = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            write(&*store, |tx| {
                Box::pin(async move {
                    tx.insert_send(&[1; 32], at(1)).await?;
                    begun.send(()).unwrap();
                    // Only a test awaits anything but the database in a unit.
                    may_go_on.await.unwrap();
                    tx.put_application(&application("shop")).await
                })
            })
            .await;
        }
    });
    has_begun.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    // On SQLite the next unit runs after it; on PostgreSQL it waits for its row.
    write(&*store, |tx| {
        Box::pin(async move { tx.insert_send(&[1; 32], at(1)).await })
    })
    .await;
    assert_eq!(names(&*store).await, ["shop"]);
    write(&*store, |tx| {
        Box::pin(async move { tx.put_application(&application("after")).await })
    })
    .await;
}

async fn a_closed_store_says_so(bench: Bench) {
    let opened = bench.open().await;
    let store: Arc<dyn Store> = Arc::new(opened.clone());
    furnish(&*store).await;
    opened.close().await;
    opened.close().await;
    assert!(matches!(
        store.read().await.map(|_| ()),
        Err(StoreError::Unavailable(_))
    ));
    let answer: Result<(), StoreError> = store
        .write(|tx| Box::pin(async move { tx.put_application(&application("late")).await }))
        .await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))));
}

/// Keeps the writer of `store` busy, so that what is written meanwhile waits and then makes one
/// group; to let it go, send.
async fn occupy(store: &Arc<dyn Store>) -> oneshot::Sender<()> {
    let (begun, has_begun) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel();
    let store = Arc::clone(store);
    tokio::spawn(async move {
        write(&*store, |_| {
            Box::pin(async move {
                begun.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok(())
            })
        })
        .await;
    });
    has_begun.await.unwrap();
    go_on
}

async fn put(store: &dyn Store, id: &'static str) -> Result<(), StoreError> {
    store
        .write(move |tx| Box::pin(async move { tx.put_application(&application(id)).await }))
        .await
}

async fn meddle(bench: &Bench, statement: &'static str) {
    let mut connection = SqliteConnectOptions::new()
        .filename(bench.file())
        .connect()
        .await
        .unwrap();
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

/// The second unit sees what the first wrote, while a reader does not see it yet.
async fn waiting_units_share_a_commit(bench: Bench) {
    let store = bench.store().await;
    let go_on = occupy(&store).await;
    let reading = Arc::clone(&store);
    let second = store.write(|tx| {
        Box::pin(async move {
            let inside = tx.applications().await?.len();
            let outside = names(&*reading).await.len();
            Ok::<_, StoreError>((inside, outside))
        })
    });
    // Polled in this order at first: both units wait before the writer goes on.
    let (first, second, ()) = tokio::join!(biased; put(&*store, "a"), second, async {
        go_on.send(()).unwrap();
    });
    first.unwrap();
    assert_eq!(second.unwrap(), (1, 0));
    assert_eq!(names(&*store).await, ["a"]);
}

/// A deferred constraint is checked at the commit.
async fn a_failed_commit_is_told_to_all(bench: Bench) {
    let store = bench.store().await;
    meddle(
        &bench,
        "CREATE TABLE pledges (id TEXT REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED); \
         CREATE TRIGGER pledge AFTER INSERT ON applications WHEN NEW.id = 'bad' \
         BEGIN INSERT INTO pledges VALUES ('nobody'); END",
    )
    .await;
    let go_on = occupy(&store).await;
    let refused = store.write(|tx| {
        Box::pin(async move {
            // True at this moment only: the commit of the group fails.
            let taken = tx.application(&application("good").id).await?.is_some();
            assert!(taken);
            Err::<(), _>(Refused::Deliberately)
        })
    });
    let (good, bad, refused, ()) = tokio::join!(biased; put(&*store, "good"), put(&*store, "bad"), refused, async {
        go_on.send(()).unwrap();
    });
    assert!(matches!(good, Err(StoreError::Unavailable(_))), "{good:?}");
    assert!(matches!(bad, Err(StoreError::Unavailable(_))), "{bad:?}");
    assert!(matches!(refused, Err(Refused::ByStore(_))), "{refused:?}");
    assert!(names(&*store).await.is_empty());
    put(&*store, "after").await.unwrap();
    assert_eq!(names(&*store).await, ["after"]);
}

/// SQLite rolls back by itself when the disk is full, among others; here a trigger makes it.
async fn a_broken_transaction_is_told_to_those_it_held(bench: Bench) {
    let store = bench.store().await;
    meddle(
        &bench,
        "CREATE TRIGGER disaster BEFORE INSERT ON applications WHEN NEW.id = 'bad' \
         BEGIN SELECT RAISE(ROLLBACK, 'disaster'); END",
    )
    .await;
    let go_on = occupy(&store).await;
    let (before, bad, after, ()) = tokio::join!(
        biased; put(&*store, "before"), put(&*store, "bad"), put(&*store, "after"), async {
            go_on.send(()).unwrap();
        }
    );
    assert!(
        matches!(before, Err(StoreError::Unavailable(_))),
        "{before:?}"
    );
    assert!(matches!(bad, Err(StoreError::Unavailable(_))), "{bad:?}");
    after.unwrap();
    assert_eq!(names(&*store).await, ["after"]);
}

/// Two units lock two addresses in opposite order; the server ends one of them.
async fn a_deadlock_is_unavailable(bench: Bench) {
    let store = bench.store().await;
    let met = Arc::new(tokio::sync::Barrier::new(2));
    let lock = |first: u8, second: u8| {
        let met = Arc::clone(&met);
        let store = Arc::clone(&store);
        async move {
            let locked: Result<(), StoreError> = store
                .write(move |tx| {
                    Box::pin(async move {
                        tx.lock_address(&[first; 32]).await?;
                        met.wait().await;
                        tx.lock_address(&[second; 32]).await
                    })
                })
                .await;
            locked
        }
    };
    let (one, other) = tokio::join!(lock(1, 2), lock(2, 1));
    let failed = match (one, other) {
        (Ok(()), Err(error)) | (Err(error), Ok(())) => error,
        both => panic!("{both:?}"),
    };
    assert!(matches!(failed, StoreError::Unavailable(_)), "{failed}");
    assert!(failed.to_string().contains("deadlock"), "{failed}");
}
