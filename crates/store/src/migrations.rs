//! The schema's versions. All that are missing are applied in one transaction when a database is
//! opened; an older SQLite file is copied first; a newer schema is refused.

use std::path::{Path, PathBuf};

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use crate::OpenError;
use crate::config::Database;
use crate::error::reason;
use crate::sqlite::private_file;

/// Held by the server that migrates a PostgreSQL database; others wait. Any number does that no
/// other program of the same database takes: these are the letters "moongate".
const LOCK: i64 = i64::from_be_bytes(*b"moongate");

/// Where sqlx notes what was applied.
const TABLE: &str = "_sqlx_migrations";

const VERSION: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// The schema of this program, oldest version first. A version that was released never changes.
pub(crate) fn migrations() -> Vec<Migration> {
    vec![
        migration(1, "first", include_str!("../migrations/0001_first.sql")),
        migration(
            2,
            "provider",
            include_str!("../migrations/0002_provider.sql"),
        ),
        migration(
            3,
            "experience",
            include_str!("../migrations/0003_experience.sql"),
        ),
    ]
}

fn migration(version: i64, description: &'static str, sql: &'static str) -> Migration {
    Migration::new(
        version,
        description.into(),
        MigrationType::Simple,
        sql.into_sql_str(),
        false,
    )
}

/// Refuses a SQLite file that is another program's or a newer one's, without a change to it.
pub(crate) async fn inspect_sqlite(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let name = sqlite_name(path);
    let version = sqlite_version(connection)
        .await
        .map_err(|error| OpenError::Unreachable {
            database: name.clone(),
            reason: reason(&error),
        })?;
    match version {
        SqliteVersion::Foreign => Err(OpenError::Foreign { database: name }),
        SqliteVersion::Empty => Ok(()),
        SqliteVersion::At(found) => refuse_newer(&name, found, migrations),
    }
}

/// Brings a SQLite file up to date. Two programs that start at once do it one after the other.
pub(crate) async fn migrate_sqlite(
    connection: &mut SqliteConnection,
    options: &SqliteConnectOptions,
    path: &Path,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let name = sqlite_name(path);
    let failed = |error: sqlx::Error| failed(&name, &error);
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(failed)?;
    match sqlite_version(&mut transaction).await.map_err(failed)? {
        SqliteVersion::Foreign => return Err(OpenError::Foreign { database: name }),
        SqliteVersion::At(found) => {
            refuse_newer(&name, found, migrations)?;
            if found < newest(migrations) {
                back_up(options, path, found).await?;
            }
        }
        SqliteVersion::Empty => {}
    }
    apply(&mut *transaction, &name, migrations).await?;
    transaction.commit().await.map_err(failed)
}

/// Brings a PostgreSQL database up to date. `name` says which, without a password.
pub(crate) async fn migrate_postgres(
    connection: &mut PgConnection,
    name: &str,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let failed = |error: sqlx::Error| failed(name, &error);
    let mut transaction = connection.begin().await.map_err(failed)?;
    // Released at the end of the transaction, whichever way it ends.
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    apply(&mut *transaction, name, migrations).await?;
    transaction.commit().await.map_err(failed)
}

/// Checks what was applied before and applies what is missing, within the caller's transaction.
async fn apply<C: Migrate>(
    connection: &mut C,
    name: &str,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let failed = |error: MigrateError| migration_failed(name, &error);
    connection
        .ensure_migrations_table(TABLE)
        .await
        .map_err(failed)?;
    let applied = connection
        .list_applied_migrations(TABLE)
        .await
        .map_err(failed)?;
    let newest_applied = applied.iter().map(|applied| applied.version).max();
    refuse_newer(name, newest_applied.unwrap_or_default(), migrations)?;
    for applied in &applied {
        let known = migrations
            .iter()
            .any(|known| known.version == applied.version && known.checksum == applied.checksum);
        if !known {
            return Err(OpenError::ChangedSchema {
                database: name.to_owned(),
                version: applied.version,
            });
        }
    }
    for migration in migrations {
        if !applied
            .iter()
            .any(|applied| applied.version == migration.version)
        {
            connection.apply(TABLE, migration).await.map_err(failed)?;
        }
    }
    Ok(())
}

enum SqliteVersion {
    /// No tables at all.
    Empty,
    /// Tables, but none of ours.
    Foreign,
    At(i64),
}

async fn sqlite_version(connection: &mut SqliteConnection) -> Result<SqliteVersion, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' \
         ESCAPE '~'",
    )
    .fetch_all(&mut *connection)
    .await?;
    if tables.is_empty() {
        return Ok(SqliteVersion::Empty);
    }
    // Both, since other programs keep their migrations with sqlx as well.
    if !["_sqlx_migrations", "signing_keys"]
        .iter()
        .all(|ours| tables.iter().any(|table| table == ours))
    {
        return Ok(SqliteVersion::Foreign);
    }
    let version: Option<i64> = sqlx::query_scalar(VERSION)
        .fetch_one(&mut *connection)
        .await?;
    Ok(SqliteVersion::At(version.unwrap_or_default()))
}

fn newest(migrations: &[Migration]) -> i64 {
    migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

fn refuse_newer(database: &str, found: i64, migrations: &[Migration]) -> Result<(), OpenError> {
    let known = newest(migrations);
    if found > known {
        return Err(OpenError::NewerSchema {
            database: database.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

/// Copies the file as it is to `<file>.backup-<version>`, readable by its owner alone. The caller
/// holds the write lock, so nothing changes meanwhile; the copy is read over a second connection.
/// A copy of the same version that an earlier, failed migration left is replaced.
async fn back_up(
    options: &SqliteConnectOptions,
    path: &Path,
    version: i64,
) -> Result<(), OpenError> {
    let target = beside(path, &format!("backup-{version}"));
    let partial = beside(path, &format!("backup-{version}.partial"));
    let failed = |reason: String| OpenError::Backup {
        file: target.clone(),
        reason,
    };
    let write = async {
        if partial.exists() {
            std::fs::remove_file(&partial).map_err(|error| error.to_string())?;
        }
        let file = private_file(&partial).map_err(|error| error.to_string())?;
        let text = partial.to_str().ok_or("its name is not UTF-8")?;
        let mut reader = options.connect().await.map_err(|error| reason(&error))?;
        sqlx::query("VACUUM INTO $1")
            .bind(text)
            .execute(&mut reader)
            .await
            .map_err(|error| reason(&error))?;
        reader.close().await.map_err(|error| reason(&error))?;
        file.sync_all().map_err(|error| error.to_string())?;
        std::fs::rename(&partial, &target).map_err(|error| error.to_string())
    };
    write.await.map_err(failed)?;
    tracing::info!(file = %target.display(), version, "copied the database before migrating it");
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn sqlite_name(path: &Path) -> String {
    Database::Sqlite(path.to_owned()).to_string()
}

fn failed(database: &str, error: &sqlx::Error) -> OpenError {
    OpenError::Migration {
        database: database.to_owned(),
        reason: reason(error),
    }
}

fn migration_failed(database: &str, error: &MigrateError) -> OpenError {
    let reason = match error {
        MigrateError::Execute(error) => reason(error),
        MigrateError::ExecuteMigration(error, version) => {
            format!("version {version}: {}", reason(error))
        }
        _ => error.to_string(),
    };
    OpenError::Migration {
        database: database.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests;
