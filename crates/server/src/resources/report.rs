//! What `plan` and `apply` say, and how they end.

use moongate_management::{Plan, ResourceError};

use crate::cli::Exit;

/// Text for standard output or, where it begins with what is wrong, for standard error.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// What was asked for.
    Said(String),
    /// Why it was refused.
    Refused(String),
}

impl Report {
    /// Prints it. A reader that went away early (`moongate plan | head`) is no failure.
    pub(crate) fn print(&self) {
        use std::io::Write as _;
        let _gone = match self {
            Self::Said(text) => writeln!(std::io::stdout(), "{text}"),
            Self::Refused(text) => writeln!(std::io::stderr(), "{text}"),
        };
    }
}

/// What `plan` says.
pub(crate) fn planned(outcome: Result<Plan, ResourceError>) -> (Report, Exit) {
    match outcome {
        Ok(plan) if plan.is_empty() => (Report::Said(plan.to_string()), Exit::Done),
        Ok(plan) => (Report::Said(plan.to_string()), Exit::Changes),
        Err(error) => (refused(&error), Exit::Failed),
    }
}

/// What `apply` says.
pub(crate) fn applied(outcome: Result<Plan, ResourceError>) -> (Report, Exit) {
    match outcome {
        Ok(plan) if plan.is_empty() => (Report::Said(plan.to_string()), Exit::Done),
        Ok(plan) => {
            let applied = match plan.changes.len() {
                1 => "applied 1 change".to_owned(),
                many => format!("applied {many} changes"),
            };
            (Report::Said(format!("{plan}\n{applied}")), Exit::Done)
        }
        Err(error) => (refused(&error), Exit::Failed),
    }
}

fn refused(error: &ResourceError) -> Report {
    let mut text = format!("moongate: {error}");
    if let ResourceError::Refused(findings) = error {
        text.push_str("; nothing was changed:");
        for finding in findings {
            text.push_str("\n  ");
            text.push_str(&finding.to_string());
        }
    }
    Report::Refused(text)
}
