//! Counting what goes wrong for one identifier, so that guessing ends.

use std::time::Duration;

use crate::{Mac, UnixMillis};

/// How long failures count: an hour, as Logto's.
pub const SENTINEL_WINDOW: Duration = Duration::from_hours(1);

/// What somebody proves themselves with. Each is counted by itself: whoever guesses at one must not
/// lock the owner out of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Factor {
    /// A password.
    Password,
    /// A code from a message.
    VerificationCode,
}

impl Factor {
    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::VerificationCode => "verification_code",
        }
    }

    /// The factor of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "password" => Some(Self::Password),
            "verification_code" => Some(Self::VerificationCode),
            _ => None,
        }
    }
}

/// After how many failures an identifier is locked, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockOut {
    /// The failure that locks.
    pub max_attempts: i64,
    /// How long.
    pub duration: Duration,
}

/// What went wrong for one identifier and factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentinel {
    /// A keyed hash of the identifier.
    pub target: Mac,
    /// The factor.
    pub factor: Factor,
    /// Failures since `since`.
    pub failures: i64,
    /// When the window began.
    pub since: UnixMillis,
    /// Until when it is locked, once it was.
    pub locked_until: Option<UnixMillis>,
}

impl Sentinel {
    /// Nothing went wrong.
    pub fn fresh(target: Mac, factor: Factor, now: UnixMillis) -> Self {
        Self {
            target,
            factor,
            failures: 0,
            since: now,
            locked_until: None,
        }
    }

    /// How long it is still locked.
    pub fn locked_for(&self, now: UnixMillis) -> Option<Duration> {
        let until = self.locked_until.filter(|until| *until > now)?;
        Some(until.since(now))
    }

    /// One more failure at `now`; the one that reaches the limit locks.
    #[must_use]
    pub fn failed(mut self, limit: LockOut, now: UnixMillis) -> Self {
        let is_over = now.since(self.since) >= SENTINEL_WINDOW
            || self.locked_until.is_some_and(|until| until <= now);
        if is_over {
            self = Self::fresh(self.target, self.factor, now);
        }
        self.failures += 1;
        if self.failures >= limit.max_attempts {
            self.locked_until = Some(now.plus(limit.duration));
        }
        self
    }

    /// One failure less: what was counted beforehand turned out right.
    #[must_use]
    pub fn succeeded(mut self) -> Self {
        self.failures = (self.failures - 1).max(0);
        self.locked_until = None;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: LockOut = LockOut {
        max_attempts: 3,
        duration: Duration::from_mins(30),
    };

    fn failed(times: usize, now: UnixMillis) -> Sentinel {
        let fresh = Sentinel::fresh([1; 32], Factor::Password, now);
        (0..times).fold(fresh, |sentinel, _| sentinel.failed(LIMIT, now))
    }

    #[test]
    fn the_failure_that_reaches_the_limit_locks() {
        let now = UnixMillis(0);
        assert_eq!(failed(2, now).locked_for(now), None);
        assert_eq!(failed(3, now).locked_for(now), Some(LIMIT.duration));
        let later = now.plus(LIMIT.duration);
        assert_eq!(failed(3, now).locked_for(later), None);
    }

    #[test]
    fn after_a_lock_and_after_an_hour_counting_begins_anew() {
        let now = UnixMillis(0);
        let after_lock = now.plus(LIMIT.duration);
        assert_eq!(failed(3, now).failed(LIMIT, after_lock).failures, 1);
        let after_window = now.plus(SENTINEL_WINDOW);
        assert_eq!(failed(2, now).failed(LIMIT, after_window).failures, 1);
    }

    #[test]
    fn what_was_right_is_not_counted() {
        let now = UnixMillis(0);
        let right = failed(3, now).succeeded();
        assert_eq!((right.failures, right.locked_for(now)), (2, None));
    }
}
