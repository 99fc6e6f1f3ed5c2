//! From one schema version to the next, on SQLite files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use moongate_core::{Store as _, UnixMillis};
use tempfile::TempDir;

use super::*;
use crate::{SqlStore, StoreConfig};

const ADDED: &str = "CREATE TABLE added (id TEXT PRIMARY KEY)";
const BROKEN: &str = "CREATE TABLE added (id TEXT PRIMARY KEY); CREATE TABLE users (id TEXT)";

fn with_second(sql: &'static str) -> Vec<Migration> {
    let mut all = migrations();
    all.push(migration(2, "second", sql));
    all
}

/// A file of version 1 with one document.
async fn first_version() -> (TempDir, PathBuf, StoreConfig) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("moongate.db");
    let config = StoreConfig::parse(&format!("sqlite:{}", file.display())).unwrap();
    let store = SqlStore::open(&config).await.unwrap();
    let writing: &dyn moongate_core::Store = &store;
    let saved: Result<bool, moongate_core::StoreError> = writing
        .write(|tx| Box::pin(async move { tx.save_document("a", 0, "{}", UnixMillis(1)).await }))
        .await;
    assert!(saved.unwrap());
    store.close().await;
    (folder, file, config)
}

async fn version(file: &Path) -> i64 {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = options.connect().await.unwrap();
    let version = sqlx::query_scalar(VERSION)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    version
}

#[tokio::test]
async fn an_older_file_is_copied_then_migrated() {
    let (_folder, file, config) = first_version().await;
    let backup = beside(&file, "backup-1");
    for _ in 0..2 {
        let store = SqlStore::open_with(&config, &with_second(ADDED))
            .await
            .unwrap();
        let mut reader = store.read().await.unwrap();
        assert!(reader.document("a").await.unwrap().is_some());
        drop(reader);
        store.close().await;
    }
    assert_eq!(version(&file).await, 2);
    assert_eq!(version(&backup).await, 1);
    let mode = fs::metadata(&backup).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!beside(&file, "backup-1.partial").exists());
    assert!(!beside(&file, "backup-2").exists());
}

#[tokio::test]
async fn the_copy_is_a_database_to_go_back_to() {
    let (_folder, file, config) = first_version().await;
    let migrated = SqlStore::open_with(&config, &with_second(ADDED)).await;
    migrated.unwrap().close().await;
    fs::rename(beside(&file, "backup-1"), &file).unwrap();
    let store = SqlStore::open(&config).await.unwrap();
    let mut reader = store.read().await.unwrap();
    assert!(reader.document("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_fresh_file_is_not_copied() {
    let (folder, _, _) = first_version().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_failed_migration_leaves_the_file_as_it_was() {
    let (_folder, file, config) = first_version().await;
    // Twice: the copy of the first try is in nobody's way.
    for _ in 0..2 {
        let error = SqlStore::open_with(&config, &with_second(BROKEN))
            .await
            .unwrap_err();
        let OpenError::Migration { reason, .. } = &error else {
            panic!("{error}");
        };
        assert!(reason.contains("version 2"), "{reason}");
    }
    assert_eq!(version(&file).await, 1);
    SqlStore::open_with(&config, &with_second(ADDED))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_older_program_refuses_the_newer_file() {
    let (_folder, _, config) = first_version().await;
    let migrated = SqlStore::open_with(&config, &with_second(ADDED)).await;
    migrated.unwrap().close().await;
    let error = SqlStore::open(&config).await.unwrap_err();
    assert!(
        matches!(
            error,
            OpenError::NewerSchema {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn programs_that_migrate_at_once_make_one_schema_and_one_copy() {
    let (_folder, file, config) = first_version().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let config = config.clone();
        tasks.spawn(async move { SqlStore::open_with(&config, &with_second(ADDED)).await });
    }
    for opened in tasks.join_all().await {
        opened.unwrap();
    }
    assert_eq!(version(&file).await, 2);
    assert_eq!(version(&beside(&file, "backup-1")).await, 1);
}
