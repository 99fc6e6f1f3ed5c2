//! Grants and the credentials issued from them.

use async_trait::async_trait;
use moongate_core::{
    AccessToken, ApplicationId, AuthorizationCode, Grant, GrantId, GrantReads, GrantWrites,
    RefreshToken, Scopes, SessionId, StoreError, UnixMillis, UserId,
};

use crate::conn::{Conn, from_json, hash, millis, to_json};

macro_rules! select_grants {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, application_id, session_id, sid, scopes, resources, claims, \
             nonce, auth_time, amr, created_at, expires_at, revoked_at FROM grants ",
            $rest
        )
    };
}

row! {
    struct GrantRow of "grants" {
        id: String,
        user_id: String,
        application_id: String,
        session_id: String,
        sid: String,
        scopes: String,
        resources: String,
        claims: String,
        nonce: Option<String>,
        auth_time: i64,
        amr: String,
        created_at: i64,
        expires_at: i64,
        revoked_at: Option<i64>,
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: GrantId::from(row.id),
            user_id: UserId::from(row.user_id),
            application_id: ApplicationId::from(row.application_id),
            session_id: some(row.session_id).map(SessionId::from),
            sid: some(row.sid),
            scopes: Scopes::from(row.scopes),
            resources: from_json(&row.resources, "grants.resources")?,
            claims: from_json(&row.claims, "grants.claims")?,
            nonce: row.nonce,
            auth_time: UnixMillis(row.auth_time),
            amr: from_json(&row.amr, "grants.amr")?,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
            revoked_at: row.revoked_at.map(UnixMillis),
        })
    }
}

/// What is empty where there is none.
fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

row! {
    struct CodeRow of "authorization_codes" {
        hash: Vec<u8>,
        grant_id: String,
        redirect_uri: String,
        code_challenge: Option<String>,
        dpop_jkt: Option<String>,
        created_at: i64,
        expires_at: i64,
        used_at: Option<i64>,
    }
}

impl TryFrom<CodeRow> for AuthorizationCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "authorization_codes.hash")?,
            grant_id: GrantId::from(row.grant_id),
            redirect_uri: row.redirect_uri,
            code_challenge: row.code_challenge,
            dpop_jkt: row.dpop_jkt,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
            used_at: row.used_at.map(UnixMillis),
        })
    }
}

row! {
    struct AccessTokenRow of "access_tokens" {
        hash: Vec<u8>,
        grant_id: String,
        scopes: String,
        dpop_jkt: Option<String>,
        created_at: i64,
        expires_at: i64,
    }
}

impl TryFrom<AccessTokenRow> for AccessToken {
    type Error = StoreError;

    fn try_from(row: AccessTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "access_tokens.hash")?,
            grant_id: GrantId::from(row.grant_id),
            scopes: Scopes::from(row.scopes),
            dpop_jkt: row.dpop_jkt,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
        })
    }
}

row! {
    struct RefreshTokenRow of "refresh_tokens" {
        hash: Vec<u8>,
        grant_id: String,
        scopes: String,
        dpop_jkt: Option<String>,
        created_at: i64,
        expires_at: i64,
        consumed_at: Option<i64>,
    }
}

impl TryFrom<RefreshTokenRow> for RefreshToken {
    type Error = StoreError;

    fn try_from(row: RefreshTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "refresh_tokens.hash")?,
            grant_id: GrantId::from(row.grant_id),
            scopes: Scopes::from(row.scopes),
            dpop_jkt: row.dpop_jkt,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
            consumed_at: row.consumed_at.map(UnixMillis),
        })
    }
}

#[async_trait]
impl GrantReads for Conn<'_> {
    async fn grant(&mut self, id: &GrantId) -> Result<Option<Grant>, StoreError> {
        let row = fetch_optional!(self, GrantRow, select_grants!("WHERE id = $1"), id.as_str())?;
        row.map(Grant::try_from).transpose()
    }

    async fn grants_of_user(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
    ) -> Result<Vec<Grant>, StoreError> {
        let rows = fetch_all!(
            self,
            GrantRow,
            select_grants!(
                "WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
                 ORDER BY created_at, id"
            ),
            user_id.as_str(),
            now.0
        )?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    async fn access_token(&mut self, hash: &[u8; 32]) -> Result<Option<AccessToken>, StoreError> {
        let row = fetch_optional!(
            self,
            AccessTokenRow,
            "SELECT hash, grant_id, scopes, dpop_jkt, created_at, expires_at \
             FROM access_tokens WHERE hash = $1",
            &hash[..]
        )?;
        row.map(AccessToken::try_from).transpose()
    }

    async fn refresh_token(&mut self, hash: &[u8; 32]) -> Result<Option<RefreshToken>, StoreError> {
        let row = fetch_optional!(
            self,
            RefreshTokenRow,
            "SELECT hash, grant_id, scopes, dpop_jkt, created_at, expires_at, consumed_at \
             FROM refresh_tokens WHERE hash = $1",
            &hash[..]
        )?;
        row.map(RefreshToken::try_from).transpose()
    }
}

#[async_trait]
impl GrantWrites for Conn<'_> {
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO grants (id, user_id, application_id, session_id, sid, scopes, \
             is_offline, resources, claims, nonce, auth_time, amr, created_at, expires_at, \
             revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            grant.id.as_str(),
            grant.user_id.as_str(),
            grant.application_id.as_str(),
            grant.session_id.as_ref().map_or("", SessionId::as_str),
            grant.sid.as_deref().unwrap_or_default(),
            grant.scopes.to_string(),
            grant.scopes.contains("offline_access"),
            to_json(&grant.resources),
            to_json(&grant.claims),
            grant.nonce.as_deref(),
            grant.auth_time.0,
            to_json(&grant.amr),
            grant.created_at.0,
            grant.expires_at.0,
            millis(grant.revoked_at),
        )?;
        Ok(())
    }

    async fn revoke_grant(&mut self, id: &GrantId, now: UnixMillis) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE grants SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            id.as_str(),
            now.0
        )?;
        Ok(())
    }

    async fn revoke_online_grants(
        &mut self,
        session_id: &SessionId,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE grants SET revoked_at = $2 \
             WHERE session_id = $1 AND revoked_at IS NULL AND NOT is_offline",
            session_id.as_str(),
            now.0
        )?;
        Ok(())
    }

    async fn insert_authorization_code(
        &mut self,
        code: &AuthorizationCode,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO authorization_codes (hash, grant_id, redirect_uri, code_challenge, \
             dpop_jkt, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &code.hash[..],
            code.grant_id.as_str(),
            code.redirect_uri.as_str(),
            code.code_challenge.as_deref(),
            code.dpop_jkt.as_deref(),
            code.created_at.0,
            code.expires_at.0,
            millis(code.used_at),
        )?;
        Ok(())
    }

    async fn use_authorization_code(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<AuthorizationCode>, StoreError> {
        // On PostgreSQL a loser waits here until the winner has committed, then matches no row.
        let won = fetch_optional!(
            self,
            CodeRow,
            "UPDATE authorization_codes SET used_at = $2 WHERE hash = $1 AND used_at IS NULL \
             RETURNING hash, grant_id, redirect_uri, code_challenge, dpop_jkt, created_at, \
             expires_at, used_at",
            &hash[..],
            now.0
        )?;
        if let Some(row) = won {
            let code = AuthorizationCode::try_from(row)?;
            return Ok(Some(AuthorizationCode {
                used_at: None,
                ..code
            }));
        }
        let lost = fetch_optional!(
            self,
            CodeRow,
            "SELECT hash, grant_id, redirect_uri, code_challenge, dpop_jkt, created_at, \
             expires_at, used_at FROM authorization_codes WHERE hash = $1",
            &hash[..]
        )?;
        lost.map(AuthorizationCode::try_from).transpose()
    }

    async fn insert_access_token(&mut self, token: &AccessToken) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO access_tokens (hash, grant_id, scopes, dpop_jkt, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &token.hash[..],
            token.grant_id.as_str(),
            token.scopes.to_string(),
            token.dpop_jkt.as_deref(),
            token.created_at.0,
            token.expires_at.0,
        )?;
        Ok(())
    }

    async fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO refresh_tokens (hash, grant_id, scopes, dpop_jkt, created_at, expires_at, \
             consumed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &token.hash[..],
            token.grant_id.as_str(),
            token.scopes.to_string(),
            token.dpop_jkt.as_deref(),
            token.created_at.0,
            token.expires_at.0,
            millis(token.consumed_at),
        )?;
        Ok(())
    }

    async fn consume_refresh_token(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<RefreshToken>, StoreError> {
        let won = fetch_optional!(
            self,
            RefreshTokenRow,
            "UPDATE refresh_tokens SET consumed_at = $2 WHERE hash = $1 AND consumed_at IS NULL \
             RETURNING hash, grant_id, scopes, dpop_jkt, created_at, expires_at, consumed_at",
            &hash[..],
            now.0
        )?;
        if let Some(row) = won {
            let token = RefreshToken::try_from(row)?;
            return Ok(Some(RefreshToken {
                consumed_at: None,
                ..token
            }));
        }
        self.refresh_token(hash).await
    }
}
