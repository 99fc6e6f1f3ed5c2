//! The pages from the first to the last of a sign-in, a registration or a recovery; the code's are
//! beside it.

use std::{sync::LazyLock, time::Duration};

use moongate_core::ErrorCode;

use super::{APP, GalleryEntry, HINTS, INTERACTION, ISSUES, STRICT_HINTS, entry};
use crate::{
    Agreement, Country, FieldProblem, IdentifierField, IdentifierKind, Language, Problem, Terms,
    Tick,
    pages::{
        AgreeToTerms, Continue, Identify, IdentifyNotice, Lacking, NewPassword, NewPasswordPurpose,
        NextStep, Password, Screen, Standing,
    },
};

const USERNAME: &[IdentifierKind] = &[IdentifierKind::Username];
const EMAIL: &[IdentifierKind] = &[IdentifierKind::Email];
const PHONE: &[IdentifierKind] = &[IdentifierKind::Phone];
const EMAIL_OR_PHONE: &[IdentifierKind] = &[IdentifierKind::Email, IdentifierKind::Phone];
const ALL: &[IdentifierKind] = &[
    IdentifierKind::Username,
    IdentifierKind::Email,
    IdentifierKind::Phone,
];

static TERMS: LazyLock<Terms> = LazyLock::new(|| Terms::Both {
    terms: "https://bookstore.example/terms".to_owned(),
    privacy: "https://bookstore.example/privacy".to_owned(),
});

const LOCKED: Problem = Problem {
    code: ErrorCode::SessionTooManyAttempts,
    retry_after: Some(Duration::from_mins(10)),
};

pub(super) fn pages(language: Language) -> Vec<GalleryEntry> {
    let mut entries = phone_pages(language);
    entries.extend(identify_pages(language));
    entries.extend(register_pages(language));
    entries.extend(recovery_pages(language));
    entries.extend(password_pages());
    entries.extend(new_password_pages());
    entries.extend(continue_pages(language));
    entries
}

fn field(
    language: Language,
    kinds: &'static [IdentifierKind],
    value: &'static str,
) -> IdentifierField<'static> {
    IdentifierField {
        kinds,
        value,
        countries: Country::all(language),
        region: "CN",
        error: None,
    }
}

fn refused(
    language: Language,
    kinds: &'static [IdentifierKind],
    value: &'static str,
    error: impl Into<FieldProblem>,
) -> IdentifierField<'static> {
    IdentifierField {
        error: Some(error.into()),
        ..field(language, kinds, value)
    }
}

fn identify(screen: Screen, identifier: IdentifierField<'static>) -> Identify<'static> {
    Identify {
        screen,
        interaction: INTERACTION,
        app_name: APP,
        identifier,
        next: NextStep::Code,
        notice: None,
        alert: None,
        password_error: None,
        agreement: Agreement::None,
        offers_other: true,
        offers_recovery: false,
    }
}

fn phone_pages(language: Language) -> Vec<GalleryEntry> {
    let phone = |value| identify(Screen::SignIn, field(language, PHONE, value));
    let wrong = |value, error: FieldProblem| {
        identify(Screen::SignIn, refused(language, PHONE, value, error))
    };
    vec![
        entry("identify-phone", phone("")),
        entry(
            "identify-phone-only-sign-in",
            Identify {
                offers_other: false,
                ..phone("")
            },
        ),
        entry("identify-phone-missing", wrong("", FieldProblem::Missing)),
        entry(
            "identify-phone-invalid",
            wrong("138 1234", ErrorCode::UserInvalidPhone.into()),
        ),
        entry(
            "identify-phone-unknown",
            wrong("138 1234 5678", ErrorCode::UserNotExist.into()),
        ),
        entry(
            "identify-phone-rate-limited",
            Identify {
                alert: Some(Problem {
                    code: ErrorCode::MessageRateLimited,
                    retry_after: Some(Duration::from_mins(43)),
                }),
                ..phone("138 1234 5678")
            },
        ),
        entry(
            "identify-phone-suspended",
            Identify {
                alert: Some(ErrorCode::UserSuspended.into()),
                ..phone("138 1234 5678")
            },
        ),
        entry(
            "identify-phone-locked",
            Identify {
                alert: Some(LOCKED),
                ..phone("138 1234 5678")
            },
        ),
    ]
}

fn identify_pages(language: Language) -> Vec<GalleryEntry> {
    let next = |next, kinds, value| Identify {
        next,
        offers_recovery: next != NextStep::Code,
        ..identify(Screen::SignIn, field(language, kinds, value))
    };
    let with_password = |kinds, value| next(NextStep::PasswordHere, kinds, value);
    vec![
        entry("identify-email", next(NextStep::Code, EMAIL, "")),
        entry(
            "identify-email-malformed",
            identify(
                Screen::SignIn,
                refused(language, EMAIL, "alice@", FieldProblem::Malformed),
            ),
        ),
        entry(
            "identify-email-or-phone",
            next(NextStep::Code, EMAIL_OR_PHONE, ""),
        ),
        entry("identify-any", next(NextStep::Another, ALL, "")),
        entry(
            "identify-any-malformed",
            Identify {
                offers_recovery: true,
                next: NextStep::Another,
                ..identify(
                    Screen::SignIn,
                    refused(language, ALL, "@", FieldProblem::Malformed),
                )
            },
        ),
        entry("identify-password", with_password(USERNAME, "")),
        entry("identify-password-any", with_password(ALL, "")),
        entry("identify-password-phone", with_password(PHONE, "")),
        entry(
            "identify-password-wrong",
            Identify {
                alert: Some(ErrorCode::SessionInvalidCredentials.into()),
                ..with_password(USERNAME, "alice")
            },
        ),
        entry(
            "identify-password-missing",
            Identify {
                password_error: Some(FieldProblem::Missing),
                ..with_password(USERNAME, "alice")
            },
        ),
        entry(
            "identify-password-locked",
            Identify {
                alert: Some(LOCKED),
                ..with_password(USERNAME, "alice")
            },
        ),
        entry(
            "identify-password-reset",
            Identify {
                notice: Some(IdentifyNotice::PasswordReset),
                ..with_password(ALL, "alice@bookstore.example")
            },
        ),
        entry(
            "identify-agree",
            Identify {
                agreement: Agreement::Asked {
                    terms: &TERMS,
                    tick: Tick::Open,
                },
                ..with_password(USERNAME, "")
            },
        ),
    ]
}

fn register_pages(language: Language) -> Vec<GalleryEntry> {
    let register = |kinds, value| identify(Screen::Register, field(language, kinds, value));
    let wrong = |kinds, value, error: FieldProblem| {
        identify(Screen::Register, refused(language, kinds, value, error))
    };
    let asked = |tick| Agreement::Asked {
        terms: &TERMS,
        tick,
    };
    vec![
        entry(
            "register-phone",
            Identify {
                agreement: Agreement::Implied(&TERMS),
                ..register(PHONE, "")
            },
        ),
        entry(
            "register-username",
            Identify {
                next: NextStep::Another,
                agreement: asked(Tick::Open),
                ..register(USERNAME, "")
            },
        ),
        entry(
            "register-agree-missing",
            Identify {
                agreement: asked(Tick::Missing),
                ..register(EMAIL_OR_PHONE, "alice@bookstore.example")
            },
        ),
        entry(
            "register-in-use",
            Identify {
                agreement: asked(Tick::Ticked),
                ..wrong(
                    EMAIL_OR_PHONE,
                    "alice@bookstore.example",
                    ErrorCode::UserEmailAlreadyInUse.into(),
                )
            },
        ),
        entry(
            "register-phone-in-use",
            wrong(
                PHONE,
                "138 1234 5678",
                ErrorCode::UserPhoneAlreadyInUse.into(),
            ),
        ),
        entry(
            "register-username-in-use",
            wrong(
                USERNAME,
                "alice",
                ErrorCode::UserUsernameAlreadyInUse.into(),
            ),
        ),
        entry(
            "register-username-short",
            wrong(USERNAME, "al", FieldProblem::TooShort { min: 3 }),
        ),
        entry(
            "register-username-long",
            wrong(
                USERNAME,
                "alice_of_the_bookstore",
                FieldProblem::TooLong { max: 12 },
            ),
        ),
        entry(
            "register-username-characters",
            wrong(USERNAME, "a lice", FieldProblem::UsernameCharacters),
        ),
        entry(
            "register-email-not-allowed",
            wrong(
                EMAIL,
                "alice@blocked.example",
                ErrorCode::SessionEmailNotAllowed.into(),
            ),
        ),
    ]
}

fn recovery_pages(language: Language) -> Vec<GalleryEntry> {
    let forgot = |identifier| identify(Screen::ForgotPassword, identifier);
    vec![
        entry(
            "forgot-password",
            forgot(field(language, EMAIL_OR_PHONE, "")),
        ),
        entry(
            "forgot-password-email",
            forgot(field(language, EMAIL, "alice@bookstore.example")),
        ),
        entry(
            "forgot-password-unknown",
            forgot(refused(language, EMAIL, "alice", ErrorCode::UserNotExist)),
        ),
    ]
}

fn password_pages() -> Vec<GalleryEntry> {
    let password = |identifier| Password {
        interaction: INTERACTION,
        app_name: APP,
        identifier,
        error: None,
        alert: None,
        offers_code: false,
        offers_recovery: true,
    };
    vec![
        entry("password", password("alice")),
        entry(
            "password-or-code",
            Password {
                offers_code: true,
                ..password("+86 138 1234 5678")
            },
        ),
        entry(
            "password-wrong",
            Password {
                error: Some(ErrorCode::SessionInvalidCredentials.into()),
                ..password("alice")
            },
        ),
        entry(
            "password-missing",
            Password {
                error: Some(FieldProblem::Missing),
                offers_recovery: false,
                ..password("alice")
            },
        ),
        entry(
            "password-locked",
            Password {
                alert: Some(LOCKED),
                ..password("alice")
            },
        ),
        entry(
            "password-suspended",
            Password {
                alert: Some(ErrorCode::UserSuspended.into()),
                ..password("alice")
            },
        ),
    ]
}

fn new_password_pages() -> Vec<GalleryEntry> {
    let new = |purpose| NewPassword {
        purpose,
        identifier: "alice",
        hints: HINTS,
        issues: &[],
        alert: None,
    };
    vec![
        entry(
            "new-password-register",
            new(NewPasswordPurpose::Register(INTERACTION)),
        ),
        entry(
            "new-password-continue",
            new(NewPasswordPurpose::Continue(INTERACTION)),
        ),
        entry(
            "new-password-reset",
            NewPassword {
                hints: STRICT_HINTS,
                ..new(NewPasswordPurpose::Reset(INTERACTION))
            },
        ),
        entry(
            "new-password-issues",
            NewPassword {
                hints: STRICT_HINTS,
                issues: ISSUES,
                ..new(NewPasswordPurpose::Register(INTERACTION))
            },
        ),
    ]
}

fn continue_pages(language: Language) -> Vec<GalleryEntry> {
    let lacks = |lacking, standing, identifier| Continue {
        interaction: INTERACTION,
        app_name: APP,
        standing,
        lacking,
        identifier,
        alert: None,
    };
    let terms = |standing, tick| AgreeToTerms {
        interaction: INTERACTION,
        app_name: APP,
        standing,
        terms: &TERMS,
        tick,
    };
    vec![
        entry(
            "continue-username",
            lacks(
                Lacking::Username,
                Standing::New,
                field(language, USERNAME, ""),
            ),
        ),
        entry(
            "continue-username-in-use",
            lacks(
                Lacking::Username,
                Standing::Existing,
                refused(
                    language,
                    USERNAME,
                    "alice",
                    ErrorCode::UserUsernameAlreadyInUse,
                ),
            ),
        ),
        entry(
            "continue-email",
            lacks(Lacking::Email, Standing::New, field(language, EMAIL, "")),
        ),
        entry(
            "continue-phone",
            lacks(
                Lacking::Phone,
                Standing::Existing,
                field(language, PHONE, ""),
            ),
        ),
        entry(
            "continue-email-or-phone",
            Continue {
                alert: Some(ErrorCode::ConnectorGeneral.into()),
                ..lacks(
                    Lacking::EmailOrPhone,
                    Standing::Existing,
                    field(language, EMAIL_OR_PHONE, ""),
                )
            },
        ),
        entry("continue-terms", terms(Standing::New, Tick::Open)),
        entry(
            "continue-terms-missing",
            terms(Standing::Existing, Tick::Missing),
        ),
    ]
}
