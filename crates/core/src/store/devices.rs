//! Devices that wait for somebody's answer.

use async_trait::async_trait;

use crate::{DeviceAuthorization, StoreError};

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
        user_code: &str,
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
    /// Writes state and last poll of a known authorization.
    async fn update_device_authorization(
        &mut self,
        device: &DeviceAuthorization,
    ) -> Result<(), StoreError>;
}
