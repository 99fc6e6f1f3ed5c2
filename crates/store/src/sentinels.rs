//! What went wrong for identifiers. An identifier is a keyed hash.

use async_trait::async_trait;
use moongate_core::{Factor, Mac, Sentinel, SentinelReads, SentinelWrites, StoreError, UnixMillis};

use crate::conn::{Conn, corrupt, hash, millis};

macro_rules! select {
    () => {
        "SELECT target, factor, failures, since, locked_until FROM sentinels \
         WHERE target = $1 AND factor = $2"
    };
}

row! {
    struct SentinelRow of "sentinels" {
        target: Vec<u8>,
        factor: String,
        failures: i64,
        since: i64,
        locked_until: Option<i64>,
    }
}

impl TryFrom<SentinelRow> for Sentinel {
    type Error = StoreError;

    fn try_from(row: SentinelRow) -> Result<Self, StoreError> {
        Ok(Self {
            target: hash(row.target, "sentinels.target")?,
            factor: Factor::parse(&row.factor).ok_or_else(|| corrupt("sentinels.factor"))?,
            failures: row.failures,
            since: UnixMillis(row.since),
            locked_until: row.locked_until.map(UnixMillis),
        })
    }
}

#[async_trait]
impl SentinelReads for Conn<'_> {
    async fn sentinel(
        &mut self,
        target: &Mac,
        factor: Factor,
    ) -> Result<Option<Sentinel>, StoreError> {
        let row = fetch_optional!(self, SentinelRow, select!(), &target[..], factor.as_str())?;
        row.map(Sentinel::try_from).transpose()
    }
}

#[async_trait]
impl SentinelWrites for Conn<'_> {
    async fn locked_sentinel(
        &mut self,
        target: &Mac,
        factor: Factor,
        now: UnixMillis,
    ) -> Result<Sentinel, StoreError> {
        // A row that is not there can't be locked, and one that is may be deleted by whoever has
        // it locked: writing it waits for either, and keeps it.
        execute!(
            self,
            "INSERT INTO sentinels (target, factor, failures, since) VALUES ($1, $2, 0, $3) \
             ON CONFLICT (target, factor) DO UPDATE SET failures = sentinels.failures",
            &target[..],
            factor.as_str(),
            now.0
        )?;
        let row = fetch_locked!(self, SentinelRow, select!(), &target[..], factor.as_str())?;
        row.map_or_else(
            || Ok(Sentinel::fresh(*target, factor, now)),
            Sentinel::try_from,
        )
    }

    async fn put_sentinel(&mut self, sentinel: &Sentinel) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO sentinels (target, factor, failures, since, locked_until) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (target, factor) DO UPDATE SET \
             failures = excluded.failures, since = excluded.since, \
             locked_until = excluded.locked_until",
            &sentinel.target[..],
            sentinel.factor.as_str(),
            sentinel.failures,
            sentinel.since.0,
            millis(sentinel.locked_until),
        )?;
        Ok(())
    }

    async fn delete_sentinel(&mut self, target: &Mac, factor: Factor) -> Result<(), StoreError> {
        execute!(
            self,
            "DELETE FROM sentinels WHERE target = $1 AND factor = $2",
            &target[..],
            factor.as_str()
        )?;
        Ok(())
    }

    async fn delete_sentinels(&mut self, target: &Mac) -> Result<(), StoreError> {
        execute!(self, "DELETE FROM sentinels WHERE target = $1", &target[..])?;
        Ok(())
    }
}
