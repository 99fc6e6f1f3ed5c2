//! Opening a database: fresh, known, newer, foreign, and out of reach.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use moongate_core::UserId;
use moongate_store::{OpenError, SqlStore, StoreConfig, open};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use tokio::task::JoinSet;

use crate::bench::{Bench, on_both};
use crate::samples::furnish;

on_both!(
    what_was_written_is_there_after_a_restart,
    stores_that_start_at_once_agree_on_the_schema,
    a_newer_schema_is_refused_with_both_versions,
    a_changed_schema_is_refused,
    debug_shows_no_password,
);

mod sqlite_file {
    #[test]
    fn sqlite_makes_files_that_the_owner_alone_reads() {
        crate::bench::on_sqlite(super::files_are_private);
    }

    #[test]
    fn sqlite_says_which_folder_is_missing() {
        crate::bench::on_sqlite(super::a_missing_folder_is_named);
    }

    #[test]
    fn sqlite_leaves_other_programs_files_alone() {
        crate::bench::on_sqlite(super::a_foreign_file_is_left_alone);
    }

    #[test]
    fn sqlite_refuses_what_is_no_database() {
        crate::bench::on_sqlite(super::a_text_file_is_refused);
    }

    #[test]
    fn sqlite_is_fully_durable_by_default() {
        crate::bench::on_sqlite(super::the_default_is_full_durability);
    }
}

mod postgres_server {
    #[test]
    fn postgres_out_of_reach_is_named_without_its_password() {
        crate::bench::on_postgres(super::an_unreachable_server_is_named);
    }
}

async fn what_was_written_is_there_after_a_restart(bench: Bench) {
    let store = bench.open().await;
    furnish(&store).await;
    store.close().await;
    let store = bench.store().await;
    let mut reader = store.read().await.unwrap();
    let alice = UserId::from("alice");
    assert!(reader.user(&alice).await.unwrap().is_some());
    assert!(reader.session_by_cookie(&[1; 32]).await.unwrap().is_some());
}

async fn stores_that_start_at_once_agree_on_the_schema(bench: Bench) {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let config = bench.config();
        tasks.spawn(async move { SqlStore::open(&config).await });
    }
    for opened in tasks.join_all().await {
        let store = opened.unwrap();
        let mut reader = moongate_core::Store::read(&store).await.unwrap();
        assert_eq!(reader.applications().await.unwrap(), []);
    }
}

/// Runs a statement behind the store's back.
async fn meddle(bench: &Bench, statement: &'static str) {
    if bench.url().starts_with("sqlite:") {
        let mut connection = sqlite(&bench.file()).await;
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(bench.url()).await.unwrap();
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}

async fn sqlite(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

async fn a_newer_schema_is_refused_with_both_versions(bench: Bench) {
    bench.open().await.close().await;
    meddle(
        &bench,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 99, 'future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    let error = SqlStore::open(&bench.config()).await.unwrap_err();
    let OpenError::NewerSchema { found, known, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((found, known), (99, 3));
    assert!(error.to_string().contains("version 99"), "{error}");
}

async fn a_changed_schema_is_refused(bench: Bench) {
    bench.open().await.close().await;
    meddle(
        &bench,
        "UPDATE _sqlx_migrations SET checksum = \
         (SELECT mac FROM verification_codes UNION ALL \
          SELECT checksum FROM _sqlx_migrations LIMIT 1), version = 0 WHERE version = 1",
    )
    .await;
    let error = SqlStore::open(&bench.config()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::ChangedSchema { version: 0, .. }),
        "{error}"
    );
}

async fn debug_shows_no_password(bench: Bench) {
    let store = bench.open().await;
    let shown = format!("{store:?} {:?}", bench.config());
    assert!(!shown.contains("unused"), "{shown}");
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

async fn files_are_private(bench: Bench) {
    let store = bench.open().await;
    furnish(&store).await;
    let mut files = Vec::new();
    for entry in fs::read_dir(bench.folder()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
        files.push(entry.file_name().into_string().unwrap());
    }
    files.sort();
    let expected = ["moongate.db", "moongate.db-shm", "moongate.db-wal"];
    assert_eq!(files, expected);
    store.close().await;
    assert!(!bench.folder().join("moongate.db-wal").exists());
}

async fn a_missing_folder_is_named(bench: Bench) {
    let folder = bench.folder().join("no/such");
    let url = format!("sqlite:{}", folder.join("moongate.db").display());
    let error = open(&url).await.unwrap_err();
    let OpenError::NoFolder { folder: named } = error else {
        panic!("{error}");
    };
    assert_eq!(named, folder);
}

async fn a_foreign_file_is_left_alone(bench: Bench) {
    let mut connection = sqlite(&bench.file()).await;
    sqlx::query("CREATE TABLE photos (id TEXT PRIMARY KEY)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = fs::read(bench.file()).unwrap();
    let error = SqlStore::open(&bench.config()).await.unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    assert_eq!(fs::read(bench.file()).unwrap(), before);
}

async fn a_text_file_is_refused(bench: Bench) {
    let text = "listen = \"127.0.0.1:3001\"\n".repeat(40);
    fs::write(bench.file(), &text).unwrap();
    let error = SqlStore::open(&bench.config()).await.unwrap_err();
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error}");
    assert_eq!(fs::read_to_string(bench.file()).unwrap(), text);
}

async fn the_default_is_full_durability(bench: Bench) {
    let store = open(bench.url()).await.unwrap();
    furnish(&store).await;
    let alice = UserId::from("alice");
    let mut reader = moongate_core::Store::read(&store).await.unwrap();
    assert!(reader.user(&alice).await.unwrap().is_some());
    let config = StoreConfig::parse(bench.url()).unwrap();
    assert!(format!("{config:?}").contains("Full"));
}

async fn an_unreachable_server_is_named(bench: Bench) {
    let url = bench.url().replace("/test_", "/nowhere_");
    let error = open(&url).await.unwrap_err().to_string();
    assert!(error.contains("127.0.0.1"), "{error}");
    assert!(error.contains("does not exist"), "{error}");
    let error = open("postgres://me:hunter2@127.0.0.1:1/x").await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("postgres://127.0.0.1:1/x"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}
