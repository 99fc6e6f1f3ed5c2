//! Opening a SQLite file: write-ahead log, one connection to write, four to read.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migration;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::config::{Database, Durability};
use crate::error::reason;
use crate::{OpenError, migrations};

/// How long a statement waits for another process that writes the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How often, and after which pause, the switch to the write-ahead log is tried: SQLite does not
/// apply the busy timeout to it.
const SWITCH_TRIES: u32 = 200;
const SWITCH_PAUSE: Duration = Duration::from_millis(25);

const READERS: u32 = 4;

/// The connections of an open file.
pub(crate) struct Connections {
    pub(crate) writer: SqliteConnection,
    pub(crate) readers: SqlitePool,
}

/// Opens, and makes if need be, the file at `path` and brings its schema up to date.
pub(crate) async fn open(
    path: &Path,
    durability: Durability,
    migrations: &[Migration],
) -> Result<Connections, OpenError> {
    make_file(path)?;
    let unreachable = |error: sqlx::Error| unreachable(path, reason(&error));
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(match durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Off => SqliteSynchronous::Off,
        });
    let mut writer = options.connect().await.map_err(unreachable)?;
    // Before anything is changed: another program's file, or a newer one, stays as it is.
    migrations::inspect_sqlite(&mut writer, path, migrations).await?;
    use_write_ahead_log(&mut writer, path).await?;
    migrations::migrate_sqlite(&mut writer, &options, path, migrations).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.read_only(true))
        .await
        .map_err(unreachable)?;
    Ok(Connections { writer, readers })
}

/// Makes an empty file that its owner alone may read, before SQLite sees it: the log files beside
/// it take over its mode. A file that is there keeps its own.
fn make_file(path: &Path) -> Result<(), OpenError> {
    match private_file(path) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            ErrorKind::AlreadyExists => Ok(()),
            ErrorKind::NotFound => Err(OpenError::NoFolder {
                folder: path.parent().map(PathBuf::from).unwrap_or_default(),
            }),
            _ => Err(unreachable(path, error.to_string())),
        },
    }
}

/// A new file with mode 0600; it must not exist.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

async fn use_write_ahead_log(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), OpenError> {
    for tries_left in (0..SWITCH_TRIES).rev() {
        let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = WAL")
            .fetch_one(&mut *connection)
            .await;
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => {
                let text = "its file system does not support SQLite's write-ahead log";
                return Err(unreachable(path, text.to_owned()));
            }
            Err(error) if tries_left > 0 && is_busy(&error) => {
                tokio::time::sleep(SWITCH_PAUSE).await;
            }
            Err(error) => return Err(unreachable(path, reason(&error))),
        }
    }
    Ok(())
}

/// Whether it is `SQLITE_BUSY` or one of its extended codes.
fn is_busy(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xFF == 5)
}

fn unreachable(path: &Path, reason: String) -> OpenError {
    OpenError::Unreachable {
        database: Database::Sqlite(path.to_owned()).to_string(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pragma(connection: &mut SqliteConnection, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement)
            .fetch_one(connection)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn durability_decides_how_often_the_disk_is_flushed() {
        for (durability, expected) in [(Durability::Full, 2), (Durability::Off, 0)] {
            let folder = tempfile::TempDir::new().unwrap();
            let file = folder.path().join("moongate.db");
            let migrations = migrations::migrations();
            let mut opened = open(&file, durability, &migrations).await.unwrap();
            let found = pragma(&mut opened.writer, "PRAGMA synchronous").await;
            assert_eq!(found, expected);
            let found = pragma(&mut opened.writer, "PRAGMA foreign_keys").await;
            assert_eq!(found, 1);
        }
    }

    #[tokio::test]
    async fn readers_can_not_write() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("moongate.db");
        let migrations = migrations::migrations();
        let opened = open(&file, Durability::Off, &migrations).await.unwrap();
        let refused = sqlx::query("DELETE FROM users")
            .execute(&opened.readers)
            .await;
        assert!(refused.unwrap_err().to_string().contains("readonly"));
    }
}
