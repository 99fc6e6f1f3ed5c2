//! Names, numbers and addresses from outside stay text, whatever is in them.

use std::time::Duration;

use moongate_web::{
    Access, Agreement, ApiAccess, Chrome, Country, IdentifierField, IdentifierKind, Language,
    Permission, Person, Support, Theme, View, document,
    pages::{
        Account, AccountChange, AccountSession, AccountValue, Channel, Code, CodePurpose,
        CodeState, Consent, Detail, Device, DeviceConfirm, ErrorPage, Fault, Identify, NewPassword,
        NewPasswordPurpose, NextStep, Password, PasswordValue, Screen, Setup, StepUp,
    },
};

use crate::markup::tags;

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='x'>{ $app }\u{202e}&amp;";

const PERSON: Person = Person {
    name: Some(HOSTILE),
    contact: Some(HOSTILE),
};

#[test]
fn hostile_names_stay_text() {
    let views = sign_in_pages()
        .into_iter()
        .chain(account_pages())
        .chain(access_pages());
    for view in views {
        check(&*view, &chrome());
    }
}

#[test]
fn hostile_settings_stay_text_and_lead_nowhere() {
    let url = "javascript:alert(1)".to_owned();
    let chrome = Chrome {
        theme: Theme {
            stylesheet: Some(HOSTILE.to_owned()),
            logo: Some(url.clone()),
            dark_logo: Some(url.clone()),
            favicon: Some(HOSTILE.to_owned()),
            dark_favicon: Some(url.clone()),
            ..Theme::default()
        },
        support: Support {
            email: Some(HOSTILE.to_owned()),
            website: Some(url),
        },
        ..chrome()
    };
    let page = check(
        &Device {
            user_code: "",
            error: None,
        },
        &chrome,
    );
    assert!(!page.contains("javascript:"));
}

fn check(view: &dyn View, chrome: &Chrome) -> String {
    let page = document(view, chrome).into_string();
    assert!(tags(&page).iter().all(|tag| tag.name != "img"));
    assert!(!page.contains("alert(1)</script>"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    // What a name says is not read as a phrase of ours.
    assert!(page.contains("{ $app }"));
    page
}

fn chrome() -> Chrome {
    Chrome {
        brand: HOSTILE.to_owned(),
        request_id: Some(HOSTILE.to_owned()),
        ..Chrome::new(Language::En, HOSTILE)
    }
}

fn sign_in_pages() -> Vec<Box<dyn View>> {
    vec![
        Box::new(Identify {
            screen: Screen::SignIn,
            interaction: HOSTILE,
            app_name: HOSTILE,
            identifier: IdentifierField {
                kinds: &[IdentifierKind::Phone],
                value: HOSTILE,
                countries: Country::all(Language::En),
                region: HOSTILE,
                error: None,
            },
            next: NextStep::PasswordHere,
            notice: None,
            alert: None,
            password_error: None,
            agreement: Agreement::None,
            offers_other: true,
            offers_recovery: true,
        }),
        Box::new(Password {
            interaction: HOSTILE,
            app_name: HOSTILE,
            identifier: HOSTILE,
            error: None,
            alert: None,
            offers_code: true,
            offers_recovery: true,
        }),
        Box::new(Code {
            purpose: CodePurpose::Recovery(HOSTILE),
            channel: Channel::Email,
            masked: HOSTILE,
            state: CodeState::SendFailed,
            resend_after: Duration::ZERO,
            alert: None,
            offers_password: true,
        }),
        Box::new(NewPassword {
            purpose: NewPasswordPurpose::Reset(HOSTILE),
            identifier: HOSTILE,
            hints: &[],
            issues: &[],
            alert: None,
        }),
    ]
}

fn account_pages() -> Vec<Box<dyn View>> {
    const SESSION: AccountSession = AccountSession {
        id: HOSTILE,
        is_this: false,
        browser: Some(HOSTILE),
        system: Some(HOSTILE),
        signed_in_at: HOSTILE,
        apps: &[HOSTILE],
    };
    let value = AccountValue {
        shown: Some(HOSTILE),
        allows: AccountChange::EditAndRemove,
    };
    vec![
        Box::new(Account {
            name: value,
            username: value,
            email: value,
            phone: value,
            password: PasswordValue::Hidden,
            sessions: &[SESSION],
            notice: None,
            alert: None,
        }),
        Box::new(StepUp {
            identifier: HOSTILE,
            asks_password: true,
            codes: &[(Channel::Sms, HOSTILE)],
            error: None,
            alert: None,
        }),
        Box::new(Setup::Done {
            next: HOSTILE,
            signs_in_again: false,
        }),
    ]
}

fn access_pages() -> Vec<Box<dyn View>> {
    fn access() -> Access<'static> {
        let permission = |name, description| Permission { name, description };
        let apis = vec![ApiAccess {
            name: HOSTILE,
            permissions: vec![permission(HOSTILE, None), permission("x", Some(HOSTILE))],
        }];
        Access {
            scopes: &[HOSTILE],
            apis: apis.leak(),
        }
    }
    vec![
        Box::new(Consent {
            interaction: HOSTILE,
            app_name: HOSTILE,
            user: PERSON,
            access: access(),
            redirect_host: HOSTILE,
        }),
        Box::new(DeviceConfirm {
            interaction: HOSTILE,
            app_name: HOSTILE,
            user_code: HOSTILE,
            user: PERSON,
            access: access(),
        }),
        Box::new(Device {
            user_code: HOSTILE,
            error: None,
        }),
        Box::new(ErrorPage {
            fault: Fault::RedirectUri {
                app_name: HOSTILE.to_owned(),
            },
            details: vec![
                Detail::RedirectUri(HOSTILE.to_owned()),
                Detail::Description(HOSTILE.to_owned()),
            ],
            way_back: None,
        }),
    ]
}
