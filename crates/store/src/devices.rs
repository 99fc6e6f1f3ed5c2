//! Devices that wait for somebody's answer.

use std::time::Duration;

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, DeviceAuthorization, DeviceReads, DeviceWrites, Scopes, StoreError, UnixMillis,
    UserCode, UserId,
};

use crate::conn::{Conn, corrupt, from_json, hash, millis, to_json};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT hash, user_code, application_id, scopes, resources, state, polled_at, \
             poll_interval, created_at, expires_at FROM device_authorizations ",
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
        poll_interval: i64,
        created_at: i64,
        expires_at: i64,
    }
}

row! {
    struct TriesRow of "device_tries" {
        tries: i64,
        since: i64,
    }
}

impl TryFrom<DeviceRow> for DeviceAuthorization {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: hash(row.hash, "device_authorizations.hash")?,
            user_code: UserCode::from_stored(row.user_code),
            application_id: ApplicationId::from(row.application_id),
            scopes: Scopes::from(row.scopes),
            resources: from_json(&row.resources, "device_authorizations.resources")?,
            state: from_json(&row.state, "device_authorizations.state")?,
            polled_at: row.polled_at.map(UnixMillis),
            interval: u64::try_from(row.poll_interval)
                .map(Duration::from_secs)
                .map_err(|_| corrupt("device_authorizations.poll_interval"))?,
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
        user_code: &UserCode,
    ) -> Result<Option<DeviceAuthorization>, StoreError> {
        let row = fetch_locked!(
            self,
            DeviceRow,
            select!("WHERE user_code = $1"),
            user_code.as_str()
        )?;
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
             resources, state, polled_at, poll_interval, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            &device.hash[..],
            device.user_code.as_str(),
            device.application_id.as_str(),
            device.scopes.to_string(),
            to_json(&device.resources),
            to_json(&device.state),
            millis(device.polled_at),
            device.interval.as_secs().cast_signed(),
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
            "UPDATE device_authorizations SET state = $2, polled_at = $3, \
             poll_interval = $4 WHERE hash = $1",
            &device.hash[..],
            to_json(&device.state),
            millis(device.polled_at),
            device.interval.as_secs().cast_signed(),
        )?;
        Ok(())
    }

    async fn count_device_try(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
        horizon: UnixMillis,
    ) -> Result<(i64, UnixMillis), StoreError> {
        let row = fetch_optional!(
            self,
            TriesRow,
            "INSERT INTO device_tries (user_id, tries, since) VALUES ($1, 1, $2) \
             ON CONFLICT (user_id) DO UPDATE SET \
             tries = CASE WHEN device_tries.since <= $3 THEN 1 ELSE device_tries.tries + 1 END, \
             since = CASE WHEN device_tries.since <= $3 THEN $2 ELSE device_tries.since END \
             RETURNING tries, since",
            user_id.as_str(),
            now.0,
            horizon.0
        )?;
        let row = row.ok_or_else(|| corrupt("device_tries.tries"))?;
        Ok((row.tries, UnixMillis(row.since)))
    }

    async fn forgive_device_try(&mut self, user_id: &UserId) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE device_tries SET tries = tries - 1 WHERE user_id = $1 AND tries > 0",
            user_id.as_str()
        )?;
        Ok(())
    }
}
