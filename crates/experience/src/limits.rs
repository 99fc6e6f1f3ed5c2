//! How many messages one recipient may get, and whether failures lock anybody out.

use std::time::Duration;

use moongate_core::UnixMillis;

/// What keeps abuse in bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// On messages.
    pub sends: SendLimits,
    /// On failures.
    pub lock_outs: LockOuts,
}

impl Limits {
    /// None at all, for load and conformance runs in development.
    pub fn off() -> Self {
        Self {
            sends: SendLimits::off(),
            lock_outs: LockOuts::Off,
        }
    }
}

/// Whether failures lock an identifier, by the tenant's policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LockOuts {
    /// They do.
    #[default]
    On,
    /// They do not, for load and conformance runs in development.
    Off,
}

/// At most `count` messages in any `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendLimit {
    /// How many.
    pub count: usize,
    /// In how long; it rolls.
    pub window: Duration,
}

/// All limits that one recipient is under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendLimits(Vec<SendLimit>);

impl Default for SendLimits {
    /// 1 in 60 s, 4 in an hour, 8 in a day, beside Logto's 10 in 600 s: stricter than Aliyun's
    /// own, so that we answer before the provider has to.
    fn default() -> Self {
        let limit = |count, window| SendLimit { count, window };
        Self(vec![
            limit(1, Duration::from_mins(1)),
            limit(10, Duration::from_mins(10)),
            limit(4, Duration::from_hours(1)),
            limit(8, Duration::from_hours(24)),
        ])
    }
}

impl SendLimits {
    /// No limit, for load and conformance runs in development.
    pub fn off() -> Self {
        Self(Vec::new())
    }

    /// How far back sends matter.
    pub fn horizon(&self) -> Duration {
        let windows = self.0.iter().map(|limit| limit.window);
        windows.max().unwrap_or_default()
    }

    /// When the next message may go, given the earlier ones, newest first; `None` if at once.
    pub fn blocked_until(&self, sends: &[UnixMillis], now: UnixMillis) -> Option<UnixMillis> {
        self.0
            .iter()
            .filter_map(|limit| {
                let oldest_that_counts = sends.get(limit.count.checked_sub(1)?)?;
                let free_at = oldest_that_counts.plus(limit.window);
                (free_at > now).then_some(free_at)
            })
            .max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000_000);

    fn ago(seconds: u64) -> UnixMillis {
        NOW.minus(Duration::from_secs(seconds))
    }

    #[track_caller]
    fn check(seconds_ago: &[u64], wait: Option<u64>) {
        let sends: Vec<_> = seconds_ago.iter().map(|seconds| ago(*seconds)).collect();
        let blocked = SendLimits::default().blocked_until(&sends, NOW);
        assert_eq!(blocked.map(|until| until.since(NOW).as_secs()), wait);
    }

    #[test]
    fn the_first_goes_at_once() {
        check(&[], None);
    }

    #[test]
    fn one_a_minute() {
        check(&[0], Some(60));
        check(&[59], Some(1));
        check(&[60], None);
    }

    #[test]
    fn four_an_hour() {
        check(&[100, 200, 300, 400], Some(3200));
        check(&[100, 200, 300, 3600], None);
    }

    #[test]
    fn eight_a_day() {
        let hours = [4, 5, 6, 7, 8, 9, 10, 11].map(|hours| hours * 3600);
        check(&hours, Some(13 * 3600));
    }

    #[test]
    fn off_is_off() {
        assert_eq!(SendLimits::off().blocked_until(&[NOW; 50], NOW), None);
    }
}
