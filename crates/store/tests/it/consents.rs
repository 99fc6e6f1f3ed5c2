//! What users allowed third-party applications.

use moongate_core::{ApplicationId, Consent, ResourceScopes, Scopes, UserId};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish, number, user};

on_both!(
    a_consent_comes_back_as_it_was_put,
    a_later_consent_takes_the_place_of_the_earlier,
    a_forgotten_consent_is_gone_once,
    consents_go_with_their_application_and_their_user,
);

fn consent(scopes: &str) -> Consent {
    Consent {
        user_id: UserId::from("alice"),
        application_id: ApplicationId::from("shop"),
        scopes: Scopes::from(scopes),
        resources: ResourceScopes::from([("https://orders".to_owned(), Scopes::from("read"))]),
        updated_at: NOW,
    }
}

async fn found(store: &dyn moongate_core::Store) -> Option<Consent> {
    let (alice, shop) = (UserId::from("alice"), ApplicationId::from("shop"));
    let mut reader = store.read().await.unwrap();
    reader.consent(&alice, &shop).await.unwrap()
}

async fn put(store: &dyn moongate_core::Store, consent: Consent) {
    write(store, move |tx| {
        Box::pin(async move { tx.put_consent(&consent).await })
    })
    .await;
}

async fn a_consent_comes_back_as_it_was_put(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    assert_eq!(found(&*store).await, None);
    put(&*store, consent("openid profile")).await;
    assert_eq!(found(&*store).await, Some(consent("openid profile")));
}

async fn a_later_consent_takes_the_place_of_the_earlier(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    put(&*store, consent("openid")).await;
    let later = Consent {
        resources: ResourceScopes::new(),
        updated_at: at(NOW.0 + 1),
        ..consent("openid phone")
    };
    put(&*store, later.clone()).await;
    assert_eq!(found(&*store).await, Some(later));
}

async fn a_forgotten_consent_is_gone_once(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    put(&*store, consent("openid")).await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            let (alice, shop) = (UserId::from("alice"), ApplicationId::from("shop"));
            Ok([
                tx.delete_consent(&alice, &shop).await?,
                tx.delete_consent(&alice, &shop).await?,
            ])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    assert_eq!(found(&*store).await, None);
}

async fn consents_go_with_their_application_and_their_user(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    put(&*store, consent("openid")).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let alice = user("alice", number());
            tx.delete_user(&alice.id).await?;
            assert!(tx.insert_user(&alice).await?);
            Ok(())
        })
    })
    .await;
    assert_eq!(found(&*store).await, None);
    put(&*store, consent("openid")).await;
    write(&*store, |tx| {
        Box::pin(async move { tx.delete_application(&ApplicationId::from("shop")).await })
    })
    .await;
    assert_eq!(found(&*store).await, None);
}
