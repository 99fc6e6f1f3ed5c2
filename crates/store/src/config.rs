//! Which database to open, from its URL. Refuses what could not keep data.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use crate::OpenError;

/// Whether a committed unit survives a loss of power.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// It does: SQLite's `synchronous = FULL`. A lost mark that a code was used is a replay.
    #[default]
    Full,
    /// It need not: SQLite's `synchronous = OFF`, for tests. PostgreSQL's server decides itself.
    Off,
}

/// Where the database is and how careful to be with it.
#[derive(Clone)]
pub struct StoreConfig {
    pub(crate) database: Database,
    pub(crate) durability: Durability,
}

#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl StoreConfig {
    /// Reads a database URL: `sqlite:PATH` (relative to the working directory or absolute, as it
    /// stands, without percent-encoding) or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, also
    /// spelled `postgresql:`, with libpq's parameters such as `?sslmode=verify-full`.
    ///
    /// # Errors
    /// [`OpenError::InvalidUrl`], which never repeats the URL.
    pub fn parse(database_url: &str) -> Result<Self, OpenError> {
        let database = if let Some(path) = database_url.strip_prefix("sqlite:") {
            Database::Sqlite(sqlite_path(path)?)
        } else if database_url.starts_with("postgres:") || database_url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(database_url)
                .map_err(|_| OpenError::InvalidUrl(POSTGRES_SHAPE))?;
            Database::Postgres(Box::new(options))
        } else {
            return Err(OpenError::InvalidUrl(KNOWN_SCHEMES));
        };
        Ok(Self {
            database,
            durability: Durability::default(),
        })
    }

    /// The same database with that durability.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The SQLite file, absolute; `None` on PostgreSQL.
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.database {
            Database::Sqlite(path) => Some(path),
            Database::Postgres(_) => None,
        }
    }
}

const KNOWN_SCHEMES: &str = "expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE";
const POSTGRES_SHAPE: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE";

fn sqlite_path(path: &str) -> Result<PathBuf, OpenError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(OpenError::InvalidUrl("expected a file name after sqlite:"));
    }
    if path.starts_with(":memory:") {
        return Err(OpenError::InvalidUrl(
            "sqlite::memory: would forget every account when the program ends; name a file",
        ));
    }
    if path.contains(['?', '\0']) {
        return Err(OpenError::InvalidUrl(
            "a sqlite: URL takes no parameters, only a file name",
        ));
    }
    // Absolute, so that neither a change of folder nor a name like `file:…` changes its meaning.
    std::path::absolute(path).map_err(|_| OpenError::InvalidUrl("the working directory is gone"))
}

/// The database without its password or user, for messages.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => {
                f.write_str("postgres://")?;
                match options.get_socket() {
                    Some(folder) => write!(f, "{}", folder.display())?,
                    None => f.write_str(options.get_host())?,
                }
                write!(f, ":{}", options.get_port())?;
                match options.get_database() {
                    Some(database) => write!(f, "/{database}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// The database without its password or user, for messages.
impl fmt::Display for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.database.fmt(f)
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreConfig")
            .field("database", &self.database.to_string())
            .field("durability", &self.durability)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(url: &str) -> String {
        match StoreConfig::parse(url) {
            Err(OpenError::InvalidUrl(reason)) => reason.to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_relative_file_is_made_absolute() {
        for url in ["sqlite:data/moongate.db", "sqlite://data/moongate.db"] {
            let config = StoreConfig::parse(url).unwrap();
            let expected = std::env::current_dir().unwrap().join("data/moongate.db");
            assert_eq!(config.sqlite_file(), Some(expected.as_path()));
        }
    }

    #[test]
    fn an_absolute_file_stays() {
        for url in ["sqlite:/srv/moongate.db", "sqlite:///srv/moongate.db"] {
            let config = StoreConfig::parse(url).unwrap();
            assert_eq!(config.sqlite_file(), Some(Path::new("/srv/moongate.db")));
            assert_eq!(config.to_string(), "sqlite:/srv/moongate.db");
        }
    }

    #[test]
    fn memory_is_refused_with_the_reason() {
        assert!(refused("sqlite::memory:").contains("name a file"));
        assert!(refused("sqlite://:memory:").contains("name a file"));
    }

    #[test]
    fn other_urls_are_refused_without_repeating_them() {
        for url in [
            "",
            "sqlite:",
            "sqlite:a.db?mode=memory",
            "mysql://root:hunter2@localhost/x",
            "postgres://root:hunter2@localhost:port/x",
            "moongate.db",
        ] {
            assert!(!refused(url).contains("hunter2"), "{url}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let config = StoreConfig::parse("postgres://me:hunter2@db.example:5433/auth").unwrap();
        assert_eq!(config.to_string(), "postgres://db.example:5433/auth");
        let debug = format!("{config:?}");
        assert!(!debug.contains("hunter2"), "{debug}");
    }
}
