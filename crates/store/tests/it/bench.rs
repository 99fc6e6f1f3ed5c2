//! A fresh, empty database for one test, and the macro that runs a case on both databases.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use moongate_core::{BoxFuture, Store, StoreError, Tx};
use moongate_store::{Durability, SqlStore, StoreConfig};
use tempfile::TempDir;

use crate::postgres;

/// Makes a test of each case, in modules `sqlite` and `postgres`.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $case() { crate::bench::on_sqlite(super::$case); })+
        }
        mod postgres {
            $(#[test] fn $case() { crate::bench::on_postgres(super::$case); })+
        }
    };
}
pub(crate) use on_both;

/// One database of one test.
pub(crate) struct Bench {
    url: String,
    /// The folder of the SQLite file; goes with the test.
    folder: TempDir,
}

impl Bench {
    /// Opens the database, as another process would if it is open already.
    pub(crate) async fn open(&self) -> SqlStore {
        SqlStore::open(&self.config()).await.unwrap()
    }

    /// Opens the database as the port that use cases see.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.open().await)
    }

    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig::parse(&self.url)
            .unwrap()
            .durability(Durability::Off)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the SQLite file is, or would be.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("moongate.db")
    }
}

/// Runs a unit that can only fail as the store does.
pub(crate) async fn write<T, F>(store: &dyn Store, unit: F) -> T
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + 'static,
{
    store.write(unit).await.unwrap()
}

pub(crate) fn on_sqlite<F: Future<Output = ()>>(case: impl FnOnce(Bench) -> F) {
    run(async {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("moongate.db").display());
        case(Bench { url, folder }).await;
    });
}

pub(crate) fn on_postgres<F: Future<Output = ()>>(case: impl FnOnce(Bench) -> F) {
    run(async {
        let folder = TempDir::new().unwrap();
        let url = postgres::fresh_database().await;
        case(Bench { url, folder }).await;
    });
}

/// Several threads, so that races are real.
fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
