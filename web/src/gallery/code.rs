//! The pages that ask for a code.

use std::time::Duration;

use moongate_core::ErrorCode;

use super::{GalleryEntry, INTERACTION, MASKED, MASKED_EMAIL, entry};
use crate::{
    Problem,
    pages::{Channel, Code, CodePurpose, CodeState},
};

pub(super) fn pages() -> Vec<GalleryEntry> {
    let mut entries = sms_pages();
    entries.extend(other_pages());
    entries
}

fn code(state: CodeState) -> Code<'static> {
    Code {
        purpose: CodePurpose::SignIn(INTERACTION),
        channel: Channel::Sms,
        masked: MASKED,
        state,
        resend_after: Duration::ZERO,
        alert: None,
        offers_password: false,
    }
}

fn open(error: Option<ErrorCode>) -> CodeState {
    CodeState::Open {
        error: error.map(Problem::from),
        resent: false,
    }
}

fn sms_pages() -> Vec<GalleryEntry> {
    let locked = Problem {
        code: ErrorCode::SessionTooManyAttempts,
        retry_after: Some(Duration::from_mins(10)),
    };
    vec![
        entry(
            "code",
            Code {
                resend_after: Duration::from_secs(58),
                ..code(open(None))
            },
        ),
        entry("code-resend", code(open(None))),
        entry(
            "code-resent",
            Code {
                resend_after: Duration::from_mins(1),
                ..code(CodeState::Open {
                    error: None,
                    resent: true,
                })
            },
        ),
        entry(
            "code-wrong",
            Code {
                resend_after: Duration::from_secs(12),
                ..code(open(Some(ErrorCode::VerificationCodeMismatch)))
            },
        ),
        entry(
            "code-rate-limited",
            Code {
                resend_after: Duration::from_mins(50),
                alert: Some(Problem {
                    code: ErrorCode::MessageRateLimited,
                    retry_after: Some(Duration::from_mins(50)),
                }),
                ..code(open(None))
            },
        ),
        entry(
            "code-locked",
            Code {
                alert: Some(locked),
                ..code(open(None))
            },
        ),
        entry(
            "code-expired",
            code(CodeState::Spent(ErrorCode::VerificationCodeExpired.into())),
        ),
        entry(
            "code-spent",
            code(CodeState::Spent(
                ErrorCode::VerificationCodeExceedMaxTry.into(),
            )),
        ),
        entry("code-send-failed", code(CodeState::SendFailed)),
    ]
}

fn other_pages() -> Vec<GalleryEntry> {
    let by_email = |purpose| Code {
        purpose,
        channel: Channel::Email,
        masked: MASKED_EMAIL,
        ..code(open(None))
    };
    vec![
        entry(
            "code-or-password",
            Code {
                offers_password: true,
                ..code(open(None))
            },
        ),
        entry("code-email", by_email(CodePurpose::SignIn(INTERACTION))),
        entry(
            "code-recovery",
            Code {
                resend_after: Duration::from_secs(58),
                ..by_email(CodePurpose::Recovery(INTERACTION))
            },
        ),
        entry(
            "code-continue",
            by_email(CodePurpose::Continue(INTERACTION)),
        ),
        entry(
            "code-continue-in-use",
            Code {
                alert: Some(ErrorCode::UserEmailAlreadyInUse.into()),
                ..by_email(CodePurpose::Continue(INTERACTION))
            },
        ),
        entry("code-account", by_email(CodePurpose::Account)),
    ]
}
