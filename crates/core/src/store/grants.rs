//! Grants and the credentials issued from them.

use async_trait::async_trait;

use crate::{
    AccessToken, AuthorizationCode, Grant, GrantId, RefreshToken, SessionId, StoreError,
    UnixMillis, UserId,
};

/// Grants and the credentials issued from them.
#[async_trait]
pub trait GrantReads {
    /// The grant of that identifier, revoked or not.
    async fn grant(&mut self, id: &GrantId) -> Result<Option<Grant>, StoreError>;
    /// The grants of a user that are alive, oldest first.
    async fn grants_of_user(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
    ) -> Result<Vec<Grant>, StoreError>;
    /// The access token of that hash, expired or not.
    async fn access_token(&mut self, hash: &[u8; 32]) -> Result<Option<AccessToken>, StoreError>;
    /// The refresh token of that hash, expired or consumed or not.
    async fn refresh_token(&mut self, hash: &[u8; 32]) -> Result<Option<RefreshToken>, StoreError>;
}

/// Grants and the credentials issued from them.
#[async_trait]
pub trait GrantWrites {
    /// Adds a grant.
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError>;
    /// Revokes a grant, and so all that was issued from it. Revoking twice keeps the first time.
    async fn revoke_grant(&mut self, id: &GrantId, now: UnixMillis) -> Result<(), StoreError>;
    /// Revokes the grants of a session that lack `offline_access`.
    async fn revoke_online_grants(
        &mut self,
        session_id: &SessionId,
        now: UnixMillis,
    ) -> Result<(), StoreError>;
    /// Adds an authorization code.
    async fn insert_authorization_code(
        &mut self,
        code: &AuthorizationCode,
    ) -> Result<(), StoreError>;
    /// Marks a code as used and gives it as it was before: of many racing callers, exactly one
    /// sees `used_at: None`. `None` if there is no such code.
    async fn use_authorization_code(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<AuthorizationCode>, StoreError>;
    /// Adds an access token.
    async fn insert_access_token(&mut self, token: &AccessToken) -> Result<(), StoreError>;
    /// Adds a refresh token.
    async fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError>;
    /// Marks a refresh token as consumed and gives it as it was before, like
    /// [`GrantWrites::use_authorization_code`].
    async fn consume_refresh_token(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<RefreshToken>, StoreError>;
}
