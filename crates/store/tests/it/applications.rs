//! Applications and their secrets.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, OidcClientMetadata, StoreError,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, application, at, furnish, grant, interaction};

on_both!(
    an_application_comes_back_as_it_was,
    a_second_put_replaces_all_but_the_birthday,
    applications_are_listed_oldest_first,
    secrets_are_listed_by_name_and_replaced_by_name,
    a_secret_needs_its_application,
    a_deleted_secret_is_gone_alone,
    a_deleted_application_takes_what_is_its_own,
);

fn secret(name: &str) -> ApplicationSecret {
    ApplicationSecret {
        application_id: ApplicationId::from("shop"),
        name: name.to_owned(),
        sealed_value: vec![0, 1, 255],
        reference: Some(r#"{"env":"SHOP_SECRET"}"#.to_owned()),
        created_at: NOW,
        expires_at: Some(at(NOW.0 + 1)),
    }
}

async fn an_application_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    let kinds = [
        ApplicationType::Native,
        ApplicationType::Spa,
        ApplicationType::Traditional,
    ];
    for kind in kinds {
        let expected = Application {
            kind,
            description: None,
            ..application(kind.as_str())
        };
        let stored = expected.clone();
        write(&*store, |tx| {
            Box::pin(async move { tx.put_application(&stored).await })
        })
        .await;
        let mut reader = store.read().await.unwrap();
        let found = reader.application(&expected.id).await.unwrap();
        assert_eq!(found, Some(expected));
    }
    let mut reader = store.read().await.unwrap();
    let unknown = ApplicationId::from("unknown");
    assert_eq!(reader.application(&unknown).await.unwrap(), None);
    assert_eq!(reader.application_secrets(&unknown).await.unwrap(), []);
}

async fn a_second_put_replaces_all_but_the_birthday(bench: Bench) {
    let store = bench.store().await;
    let second = Application {
        name: "Library".to_owned(),
        description: None,
        kind: ApplicationType::Spa,
        oidc_client_metadata: OidcClientMetadata::default(),
        created_at: at(9_999_999),
        ..application("shop")
    };
    let stored = second.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("shop")).await?;
            tx.put_application(&stored).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let found = reader.application(&second.id).await.unwrap();
    let expected = Application {
        created_at: NOW,
        ..second
    };
    assert_eq!(found, Some(expected));
}

async fn applications_are_listed_oldest_first(bench: Bench) {
    let store = bench.store().await;
    assert_eq!(
        store.read().await.unwrap().applications().await.unwrap(),
        []
    );
    write(&*store, |tx| {
        Box::pin(async move {
            for (id, created_at) in [("b", 2), ("a", 3), ("c", 1)] {
                let application = Application {
                    created_at: at(created_at),
                    ..application(id)
                };
                tx.put_application(&application).await?;
            }
            Ok(())
        })
    })
    .await;
    let found = store.read().await.unwrap().applications().await.unwrap();
    let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}

async fn secrets_are_listed_by_name_and_replaced_by_name(bench: Bench) {
    let store = bench.store().await;
    let replaced = ApplicationSecret {
        sealed_value: vec![9; 70],
        reference: None,
        created_at: at(5),
        expires_at: None,
        ..secret("a")
    };
    let stored = replaced.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("shop")).await?;
            for name in ["b", "a", "B"] {
                tx.put_application_secret(&secret(name)).await?;
            }
            tx.put_application_secret(&stored).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let found = reader.application_secrets(&replaced.application_id).await;
    let replaced = ApplicationSecret {
        created_at: NOW,
        ..replaced
    };
    assert_eq!(found.unwrap(), [secret("B"), replaced, secret("b")]);
}

async fn a_secret_needs_its_application(bench: Bench) {
    let store = bench.store().await;
    let refused: Result<(), StoreError> = store
        .write(|tx| Box::pin(async move { tx.put_application_secret(&secret("a")).await }))
        .await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

async fn a_deleted_secret_is_gone_alone(bench: Bench) {
    let store = bench.store().await;
    let shop = ApplicationId::from("shop");
    let id = shop.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("shop")).await?;
            tx.put_application_secret(&secret("a")).await?;
            tx.put_application_secret(&secret("b")).await?;
            tx.delete_application_secret(&id, "a").await?;
            tx.delete_application_secret(&id, "unknown").await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let left = reader.application_secrets(&shop).await.unwrap();
    assert_eq!(left, [secret("b")]);
}

async fn a_deleted_application_takes_what_is_its_own(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let shop = ApplicationId::from("shop");
    let id = shop.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("other")).await?;
            tx.put_application_secret(&secret("a")).await?;
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.delete_application(&id).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.application(&shop).await.unwrap(), None);
    assert_eq!(reader.application_secrets(&shop).await.unwrap(), []);
    let interaction = interaction("interaction").id;
    assert_eq!(reader.interaction(&interaction).await.unwrap(), None);
    assert_eq!(reader.grant(&grant("grant", "").id).await.unwrap(), None);
    assert_eq!(reader.applications().await.unwrap(), [application("other")]);
}
