//! The default session store: in this process's memory. `tower-sessions` has one too, but it
//! keeps what has expired for ever; this one sweeps, and goes by the client's own clock.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Result;

use crate::clock::{Clock, random_bytes};

/// Sessions that end with the process.
#[derive(Debug)]
pub(crate) struct Memory {
    clock: Clock,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    records: HashMap<Id, Record>,
    /// Sweep once this many records are there: twice what the last sweep left, so that the
    /// cost of sweeping stays in proportion to the sign-ins.
    sweep_at: usize,
}

impl Memory {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            sessions: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> OffsetDateTime {
        self.clock.now().into()
    }
}

#[async_trait]
impl SessionStore for Memory {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.now();
        let mut sessions = self.lock();
        if sessions.records.len() >= sessions.sweep_at {
            sessions.records.retain(|_, kept| kept.expiry_date > now);
            sessions.sweep_at = (sessions.records.len() * 2).max(64);
        }
        while sessions.records.contains_key(&record.id) {
            record.id = Id(i128::from_le_bytes(random_bytes()));
        }
        sessions.records.insert(record.id, record.clone());
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.lock().records.insert(record.id, record.clone());
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.now();
        let sessions = self.lock();
        let record = sessions.records.get(id);
        Ok(record.filter(|record| record.expiry_date > now).cloned())
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.lock().records.remove(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use crate::clock::Clock;
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, UNIX_EPOCH};
    use time::OffsetDateTime;
    use tower_sessions::SessionStore as _;
    use tower_sessions::session::{Id, Record};

    fn record(id: i128, expires: i64) -> Record {
        Record {
            id: Id(id),
            data: HashMap::new(),
            expiry_date: OffsetDateTime::from_unix_timestamp(expires).unwrap(),
        }
    }

    #[tokio::test]
    async fn expired_sessions_are_gone_and_swept() {
        let now = Arc::new(AtomicU64::new(1000));
        let read = Arc::clone(&now);
        let clock =
            Clock::custom(move || UNIX_EPOCH + Duration::from_secs(read.load(Ordering::Relaxed)));
        let store = Memory::new(clock);
        for id in 0..64 {
            store.create(&mut record(id, 2000)).await.unwrap();
        }
        assert!(store.load(&Id(1)).await.unwrap().is_some());
        now.store(2000, Ordering::Relaxed);
        assert!(store.load(&Id(1)).await.unwrap().is_none());
        store.create(&mut record(64, 3000)).await.unwrap();
        assert_eq!(store.lock().records.len(), 1);
    }

    #[tokio::test]
    async fn a_taken_id_is_replaced() {
        let store = Memory::new(Clock::custom(|| UNIX_EPOCH));
        store.create(&mut record(1, 10)).await.unwrap();
        let mut second = record(1, 10);
        store.create(&mut second).await.unwrap();
        assert_ne!(second.id, Id(1));
    }
}
