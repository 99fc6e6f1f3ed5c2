//! The crate's only sources of time and of chance, so that a test can replace the first and a
//! reader can audit the second. Nothing else here reads a clock or draws a random byte.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Gives the present time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub(crate) fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this module is where the crate's clock comes from"
        )]
        Self(Arc::new(SystemTime::now))
    }

    /// A clock of the caller's.
    pub(crate) fn custom(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present time.
    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }

    /// The present time in whole seconds since 1970-01-01 UTC; 0 for a time before it.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_secs()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Clock")
    }
}

/// Random bytes that nobody can guess.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is where the crate's randomness comes from"
    )]
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random token: 256 bits as 43 characters of base64url without padding. That is also the
/// shape of a PKCE code verifier (RFC 7636 §4.1).
pub(crate) fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}
