//! Devices that wait for somebody's answer.

use async_trait::async_trait;

use crate::{DeviceAuthorization, StoreError, UnixMillis, UserCode, UserId};

/// Device authorizations. In a unit, what is read stays locked until the unit is over.
#[async_trait]
pub trait DeviceReads {
    /// The authorization whose device code has that SHA-256, expired or not.
    async fn device_authorization(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<DeviceAuthorization>, StoreError>;
    /// The authorization of a user code, expired or not.
    async fn device_authorization_by_user_code(
        &mut self,
        user_code: &UserCode,
    ) -> Result<Option<DeviceAuthorization>, StoreError>;
}

/// Device authorizations.
#[async_trait]
pub trait DeviceWrites {
    /// Adds an authorization. `false`, and nothing is written, if the user code is taken.
    async fn insert_device_authorization(
        &mut self,
        device: &DeviceAuthorization,
    ) -> Result<bool, StoreError>;
    /// Writes state, last poll and interval of a known authorization.
    async fn update_device_authorization(
        &mut self,
        device: &DeviceAuthorization,
    ) -> Result<(), StoreError>;
    /// Counts a user code that a user tries, and keeps other units of the same user waiting until
    /// this one is over. Gives how many were counted and since when; a count that began at
    /// `horizon` or before begins anew.
    async fn count_device_try(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
        horizon: UnixMillis,
    ) -> Result<(i64, UnixMillis), StoreError>;
    /// Takes back what was counted last: the code was right.
    async fn forgive_device_try(&mut self, user_id: &UserId) -> Result<(), StoreError>;
}
