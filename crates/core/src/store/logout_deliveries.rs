//! Logout tokens on their way.

use async_trait::async_trait;

use crate::{LogoutDelivery, LogoutDeliveryId, StoreError, UnixMillis};

/// Logout deliveries.
#[async_trait]
pub trait LogoutDeliveryWrites {
    /// Adds a delivery.
    async fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery)
    -> Result<(), StoreError>;
    /// Takes up to `limit` deliveries whose time has come, and keeps others from taking them until
    /// `until`: of many servers, one gets each. They are given as they are then: counted once more.
    async fn claim_logout_deliveries(
        &mut self,
        now: UnixMillis,
        until: UnixMillis,
        limit: i64,
    ) -> Result<Vec<LogoutDelivery>, StoreError>;
    /// Sets when a delivery is tried next.
    async fn postpone_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
        next_attempt_at: UnixMillis,
    ) -> Result<(), StoreError>;
    /// Removes a delivery that arrived or was given up.
    async fn delete_logout_delivery(&mut self, id: &LogoutDeliveryId) -> Result<(), StoreError>;
}
