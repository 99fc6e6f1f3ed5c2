//! How a command ends badly: a sentence for a person and an exit code for a program.

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong and how to mend it. Empty where the program that failed has said so itself.
    pub(crate) message: String,
    /// The exit code: 1 failed, 2 wrong usage, 130 interrupted.
    pub(crate) code: u8,
}

impl Failure {
    /// It was refused or it failed.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// It was called wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }

    /// Ctrl-C or SIGTERM came before the work was done.
    pub(crate) fn interrupted() -> Self {
        Self {
            message: "interrupted".to_owned(),
            code: 130,
        }
    }

    /// An input/output error, with what was being done: "write .moongate/dev.json".
    pub(crate) fn io(doing: impl AsRef<str>, error: &std::io::Error) -> Self {
        Self::new(format!("could not {}: {error}", doing.as_ref()))
    }
}
