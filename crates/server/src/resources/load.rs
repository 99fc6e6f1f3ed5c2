//! Files and folders to one JSON value.
//!
//! Each file is parsed by the `config` crate's formats and taken as it is, keys in their own case.
//! What `config` would do beyond that is not used: its builder reads a dot in a key as a path, and
//! replaces lists where ours are merged by identifier.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use config::{ConfigError, File, FileFormat, Source as _, ValueKind};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use super::merge::merge;

/// Longest resource file, bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Why resource files can't be read; names the file, and what is wrong where.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// There is nothing at that path.
    #[error("{0}: there is no such file or folder; name one with -f PATH")]
    Missing(PathBuf),
    /// A folder has no resource file.
    #[error("{0}: the folder has no .toml, .yaml, .yml or .json file")]
    Empty(PathBuf),
    /// A file that was named is of no known format.
    #[error("{0}: a resource file ends in .toml, .yaml, .yml or .json")]
    Format(PathBuf),
    /// A file can't be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is far too long.
    #[error("{0}: longer than 4 MiB")]
    TooLong(PathBuf),
    /// A file's text is not in its format.
    #[error("{path}: {reason}")]
    Syntax {
        /// Which.
        path: PathBuf,
        /// What is wrong where, without the line's text, which may hold a secret.
        reason: String,
    },
    /// A number that JSON can't hold.
    #[error("{path}: {key}: this number is too large or not a number")]
    Number {
        /// Which file.
        path: PathBuf,
        /// Which key.
        key: String,
    },
}

/// Reads files and folders in the order given; a folder stands for its files by name, without
/// those in folders below it, hidden ones and those of other formats. Later files are laid over
/// earlier ones, see [`merge`](super::merge).
///
/// # Errors
/// The first [`LoadError`].
pub(crate) fn load(paths: &[PathBuf]) -> Result<Value, LoadError> {
    let mut merged = Value::Object(Map::new());
    for path in paths {
        for file in files(path)? {
            merge(&mut merged, read(&file)?);
        }
    }
    Ok(merged)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => LoadError::Missing(path.to_owned()),
        _ => LoadError::Unreadable {
            path: path.to_owned(),
            source,
        },
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Followed where it is a link, as mounted folders have them.
        if !is_hidden && format(&entry.path()).is_some() && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(LoadError::Empty(path.to_owned()));
    }
    Ok(files)
}

fn format(path: &Path) -> Option<FileFormat> {
    match path.extension()?.to_str()? {
        "toml" => Some(FileFormat::Toml),
        "yaml" | "yml" => Some(FileFormat::Yaml),
        "json" => Some(FileFormat::Json),
        _ => None,
    }
}

fn read(path: &Path) -> Result<Value, LoadError> {
    let format = format(path).ok_or_else(|| LoadError::Format(path.to_owned()))?;
    let unreadable = |source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    fs::File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
        .map_err(unreadable)?;
    if text.len() as u64 > LONGEST {
        return Err(LoadError::TooLong(path.to_owned()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let table = File::from_str(text, format)
        .collect()
        .map_err(|error| LoadError::Syntax {
            path: path.to_owned(),
            reason: reason(&error),
        })?;
    to_json(ValueKind::Table(table), "").map_err(|key| LoadError::Number {
        path: path.to_owned(),
        key,
    })
}

/// What a parser says, without the lines of the file or the value that it quotes.
fn reason(error: &ConfigError) -> String {
    let text = match error {
        // Only what is not a table at the top is told so, boxed, and with its value.
        ConfigError::FileParse { cause, .. }
            if cause.is::<Box<ConfigError>>() || cause.is::<ConfigError>() =>
        {
            return "expected an object at the top, such as applications and connectors have"
                .into();
        }
        ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let told: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.contains('|'))
        .collect();
    told.join(", ")
}

/// `Err` is the key of a number that JSON can't hold.
fn to_json(value: ValueKind, key: &str) -> Result<Value, String> {
    let number = |number: Option<Number>| number.map(Value::Number).ok_or_else(|| key.to_owned());
    match value {
        ValueKind::Nil => Ok(Value::Null),
        ValueKind::Boolean(value) => Ok(value.into()),
        ValueKind::I64(value) => Ok(value.into()),
        ValueKind::U64(value) => Ok(value.into()),
        ValueKind::I128(value) => number(i64::try_from(value).ok().map(Number::from)),
        ValueKind::U128(value) => number(u64::try_from(value).ok().map(Number::from)),
        ValueKind::Float(value) => number(Number::from_f64(value)),
        ValueKind::String(value) => Ok(value.into()),
        ValueKind::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| to_json(item.kind, &format!("{key}[{index}]")))
            .collect(),
        ValueKind::Table(fields) => fields
            .into_iter()
            .map(|(name, field)| {
                let key = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                Ok((name, to_json(field.kind, &key)?))
            })
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object),
    }
}
