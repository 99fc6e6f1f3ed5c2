//! Browser sessions.

use moongate_core::{ApplicationId, GrantId, Session, SessionId, StoreError, UserId};

use crate::bench::{Bench, on_both, write};
use crate::samples::{application, at, furnish, grant, session};

on_both!(
    a_session_comes_back_by_id_and_by_cookie,
    a_cookie_names_one_session,
    a_deleted_session_is_gone_once,
    an_application_keeps_its_sid,
    applications_have_sids_of_their_own,
    a_moved_session_hands_on_sids_and_grants,
    a_sid_of_the_new_session_wins_a_move,
    parallel_requests_agree_on_a_sid,
    the_sids_of_a_session_are_those_of_its_applications,
    sessions_of_a_user_are_those_that_are_not_over,
);

async fn the_sids_of_a_session_are_those_of_its_applications(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("library")).await?;
            tx.insert_session(&session("other", 2)).await?;
            tx.session_sid(&id("session"), &shop(), "one").await?;
            let library = ApplicationId::from("library");
            tx.session_sid(&id("session"), &library, "two").await?;
            tx.session_sid(&id("other"), &shop(), "three").await?;
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let sids = reader.sids_of_session(&id("session")).await.unwrap();
    let library = ApplicationId::from("library");
    let expected = [(library, "two".to_owned()), (shop(), "one".to_owned())];
    assert_eq!(sids, expected);
    assert_eq!(reader.sids_of_session(&id("unknown")).await.unwrap(), []);
}

async fn sessions_of_a_user_are_those_that_are_not_over(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let short = Session {
        created_at: at(2_000_000),
        expires_at: at(2_000_010),
        ..session("short", 2)
    };
    let written = short.clone();
    write(&*store, move |tx| {
        Box::pin(async move { tx.insert_session(&written).await })
    })
    .await;
    let alice = UserId::from("alice");
    let mut reader = store.read().await.unwrap();
    let end = session("session", 1).expires_at;
    let last = at(end.0 - 1);
    let both = reader.sessions_of_user(&alice, last).await.unwrap();
    assert_eq!(both, [short.clone(), session("session", 1)], "newest first");
    assert_eq!(reader.sessions_of_user(&alice, end).await.unwrap(), [short]);
    assert_eq!(
        reader
            .sessions_of_user(&alice, at(2_000_010))
            .await
            .unwrap(),
        []
    );
    let nobody = UserId::from("nobody");
    assert_eq!(reader.sessions_of_user(&nobody, last).await.unwrap(), []);
}

fn id(text: &str) -> SessionId {
    SessionId::from(text)
}

fn shop() -> ApplicationId {
    ApplicationId::from("shop")
}

async fn a_session_comes_back_by_id_and_by_cookie(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let expected = Some(session("session", 1));
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.session(&id("session")).await.unwrap(), expected);
    assert_eq!(reader.session_by_cookie(&[1; 32]).await.unwrap(), expected);
    assert_eq!(reader.session(&id("unknown")).await.unwrap(), None);
    assert_eq!(reader.session_by_cookie(&[2; 32]).await.unwrap(), None);
}

async fn a_cookie_names_one_session(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let refused: Result<(), StoreError> = store
        .write(|tx| Box::pin(async move { tx.insert_session(&session("second", 1)).await }))
        .await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))));
}

async fn a_deleted_session_is_gone_once(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            tx.session_sid(&id("session"), &shop(), "sid").await?;
            Ok([
                tx.delete_session(&id("session")).await?,
                tx.delete_session(&id("session")).await?,
            ])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.session(&id("session")).await.unwrap(), None);
}

async fn an_application_keeps_its_sid(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    for fresh in ["first", "second"] {
        let sid = write(&*store, move |tx| {
            Box::pin(async move { tx.session_sid(&id("session"), &shop(), fresh).await })
        });
        assert_eq!(sid.await, "first");
    }
}

async fn applications_have_sids_of_their_own(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let sids = write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("other")).await?;
            tx.insert_session(&session("second", 2)).await?;
            let other = ApplicationId::from("other");
            Ok([
                tx.session_sid(&id("session"), &shop(), "a").await?,
                tx.session_sid(&id("session"), &other, "b").await?,
                tx.session_sid(&id("second"), &shop(), "c").await?,
            ])
        })
    })
    .await;
    assert_eq!(sids, ["a", "b", "c"]);
}

async fn a_moved_session_hands_on_sids_and_grants(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let sid = write(&*store, |tx| {
        Box::pin(async move {
            tx.session_sid(&id("session"), &shop(), "old").await?;
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_session(&session("second", 2)).await?;
            tx.move_session(&id("session"), &id("second")).await?;
            tx.delete_session(&id("session")).await?;
            tx.revoke_online_grants(&id("session"), at(5)).await?;
            tx.session_sid(&id("second"), &shop(), "new").await
        })
    })
    .await;
    assert_eq!(sid, "old");
    let mut reader = store.read().await.unwrap();
    let moved = reader
        .grant(&GrantId::from("grant"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(moved.session_id, Some(id("second")));
    assert_eq!(moved.revoked_at, None);
}

async fn a_sid_of_the_new_session_wins_a_move(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let sid = write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_session(&session("second", 2)).await?;
            tx.session_sid(&id("session"), &shop(), "old").await?;
            tx.session_sid(&id("second"), &shop(), "own").await?;
            tx.move_session(&id("session"), &id("second")).await?;
            tx.session_sid(&id("second"), &shop(), "fresh").await
        })
    })
    .await;
    assert_eq!(sid, "own");
}

async fn parallel_requests_agree_on_a_sid(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for racer in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move {
                    let fresh = format!("sid-{racer}");
                    tx.session_sid(&id("session"), &shop(), &fresh).await
                })
            })
            .await
        });
    }
    let mut sids = tasks.join_all().await;
    sids.dedup();
    assert_eq!(sids.len(), 1, "{sids:?}");
}
