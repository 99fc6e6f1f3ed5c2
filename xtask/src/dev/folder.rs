//! The folder `.moongate/`: what a run of `dev` keeps, readable by its owner alone. git ignores it.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The file that says where everything is, while it is.
pub(super) const RECORD: &str = "dev.json";
/// SQLite's file and the two that it keeps beside.
const DATABASE: [&str; 3] = ["dev.db", "dev.db-wal", "dev.db-shm"];

/// The folder, which exists.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Opens `.moongate/` in the workspace's root, making it if need be, for its owner alone.
    pub(super) fn open(root: &Path) -> Outcome<Self> {
        let path = root.join(".moongate");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .and_then(|()| std::fs::set_permissions(&path, Permissions::from_mode(0o700)))
            .map_err(|error| Failure::io("make .moongate/", &error))?;
        Ok(Self(path))
    }

    /// The path of a file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Takes the folder for this run, or fails because another run has it. The system lets go of it
    /// however this process ends, so nothing goes stale.
    pub(super) fn lock(&self) -> Outcome<File> {
        let unable = |error| Failure::io("lock .moongate/dev.lock", &error);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.path("dev.lock"))
            .map_err(unable)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::Error(error)) => Err(unable(error)),
            Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
                "another `cargo xtask dev` is at work in this folder{}: stop it first",
                self.recorded_pid()
                    .map_or_else(String::new, |pid| format!(" (process {pid})"))
            ))),
        }
    }

    /// Removes the SQLite database of `dev`. Call it under the lock.
    pub(super) fn reset(&self) -> Outcome {
        for name in DATABASE {
            self.remove(name)?;
        }
        Ok(())
    }

    /// Writes a file whole or not at all, 0600.
    pub(super) fn write(&self, name: &str, contents: &[u8]) -> Outcome {
        let path = self.path(name);
        let new = path.with_added_extension("new");
        let write = || {
            if let Some(parent) = path.parent() {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(parent)?;
            }
            // Not through an old file, whose mode would stay.
            match std::fs::remove_file(&new) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&new)?;
            file.write_all(contents)?;
            file.sync_all()?;
            std::fs::rename(&new, &path)
        };
        write().map_err(|error| Failure::io(format!("write .moongate/{name}"), &error))
    }

    /// Removes a file, which need not be there.
    pub(super) fn remove(&self, name: &str) -> Outcome {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failure::io(format!("remove .moongate/{name}"), &error))
            }
            _ => Ok(()),
        }
    }

    /// Removes the record. Call it under the lock.
    pub(super) fn remove_record(&self) {
        // On the way out there is nothing better to do about it than to say so.
        if let Err(failure) = self.remove(RECORD) {
            crate::output::complain(&failure.message);
        }
    }

    fn recorded_pid(&self) -> Option<u64> {
        let json = std::fs::read(self.path(RECORD)).ok()?;
        serde_json::from_slice::<serde_json::Value>(&json).ok()?["pid"].as_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> (Folder, PathBuf) {
        let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        (Folder::open(&root).unwrap(), root)
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_for_its_owner_alone() {
        let (folder, root) = folder("modes");
        folder.write("below/secrets.json", b"one").unwrap();
        folder.write("below/secrets.json", b"two").unwrap();
        let path = folder.path("below/secrets.json");
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&root.join(".moongate")), 0o700);
        assert_eq!(
            path.parent().unwrap().read_dir().unwrap().count(),
            1,
            "no left-overs"
        );
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_second_run_is_refused_and_named_until_the_first_ends() {
        let (folder, root) = folder("lock");
        let lock = folder.lock().unwrap();
        folder.write(RECORD, br#"{"pid": 4711}"#).unwrap();
        let refusal = folder.lock().unwrap_err();
        assert_eq!(refusal.code, 1);
        assert!(refusal.message.contains("4711"), "{}", refusal.message);
        drop(lock);
        assert!(folder.lock().is_ok());
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_reset_removes_the_database_and_keeps_the_secrets() {
        let (folder, root) = folder("reset");
        for name in ["dev.db", "dev.db-wal", "secrets.json"] {
            folder.write(name, b"x").unwrap();
        }
        folder.reset().unwrap();
        folder.reset().unwrap();
        assert!(!folder.path("dev.db").exists());
        assert!(!folder.path("dev.db-wal").exists());
        assert!(folder.path("secrets.json").exists());
        std::fs::remove_dir_all(root).unwrap();
    }
}
