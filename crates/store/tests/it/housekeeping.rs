//! What housekeeping removes, and what it leaves.

use moongate_core::{
    AuthorizationCode, Channel, Factor, Grant, GrantId, Interaction, InteractionId, RefreshToken,
    Sentinel, Session, SessionId, Store, UnixMillis, VerificationPurpose,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{
    NOW, access_token, at, authorization_code, furnish, grant, interaction, refresh_token, session,
    verification_code,
};

on_both!(
    rows_go_at_the_end_of_their_time,
    a_code_stays_for_an_hour_after_its_time,
    what_goes_once_its_time_is_over_goes,
    failures_that_still_lock_somebody_out_stay,
    a_fresh_store_has_nothing_to_remove,
    a_used_code_stays_with_its_grant,
    a_consumed_refresh_token_stays_until_it_would_expire,
    revoked_grants_go_with_their_credentials,
    grants_from_which_nothing_can_come_go_after_a_day,
    sends_go_after_two_days,
);

const DAY: i64 = 86_400_000;

async fn remove_expired(store: &dyn Store, now: UnixMillis) -> u64 {
    write(store, move |tx| {
        Box::pin(async move { tx.remove_expired(now).await })
    })
    .await
}

async fn rows_go_at_the_end_of_their_time(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, move |tx| {
        Box::pin(async move {
            let short = Interaction {
                expires_at: at(NOW.0 + 10),
                ..interaction("short")
            };
            tx.insert_interaction(&short).await?;
            tx.replace_verification_code(&verification_code("code", "short"))
                .await?;
            let brief = Session {
                expires_at: at(NOW.0 + 10),
                ..session("brief", 2)
            };
            tx.insert_session(&brief).await
        })
    })
    .await;
    assert_eq!(remove_expired(&*store, at(NOW.0 + 9)).await, 0);
    assert_eq!(remove_expired(&*store, at(NOW.0 + 10)).await, 2);
    let mut reader = store.read().await.unwrap();
    let short = InteractionId::from("short");
    assert_eq!(reader.interaction(&short).await.unwrap(), None);
    let brief = SessionId::from("brief");
    assert_eq!(reader.session(&brief).await.unwrap(), None);
    let kept = InteractionId::from("interaction");
    assert!(reader.interaction(&kept).await.unwrap().is_some());
    let kept = SessionId::from("session");
    assert!(reader.session(&kept).await.unwrap().is_some());
}

async fn a_code_stays_for_an_hour_after_its_time(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let code = verification_code("code", "interaction");
    let (holder, over) = (code.holder.clone(), code.expires_at.0 + 3_600_000);
    write(&*store, move |tx| {
        Box::pin(async move { tx.replace_verification_code(&code).await })
    })
    .await;
    for (now, is_there) in [(over - 1, true), (over, false)] {
        remove_expired(&*store, at(now)).await;
        let mut reader = store.read().await.unwrap();
        let purpose = VerificationPurpose::SignIn;
        let code = reader.verification_code(&holder, purpose, Channel::Sms);
        assert_eq!(code.await.unwrap().is_some(), is_there);
    }
}

async fn what_goes_once_its_time_is_over_goes(bench: Bench) {
    let store = bench.store().await;
    write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_link(&[1; 32], "preview", "a", at(10)).await?;
            tx.put_draft("draft", "{}", at(10)).await?;
            let sentinel = Sentinel::fresh([1; 32], Factor::Password, at(10 - 2 * DAY));
            tx.put_sentinel(&sentinel).await
        })
    })
    .await;
    assert_eq!(remove_expired(&*store, at(9)).await, 0);
    assert_eq!(remove_expired(&*store, at(10)).await, 3);
}

async fn a_fresh_store_has_nothing_to_remove(bench: Bench) {
    let store = bench.store().await;
    assert_eq!(remove_expired(&*store, at(i64::MAX)).await, 0);
    assert_eq!(remove_expired(&*store, at(i64::MIN)).await, 0);
}

async fn a_used_code_stays_with_its_grant(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid offline_access"))
                .await?;
            for code in [1, 2] {
                tx.insert_authorization_code(&authorization_code(code, "grant"))
                    .await?;
            }
            tx.use_authorization_code(&[1; 32], NOW).await?;
            tx.insert_refresh_token(&refresh_token(1, "grant")).await
        })
    })
    .await;
    // The unused code, the session and the interaction are over.
    assert_eq!(remove_expired(&*store, at(NOW.0 + 2 * DAY)).await, 3);
    let (used, unused) = write(&*store, move |tx| {
        Box::pin(async move {
            Ok((
                tx.use_authorization_code(&[1; 32], at(5)).await?,
                tx.use_authorization_code(&[2; 32], at(5)).await?,
            ))
        })
    })
    .await;
    let expected = AuthorizationCode {
        used_at: Some(NOW),
        ..authorization_code(1, "grant")
    };
    assert_eq!((used, unused), (Some(expected), None));
}

async fn a_consumed_refresh_token_stays_until_it_would_expire(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let token = refresh_token(1, "grant");
    let end = token.expires_at;
    write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.insert_refresh_token(&token).await?;
            tx.consume_refresh_token(&token.hash, NOW).await?;
            tx.insert_refresh_token(&RefreshToken {
                expires_at: at(end.0 + 1000),
                ..refresh_token(2, "grant")
            })
            .await
        })
    })
    .await;
    remove_expired(&*store, at(end.0 - 1)).await;
    let mut reader = store.read().await.unwrap();
    assert!(reader.refresh_token(&[1; 32]).await.unwrap().is_some());
    assert_eq!(remove_expired(&*store, end).await, 1);
    assert_eq!(reader.refresh_token(&[1; 32]).await.unwrap(), None);
    assert!(reader.refresh_token(&[2; 32]).await.unwrap().is_some());
}

async fn revoked_grants_go_with_their_credentials(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, move |tx| {
        Box::pin(async move {
            for (index, id) in [(1, "revoked"), (2, "alive")] {
                tx.insert_grant(&grant(id, "openid")).await?;
                tx.insert_access_token(&access_token(index, id)).await?;
                tx.insert_refresh_token(&refresh_token(index, id)).await?;
            }
            tx.revoke_grant(&GrantId::from("revoked"), NOW).await
        })
    })
    .await;
    assert_eq!(remove_expired(&*store, at(NOW.0 + 1)).await, 1);
    let mut reader = store.read().await.unwrap();
    let revoked = GrantId::from("revoked");
    assert_eq!(reader.grant(&revoked).await.unwrap(), None);
    assert_eq!(reader.access_token(&[1; 32]).await.unwrap(), None);
    assert_eq!(reader.refresh_token(&[1; 32]).await.unwrap(), None);
    assert!(reader.access_token(&[2; 32]).await.unwrap().is_some());
}

async fn grants_from_which_nothing_can_come_go_after_a_day(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, move |tx| {
        Box::pin(async move {
            tx.insert_grant(&grant("abandoned", "openid")).await?;
            tx.insert_authorization_code(&authorization_code(1, "abandoned"))
                .await?;
            tx.insert_grant(&grant("spent", "openid")).await?;
            tx.insert_authorization_code(&authorization_code(2, "spent"))
                .await?;
            tx.use_authorization_code(&[2; 32], NOW).await?;
            tx.insert_access_token(&access_token(2, "spent")).await?;
            tx.insert_grant(&grant("alive", "openid")).await?;
            tx.insert_refresh_token(&refresh_token(3, "alive")).await?;
            let short = Grant {
                expires_at: at(NOW.0 + 5),
                ..grant("short", "openid")
            };
            tx.insert_grant(&short).await
        })
    })
    .await;
    let left = async |now| {
        remove_expired(&*store, at(now)).await;
        let mut reader = store.read().await.unwrap();
        let mut left = Vec::new();
        for id in ["abandoned", "spent", "alive", "short"] {
            if reader.grant(&GrantId::from(id)).await.unwrap().is_some() {
                left.push(id);
            }
        }
        left
    };
    let day_later = NOW.0 + DAY;
    assert_eq!(left(day_later - 1).await, ["abandoned", "spent", "alive"]);
    assert_eq!(left(day_later).await, ["alive"]);
}

async fn sends_go_after_two_days(bench: Bench) {
    let store = bench.store().await;
    let address = [1; 32];
    write(&*store, move |tx| {
        Box::pin(async move {
            tx.lock_address(&address).await?;
            tx.insert_send(&address, NOW).await?;
            tx.insert_send(&address, at(NOW.0 + 1)).await
        })
    })
    .await;
    assert_eq!(remove_expired(&*store, at(NOW.0 + 2 * DAY)).await, 1);
    let mut reader = store.read().await.unwrap();
    let left = reader.sends_since(&address, at(0)).await.unwrap();
    assert_eq!(left, [at(NOW.0 + 1)]);
    assert_eq!(remove_expired(&*store, at(NOW.0 + 3 * DAY)).await, 1);
}

async fn failures_that_still_lock_somebody_out_stay(bench: Bench) {
    let store = bench.store().await;
    let now = at(NOW.0 + 10 * DAY);
    write(&*store, move |tx| {
        Box::pin(async move {
            for (target, locked_until) in [(1, None), (2, Some(now)), (3, Some(at(now.0 + 1)))] {
                let sentinel = Sentinel {
                    locked_until,
                    ..Sentinel::fresh([target; 32], Factor::Password, NOW)
                };
                tx.put_sentinel(&sentinel).await?;
            }
            Ok(())
        })
    })
    .await;
    assert_eq!(remove_expired(&*store, now).await, 2);
    let mut reader = store.read().await.unwrap();
    let kept = reader.sentinel(&[3; 32], Factor::Password).await.unwrap();
    assert_eq!(kept.unwrap().locked_until, Some(at(now.0 + 1)));
    drop(reader);
    assert_eq!(remove_expired(&*store, at(now.0 + 1)).await, 1);
}
