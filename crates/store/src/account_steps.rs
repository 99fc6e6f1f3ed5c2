//! What somebody is in the middle of on their account page; it goes with the session.

use async_trait::async_trait;
use moongate_core::{AccountStepReads, AccountStepWrites, SessionId, StoreError};

use crate::conn::Conn;

row! {
    struct StepRow of "account_steps" {
        step: String,
    }
}

#[async_trait]
impl AccountStepReads for Conn<'_> {
    async fn account_step(&mut self, session_id: &SessionId) -> Result<Option<String>, StoreError> {
        let row = fetch_locked!(
            self,
            StepRow,
            "SELECT step FROM account_steps WHERE session_id = $1",
            session_id.as_str()
        )?;
        Ok(row.map(|row| row.step))
    }
}

#[async_trait]
impl AccountStepWrites for Conn<'_> {
    async fn put_account_step(
        &mut self,
        session_id: &SessionId,
        step: &str,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO account_steps (session_id, step) VALUES ($1, $2) \
             ON CONFLICT (session_id) DO UPDATE SET step = excluded.step",
            session_id.as_str(),
            step
        )?;
        Ok(())
    }

    async fn delete_account_step(&mut self, session_id: &SessionId) -> Result<(), StoreError> {
        execute!(
            self,
            "DELETE FROM account_steps WHERE session_id = $1",
            session_id.as_str()
        )?;
        Ok(())
    }
}
