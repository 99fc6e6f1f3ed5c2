//! The fuzz bodies on random bytes: the same ones in every run. `cargo xtask test --fuzz` takes
//! many more, by `MOONGATE_TEST_FUZZ_CASES`.

use moongate_tests::{fuzz_authorization_request, fuzz_token_request};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Enough to reach every branch now and then, in seconds.
const CASES: u32 = 400;

fn run(body: fn(&[u8])) {
    let cases = std::env::var("MOONGATE_TEST_FUZZ_CASES");
    let cases = cases.map_or(CASES, |text| text.parse().expect("a number of cases"));
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..Config::default()
    });
    let verdict = runner.run(&vec(any::<u8>(), 0..160), |bytes| {
        body(&bytes);
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn no_authorization_request_breaks_a_rule() {
    run(fuzz_authorization_request);
}

#[test]
fn no_token_request_breaks_a_rule() {
    run(fuzz_token_request);
}
