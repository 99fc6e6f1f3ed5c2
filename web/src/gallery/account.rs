//! The pages of one's own account, and the first administrator's.

use std::time::Duration;

use moongate_core::ErrorCode;

use super::{GalleryEntry, HINTS, ISSUES, MASKED, MASKED_EMAIL, STRICT_HINTS, entry};
use crate::{
    Country, FieldProblem, IdentifierField, IdentifierKind, Language, Problem,
    pages::{
        Account, AccountChange, AccountEdit, AccountEditValue, AccountNotice, AccountPassword,
        AccountSession, AccountValue, Channel, NewPassword, NewPasswordPurpose, PasswordValue,
        Setup, SetupForm, StepUp,
    },
};

pub(super) fn pages(language: Language) -> Vec<GalleryEntry> {
    let mut entries = account_pages(language);
    entries.extend(edit_pages(language));
    entries.extend(step_up_pages());
    entries.extend(password_pages());
    entries.extend(setup_pages());
    entries
}

/// Two sessions, with the times as a reader of the language knows them.
fn sessions(language: Language) -> &'static [AccountSession<'static>] {
    const fn two(times: [&'static str; 3]) -> [AccountSession<'static>; 3] {
        [
            AccountSession {
                id: "sample-session-1",
                is_this: true,
                browser: Some("Firefox 142"),
                system: Some("Windows"),
                signed_in_at: times[0],
                apps: &["Bookstore", "Readers’ Circle"],
            },
            AccountSession {
                id: "sample-session-2",
                is_this: false,
                browser: Some("Safari 26"),
                system: Some("iPhone"),
                signed_in_at: times[1],
                apps: &["Bookstore"],
            },
            AccountSession {
                id: "sample-session-3",
                is_this: false,
                browser: None,
                system: None,
                signed_in_at: times[2],
                apps: &[],
            },
        ]
    }
    static EN: [AccountSession<'static>; 3] = two([
        "27 Nov 2026, 21:05 UTC",
        "25 Nov 2026, 08:12 UTC",
        "2 Nov 2026, 17:40 UTC",
    ]);
    static ZH_CN: [AccountSession<'static>; 3] = two([
        "2026 年 11 月 27 日 21:05 UTC",
        "2026 年 11 月 25 日 08:12 UTC",
        "2026 年 11 月 2 日 17:40 UTC",
    ]);
    match language {
        Language::En => &EN,
        Language::ZhCn => &ZH_CN,
    }
}

fn account_pages(language: Language) -> Vec<GalleryEntry> {
    let value = |shown, allows| AccountValue { shown, allows };
    let full = || Account {
        name: value(Some("Alice"), AccountChange::Edit),
        username: value(Some("alice"), AccountChange::Edit),
        email: value(Some(MASKED_EMAIL), AccountChange::EditAndRemove),
        phone: value(Some(MASKED), AccountChange::EditAndRemove),
        password: PasswordValue::Set,
        sessions: sessions(language),
        notice: None,
        alert: None,
    };
    let bare = || Account {
        name: value(None, AccountChange::Edit),
        username: value(None, AccountChange::Nothing),
        email: value(None, AccountChange::Edit),
        password: PasswordValue::Unset,
        sessions: &sessions(language)[..1],
        ..full()
    };
    let told = |notice| Account {
        notice: Some(notice),
        ..full()
    };
    vec![
        entry("account", full()),
        entry("account-bare", bare()),
        entry(
            "account-no-password",
            Account {
                password: PasswordValue::Hidden,
                ..bare()
            },
        ),
        entry("account-saved", told(AccountNotice::Saved)),
        entry("account-removed", told(AccountNotice::Removed)),
        entry(
            "account-password-changed",
            told(AccountNotice::PasswordChanged),
        ),
        entry("account-session-ended", told(AccountNotice::SessionEnded)),
        entry(
            "account-others-ended",
            Account {
                notice: Some(AccountNotice::OtherSessionsEnded),
                sessions: &sessions(language)[..1],
                ..full()
            },
        ),
        entry(
            "account-last-way-in",
            Account {
                alert: Some(ErrorCode::UserLastSignInMethodRequired.into()),
                ..bare()
            },
        ),
    ]
}

fn edit_pages(language: Language) -> Vec<GalleryEntry> {
    let edit = |value| AccountEdit { value, alert: None };
    let email = |value, error: Option<ErrorCode>| {
        AccountEditValue::Email(IdentifierField {
            error: error.map(FieldProblem::from),
            ..IdentifierField::without_region(&[IdentifierKind::Email], value)
        })
    };
    let phone = IdentifierField {
        kinds: &[IdentifierKind::Phone],
        value: "138 1234 5678",
        countries: Country::all(language),
        region: "CN",
        error: None,
    };
    vec![
        entry(
            "account-name",
            edit(AccountEditValue::Name {
                value: "Alice",
                error: None,
            }),
        ),
        entry(
            "account-name-long",
            edit(AccountEditValue::Name {
                value: "Alice",
                error: Some(FieldProblem::TooLong { max: 128 }),
            }),
        ),
        entry(
            "account-username",
            edit(AccountEditValue::Username(IdentifierField::without_region(
                &[IdentifierKind::Username],
                "alice",
            ))),
        ),
        entry("account-email", edit(email("", None))),
        entry(
            "account-email-in-use",
            edit(email(
                "bob@bookstore.example",
                Some(ErrorCode::UserEmailAlreadyInUse),
            )),
        ),
        entry("account-phone", edit(AccountEditValue::Phone(phone))),
        entry(
            "account-phone-rate-limited",
            AccountEdit {
                alert: Some(Problem {
                    code: ErrorCode::MessageRateLimited,
                    retry_after: Some(Duration::from_mins(43)),
                }),
                ..edit(AccountEditValue::Phone(phone))
            },
        ),
    ]
}

fn step_up_pages() -> Vec<GalleryEntry> {
    const CODES: &[(Channel, &str)] = &[(Channel::Email, MASKED_EMAIL), (Channel::Sms, MASKED)];
    let step_up = || StepUp {
        identifier: "alice",
        asks_password: true,
        codes: CODES,
        error: None,
        alert: None,
    };
    vec![
        entry("step-up", step_up()),
        entry(
            "step-up-wrong",
            StepUp {
                error: Some(FieldProblem::WrongPassword),
                codes: &[],
                ..step_up()
            },
        ),
        entry(
            "step-up-code",
            StepUp {
                asks_password: false,
                codes: &CODES[1..],
                ..step_up()
            },
        ),
        entry(
            "step-up-locked",
            StepUp {
                alert: Some(Problem {
                    code: ErrorCode::SessionTooManyAttempts,
                    retry_after: Some(Duration::from_mins(10)),
                }),
                ..step_up()
            },
        ),
    ]
}

fn password_pages() -> Vec<GalleryEntry> {
    let password = |password| NewPassword {
        purpose: NewPasswordPurpose::Account(password),
        identifier: "alice",
        hints: HINTS,
        issues: &[],
        alert: None,
    };
    vec![
        entry("account-password", password(AccountPassword::StepUpDone)),
        entry("account-password-first", password(AccountPassword::None)),
        entry(
            "account-password-asked",
            password(AccountPassword::Asked { error: None }),
        ),
        entry(
            "account-password-wrong",
            password(AccountPassword::Asked {
                error: Some(FieldProblem::WrongPassword),
            }),
        ),
    ]
}

fn setup_pages() -> Vec<GalleryEntry> {
    let form = || SetupForm {
        token: "sample-token",
        username: "",
        username_error: None,
        hints: STRICT_HINTS,
        issues: &[],
        alert: None,
        signs_in_again: true,
    };
    vec![
        entry("setup", Setup::Open(form())),
        entry(
            "setup-no-return",
            Setup::Open(SetupForm {
                signs_in_again: false,
                ..form()
            }),
        ),
        entry(
            "setup-issues",
            Setup::Open(SetupForm {
                username: "admin",
                issues: &ISSUES[..2],
                ..form()
            }),
        ),
        entry(
            "setup-username-missing",
            Setup::Open(SetupForm {
                username_error: Some(FieldProblem::Missing),
                ..form()
            }),
        ),
        entry("setup-invalid", Setup::InvalidLink),
        entry("setup-used", Setup::Used),
        entry(
            "setup-done",
            Setup::Done {
                next: "https://console.bookstore.example/",
                signs_in_again: true,
            },
        ),
        entry(
            "setup-done-no-return",
            Setup::Done {
                next: "https://id.bookstore.example/account",
                signs_in_again: false,
            },
        ),
    ]
}
