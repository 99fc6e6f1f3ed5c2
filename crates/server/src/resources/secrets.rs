//! Reading the secrets that resource files refer to.

use std::fs::File;
use std::io::Read as _;

use moongate_core::Secret;
use moongate_management::{SecretReference, SecretResolver, SecretUnavailable};

/// Longest secret, bytes.
const LONGEST: u64 = 64 * 1024;

/// Reads variables of this process, and files. A relative path is relative to the working
/// directory, as the paths of the settings are; a line break at the end of a file is no part of
/// the secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadSecrets;

impl SecretResolver for ReadSecrets {
    fn resolve(&self, reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
        match reference {
            SecretReference::Env(name) => {
                let value = std::env::var_os(name).ok_or(SecretUnavailable::NotSet)?;
                let text = value
                    .into_string()
                    .map_err(|_| SecretUnavailable::NotText)?;
                Ok(Secret::new(text))
            }
            SecretReference::File(path) => {
                let mut bytes = Vec::new();
                File::open(path)
                    .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
                    .map_err(|error| SecretUnavailable::Unreadable(error.to_string()))?;
                if bytes.len() as u64 > LONGEST {
                    return Err(SecretUnavailable::TooLong);
                }
                let text = String::from_utf8(bytes).map_err(|_| SecretUnavailable::NotText)?;
                let line = text.strip_suffix('\n').unwrap_or(&text);
                Ok(Secret::new(line.strip_suffix('\r').unwrap_or(line)))
            }
        }
    }
}
