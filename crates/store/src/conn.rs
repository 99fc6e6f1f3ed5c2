//! A connection of either database, and the macros that run one SQL text on both.

use moongate_core::{Reader, StoreError, Tx, UnixMillis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};

use crate::error::store_error;

/// What the port's traits are implemented on.
pub(crate) struct Conn<'c> {
    source: Source<'c>,
    /// The first statement of a unit that failed. PostgreSQL refuses all that follow and turns the
    /// commit into a silent rollback; this makes both databases refuse, and neither silently.
    failed: Option<StoreError>,
}

enum Source<'c> {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteUnit(&'c mut SqliteConnection),
    PostgresReader(PoolConnection<Postgres>),
    PostgresUnit(&'c mut PgConnection),
}

/// A borrowed connection, for the macros to match on.
pub(crate) enum Borrowed<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl<'c> Conn<'c> {
    pub(crate) fn sqlite_reader(connection: PoolConnection<Sqlite>) -> Self {
        Self::of(Source::SqliteReader(connection))
    }

    pub(crate) fn sqlite_unit(connection: &'c mut SqliteConnection) -> Self {
        Self::of(Source::SqliteUnit(connection))
    }

    pub(crate) fn postgres_reader(connection: PoolConnection<Postgres>) -> Self {
        Self::of(Source::PostgresReader(connection))
    }

    pub(crate) fn postgres_unit(connection: &'c mut PgConnection) -> Self {
        Self::of(Source::PostgresUnit(connection))
    }

    fn of(source: Source<'c>) -> Self {
        Self {
            source,
            failed: None,
        }
    }

    /// The failure that keeps this unit from committing.
    pub(crate) fn failure(&mut self) -> Option<StoreError> {
        self.failed.take()
    }

    /// Whether rows that are read in order to be written need a lock: SQLite's one writer and
    /// PostgreSQL's readers need none.
    pub(crate) fn locks_rows(&self) -> bool {
        matches!(self.source, Source::PostgresUnit(_))
    }

    /// The connection, unless the unit has failed.
    pub(crate) fn borrow(&mut self) -> Result<Borrowed<'_>, StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        Ok(match &mut self.source {
            Source::SqliteReader(connection) => Borrowed::Sqlite(connection),
            Source::SqliteUnit(connection) => Borrowed::Sqlite(connection),
            Source::PostgresReader(connection) => Borrowed::Postgres(connection),
            Source::PostgresUnit(connection) => Borrowed::Postgres(connection),
        })
    }

    /// The port's view of a statement's result.
    pub(crate) fn checked<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => store_error(&error),
        };
        let in_unit = matches!(self.source, Source::SqliteUnit(_) | Source::PostgresUnit(_));
        // A row that can't be read says nothing about the transaction.
        if in_unit && !matches!(error, StoreError::Corrupt(_)) {
            self.failed = Some(error.clone());
        }
        Err(error)
    }
}

impl Reader for Conn<'_> {}
impl Tx for Conn<'_> {}

/// Runs a future on whichever connection it is: `run!(conn, c => … c …)`.
macro_rules! run {
    ($conn:expr, $c:ident => $future:expr) => {{
        let result = match $conn.borrow()? {
            $crate::conn::Borrowed::Sqlite($c) => $future.await,
            $crate::conn::Borrowed::Postgres($c) => $future.await,
        };
        $conn.checked(result)
    }};
}

/// Runs a statement; gives the number of rows it changed: `execute!(conn, sql, arguments…)`.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        run!($conn, c => async {
            let done = sqlx::query($sql)$(.bind($argument))*.execute(c).await?;
            Ok::<u64, sqlx::Error>(done.rows_affected())
        })
    };
}

/// The first row, if any: `fetch_optional!(conn, Row, sql, arguments…)`.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        run!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($argument))*.fetch_optional(c))
    };
}

/// The first row, if any; in a unit on PostgreSQL it stays locked until the unit is over, so that
/// a unit that reads, decides and writes sees no other in between. `FOR NO KEY UPDATE` lets
/// others refer to the row meanwhile.
macro_rules! fetch_locked {
    ($conn:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {{
        let sql = if $conn.locks_rows() {
            concat!($sql, " FOR NO KEY UPDATE")
        } else {
            $sql
        };
        fetch_optional!($conn, $row, sql $(, $argument)*)
    }};
}

/// All rows: `fetch_all!(conn, Row, sql, arguments…)`.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        run!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($argument))*.fetch_all(c))
    };
}

/// A struct that is read from a row of either database by column name. A column that can't be
/// read is named with its table.
macro_rules! row {
    ($visibility:vis struct $name:ident of $table:literal { $($column:ident: $type:ty,)+ }) => {
        $visibility struct $name { $($column: $type,)+ }

        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            for<'a> &'a str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($column: row.try_get(stringify!($column)).map_err(|error| {
                        $crate::conn::unreadable(concat!($table, ".", stringify!($column)), error)
                    })?,)+
                })
            }
        }
    };
}

/// An error about a column, under its full name.
pub(crate) fn unreadable(column: &str, error: sqlx::Error) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: error.into(),
    }
}

/// A value that a column may not have.
pub(crate) fn corrupt(column: &str) -> StoreError {
    StoreError::Corrupt(column.to_owned())
}

/// The 32 bytes of a stored hash.
pub(crate) fn hash(bytes: Vec<u8>, column: &str) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| corrupt(column))
}

/// A value as the JSON text that a column keeps.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("domain types have text keys and no failing serialiser")
}

/// The value of a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| corrupt(column))
}

/// A nullable point in time as a column keeps it.
pub(crate) fn millis(time: Option<UnixMillis>) -> Option<i64> {
    time.map(|time| time.0)
}
