//! Users.

use async_trait::async_trait;

use crate::{Phone, RoleId, StoreError, User, UserId};

/// Which users a list is about; by default, all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A pattern of SQL's `LIKE`, `\` its escape: identifier, phone, e-mail, username or name are
    /// like it in any case.
    pub search: Option<String>,
    /// Who holds that role.
    pub with_role: Option<RoleId>,
    /// Who does not.
    pub without_role: Option<RoleId>,
}

/// Users.
#[async_trait]
pub trait UserReads {
    /// The user of that identifier.
    async fn user(&mut self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// The user who owns that number.
    async fn user_by_phone(&mut self, phone: &Phone) -> Result<Option<User>, StoreError>;
    /// The user who owns that e-mail address.
    async fn user_by_email(&mut self, email: &str) -> Result<Option<User>, StoreError>;
    /// The user who signs in with that name.
    async fn user_by_username(&mut self, username: &str) -> Result<Option<User>, StoreError>;
    /// Part of a list, newest first: up to `limit` users after the first `offset`.
    async fn users(
        &mut self,
        filter: &UserFilter,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<User>, StoreError>;
    /// How many users the whole list has.
    async fn count_users(&mut self, filter: &UserFilter) -> Result<i64, StoreError>;
}

/// Users.
#[async_trait]
pub trait UserWrites {
    /// Adds a user. `false`, and nothing is written, if phone, e-mail or username is taken.
    async fn insert_user(&mut self, user: &User) -> Result<bool, StoreError>;
    /// Writes all fields of a known user; unknown ones are ignored.
    async fn update_user(&mut self, user: &User) -> Result<(), StoreError>;
    /// Removes a user with sessions, grants, consents, roles and tokens. `false` if they were gone.
    async fn delete_user(&mut self, id: &UserId) -> Result<bool, StoreError>;
}
