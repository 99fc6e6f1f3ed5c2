//! From one schema version to the next, on SQLite files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use moongate_core::{Document, Store as _, UnixMillis};
use tempfile::TempDir;

use super::*;
use crate::{SqlStore, StoreConfig};

const ADDED: &str = "CREATE TABLE added (id TEXT PRIMARY KEY)";
const BROKEN: &str = "CREATE TABLE added (id TEXT PRIMARY KEY); CREATE TABLE users (id TEXT)";

/// This program's schema and one more version, as a later program has it.
fn with_next(sql: &'static str) -> Vec<Migration> {
    let mut all = migrations();
    all.push(migration(next(), "next", sql));
    all
}

fn present() -> i64 {
    newest(&migrations())
}

fn next() -> i64 {
    present() + 1
}

/// The copy that is made of a file before it is migrated.
fn backup_of(file: &Path) -> PathBuf {
    beside(file, &format!("backup-{}", present()))
}

/// A file of this program's version with one document.
async fn present_version() -> (TempDir, PathBuf, StoreConfig) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("moongate.db");
    let config = StoreConfig::parse(&format!("sqlite:{}", file.display())).unwrap();
    let store = SqlStore::open(&config).await.unwrap();
    let writing: &dyn moongate_core::Store = &store;
    let document = Document {
        key: "a".into(),
        revision: 1,
        body: "{}".into(),
        author: String::new(),
        comment: None,
        updated_at: UnixMillis(1),
    };
    let saved: Result<bool, moongate_core::StoreError> = writing
        .write(move |tx| Box::pin(async move { tx.save_document(&document).await }))
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
    let (_folder, file, config) = present_version().await;
    let backup = backup_of(&file);
    for _ in 0..2 {
        let store = SqlStore::open_with(&config, &with_next(ADDED))
            .await
            .unwrap();
        let mut reader = store.read().await.unwrap();
        assert!(reader.document("a").await.unwrap().is_some());
        drop(reader);
        store.close().await;
    }
    assert_eq!(version(&file).await, next());
    assert_eq!(version(&backup).await, present());
    let mode = fs::metadata(&backup).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let partial = format!("backup-{}.partial", present());
    assert!(!beside(&file, &partial).exists());
    assert!(!beside(&file, &format!("backup-{}", next())).exists());
}

#[tokio::test]
async fn the_copy_is_a_database_to_go_back_to() {
    let (_folder, file, config) = present_version().await;
    let migrated = SqlStore::open_with(&config, &with_next(ADDED)).await;
    migrated.unwrap().close().await;
    fs::rename(backup_of(&file), &file).unwrap();
    let store = SqlStore::open(&config).await.unwrap();
    let mut reader = store.read().await.unwrap();
    assert!(reader.document("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_fresh_file_is_not_copied() {
    let (folder, _, _) = present_version().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_failed_migration_leaves_the_file_as_it_was() {
    let (_folder, file, config) = present_version().await;
    // Twice: the copy of the first try is in nobody's way.
    for _ in 0..2 {
        let error = SqlStore::open_with(&config, &with_next(BROKEN))
            .await
            .unwrap_err();
        let OpenError::Migration { reason, .. } = &error else {
            panic!("{error}");
        };
        let version = format!("version {}", next());
        assert!(reason.contains(&version), "{reason}");
    }
    assert_eq!(version(&file).await, present());
    SqlStore::open_with(&config, &with_next(ADDED))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_older_program_refuses_the_newer_file() {
    let (_folder, _, config) = present_version().await;
    let migrated = SqlStore::open_with(&config, &with_next(ADDED)).await;
    migrated.unwrap().close().await;
    let error = SqlStore::open(&config).await.unwrap_err();
    let OpenError::NewerSchema { found, known, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((found, known), (next(), present()));
}

#[tokio::test]
async fn programs_that_migrate_at_once_make_one_schema_and_one_copy() {
    let (_folder, file, config) = present_version().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let config = config.clone();
        tasks.spawn(async move { SqlStore::open_with(&config, &with_next(ADDED)).await });
    }
    for opened in tasks.join_all().await {
        opened.unwrap();
    }
    assert_eq!(version(&file).await, next());
    assert_eq!(version(&backup_of(&file)).await, present());
}

/// Rows as the first version wrote them.
const FIRST_ROWS: &str = "
INSERT INTO users VALUES ('alice', '8613800138000', NULL, NULL, 'Alice', NULL, FALSE, 'shop', 1, 1, 1);
INSERT INTO applications VALUES ('shop', 'Shop', NULL, 'Traditional', '{}', '{}', 1);
INSERT INTO sessions VALUES ('session', x'01', 'alice', 1, '[]', 1, 9);
INSERT INTO grants VALUES
    ('grant', 'alice', 'shop', 'session', 'sid', 'openid', FALSE, NULL, 1, '[]', 1, 9, NULL);
INSERT INTO signing_keys VALUES ('key', 'ES384', 'Current', x'01', 1);
";

#[tokio::test]
async fn rows_of_the_first_version_read_as_they_were_meant() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("moongate.db");
    let config = StoreConfig::parse(&format!("sqlite:{}", file.display())).unwrap();
    let first = SqlStore::open_with(&config, &migrations()[..1]).await;
    first.unwrap().close().await;
    let mut connection = SqliteConnectOptions::new()
        .filename(&file)
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(FIRST_ROWS)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = SqlStore::open(&config).await.unwrap();
    let mut reader = store.read().await.unwrap();
    let user = reader.user(&"alice".into()).await.unwrap().unwrap();
    assert!(user.custom_data.is_empty());
    let application = reader.application(&"shop".into()).await.unwrap().unwrap();
    assert!(!application.is_third_party);
    let grant = reader.grant(&"grant".into()).await.unwrap().unwrap();
    assert_eq!(grant.sid.as_deref(), Some("sid"));
    assert!(grant.resources.is_empty());
    let key = reader.signing_keys().await.unwrap().remove(0);
    assert_eq!((key.sequence, key.activates_at), (1, UnixMillis(0)));
}
