//! The nonces that were used, for as long as their requests could still pass.

use std::collections::{HashSet, VecDeque};
use std::time::SystemTime;

use sha1::{Digest, Sha1};

/// This many nonces are remembered at most; beyond that, the oldest is forgotten early.
const CAPACITY: usize = 100_000;

type Fingerprint = [u8; 20];

/// Used nonces. Fingerprints, so that a long nonce takes no more memory than a short one.
#[derive(Default)]
pub(super) struct Nonces {
    used: HashSet<Fingerprint>,
    oldest_first: VecDeque<(SystemTime, Fingerprint)>,
}

impl Nonces {
    /// Marks the nonce as used by that key until `expires`; `false` if it was used before.
    ///
    /// A forgotten one does no harm: by then its timestamp is refused.
    pub(super) fn spend(
        &mut self,
        access_key_id: &str,
        nonce: &str,
        now: SystemTime,
        expires: SystemTime,
    ) -> bool {
        while let Some(&(expiry, fingerprint)) = self.oldest_first.front()
            && (expiry < now || self.oldest_first.len() >= CAPACITY)
        {
            self.used.remove(&fingerprint);
            self.oldest_first.pop_front();
        }
        let fingerprint = Sha1::new()
            .chain_update(access_key_id)
            .chain_update([0])
            .chain_update(nonce)
            .finalize()
            .into();
        let is_fresh = self.used.insert(fingerprint);
        if is_fresh {
            self.oldest_first.push_back((expires, fingerprint));
        }
        is_fresh
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(second)
    }

    #[test]
    fn a_nonce_is_good_once_for_each_key() {
        let mut nonces = Nonces::default();
        assert!(nonces.spend("a", "1", at(0), at(900)));
        assert!(!nonces.spend("a", "1", at(900), at(1_800)));
        assert!(nonces.spend("b", "1", at(900), at(1_800)));
    }

    #[test]
    fn memory_is_given_back() {
        let mut nonces = Nonces::default();
        for number in 0..2 * CAPACITY {
            assert!(nonces.spend("a", &number.to_string(), at(0), at(900)));
        }
        assert_eq!(nonces.used.len(), CAPACITY);
        nonces.spend("a", "last", at(901), at(1_801));
        assert_eq!((nonces.used.len(), nonces.oldest_first.len()), (1, 1));
    }
}
