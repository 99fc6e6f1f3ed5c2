//! Findings as they are collected, each at its severity.

use super::{Finding, Rule};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, field: impl Into<String>, rule: Rule, mend: impl Into<String>) {
        self.0.push(Finding {
            field: field.into(),
            rule,
            mend: mend.into(),
            severity: rule.severity(),
        });
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
