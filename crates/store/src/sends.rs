//! Messages sent to an address, for limits. The address is a keyed hash.

use async_trait::async_trait;
use moongate_core::{Mac, SendReads, SendWrites, StoreError, UnixMillis};

use crate::conn::Conn;

row! {
    struct SendRow of "sends" {
        sent_at: i64,
        messages: i64,
    }
}

#[async_trait]
impl SendReads for Conn<'_> {
    async fn sends_since(
        &mut self,
        address: &Mac,
        since: UnixMillis,
    ) -> Result<Vec<UnixMillis>, StoreError> {
        let rows = fetch_all!(
            self,
            SendRow,
            "SELECT sent_at, messages FROM sends WHERE address = $1 AND sent_at >= $2 \
             ORDER BY sent_at DESC",
            &address[..],
            since.0
        )?;
        let mut times = Vec::new();
        for row in rows {
            for _ in 0..row.messages {
                times.push(UnixMillis(row.sent_at));
            }
        }
        Ok(times)
    }
}

#[async_trait]
impl SendWrites for Conn<'_> {
    async fn lock_address(&mut self, address: &Mac) -> Result<(), StoreError> {
        // On PostgreSQL the row stays locked until the unit is over, a fresh one as well: others
        // wait for its fate. On SQLite there is one writer anyway.
        execute!(
            self,
            "INSERT INTO address_locks (address) VALUES ($1) \
             ON CONFLICT (address) DO UPDATE SET address = excluded.address",
            &address[..]
        )?;
        Ok(())
    }

    async fn insert_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO sends (address, sent_at, messages) VALUES ($1, $2, 1) \
             ON CONFLICT (address, sent_at) DO UPDATE SET messages = sends.messages + 1",
            &address[..],
            at.0
        )?;
        Ok(())
    }

    async fn delete_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE sends SET messages = messages - 1 WHERE address = $1 AND sent_at = $2",
            &address[..],
            at.0
        )?;
        execute!(
            self,
            "DELETE FROM sends WHERE address = $1 AND sent_at = $2 AND messages <= 0",
            &address[..],
            at.0
        )?;
        Ok(())
    }
}
