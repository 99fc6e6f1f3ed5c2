//! How property tests run here: the same cases in every run, and no file of past failures.

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// A runner of that many cases.
pub(crate) fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..Config::default()
    })
}

/// What a case answers.
pub(crate) type Verdict = Result<(), TestCaseError>;
