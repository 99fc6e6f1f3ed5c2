//! Every page in every state, with sample data: what previews and snapshots show.

use std::{sync::LazyLock, time::Duration};

use moongate_core::ErrorCode;

use crate::{
    Access, ApiAccess, Language, PasswordHint, PasswordProblem, Permission, Person, Problem, View,
    pages::{
        Consent, Detail, Device, DeviceConfirm, DeviceDone, ErrorPage, Fault, FormPost, Home,
        SignOutConfirm, SignedOut, UnknownSession, WayBack,
    },
};

mod account;
mod code;
mod preview;
mod sign_in;

/// A page in one state.
pub struct GalleryEntry {
    /// Its name, for an address or a snapshot: the page's, then the state's.
    pub name: &'static str,
    /// The page.
    pub view: Box<dyn View + Send + Sync>,
}

const INTERACTION: &str = "sample-interaction";
const APP: &str = "Bookstore";
const MASKED: &str = "+86 138 **** 5678";
const MASKED_EMAIL: &str = "a****e@bookstore.example";

const HINTS: &[PasswordHint] = &[PasswordHint::Length { min: 8 }];

const STRICT_HINTS: &[PasswordHint] = &[
    PasswordHint::Length { min: 12 },
    PasswordHint::CharacterTypes { min: 3 },
    PasswordHint::NotPwned,
    PasswordHint::NoRepetitionOrSequence,
    PasswordHint::NoUserInfo,
];

/// Everything that can be wrong with a password, though never all at once.
const ISSUES: &[PasswordProblem] = &[
    PasswordProblem::TooShort { min: 12 },
    PasswordProblem::TooLong { max: 256 },
    PasswordProblem::CharacterTypes { min: 3 },
    PasswordProblem::UnsupportedCharacters,
    PasswordProblem::Pwned,
    PasswordProblem::Repetition,
    PasswordProblem::Sequence,
    PasswordProblem::UserInfo,
    PasswordProblem::Words,
    PasswordProblem::SameAsBefore,
];

/// Every page in every state, for a reader of `language`.
pub fn gallery(language: Language) -> Vec<GalleryEntry> {
    let mut entries = vec![entry(
        "home",
        Home {
            shows_discovery: true,
        },
    )];
    entries.extend(sign_in::pages(language));
    entries.extend(code::pages());
    entries.extend(account::pages(language));
    entries.extend(consent_pages());
    entries.extend(device_pages());
    entries.extend(other_pages());
    entries.extend(error_pages());
    entries.extend(preview::pages());
    entries
}

fn entry(name: &'static str, view: impl View + Send + Sync + 'static) -> GalleryEntry {
    GalleryEntry {
        name,
        view: Box::new(view),
    }
}

const CIRCLE: &str = "Readers’ Circle";

const ALICE: Person = Person {
    name: Some("Alice"),
    contact: Some(MASKED),
};

/// What is asked for in samples: of the user alone, or also at APIs.
fn access(of_apis: bool) -> Access<'static> {
    static APIS: LazyLock<Vec<ApiAccess<'static>>> = LazyLock::new(|| {
        let permission = |name, description| Permission { name, description };
        vec![
            ApiAccess {
                name: "Orders",
                permissions: vec![
                    permission("read:orders", Some("See your orders")),
                    permission("write:orders", Some("Place orders in your name")),
                ],
            },
            ApiAccess {
                name: "Reviews",
                permissions: vec![permission("read:reviews", None)],
            },
        ]
    });
    Access {
        scopes: &["openid", "profile", "phone", "offline_access"],
        apis: if of_apis { APIS.as_slice() } else { &[] },
    }
}

fn consent_pages() -> Vec<GalleryEntry> {
    let consent = Consent {
        interaction: INTERACTION,
        app_name: CIRCLE,
        user: ALICE,
        access: access(false),
        redirect_host: "circle.example",
    };
    let native = Consent {
        user: Person {
            name: None,
            contact: Some(MASKED),
        },
        access: access(true),
        redirect_host: "com.example.circle",
        ..consent
    };
    vec![entry("consent", consent), entry("consent-api", native)]
}

fn device_pages() -> Vec<GalleryEntry> {
    const USER_CODE: &str = "WDJB-MJHT";
    let wrong = |problem: Problem| Device {
        user_code: USER_CODE,
        error: Some(problem),
    };
    let confirm = |access| DeviceConfirm {
        interaction: INTERACTION,
        app_name: "Bookstore TV",
        user_code: USER_CODE,
        user: ALICE,
        access,
    };
    let done = |is_allowed| DeviceDone {
        app_name: "Bookstore TV",
        is_allowed,
    };
    vec![
        entry(
            "device",
            Device {
                user_code: "",
                error: None,
            },
        ),
        entry(
            "device-prefilled",
            Device {
                user_code: USER_CODE,
                error: None,
            },
        ),
        entry("device-wrong", wrong(ErrorCode::DeviceCodeNotFound.into())),
        entry("device-expired", wrong(ErrorCode::DeviceCodeExpired.into())),
        entry("device-used", wrong(ErrorCode::DeviceCodeUsed.into())),
        entry(
            "device-too-many",
            wrong(Problem {
                code: ErrorCode::SessionTooManyAttempts,
                retry_after: Some(Duration::from_mins(10)),
            }),
        ),
        entry("device-confirm", confirm(access(false))),
        entry("device-confirm-api", confirm(access(true))),
        entry("device-allowed", done(true)),
        entry("device-denied", done(false)),
    ]
}

fn other_pages() -> Vec<GalleryEntry> {
    vec![
        entry(
            "form-post",
            FormPost {
                app_name: APP,
                redirect_uri: "https://bookstore.example/Callback",
                parameters: &[("code", "sample-code"), ("state", "sample-state")],
            },
        ),
        entry(
            "sign-out-confirm",
            SignOutConfirm {
                logout: "sample-logout",
                app_name: None,
            },
        ),
        entry(
            "sign-out-confirm-app",
            SignOutConfirm {
                logout: "sample-logout",
                app_name: Some(APP),
            },
        ),
        entry("signed-out", SignedOut { way_back: None }),
        entry(
            "unknown-session",
            UnknownSession {
                way_back: Some(WayBack {
                    app_name: APP.to_owned(),
                    url: "https://bookstore.example/".to_owned(),
                }),
            },
        ),
    ]
}

fn error_pages() -> Vec<GalleryEntry> {
    let plain = |fault| ErrorPage {
        fault,
        details: Vec::new(),
        way_back: None,
    };
    vec![
        entry(
            "error-redirect-uri",
            ErrorPage {
                details: vec![
                    Detail::RedirectUri("http://localhost:3000/Foo".to_owned()),
                    Detail::Application("bookstore".to_owned()),
                ],
                ..plain(Fault::RedirectUri {
                    app_name: APP.to_owned(),
                })
            },
        ),
        entry(
            "error-post-logout-redirect-uri",
            ErrorPage {
                details: vec![Detail::RedirectUri("http://localhost:3000/Bar".to_owned())],
                ..plain(Fault::PostLogoutRedirectUri {
                    app_name: APP.to_owned(),
                })
            },
        ),
        entry(
            "error-app-request",
            ErrorPage {
                details: vec![
                    Detail::Error("invalid_client".to_owned()),
                    Detail::Description("client is not registered".to_owned()),
                ],
                ..plain(Fault::AppRequest)
            },
        ),
        entry("error-not-found", plain(Fault::NotFound)),
        entry("error-blocked", plain(Fault::Blocked)),
        entry("error-busy", plain(Fault::Busy)),
        entry("error-internal", plain(Fault::Internal)),
        entry(
            "error-refused",
            plain(Fault::Refused(ErrorCode::UserSuspended.into())),
        ),
    ]
}
