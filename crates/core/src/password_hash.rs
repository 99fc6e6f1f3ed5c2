//! A password's hash, as the store keeps it.

use std::fmt;

/// The hash of a password as one text that names its algorithm, parameters and salt, such as
/// `$argon2id$v=19$m=19456,t=2,p=1$…` (PHC string format). How it is made and checked is the
/// sign-in experience's knowledge.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([secret])")
    }
}
