//! Phone numbers that nobody has used yet.

use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A mobile number of mainland China, eleven digits, another one at each call of this process.
pub fn fresh_number() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < 1_000_000, "out of numbers");
    format!("13800{number:06}")
}
