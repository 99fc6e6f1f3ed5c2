//! Connectors, settings documents and signing keys.

use moongate_core::{Connector, ConnectorId, SigningAlgorithm, SigningKeyId, StoredSigningKey};

use crate::bench::{Bench, on_both, write};
use crate::samples::{at, document};

on_both!(
    connectors_come_back_oldest_first,
    a_second_put_replaces_a_connector,
    a_deleted_connector_is_gone,
    a_document_is_saved_revision_by_revision,
    a_save_on_an_old_revision_is_refused,
    of_parallel_saves_one_wins,
    signing_keys_come_back_newest_first,
    a_place_in_the_sequence_has_one_key,
    of_parallel_key_makers_one_wins,
    a_deleted_key_is_gone,
);

fn connector(id: &str, created_at: i64) -> Connector {
    Connector {
        id: ConnectorId::from(id),
        factory_id: "aliyun-short-message-service".to_owned(),
        config: r#"{"signName":"月亮门"}"#.to_owned(),
        sealed_secrets: vec![0, 200, 3],
        secret_references: "{}".to_owned(),
        created_at: at(created_at),
        updated_at: at(created_at),
    }
}

fn key(id: &str, algorithm: SigningAlgorithm, sequence: i64) -> StoredSigningKey {
    StoredSigningKey {
        id: SigningKeyId::from(id),
        algorithm,
        sequence,
        sealed_private_key: vec![1, 2, 3],
        created_at: at(1),
        activates_at: at(5),
    }
}

async fn connectors_come_back_oldest_first(bench: Bench) {
    let store = bench.store().await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.connectors().await.unwrap(), []);
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_connector(&connector("new", 2)).await?;
            tx.put_connector(&connector("old", 1)).await
        })
    })
    .await;
    let expected = [connector("old", 1), connector("new", 2)];
    assert_eq!(reader.connectors().await.unwrap(), expected);
}

async fn a_second_put_replaces_a_connector(bench: Bench) {
    let store = bench.store().await;
    let second = Connector {
        factory_id: "http-sms".to_owned(),
        config: "{}".to_owned(),
        sealed_secrets: vec![],
        secret_references: r#"{"token":{"env":"TOKEN"}}"#.to_owned(),
        ..connector("a", 9)
    };
    let stored = second.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_connector(&connector("a", 1)).await?;
            tx.put_connector(&stored).await
        })
    })
    .await;
    let expected = Connector {
        created_at: at(1),
        ..second
    };
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.connectors().await.unwrap(), [expected]);
}

async fn a_deleted_connector_is_gone(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_connector(&connector("a", 1)).await?;
            tx.put_connector(&connector("b", 2)).await?;
            tx.delete_connector(&ConnectorId::from("a")).await?;
            tx.delete_connector(&ConnectorId::from("unknown")).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.connectors().await.unwrap(), [connector("b", 2)]);
}

async fn a_document_is_saved_revision_by_revision(bench: Bench) {
    let store = bench.store().await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.document("a").await.unwrap(), None);
    let saved = write(&*store, |tx| {
        Box::pin(async move {
            Ok([
                tx.save_document(&document("a", 1, "{}", 1)).await?,
                tx.save_document(&document("a", 2, "[1]", 2)).await?,
                tx.save_document(&document("b", 1, "[2]", 3)).await?,
            ])
        })
    })
    .await;
    assert_eq!(saved, [true, true, true]);
    let (first, second) = (document("a", 1, "{}", 1), document("a", 2, "[1]", 2));
    assert_eq!(reader.document("a").await.unwrap(), Some(second.clone()));
    let found = reader.document_revision("a", 1).await.unwrap();
    assert_eq!(found, Some(first.clone()));
    assert_eq!(reader.document_revision("a", 3).await.unwrap(), None);
    let list = reader.document_revisions("a", i64::MAX, 10).await.unwrap();
    assert_eq!(list, [second.clone(), first.clone()]);
    let list = reader.document_revisions("a", i64::MAX, 1).await.unwrap();
    assert_eq!(list, [second]);
    let list = reader.document_revisions("a", 2, 10).await.unwrap();
    assert_eq!(list, [first]);
    assert_eq!(reader.document("b").await.unwrap().unwrap().revision, 1);
}

async fn a_save_on_an_old_revision_is_refused(bench: Bench) {
    let store = bench.store().await;
    let saved = write(&*store, |tx| {
        Box::pin(async move {
            Ok([
                tx.save_document(&document("a", 2, "early", 1)).await?,
                tx.save_document(&document("a", 1, "first", 2)).await?,
                tx.save_document(&document("a", 1, "again", 3)).await?,
                tx.save_document(&document("a", 2, "second", 4)).await?,
                tx.save_document(&document("a", 2, "late", 5)).await?,
                tx.save_document(&document("a", 8, "ahead", 6)).await?,
                tx.save_document(&document("a", i64::MAX, "far", 7)).await?,
            ])
        })
    })
    .await;
    assert_eq!(saved, [false, true, false, true, false, false, false]);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.document("a").await.unwrap().unwrap().body, "second");
}

async fn of_parallel_saves_one_wins(bench: Bench) {
    let store = bench.store().await;
    for revision in 0..3 {
        let mut tasks = tokio::task::JoinSet::new();
        for racer in 0..16 {
            let store = store.clone();
            tasks.spawn(async move {
                write(&*store, move |tx| {
                    Box::pin(async move {
                        let body = racer.to_string();
                        tx.save_document(&document("a", revision + 1, &body, racer))
                            .await
                    })
                })
                .await
            });
        }
        let saved = tasks.join_all().await;
        assert_eq!(saved.into_iter().filter(|saved| *saved).count(), 1);
    }
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.document("a").await.unwrap().unwrap().revision, 3);
}

async fn signing_keys_come_back_newest_first(bench: Bench) {
    let store = bench.store().await;
    let first = key("a", SigningAlgorithm::ES384, 1);
    let current = StoredSigningKey {
        created_at: at(2),
        ..key("b", SigningAlgorithm::RS256, 1)
    };
    let next = StoredSigningKey {
        created_at: at(3),
        ..key("c", SigningAlgorithm::RS256, 2)
    };
    let expected = [next, current, first];
    let stored = expected.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            for key in stored {
                assert!(tx.insert_signing_key(&key).await?);
            }
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.signing_keys().await.unwrap(), expected);
}

async fn a_place_in_the_sequence_has_one_key(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, |tx| {
        Box::pin(async move {
            let mut added = Vec::new();
            for (id, algorithm, sequence) in [
                ("a", SigningAlgorithm::ES384, 1),
                ("b", SigningAlgorithm::RS256, 1),
                ("c", SigningAlgorithm::ES384, 1),
                ("d", SigningAlgorithm::ES384, 2),
                ("e", SigningAlgorithm::EdDSA, 2),
                ("f", SigningAlgorithm::ES256, 1),
            ] {
                added.push(tx.insert_signing_key(&key(id, algorithm, sequence)).await?);
            }
            Ok(added)
        })
    })
    .await;
    assert_eq!(added, [true, true, false, true, true, true]);
}

async fn of_parallel_key_makers_one_wins(bench: Bench) {
    let store = bench.store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for racer in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move {
                    let id = racer.to_string();
                    let key = key(&id, SigningAlgorithm::ES384, 1);
                    tx.insert_signing_key(&key).await
                })
            })
            .await
        });
    }
    let added = tasks.join_all().await;
    assert_eq!(added.into_iter().filter(|added| *added).count(), 1);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.signing_keys().await.unwrap().len(), 1);
}

async fn a_deleted_key_is_gone(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            let current = key("a", SigningAlgorithm::ES384, 1);
            tx.insert_signing_key(&current).await?;
            tx.delete_signing_key(&current.id).await?;
            let successor = key("b", SigningAlgorithm::ES384, 1);
            assert!(tx.insert_signing_key(&successor).await?);
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let left = reader.signing_keys().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, SigningKeyId::from("b"));
}
