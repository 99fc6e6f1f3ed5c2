//! The store itself: the port on an open database.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use moongate_core::{Reader, Store, StoreError, Unit};
use sqlx::migrate::Migration;
use sqlx::{PgPool, SqlitePool};

use crate::config::Database;
use crate::conn::Conn;
use crate::error::store_error;
use crate::writer::Writer;
use crate::{OpenError, StoreConfig, migrations, postgres, sqlite};

/// An open database. Clones share its connections.
#[derive(Clone)]
pub struct SqlStore(Arc<Open>);

struct Open {
    name: String,
    connections: Connections,
}

enum Connections {
    Sqlite { writer: Writer, readers: SqlitePool },
    Postgres(PgPool),
}

/// Opens the database of a URL, as [`StoreConfig::parse`] reads it, at full durability.
///
/// # Errors
/// As [`StoreConfig::parse`] and [`SqlStore::open`].
pub async fn open(database_url: &str) -> Result<SqlStore, OpenError> {
    SqlStore::open(&StoreConfig::parse(database_url)?).await
}

impl SqlStore {
    /// Opens a database and brings its schema up to date, after a copy of an older SQLite file
    /// beside it (`<file>.backup-<version>`). A SQLite file that does not exist is made, readable
    /// by its owner alone. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`]; the database is as it was then, but for a file that was made.
    pub async fn open(config: &StoreConfig) -> Result<Self, OpenError> {
        Self::open_with(config, &migrations::migrations()).await
    }

    pub(crate) async fn open_with(
        config: &StoreConfig,
        migrations: &[Migration],
    ) -> Result<Self, OpenError> {
        let connections = match &config.database {
            Database::Sqlite(path) => {
                let opened = sqlite::open(path, config.durability, migrations).await?;
                Connections::Sqlite {
                    writer: Writer::spawn(opened.writer),
                    readers: opened.readers,
                }
            }
            Database::Postgres(options) => {
                Connections::Postgres(postgres::open(options, migrations).await?)
            }
        };
        Ok(Self(Arc::new(Open {
            name: config.to_string(),
            connections,
        })))
    }

    /// Finishes the units that were handed over, then closes all connections of all clones. What
    /// comes later is answered [`StoreError::Unavailable`].
    pub async fn close(&self) {
        match &self.0.connections {
            Connections::Sqlite { writer, readers } => {
                // The writer last: the last connection folds the log into the file.
                readers.close().await;
                writer.close().await;
            }
            Connections::Postgres(pool) => pool.close().await,
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn read(&self) -> Result<Box<dyn Reader + '_>, StoreError> {
        let conn = match &self.0.connections {
            Connections::Sqlite { readers, .. } => {
                Conn::sqlite_reader(readers.acquire().await.map_err(|e| store_error(&e))?)
            }
            Connections::Postgres(pool) => {
                Conn::postgres_reader(pool.acquire().await.map_err(|e| store_error(&e))?)
            }
        };
        Ok(Box::new(conn))
    }

    async fn run(&self, unit: Unit) -> Result<(), StoreError> {
        match &self.0.connections {
            Connections::Sqlite { writer, .. } => writer.run(unit).await,
            Connections::Postgres(pool) => postgres::run(pool.clone(), unit).await,
        }
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlStore").field(&self.0.name).finish()
    }
}
