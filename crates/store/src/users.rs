//! Users.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, PasswordHash, Phone, RoleId, StoreError, UnixMillis, User, UserFilter, UserId,
    UserReads, UserWrites,
};

use crate::conn::{Conn, from_json, millis, to_json};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, primary_phone, primary_email, username, password_hash, name, avatar, profile, \
             custom_data, is_suspended, application_id, created_at, updated_at, last_sign_in_at FROM users ",
            $rest
        )
    };
}

row! {
    struct UserRow of "users" {
        id: String,
        primary_phone: Option<String>,
        primary_email: Option<String>,
        username: Option<String>,
        password_hash: Option<String>,
        name: Option<String>,
        avatar: Option<String>,
        profile: String,
        custom_data: String,
        is_suspended: bool,
        application_id: Option<String>,
        created_at: i64,
        updated_at: i64,
        last_sign_in_at: Option<i64>,
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: UserId::from(row.id),
            primary_phone: row.primary_phone.map(Phone::from_stored),
            primary_email: row.primary_email,
            username: row.username,
            password_hash: row.password_hash.map(PasswordHash::new),
            name: row.name,
            avatar: row.avatar,
            profile: from_json(&row.profile, "users.profile")?,
            custom_data: from_json(&row.custom_data, "users.custom_data")?,
            is_suspended: row.is_suspended,
            application_id: row.application_id.map(ApplicationId::from),
            created_at: UnixMillis(row.created_at),
            updated_at: UnixMillis(row.updated_at),
            last_sign_in_at: row.last_sign_in_at.map(UnixMillis),
        })
    }
}

/// The condition of a [`UserFilter`] as `$1`, `$2` and `$3`.
macro_rules! filtered {
    ($head:literal, $rest:literal) => {
        concat!(
            $head,
            " WHERE ($1 IS NULL OR LOWER(id) LIKE LOWER($1) ESCAPE '\\' \
             OR primary_phone LIKE $1 ESCAPE '\\' \
             OR LOWER(primary_email) LIKE LOWER($1) ESCAPE '\\' \
             OR LOWER(username) LIKE LOWER($1) ESCAPE '\\' \
             OR LOWER(name) LIKE LOWER($1) ESCAPE '\\') \
             AND ($2 IS NULL OR id IN (SELECT user_id FROM user_roles WHERE role_id = $2)) \
             AND ($3 IS NULL OR id NOT IN (SELECT user_id FROM user_roles WHERE role_id = $3)) ",
            $rest
        )
    };
}

/// The pattern of a search. One that ends in an escape of nothing means the escape itself, where
/// PostgreSQL would fail.
fn pattern(filter: &UserFilter) -> Option<String> {
    let mut pattern = filter.search.clone()?;
    let escapes = pattern.len() - pattern.trim_end_matches('\\').len();
    if escapes % 2 == 1 {
        pattern.push('\\');
    }
    Some(pattern)
}

row! {
    struct CountRow of "counts" {
        count: i64,
    }
}

#[async_trait]
impl UserReads for Conn<'_> {
    async fn user(&mut self, id: &UserId) -> Result<Option<User>, StoreError> {
        let row = fetch_locked!(self, UserRow, select!("WHERE id = $1"), id.as_str())?;
        row.map(User::try_from).transpose()
    }

    async fn user_by_phone(&mut self, phone: &Phone) -> Result<Option<User>, StoreError> {
        let row = fetch_locked!(
            self,
            UserRow,
            select!("WHERE primary_phone = $1"),
            phone.digits()
        )?;
        row.map(User::try_from).transpose()
    }

    async fn user_by_email(&mut self, email: &str) -> Result<Option<User>, StoreError> {
        let row = fetch_locked!(self, UserRow, select!("WHERE primary_email = $1"), email)?;
        row.map(User::try_from).transpose()
    }

    async fn user_by_username(&mut self, username: &str) -> Result<Option<User>, StoreError> {
        let row = fetch_locked!(self, UserRow, select!("WHERE username = $1"), username)?;
        row.map(User::try_from).transpose()
    }

    async fn users(
        &mut self,
        filter: &UserFilter,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<User>, StoreError> {
        let rows = fetch_all!(
            self,
            UserRow,
            filtered!(
                "SELECT id, primary_phone, primary_email, username, password_hash, name, avatar, \
                 profile, custom_data, is_suspended, application_id, created_at, updated_at, \
                 last_sign_in_at FROM users",
                "ORDER BY created_at DESC, id LIMIT $4 OFFSET $5"
            ),
            pattern(filter).as_deref(),
            filter.with_role.as_ref().map(RoleId::as_str),
            filter.without_role.as_ref().map(RoleId::as_str),
            limit,
            offset
        )?;
        rows.into_iter().map(User::try_from).collect()
    }

    async fn count_users(&mut self, filter: &UserFilter) -> Result<i64, StoreError> {
        let row = fetch_optional!(
            self,
            CountRow,
            filtered!("SELECT COUNT(*) AS count FROM users", ""),
            pattern(filter).as_deref(),
            filter.with_role.as_ref().map(RoleId::as_str),
            filter.without_role.as_ref().map(RoleId::as_str)
        )?;
        Ok(row.map_or(0, |row| row.count))
    }
}

#[async_trait]
impl UserWrites for Conn<'_> {
    async fn insert_user(&mut self, user: &User) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO users (id, primary_phone, primary_email, username, password_hash, name, \
             avatar, profile, custom_data, is_suspended, application_id, created_at, updated_at, \
             last_sign_in_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT DO NOTHING",
            user.id.as_str(),
            user.primary_phone.as_ref().map(Phone::digits),
            user.primary_email.as_deref(),
            user.username.as_deref(),
            user.password_hash.as_ref().map(PasswordHash::expose),
            user.name.as_deref(),
            user.avatar.as_deref(),
            to_json(&user.profile),
            to_json(&user.custom_data),
            user.is_suspended,
            user.application_id.as_ref().map(ApplicationId::as_str),
            user.created_at.0,
            user.updated_at.0,
            millis(user.last_sign_in_at),
        )?;
        Ok(added == 1)
    }

    async fn update_user(&mut self, user: &User) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE users SET primary_phone = $2, primary_email = $3, username = $4, \
             password_hash = $5, name = $6, avatar = $7, profile = $8, custom_data = $9, \
             is_suspended = $10, application_id = $11, created_at = $12, updated_at = $13, \
             last_sign_in_at = $14 WHERE id = $1",
            user.id.as_str(),
            user.primary_phone.as_ref().map(Phone::digits),
            user.primary_email.as_deref(),
            user.username.as_deref(),
            user.password_hash.as_ref().map(PasswordHash::expose),
            user.name.as_deref(),
            user.avatar.as_deref(),
            to_json(&user.profile),
            to_json(&user.custom_data),
            user.is_suspended,
            user.application_id.as_ref().map(ApplicationId::as_str),
            user.created_at.0,
            user.updated_at.0,
            millis(user.last_sign_in_at),
        )?;
        Ok(())
    }

    async fn delete_user(&mut self, id: &UserId) -> Result<bool, StoreError> {
        let removed = execute!(self, "DELETE FROM users WHERE id = $1", id.as_str())?;
        Ok(removed == 1)
    }
}
