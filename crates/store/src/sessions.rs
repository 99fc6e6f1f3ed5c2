//! Browser sessions, and the `sid` under which each application knows one.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, Session, SessionId, SessionReads, SessionWrites, StoreError, UnixMillis, UserId,
};

use crate::conn::{Conn, corrupt, from_json, hash, to_json};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, cookie_hash, user_id, auth_time, amr, user_agent, created_at, \
             expires_at FROM sessions ",
            $rest
        )
    };
}

row! {
    struct SessionRow of "sessions" {
        id: String,
        cookie_hash: Vec<u8>,
        user_id: String,
        auth_time: i64,
        amr: String,
        user_agent: Option<String>,
        created_at: i64,
        expires_at: i64,
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: SessionId::from(row.id),
            cookie_hash: hash(row.cookie_hash, "sessions.cookie_hash")?,
            user_id: UserId::from(row.user_id),
            auth_time: UnixMillis(row.auth_time),
            amr: from_json(&row.amr, "sessions.amr")?,
            user_agent: row.user_agent,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
        })
    }
}

row! {
    struct SidRow of "session_sids" {
        application_id: String,
        sid: String,
    }
}

#[async_trait]
impl SessionReads for Conn<'_> {
    async fn session(&mut self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        let row = fetch_locked!(self, SessionRow, select!("WHERE id = $1"), id.as_str())?;
        row.map(Session::try_from).transpose()
    }

    async fn session_by_cookie(
        &mut self,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<Session>, StoreError> {
        let row = fetch_optional!(
            self,
            SessionRow,
            select!("WHERE cookie_hash = $1"),
            &cookie_hash[..]
        )?;
        row.map(Session::try_from).transpose()
    }

    async fn sessions_of_user(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
    ) -> Result<Vec<Session>, StoreError> {
        let rows = fetch_all!(
            self,
            SessionRow,
            select!("WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id"),
            user_id.as_str(),
            now.0
        )?;
        rows.into_iter().map(Session::try_from).collect()
    }

    async fn sids_of_session(
        &mut self,
        id: &SessionId,
    ) -> Result<Vec<(ApplicationId, String)>, StoreError> {
        let rows = fetch_all!(
            self,
            SidRow,
            "SELECT application_id, sid FROM session_sids WHERE session_id = $1",
            id.as_str()
        )?;
        let known = |row: SidRow| (ApplicationId::from(row.application_id), row.sid);
        let mut sids: Vec<_> = rows.into_iter().map(known).collect();
        sids.sort();
        Ok(sids)
    }
}

#[async_trait]
impl SessionWrites for Conn<'_> {
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO sessions (id, cookie_hash, user_id, auth_time, amr, user_agent, \
             created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            session.id.as_str(),
            &session.cookie_hash[..],
            session.user_id.as_str(),
            session.auth_time.0,
            to_json(&session.amr),
            session.user_agent.as_deref(),
            session.created_at.0,
            session.expires_at.0,
        )?;
        Ok(())
    }

    async fn delete_session(&mut self, id: &SessionId) -> Result<bool, StoreError> {
        let removed = execute!(self, "DELETE FROM sessions WHERE id = $1", id.as_str())?;
        Ok(removed == 1)
    }

    /// An application that knows both sessions keeps the `sid` of the one that stays.
    async fn move_session(&mut self, from: &SessionId, to: &SessionId) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE session_sids SET session_id = $2 WHERE session_id = $1 \
             AND application_id NOT IN \
             (SELECT application_id FROM session_sids WHERE session_id = $2)",
            from.as_str(),
            to.as_str()
        )?;
        execute!(
            self,
            "UPDATE grants SET session_id = $2 WHERE session_id = $1",
            from.as_str(),
            to.as_str()
        )?;
        Ok(())
    }

    async fn session_sid(
        &mut self,
        id: &SessionId,
        application_id: &ApplicationId,
        fresh: &str,
    ) -> Result<String, StoreError> {
        execute!(
            self,
            "INSERT INTO session_sids (session_id, application_id, sid) VALUES ($1, $2, $3) \
             ON CONFLICT (session_id, application_id) DO NOTHING",
            id.as_str(),
            application_id.as_str(),
            fresh
        )?;
        let row = fetch_optional!(
            self,
            SidRow,
            "SELECT application_id, sid FROM session_sids \
             WHERE session_id = $1 AND application_id = $2",
            id.as_str(),
            application_id.as_str()
        )?;
        row.map(|row| row.sid)
            .ok_or_else(|| corrupt("session_sids.sid"))
    }
}
