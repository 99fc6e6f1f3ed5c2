//! Logout tokens on their way.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, LogoutDelivery, LogoutDeliveryId, LogoutDeliveryWrites, StoreError, UnixMillis,
    UserId,
};

use crate::conn::Conn;

row! {
    struct DeliveryRow of "logout_deliveries" {
        id: String,
        application_id: String,
        user_id: String,
        sid: Option<String>,
        attempts: i64,
        next_attempt_at: i64,
        created_at: i64,
    }
}

impl From<DeliveryRow> for LogoutDelivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: LogoutDeliveryId::from(row.id),
            application_id: ApplicationId::from(row.application_id),
            user_id: UserId::from(row.user_id),
            sid: row.sid,
            attempts: row.attempts,
            next_attempt_at: UnixMillis(row.next_attempt_at),
            created_at: UnixMillis(row.created_at),
        }
    }
}

#[async_trait]
impl LogoutDeliveryWrites for Conn<'_> {
    async fn insert_logout_delivery(
        &mut self,
        delivery: &LogoutDelivery,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO logout_deliveries (id, application_id, user_id, sid, attempts, \
             next_attempt_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            delivery.id.as_str(),
            delivery.application_id.as_str(),
            delivery.user_id.as_str(),
            delivery.sid.as_deref(),
            delivery.attempts,
            delivery.next_attempt_at.0,
            delivery.created_at.0,
        )?;
        Ok(())
    }

    async fn claim_logout_deliveries(
        &mut self,
        now: UnixMillis,
        until: UnixMillis,
        limit: i64,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        // The condition stands twice: on PostgreSQL one who waited for a row looks at it again.
        let rows = fetch_all!(
            self,
            DeliveryRow,
            "UPDATE logout_deliveries SET next_attempt_at = $2, attempts = attempts + 1 \
             WHERE next_attempt_at <= $1 AND id IN (SELECT id FROM logout_deliveries \
             WHERE next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $3) \
             RETURNING id, application_id, user_id, sid, attempts, next_attempt_at, created_at",
            now.0,
            until.0,
            limit
        )?;
        Ok(rows.into_iter().map(LogoutDelivery::from).collect())
    }

    async fn postpone_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
        next_attempt_at: UnixMillis,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE logout_deliveries SET next_attempt_at = $2 WHERE id = $1",
            id.as_str(),
            next_attempt_at.0
        )?;
        Ok(())
    }

    async fn delete_logout_delivery(&mut self, id: &LogoutDeliveryId) -> Result<(), StoreError> {
        execute!(
            self,
            "DELETE FROM logout_deliveries WHERE id = $1",
            id.as_str()
        )?;
        Ok(())
    }
}
