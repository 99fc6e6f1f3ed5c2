//! What is wrong with a declaration.

use std::fmt;

/// One thing that is wrong: nothing is applied while there is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceFinding {
    /// Where, such as `applications[bookstore].oidcClientMetadata.redirectUris[0]`.
    pub path: String,
    /// What is wrong, without the value of anything that may be a secret.
    pub problem: String,
    /// What to do about it; empty where the problem says it.
    pub mend: String,
}

impl fmt::Display for ResourceFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)?;
        if self.mend.is_empty() {
            Ok(())
        } else {
            write!(f, "; {}", self.mend)
        }
    }
}

/// Findings as they are collected.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<ResourceFinding>);

impl Findings {
    pub(crate) fn add(
        &mut self,
        path: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.0.push(ResourceFinding {
            path: path.into(),
            problem: problem.into(),
            mend: mend.into(),
        });
    }

    pub(crate) fn as_slice(&self) -> &[ResourceFinding] {
        &self.0
    }

    pub(crate) fn into_vec(self) -> Vec<ResourceFinding> {
        self.0
    }
}
