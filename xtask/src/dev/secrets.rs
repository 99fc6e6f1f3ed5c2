//! The random secrets of a development set-up: made once, kept under `.moongate/`, given to
//! programs by environment. Never printed.

use std::fs::File;
use std::io::{ErrorKind, Read};

use serde_json::{Value, json};

use super::folder::Folder;
use crate::failure::{Failure, Outcome};

const FILE: &str = "secrets.json";
const LENGTH: usize = 32;
const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Secrets of 32 characters out of 62, which is 190 bits.
pub(super) struct Secrets {
    /// What Bookstore proves itself to Moongate with.
    pub(super) bookstore_app: String,
    /// What a program that manages the tenant proves itself to Moongate with.
    pub(super) management_app: String,
    /// What Moongate signs its requests to the simulator with.
    pub(super) aliyun_access_key: String,
    /// The first administrator's password.
    pub(super) admin: String,
}

impl Secrets {
    /// Those of the last time; the first time, new ones.
    pub(super) fn load_or_make(folder: &Folder) -> Outcome<Self> {
        match std::fs::read(folder.path(FILE)) {
            Ok(bytes) => {
                let (secrets, is_whole) = Self::parse(&bytes)?.ok_or_else(|| {
                    Failure::new(format!(
                        ".moongate/{FILE} is damaged: remove it and run this again to get new \
                         secrets"
                    ))
                })?;
                if !is_whole {
                    folder.write(FILE, secrets.json().as_bytes())?;
                }
                Ok(secrets)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secrets = Self {
                    bookstore_app: random()?,
                    management_app: random()?,
                    aliyun_access_key: random()?,
                    admin: random()?,
                };
                folder.write(FILE, secrets.json().as_bytes())?;
                Ok(secrets)
            }
            Err(error) => Err(Failure::io(format!("read .moongate/{FILE}"), &error)),
        }
    }

    fn json(&self) -> String {
        let value = json!({
            "bookstore_app_secret": self.bookstore_app,
            "management_app_secret": self.management_app,
            "aliyun_access_key_secret": self.aliyun_access_key,
            "admin_password": self.admin,
        });
        format!("{value:#}\n")
    }

    /// The secrets of a file, and whether it had all of them: those of an older version lack the
    /// newer ones, which are made. `None` if the file is damaged.
    fn parse(bytes: &[u8]) -> Outcome<Option<(Self, bool)>> {
        let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let secret = |key: &str| {
            let text = value[key].as_str()?;
            let plain = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
            plain.then(|| text.to_owned())
        };
        let known = (
            secret("bookstore_app_secret"),
            secret("aliyun_access_key_secret"),
        );
        let (Some(bookstore_app), Some(aliyun_access_key)) = known else {
            return Ok(None);
        };
        // `None` where it is damaged.
        let newer = |key: &str| match &value[key] {
            Value::Null => random().map(Some),
            _ => Ok(secret(key)),
        };
        let newest = ["management_app_secret", "admin_password"];
        let is_whole = newest.iter().all(|key| !value[*key].is_null());
        let (Some(management_app), Some(admin)) = (newer(newest[0])?, newer(newest[1])?) else {
            return Ok(None);
        };
        let secrets = Self {
            bookstore_app,
            management_app,
            aliyun_access_key,
            admin,
        };
        Ok(Some((secrets, is_whole)))
    }

    #[cfg(test)]
    pub(super) fn sample() -> Self {
        Self {
            bookstore_app: "B".repeat(LENGTH),
            management_app: "M".repeat(LENGTH),
            aliyun_access_key: "A".repeat(LENGTH),
            admin: "D".repeat(LENGTH),
        }
    }
}

/// From the system's random source, without the bias that a plain remainder would have.
fn random() -> Outcome<String> {
    let unable = |error| Failure::io("read /dev/urandom", &error);
    let mut source = File::open("/dev/urandom").map_err(unable)?;
    let mut secret = String::with_capacity(LENGTH);
    let mut bytes = [0; 64];
    while secret.len() < LENGTH {
        source.read_exact(&mut bytes).map_err(unable)?;
        for byte in bytes.map(|byte| usize::from(byte & 63)) {
            // 62 and 63 have no letter: drawn again.
            if let (Some(letter), true) = (ALPHABET.get(byte), secret.len() < LENGTH) {
                secret.push(char::from(*letter));
            }
        }
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once() {
        let root = std::env::temp_dir().join(format!("xtask-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let folder = Folder::open(&root).unwrap();
        let first = Secrets::load_or_make(&folder).unwrap();
        let second = Secrets::load_or_make(&folder).unwrap();
        assert_eq!(first.bookstore_app, second.bookstore_app);
        assert_eq!(first.aliyun_access_key, second.aliyun_access_key);
        assert_ne!(first.bookstore_app, first.aliyun_access_key);
        let older = serde_json::json!({
            "bookstore_app_secret": first.bookstore_app,
            "aliyun_access_key_secret": first.aliyun_access_key,
        });
        folder.write(FILE, older.to_string().as_bytes()).unwrap();
        let third = Secrets::load_or_make(&folder).unwrap();
        assert_eq!(first.bookstore_app, third.bookstore_app);
        assert_ne!(first.management_app, third.management_app);
        let fourth = Secrets::load_or_make(&folder).unwrap();
        assert_eq!(third.management_app, fourth.management_app);
        assert_eq!(third.admin, fourth.admin);
        folder.write(FILE, b"{}").unwrap();
        let failure = Secrets::load_or_make(&folder).err().unwrap();
        assert!(failure.message.contains("damaged"));
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_secret_is_32_plain_characters() {
        let secret = random().unwrap();
        assert_eq!(secret.len(), 32);
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
