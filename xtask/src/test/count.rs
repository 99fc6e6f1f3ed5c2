//! What a run of `cargo test` really did, read from what it printed: an exit code of 0 is not
//! enough, since a skipped test, or none at all, exits 0 as well.

/// Words that the names of executed tests must contain: the two databases and the browser.
const MUST_RUN: &[&str] = &["sqlite", "postgres", "browser"];

/// The tests of one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    passed: u64,
    failed: u64,
    ignored: Vec<String>,
    absent: Vec<&'static str>,
}

impl Count {
    /// Counts the lines `test <name> ... ok`, and so on, of libtest and of documents' examples.
    pub(super) fn of(words: &str) -> Self {
        let mut count = Self::default();
        let mut executed = Vec::new();
        let mut summed = (0, 0, 0);
        for line in words.lines() {
            if let Some(result) = line.strip_prefix("test result: ") {
                summed.0 += number_before(result, " passed");
                summed.1 += number_before(result, " failed");
                summed.2 += number_before(result, " ignored");
            } else if let Some((name, verdict)) = test_line(line) {
                match verdict {
                    "ignored" => count.ignored.push(name.to_owned()),
                    _ => executed.push(name),
                }
            }
        }
        // The closing lines are what libtest vouches for. Another thread's words may have torn a
        // test's line apart, so a name can be missing from the list above, never from these.
        (count.passed, count.failed) = (summed.0, summed.1);
        let named = u64::try_from(count.ignored.len()).unwrap_or(u64::MAX);
        if summed.2 > named {
            count.ignored.push(format!("{} more", summed.2 - named));
        }
        count.absent = MUST_RUN
            .iter()
            .copied()
            .filter(|word| !executed.iter().any(|name| name.contains(word)))
            .collect();
        count
    }

    /// The plain closing line: `12 passed, 0 failed, 0 skipped`.
    pub(super) fn line(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.ignored.len()
        )
    }

    /// Whether that is a whole run, or what it lacks.
    pub(super) fn verdict(&self) -> Result<(), String> {
        if self.failed > 0 {
            return Err(format!("{} tests failed", self.failed));
        }
        if self.passed == 0 {
            return Err("no test ran".to_owned());
        }
        if !self.ignored.is_empty() {
            return Err(format!(
                "skipped: {}. A test runs or is deleted",
                self.ignored.join(", ")
            ));
        }
        if !self.absent.is_empty() {
            return Err(format!(
                "no test with {} in its name ran",
                self.absent.join(" or ")
            ));
        }
        Ok(())
    }
}

/// The name and the verdict of `test a::b ... ok`, also of `test a - should panic ... ok` and
/// `test a ... ignored, because`.
fn test_line(line: &str) -> Option<(&str, &str)> {
    let (name, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let verdict = verdict.split([',', ' ']).next()?;
    matches!(verdict, "ok" | "FAILED" | "ignored").then_some((name, verdict))
}

/// 12 from "ok. 12 passed; 0 failed".
fn number_before(text: &str, word: &str) -> u64 {
    text.split_once(word)
        .and_then(|(before, _)| before.rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "
     Running tests/it/main.rs (target/debug/deps/it-0)

running 3 tests
test contract::sqlite::codes_are_spent_once ... ok
test contract::postgres::codes_are_spent_once ... ok
test browser::signs_in - should panic ... ok

test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests moongate_core

running 1 test
test crates/core/src/lib.rs - parse (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn a_whole_run_passes() {
        let count = Count::of(WHOLE);
        assert_eq!(count.line(), "4 passed, 0 failed, 0 skipped");
        assert_eq!(count.verdict(), Ok(()));
    }

    #[test]
    fn no_test_at_all_fails() {
        assert_eq!(Count::of("").verdict(), Err("no test ran".to_owned()));
    }

    #[test]
    fn a_skipped_test_fails_by_name() {
        let words = WHOLE.replace("codes_are_spent_once ... ok", "codes ... ignored, slow");
        let verdict = Count::of(&words).verdict().unwrap_err();
        assert!(verdict.contains("contract::sqlite::codes"), "{verdict}");
    }

    #[test]
    fn a_skipped_test_whose_line_was_torn_fails_too() {
        let words = WHOLE.replace("0 ignored", "1 ignored");
        assert!(Count::of(&words).verdict().unwrap_err().contains("2 more"));
    }

    #[test]
    fn what_no_executed_test_names_fails() {
        for word in MUST_RUN {
            let verdict = Count::of(&WHOLE.replace(&format!("{word}::"), "x::")).verdict();
            let expected = format!("no test with {word} in its name ran");
            assert_eq!(verdict, Err(expected));
        }
    }

    #[test]
    fn a_failure_is_counted() {
        let words = "test sqlite ... FAILED\ntest result: FAILED. 0 passed; 1 failed; 0 ignored;";
        assert_eq!(Count::of(words).line(), "0 passed, 1 failed, 0 skipped");
        assert!(Count::of(words).verdict().is_err());
    }
}
