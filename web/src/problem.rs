//! What stands in the way of a step, as a page tells it. It knows words, not statuses.

use std::time::Duration;

use moongate_core::ErrorCode;

use crate::phrases::Words;

/// An error to tell on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub code: ErrorCode,
    /// How long to wait before the next try, where the server knows.
    pub retry_after: Option<Duration>,
}

impl Problem {
    /// The words for it.
    pub(crate) fn words(self, words: &Words) -> String {
        let code = self.code.as_str();
        self.retry_after
            .and_then(|wait| words.error_after(code, wait))
            .or_else(|| words.error(code))
            // Every code has words (tested), so this is for a code younger than its phrase.
            .unwrap_or_else(|| code.to_owned())
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}
