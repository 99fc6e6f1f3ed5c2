//! Things that are good once: pushed requests, identifiers of assertions and proofs, subject
//! tokens; and personal access tokens, which stand beside them in a token exchange.

use async_trait::async_trait;

use crate::{PersonalAccessToken, PushedRequest, StoreError, SubjectToken, UnixMillis, UserId};

/// Tokens that stand for a user.
#[async_trait]
pub trait OneTimeReads {
    /// The personal access token of that SHA-256, expired or not.
    async fn personal_access_token(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<PersonalAccessToken>, StoreError>;
    /// The personal access tokens of a user, oldest first, expired ones included.
    async fn personal_access_tokens(
        &mut self,
        user_id: &UserId,
    ) -> Result<Vec<PersonalAccessToken>, StoreError>;
}

/// Things that are good once.
#[async_trait]
pub trait OneTimeWrites {
    /// Adds a pushed authorization request.
    async fn insert_pushed_request(&mut self, request: &PushedRequest) -> Result<(), StoreError>;
    /// Takes a pushed request out, expired or not: of many racing callers, one gets it.
    async fn take_pushed_request(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<PushedRequest>, StoreError>;
    /// Notes that a key was seen, until `expires_at`: of many racing callers, one gets `true`.
    async fn first_sight(
        &mut self,
        key: &[u8; 32],
        expires_at: UnixMillis,
    ) -> Result<bool, StoreError>;
    /// Adds a subject token.
    async fn insert_subject_token(&mut self, token: &SubjectToken) -> Result<(), StoreError>;
    /// Marks a subject token as consumed and gives it as it was before: of many racing callers,
    /// exactly one sees `consumed_at: None`.
    async fn consume_subject_token(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<SubjectToken>, StoreError>;
    /// Adds a personal access token. `false`, and nothing is written, if the user has one of that
    /// name.
    async fn insert_personal_access_token(
        &mut self,
        token: &PersonalAccessToken,
    ) -> Result<bool, StoreError>;
    /// Removes the personal access token of that name. `false` if there was none.
    async fn delete_personal_access_token(
        &mut self,
        user_id: &UserId,
        name: &str,
    ) -> Result<bool, StoreError>;
}
