//! Opening a PostgreSQL database, and running units there: each in a transaction of its own.

use std::time::Duration;

use moongate_core::{StoreError, Unit};
use sqlx::migrate::Migration;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _};

use crate::config::Database;
use crate::conn::Conn;
use crate::error::{reason, store_error};
use crate::unit::{self, Verdict};
use crate::{OpenError, migrations};

const CONNECTIONS: u32 = 20;

/// How long a caller waits for a free connection, or for the server to answer at start.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the server bounds for us: a statement, the wait for a lock, and a transaction whose
/// program has gone. Set after connecting, since a connection pooler in front of PostgreSQL may
/// refuse start-up options.
const TIMEOUTS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                        SET idle_in_transaction_session_timeout = '30s'";

/// Connects and brings the schema up to date.
pub(crate) async fn open(
    options: &PgConnectOptions,
    migrations: &[Migration],
) -> Result<PgPool, OpenError> {
    let name = Database::Postgres(Box::new(options.clone())).to_string();
    let unreachable = |reason: String| OpenError::Unreachable {
        database: name.clone(),
        reason,
    };
    // A connection of its own, without the timeouts: a migration may take long.
    let connecting = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect());
    let mut connection = connecting
        .await
        .map_err(|_| unreachable("no answer within 5 s".to_owned()))?
        .map_err(|error| unreachable(reason(&error)))?;
    migrations::migrate_postgres(&mut connection, &name, migrations).await?;
    // Closing says goodbye to the server; that it did not listen is not our trouble.
    let _ = sqlx::Connection::close(connection).await;
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(TIMEOUTS).await?;
                Ok(())
            })
        })
        .connect_with(options.clone())
        .await
        .map_err(|error| unreachable(reason(&error)))
}

/// Runs a unit in a transaction. Once begun it runs to its end, whether or not the caller still
/// waits, as on SQLite.
pub(crate) async fn run(pool: PgPool, unit: Unit) -> Result<(), StoreError> {
    let running = tokio::spawn(async move {
        let mut transaction = pool.begin().await.map_err(|error| store_error(&error))?;
        match unit::run(Conn::postgres_unit(&mut transaction), unit).await {
            Verdict::Keep => transaction
                .commit()
                .await
                .map_err(|error| store_error(&error)),
            Verdict::Undo(answer) => {
                // A connection that can't roll back is closed, and the server does it.
                if let Err(error) = transaction.rollback().await {
                    tracing::warn!(error = reason(&error), "a transaction was not rolled back");
                }
                answer
            }
        }
    });
    match running.await {
        Ok(answer) => answer,
        Err(_) => Err(StoreError::Unavailable(
            "the program ended before the unit of work did".to_owned(),
        )),
    }
}
