//! Users.

use async_trait::async_trait;

use crate::{Phone, StoreError, User, UserId};

/// Users.
#[async_trait]
pub trait UserReads {
    /// The user of that identifier.
    async fn user(&mut self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// The user who owns that number.
    async fn user_by_phone(&mut self, phone: &Phone) -> Result<Option<User>, StoreError>;
}

/// Users.
#[async_trait]
pub trait UserWrites {
    /// Adds a user. `false`, and nothing is written, if phone, e-mail or username is taken.
    async fn insert_user(&mut self, user: &User) -> Result<bool, StoreError>;
    /// Writes all fields of a known user; unknown ones are ignored.
    async fn update_user(&mut self, user: &User) -> Result<(), StoreError>;
}
