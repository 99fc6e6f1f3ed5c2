//! API resources and their scopes.

use moongate_core::{Resource, ResourceId, ResourceScope, ScopeId, StoreError};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, resource, scope};

on_both!(
    a_resource_comes_back_as_it_was,
    a_second_put_replaces_all_but_the_birthday,
    resources_are_listed_oldest_first,
    an_indicator_belongs_to_one_resource,
    one_resource_is_the_default,
    the_longest_lifetime_is_found,
    scopes_are_listed_by_name,
    a_scope_name_belongs_to_one_scope_of_a_resource,
    a_scope_needs_its_resource,
    a_deleted_scope_is_gone_alone,
    a_deleted_resource_takes_its_scopes,
);

async fn a_resource_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, |tx| {
        Box::pin(async move { tx.put_resource(&resource("a")).await })
    });
    assert!(added.await);
    let mut reader = store.read().await.unwrap();
    let expected = resource("a");
    assert_eq!(
        reader.resource(&expected.id).await.unwrap(),
        Some(expected.clone())
    );
    let found = reader.resource_by_indicator(&expected.indicator).await;
    assert_eq!(found.unwrap(), Some(expected));
    let unknown = ResourceId::from("unknown");
    assert_eq!(reader.resource(&unknown).await.unwrap(), None);
    assert_eq!(reader.resource_by_indicator("").await.unwrap(), None);
    assert_eq!(reader.default_resource().await.unwrap(), None);
    assert_eq!(reader.resource_scopes(&unknown).await.unwrap(), []);
    let unknown = ScopeId::from("unknown");
    assert_eq!(reader.resource_scope(&unknown).await.unwrap(), None);
}

async fn a_second_put_replaces_all_but_the_birthday(bench: Bench) {
    let store = bench.store().await;
    let second = Resource {
        name: "Books".to_owned(),
        indicator: "urn:books".to_owned(),
        access_token_ttl: 7,
        is_default: true,
        created_at: at(5),
        ..resource("a")
    };
    let scope_again = ResourceScope {
        name: "read:all".to_owned(),
        description: None,
        created_at: at(5),
        ..scope("read", "a")
    };
    let (stored, stored_scope) = (second.clone(), scope_again.clone());
    write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("a")).await?);
            assert!(tx.put_resource(&stored).await?);
            assert!(tx.put_resource_scope(&scope("read", "a")).await?);
            assert!(tx.put_resource_scope(&stored_scope).await?);
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let expected = Resource {
        created_at: NOW,
        ..second
    };
    assert_eq!(
        reader.resource(&expected.id).await.unwrap(),
        Some(expected.clone())
    );
    let scopes = reader.resource_scopes(&expected.id).await.unwrap();
    let expected = ResourceScope {
        created_at: NOW,
        ..scope_again
    };
    assert_eq!(scopes, [expected]);
}

async fn resources_are_listed_oldest_first(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            for (id, created_at) in [("b", 2), ("a", 3), ("c", 1)] {
                let resource = Resource {
                    created_at: at(created_at),
                    ..resource(id)
                };
                assert!(tx.put_resource(&resource).await?);
            }
            Ok(())
        })
    })
    .await;
    let found = store.read().await.unwrap().resources().await.unwrap();
    let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}

async fn an_indicator_belongs_to_one_resource(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, |tx| {
        Box::pin(async move {
            let first = tx.put_resource(&resource("a")).await?;
            let same = Resource {
                indicator: resource("a").indicator,
                is_default: true,
                ..resource("b")
            };
            let second = tx.put_resource(&same).await?;
            // The unit goes on, and the refused resource took nobody's place.
            let third = tx.put_resource(&resource("c")).await?;
            Ok([first, second, third])
        })
    })
    .await;
    assert_eq!(added, [true, false, true]);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.resource(&ResourceId::from("b")).await.unwrap(), None);
    assert_eq!(reader.default_resource().await.unwrap(), None);
}

async fn one_resource_is_the_default(bench: Bench) {
    let store = bench.store().await;
    let default = |id: &str| Resource {
        is_default: true,
        ..resource(id)
    };
    write(&*store, move |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&default("a")).await?);
            assert!(tx.put_resource(&default("b")).await?);
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.default_resource().await.unwrap(), Some(default("b")));
    let first = reader.resource(&ResourceId::from("a")).await.unwrap();
    assert_eq!(first, Some(resource("a")));
}

async fn the_longest_lifetime_is_found(bench: Bench) {
    let store = bench.store().await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.longest_access_token_ttl().await.unwrap(), None);
    drop(reader);
    write(&*store, |tx| {
        Box::pin(async move {
            for (id, access_token_ttl) in [("a", 60), ("b", 86_400), ("c", 600)] {
                let resource = Resource {
                    access_token_ttl,
                    ..resource(id)
                };
                assert!(tx.put_resource(&resource).await?);
            }
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let longest = reader.longest_access_token_ttl().await.unwrap();
    assert_eq!(longest, Some(86_400));
}

async fn scopes_are_listed_by_name(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("a")).await?);
            assert!(tx.put_resource(&resource("b")).await?);
            for id in ["write", "read", "Write"] {
                assert!(tx.put_resource_scope(&scope(id, "a")).await?);
            }
            assert!(tx.put_resource_scope(&scope("other", "b")).await?);
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let found = reader.resource_scopes(&ResourceId::from("a")).await;
    let expected = ["Write", "read", "write"].map(|id| scope(id, "a"));
    assert_eq!(found.unwrap(), expected);
    let found = reader.resource_scope(&ScopeId::from("other")).await;
    assert_eq!(found.unwrap(), Some(scope("other", "b")));
}

async fn a_scope_name_belongs_to_one_scope_of_a_resource(bench: Bench) {
    let store = bench.store().await;
    let named = |id: &str, resource: &str| ResourceScope {
        name: "read".to_owned(),
        ..scope(id, resource)
    };
    let added = write(&*store, move |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("a")).await?);
            assert!(tx.put_resource(&resource("b")).await?);
            let first = tx.put_resource_scope(&named("one", "a")).await?;
            let second = tx.put_resource_scope(&named("two", "a")).await?;
            let elsewhere = tx.put_resource_scope(&named("three", "b")).await?;
            let again = tx.put_resource_scope(&named("one", "a")).await?;
            Ok([first, second, elsewhere, again])
        })
    })
    .await;
    assert_eq!(added, [true, false, true, true]);
}

async fn a_scope_needs_its_resource(bench: Bench) {
    let store = bench.store().await;
    let refused: Result<bool, StoreError> = store
        .write(|tx| Box::pin(async move { tx.put_resource_scope(&scope("read", "a")).await }))
        .await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

async fn a_deleted_scope_is_gone_alone(bench: Bench) {
    let store = bench.store().await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("a")).await?);
            assert!(tx.put_resource_scope(&scope("read", "a")).await?);
            assert!(tx.put_resource_scope(&scope("write", "a")).await?);
            let read = ScopeId::from("read");
            let first = tx.delete_resource_scope(&read).await?;
            Ok([first, tx.delete_resource_scope(&read).await?])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    let mut reader = store.read().await.unwrap();
    let left = reader.resource_scopes(&ResourceId::from("a")).await;
    assert_eq!(left.unwrap(), [scope("write", "a")]);
}

async fn a_deleted_resource_takes_its_scopes(bench: Bench) {
    let store = bench.store().await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("a")).await?);
            assert!(tx.put_resource(&resource("b")).await?);
            assert!(tx.put_resource_scope(&scope("read", "a")).await?);
            let id = ResourceId::from("a");
            let first = tx.delete_resource(&id).await?;
            Ok([first, tx.delete_resource(&id).await?])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.resources().await.unwrap(), [resource("b")]);
    let gone = reader.resource_scope(&ScopeId::from("read")).await;
    assert_eq!(gone.unwrap(), None);
}
