//! Errors: why a database did not open, and what the port says of a failed statement.
//!
//! Neither repeats a value: not a password from a URL, nor what a statement was bound to.

use std::path::PathBuf;

use moongate_core::StoreError;
use sqlx::error::ErrorKind;
use thiserror::Error;

/// Why a database did not open.
#[derive(Debug, Clone, Error)]
pub enum OpenError {
    /// The URL names no database that we can use.
    #[error("the database URL is not usable: {0}")]
    InvalidUrl(&'static str),
    /// The folder of the SQLite file does not exist.
    #[error("the folder {} of the database file does not exist", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The file can't be opened, or the server can't be reached or does not let us in.
    #[error("{database} can't be opened: {reason}")]
    Unreachable {
        /// File, or host, port and database name.
        database: String,
        /// What the database or the operating system said.
        reason: String,
    },
    /// A file with tables of some other program.
    #[error("{database} belongs to another program: it has tables, but not ours")]
    Foreign {
        /// File, or host, port and database name.
        database: String,
    },
    /// A newer program has been here. Nothing was changed.
    #[error(
        "{database} has schema version {found}, and this program knows versions up to {known}; \
         run the newer program, or go back to a backup"
    )]
    NewerSchema {
        /// File, or host, port and database name.
        database: String,
        /// The schema version of the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The schema was made by a different program text of the same version.
    #[error("{database} has another schema version {version} than this program")]
    ChangedSchema {
        /// File, or host, port and database name.
        database: String,
        /// The version that differs.
        version: i64,
    },
    /// The schema could not be brought up to date. Nothing was changed.
    #[error("{database} could not be migrated: {reason}")]
    Migration {
        /// File, or host, port and database name.
        database: String,
        /// What the database said.
        reason: String,
    },
    /// The copy before a migration could not be made. Nothing was changed.
    #[error("the backup {} could not be written: {reason}", .file.display())]
    Backup {
        /// The copy.
        file: PathBuf,
        /// What the database or the operating system said.
        reason: String,
    },
}

/// What the port says of a failed statement. On PostgreSQL, lost serialisation and deadlocks are
/// `Unavailable`: the caller may try again.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::ColumnDecode { index, .. } => StoreError::Corrupt(index.clone()),
        sqlx::Error::ColumnNotFound(column) => StoreError::Corrupt(column.clone()),
        sqlx::Error::Database(refusal) if refusal.kind() == ErrorKind::UniqueViolation => {
            StoreError::Duplicate(constraint(refusal.as_ref()))
        }
        _ => StoreError::Unavailable(reason(error)),
    }
}

/// What went wrong in a text that is safe to log.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refusal) => match refusal.kind() {
            ErrorKind::ForeignKeyViolation => format!(
                "a row that another belongs to is gone ({})",
                constraint(refusal.as_ref())
            ),
            _ => database_reason(refusal.as_ref()),
        },
        // Its text may repeat part of the URL.
        sqlx::Error::Configuration(_) => "the connection settings are not valid".to_owned(),
        _ => error.to_string(),
    }
}

/// The constraint or, on SQLite, the columns that refused: names, not values.
fn constraint(error: &dyn sqlx::error::DatabaseError) -> String {
    match error.constraint() {
        Some(name) => name.to_owned(),
        None => error.message().to_owned(),
    }
}

fn database_reason(error: &dyn sqlx::error::DatabaseError) -> String {
    if error
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_none()
    {
        // SQLite's messages name tables, columns and files.
        return error.message().to_owned();
    }
    let code = error.code().unwrap_or_default();
    // PostgreSQL repeats values in its messages about data (class 22) and syntax (42). Those of
    // the classes below are about the server: connections, authorisation, concurrency, resources.
    let says_no_value = ["08", "28", "3D", "40", "53", "55", "57", "58"];
    match code.get(..2) {
        Some(class) if says_no_value.contains(&class) => {
            format!("{} (SQLSTATE {code})", error.message())
        }
        _ => format!("SQLSTATE {code}"),
    }
}
