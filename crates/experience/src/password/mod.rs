//! Passwords: how they are hashed and verified, and which hashes from elsewhere can be brought
//! along.
//!
//! It counts no attempts and knows no users: that belongs to the use cases that ask here.

mod hash;
mod pool;

pub use hash::{ImportError, import_password_hash};
pub use pool::{HashParameters, PasswordPool, PoolError, Verification};
