//! Passwords: how they are hashed and verified, which hashes from elsewhere can be brought along,
//! and which passwords may be chosen.
//!
//! It counts no attempts and knows no users: that belongs to the use cases that ask here.

mod hash;
mod policy;
mod pool;
mod restricted;

pub use hash::{ImportError, import_password_hash};
pub use policy::{
    CharacterTypes, PasswordInterpolation, PasswordIssue, PasswordIssueCode, PasswordLength,
    PasswordPolicy, PasswordRejects,
};
pub use pool::{HashParameters, PasswordPool, PoolError, Verification};
pub use restricted::PersonalWords;
