//! Devices that wait for somebody's answer.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, DeviceAuthorization, DeviceReads, DeviceWrites, Scopes, StoreError, UnixMillis,
};

use crate::conn::{Conn, from_json, hash, millis, to_json};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT hash, user_code, application_id, scopes, resources, state, polled_at, \
             created_at, expires_at FROM device_authorizations ",
            $rest
        )
    };
}

row! {
    struct DeviceRow of "device_authorizations" {
        hash: Vec<u8>,
        user_code: String,
        application_id: String,
        scopes: String,
        resources: String,
        state: String,
        polled_at: Option<i64>,
        created_at: i64,
        expires_at: i64,
    }
}

impl TryFrom<DeviceRow> for DeviceAuthorization {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "device_authorizations.hash")?,
            user_code: row.user_code,
            application_id: ApplicationId::from(row.application_id),
            scopes: Scopes::from(row.scopes),
            resources: from_json(&row.resources, "device_authorizations.resources")?,
            state: from_json(&row.state, "device_authorizations.state")?,
            polled_at: row.polled_at.map(UnixMillis),
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
        })
    }
}

#[async_trait]
impl DeviceReads for Conn<'_> {
    async fn device_authorization(
        &mut self,
        hash: &[u8; 32],
    ) -> Result<Option<DeviceAuthorization>, StoreError> {
        let row = fetch_locked!(self, DeviceRow, select!("WHERE hash = $1"), &hash[..])?;
        row.map(DeviceAuthorization::try_from).transpose()
    }

    async fn device_authorization_by_user_code(
        &mut self,
        user_code: &str,
    ) -> Result<Option<DeviceAuthorization>, StoreError> {
        let row = fetch_locked!(self, DeviceRow, select!("WHERE user_code = $1"), user_code)?;
        row.map(DeviceAuthorization::try_from).transpose()
    }
}

#[async_trait]
impl DeviceWrites for Conn<'_> {
    async fn insert_device_authorization(
        &mut self,
        device: &DeviceAuthorization,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO device_authorizations (hash, user_code, application_id, scopes, \
             resources, state, polled_at, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &device.hash[..],
            device.user_code.as_str(),
            device.application_id.as_str(),
            device.scopes.to_string(),
            to_json(&device.resources),
            to_json(&device.state),
            millis(device.polled_at),
            device.created_at.0,
            device.expires_at.0,
        )?;
        Ok(added == 1)
    }

    async fn update_device_authorization(
        &mut self,
        device: &DeviceAuthorization,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE device_authorizations SET state = $2, polled_at = $3 WHERE hash = $1",
            &device.hash[..],
            to_json(&device.state),
            millis(device.polled_at),
        )?;
        Ok(())
    }
}
