//! Every page in every state, with sample data: what previews and snapshots show.

use std::{sync::LazyLock, time::Duration};

use moongate_core::ErrorCode;

use crate::{
    Country, Language, Problem, View,
    pages::{
        Code, CodeState, Consent, ConsentScope, Detail, ErrorPage, Fault, FormPost, Home, Phone,
        Screen, SignOutConfirm, SignedOut, Terms, UnknownSession, WayBack,
    },
};

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

/// Every page in every state, for a reader of `language`.
pub fn gallery(language: Language) -> Vec<GalleryEntry> {
    let mut entries = vec![entry(
        "home",
        Home {
            shows_discovery: true,
        },
    )];
    entries.extend(phone_pages(language));
    entries.extend(code_pages());
    entries.extend(other_pages());
    entries.extend(error_pages());
    entries
}

fn entry(name: &'static str, view: impl View + Send + Sync + 'static) -> GalleryEntry {
    GalleryEntry {
        name,
        view: Box::new(view),
    }
}

fn phone_pages(language: Language) -> Vec<GalleryEntry> {
    static TERMS: LazyLock<Terms> = LazyLock::new(|| Terms::Both {
        terms: "https://bookstore.example/terms".to_owned(),
        privacy: "https://bookstore.example/privacy".to_owned(),
    });
    let phone = |screen| Phone {
        screen,
        interaction: INTERACTION,
        app_name: APP,
        countries: Country::all(language),
        region: "CN",
        phone: "",
        error: None,
        alert: None,
        terms: None,
    };
    vec![
        entry("phone", phone(Screen::SignIn)),
        entry(
            "phone-register",
            Phone {
                terms: Some(&TERMS),
                ..phone(Screen::Register)
            },
        ),
        entry(
            "phone-invalid",
            Phone {
                phone: "138 1234",
                error: Some(ErrorCode::UserInvalidPhone.into()),
                ..phone(Screen::SignIn)
            },
        ),
        entry(
            "phone-rate-limited",
            Phone {
                phone: "138 1234 5678",
                alert: Some(Problem {
                    code: ErrorCode::MessageRateLimited,
                    retry_after: Some(Duration::from_mins(43)),
                }),
                ..phone(Screen::SignIn)
            },
        ),
    ]
}

fn code_pages() -> Vec<GalleryEntry> {
    let code = |state| Code {
        interaction: INTERACTION,
        masked_phone: MASKED,
        state,
        resend_after: Duration::ZERO,
        alert: None,
    };
    let open = |error: Option<ErrorCode>| CodeState::Open {
        error: error.map(Problem::from),
        resent: false,
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
    vec![
        entry(
            "consent",
            Consent {
                interaction: INTERACTION,
                app_name: "Readers’ Circle",
                user: MASKED,
                scopes: &[
                    ConsentScope {
                        name: "openid",
                        description: None,
                    },
                    ConsentScope {
                        name: "phone",
                        description: None,
                    },
                    ConsentScope {
                        name: "offline_access",
                        description: None,
                    },
                    ConsentScope {
                        name: "read:orders",
                        description: None,
                    },
                ],
                redirect_host: "circle.example",
            },
        ),
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
