//! The server's keys: read from where the settings say, made where they may be.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use moongate_core::{Entropy, KeysError, ServerKeys};
use thiserror::Error;

use crate::settings::KeySource;

/// Why the keys can't be had.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// The file can't be read or made.
    #[error("key file {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others on this machine could read it.
    #[error("key file {0} is readable by others: run `chmod 600 {0}`")]
    Exposed(PathBuf),
    /// Its text is not keys.
    #[error("keys from {origin}: {source}")]
    Content {
        /// Where from.
        origin: String,
        /// What is wrong.
        source: KeysError,
    },
}

/// The keys, and the path of the file if it was made just now.
///
/// # Errors
/// [`KeyFileError`].
pub(crate) fn load(
    source: &KeySource,
    entropy: &dyn Entropy,
) -> Result<(ServerKeys, Option<PathBuf>), KeyFileError> {
    let (path, create) = match source {
        KeySource::Given(text) => return Ok((parse(text.expose(), "MOONGATE_KEYS")?, None)),
        KeySource::File { path, create } => (path, *create),
    };
    let failed = |source| KeyFileError::File {
        path: path.clone(),
        source,
    };
    let made = match fs::metadata(path) {
        Ok(metadata) => {
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(KeyFileError::Exposed(path.clone()));
            }
            None
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && create => {
            match write_new(path, entropy) {
                Ok(()) => Some(path.clone()),
                // Another process was first; its keys are the ones.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
                Err(error) => return Err(failed(error)),
            }
        }
        Err(error) => return Err(failed(error)),
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    Ok((parse(&text, &path.display().to_string())?, made))
}

fn parse(text: &str, origin: &str) -> Result<ServerKeys, KeyFileError> {
    ServerKeys::parse(text).map_err(|source| KeyFileError::Content {
        origin: origin.to_owned(),
        source,
    })
}

/// Written aside and linked into place, so that nobody ever reads half a file.
fn write_new(path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    let aside = path.with_extension(format!("new-{}", entropy.id(8)));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&aside)?;
    writeln!(
        file,
        "# Moongate's keys: secrets in the database are sealed under them. Keep a copy safe.\n\
         # One key a line; the first one seals, all of them open.\n{}",
        ServerKeys::generate_line(entropy)
    )?;
    file.sync_all()?;
    let linked = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use moongate_core::testing::SeededEntropy;

    #[test]
    fn a_key_file_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moongate.keys");
        let source = KeySource::File {
            path: path.clone(),
            create: true,
        };
        let (_, made) = load(&source, &SeededEntropy::new(1)).unwrap();
        assert_eq!(made, Some(path.clone()));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let before = fs::read_to_string(&path).unwrap();
        let (_, made) = load(&source, &SeededEntropy::new(2)).unwrap();
        assert_eq!(made, None);
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moongate.keys");
        let source = KeySource::File {
            path: path.clone(),
            create: true,
        };
        load(&source, &SeededEntropy::new(1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = load(&source, &SeededEntropy::new(1)).unwrap_err();
        assert!(matches!(error, KeyFileError::Exposed(_)));
    }

    #[test]
    fn without_leave_no_file_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::File {
            path: folder.path().join("moongate.keys"),
            create: false,
        };
        assert!(load(&source, &SeededEntropy::new(1)).is_err());
    }
}
