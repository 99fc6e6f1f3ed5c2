//! Things that are good once, and personal access tokens.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, OneTimeReads, OneTimeWrites, PersonalAccessToken, PushedRequest, StoreError,
    SubjectToken, UnixMillis, UserId,
};

use crate::conn::{Conn, from_json, hash, millis, to_json};

row! {
    struct PushedRow of "pushed_requests" {
        hash: Vec<u8>,
        application_id: String,
        parameters: String,
        expires_at: i64,
    }
}

row! {
    struct SubjectTokenRow of "subject_tokens" {
        hash: Vec<u8>,
        user_id: String,
        context: String,
        created_at: i64,
        expires_at: i64,
        consumed_at: Option<i64>,
    }
}

impl TryFrom<SubjectTokenRow> for SubjectToken {
    type Error = StoreError;

    fn try_from(row: SubjectTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "subject_tokens.hash")?,
            user_id: UserId::from(row.user_id),
            context: from_json(&row.context, "subject_tokens.context")?,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
            consumed_at: row.consumed_at.map(UnixMillis),
        })
    }
}

row! {
    struct PersonalAccessTokenRow of "personal_access_tokens" {
        user_id: String,
        name: String,
        hash: Vec<u8>,
        sealed_value: Vec<u8>,
        created_at: i64,
        expires_at: Option<i64>,
    }
}

impl TryFrom<PersonalAccessTokenRow> for PersonalAccessToken {
    type Error = StoreError;

    fn try_from(row: PersonalAccessTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: UserId::from(row.user_id),
            name: row.name,
            hash: hash(row.hash, "personal_access_tokens.hash")?,
            sealed_value: row.sealed_value,
            created_at: UnixMillis(row.created_at),
            expires_at: row.expires_at.map(UnixMillis),
        })
    }
}

#[async_trait]
impl OneTimeReads for Conn<'_> {
    async fn personal_access_token(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<PersonalAccessToken>, StoreError> {
        let row = fetch_optional!(
            self,
            PersonalAccessTokenRow,
            "SELECT user_id, name, hash, sealed_value, created_at, expires_at \
             FROM personal_access_tokens WHERE hash = $1",
            &hash[..]
        )?;
        row.map(PersonalAccessToken::try_from).transpose()
    }

    async fn personal_access_tokens(
        &mut self,
        user_id: &UserId,
    ) -> Result<Vec<PersonalAccessToken>, StoreError> {
        let rows = fetch_all!(
            self,
            PersonalAccessTokenRow,
            "SELECT user_id, name, hash, sealed_value, created_at, expires_at \
             FROM personal_access_tokens WHERE user_id = $1 ORDER BY created_at, hash",
            user_id.as_str()
        )?;
        rows.into_iter()
            .map(PersonalAccessToken::try_from)
            .collect()
    }
}

#[async_trait]
impl OneTimeWrites for Conn<'_> {
    async fn insert_pushed_request(&mut self, request: &PushedRequest) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO pushed_requests (hash, application_id, parameters, expires_at) \
             VALUES ($1, $2, $3, $4)",
            &request.hash[..],
            request.application_id.as_str(),
            request.parameters.as_str(),
            request.expires_at.0,
        )?;
        Ok(())
    }

    async fn take_pushed_request(
        &mut self,
        key: &[u8; 32],
    ) -> Result<Option<PushedRequest>, StoreError> {
        let row = fetch_optional!(
            self,
            PushedRow,
            "DELETE FROM pushed_requests WHERE hash = $1 \
             RETURNING hash, application_id, parameters, expires_at",
            &key[..]
        )?;
        row.map(|row| {
            Ok(PushedRequest {
                hash: hash(row.hash, "pushed_requests.hash")?,
                application_id: ApplicationId::from(row.application_id),
                parameters: row.parameters,
                expires_at: UnixMillis(row.expires_at),
            })
        })
        .transpose()
    }

    async fn first_sight(
        &mut self,
        key: &[u8; 32],
        expires_at: UnixMillis,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO first_sights (key, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &key[..],
            expires_at.0
        )?;
        Ok(added == 1)
    }

    async fn insert_subject_token(&mut self, token: &SubjectToken) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO subject_tokens (hash, user_id, context, created_at, expires_at, \
             consumed_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &token.hash[..],
            token.user_id.as_str(),
            to_json(&token.context),
            token.created_at.0,
            token.expires_at.0,
            millis(token.consumed_at),
        )?;
        Ok(())
    }

    async fn consume_subject_token(
        &mut self,
        key: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<SubjectToken>, StoreError> {
        let won = fetch_optional!(
            self,
            SubjectTokenRow,
            "UPDATE subject_tokens SET consumed_at = $2 WHERE hash = $1 AND consumed_at IS NULL \
             RETURNING hash, user_id, context, created_at, expires_at, consumed_at",
            &key[..],
            now.0
        )?;
        if let Some(row) = won {
            let token = SubjectToken::try_from(row)?;
            return Ok(Some(SubjectToken {
                consumed_at: None,
                ..token
            }));
        }
        let lost = fetch_optional!(
            self,
            SubjectTokenRow,
            "SELECT hash, user_id, context, created_at, expires_at, consumed_at \
             FROM subject_tokens WHERE hash = $1",
            &key[..]
        )?;
        lost.map(SubjectToken::try_from).transpose()
    }

    async fn insert_personal_access_token(
        &mut self,
        token: &PersonalAccessToken,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO personal_access_tokens (user_id, name, hash, sealed_value, created_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, name) DO NOTHING",
            token.user_id.as_str(),
            token.name.as_str(),
            &token.hash[..],
            token.sealed_value.as_slice(),
            token.created_at.0,
            millis(token.expires_at),
        )?;
        Ok(added == 1)
    }

    async fn delete_personal_access_token(
        &mut self,
        user_id: &UserId,
        name: &str,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM personal_access_tokens WHERE user_id = $1 AND name = $2",
            user_id.as_str(),
            name
        )?;
        Ok(removed == 1)
    }
}
