//! The page on which people see and change what belongs to their own account.

use maud::{Markup, html};

use crate::{
    Chrome, Problem, View, components,
    phrases::{Phrase, name},
};

/// What belongs to an account, as its own user sees it.
///
/// Rows lead to `/account/name`, `/account/username`, `/account/email`, `/account/phone` and
/// `/account/password`; `…/remove` below `name`, `email` and `phone` takes one away by POST.
/// Sessions end by POST to `/account/sessions/sign-out` (the field `session`),
/// `/account/sessions/sign-out-others` and `/account/sign-out`.
pub struct Account<'a> {
    /// The name.
    pub name: AccountValue<'a>,
    /// The user name.
    pub username: AccountValue<'a>,
    /// The e-mail address, masked.
    pub email: AccountValue<'a>,
    /// The phone number, masked.
    pub phone: AccountValue<'a>,
    /// The password.
    pub password: PasswordValue,
    /// The sessions, this browser's first.
    pub sessions: &'a [AccountSession<'a>],
    /// What went well just now.
    pub notice: Option<AccountNotice>,
    /// What did not.
    pub alert: Option<Problem>,
}

/// A value of the account, and what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountValue<'a> {
    /// The value as it may be shown; `None` where there is none.
    pub shown: Option<&'a str>,
    /// What its user may do with it.
    pub allows: AccountChange,
}

/// What the user may do with a value of their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// See it.
    Nothing,
    /// Give another, or a first.
    Edit,
    /// Take it away, too.
    EditAndRemove,
}

/// What the page says of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordValue {
    /// Nothing: passwords are not in use here.
    Hidden,
    /// There is none, and one can be set.
    Unset,
    /// There is one, and it can be changed.
    Set,
}

/// A session of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountSession<'a> {
    /// Its id, as the form names it.
    pub id: &'a str,
    /// Whether it is this browser's.
    pub is_this: bool,
    /// The browser: `Firefox 142`.
    pub browser: Option<&'a str>,
    /// The system that it runs on: `Windows`, `iPhone`.
    pub system: Option<&'a str>,
    /// When it began, in the reader's language: `27 Nov 2026, 21:05 UTC`.
    pub signed_in_at: &'a str,
    /// The apps that were entered through it.
    pub apps: &'a [&'a str],
}

/// What went well on the account's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountNotice {
    /// A value was saved.
    Saved,
    /// A value was taken away.
    Removed,
    /// The password was set or changed.
    PasswordChanged,
    /// A session was ended.
    SessionEnded,
    /// Every other session was ended.
    OtherSessionsEnded,
}

impl AccountNotice {
    fn phrase(self) -> Phrase {
        match self {
            Self::Saved => Phrase::AccountSaved,
            Self::Removed => Phrase::AccountRemoved,
            Self::PasswordChanged => Phrase::AccountPasswordChanged,
            Self::SessionEnded => Phrase::AccountSessionEnded,
            Self::OtherSessionsEnded => Phrase::AccountOthersEnded,
        }
    }
}

impl AccountValue<'_> {
    /// A row: what it is, the value, and what may be done. Names of links and buttons say what they
    /// are about to those who hear them out of their row.
    fn row(self, chrome: &Chrome, label: Phrase, path: &str) -> Markup {
        // A number is short, and hard to read in two pieces.
        let keep = (label == Phrase::AccountPhone).then_some("keep");
        let text = chrome.text(label);
        let url = chrome.url(path);
        let (action, spoken) = if self.shown.is_some() {
            (Phrase::AccountChange, Phrase::AccountChangeWhat)
        } else {
            (Phrase::AccountAdd, Phrase::AccountAddWhat)
        };
        let spoken_as = |phrase| chrome.words().with(phrase, &[("what", text.as_str())]);
        let remove = html! {
            button.quiet type="submit"
                aria-label=(spoken_as(Phrase::AccountRemoveWhat)) {
                (chrome.text(Phrase::AccountRemove))
            }
        };
        html! {
            div.row {
                dt { (text) }
                dd class=[keep] {
                    @match self.shown {
                        Some(value) => (name(value)),
                        None => span.none { (chrome.text(Phrase::AccountNone)) },
                    }
                }
                @if self.allows != AccountChange::Nothing {
                    dd.row-actions {
                        a.quiet href=(url) aria-label=(spoken_as(spoken)) {
                            (chrome.text(action))
                        }
                        @if self.allows == AccountChange::EditAndRemove && self.shown.is_some() {
                            (components::swapping_form(
                                chrome, &format!("{path}/remove"), None, None, &remove,
                            ))
                        }
                    }
                }
            }
        }
    }
}

impl PasswordValue {
    fn row(self, chrome: &Chrome) -> Markup {
        let (value, action, spoken) = match self {
            Self::Hidden => return Markup::default(),
            Self::Unset => (
                Phrase::AccountNone,
                Phrase::AccountAdd,
                Phrase::AccountAddWhat,
            ),
            Self::Set => (
                Phrase::AccountPasswordSet,
                Phrase::AccountChange,
                Phrase::AccountChangeWhat,
            ),
        };
        let text = chrome.text(Phrase::PasswordLabel);
        let spoken = chrome.words().with(spoken, &[("what", text.as_str())]);
        html! {
            div.row {
                dt { (text) }
                dd { span.none { (chrome.text(value)) } }
                dd.row-actions {
                    a.quiet href=(chrome.url("/account/password")) aria-label=(spoken) {
                        (chrome.text(action))
                    }
                }
            }
        }
    }
}

impl AccountSession<'_> {
    fn agent(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => words.weave(
                Phrase::SessionAgent,
                &[("browser", name(browser)), ("system", name(system))],
            ),
            (Some(only), None) | (None, Some(only)) => name(only),
            (None, None) => html! { (words.text(Phrase::SessionAgentUnknown)) },
        }
    }

    fn item(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let apps = html! {
            @for (index, app) in self.apps.iter().enumerate() {
                @if index > 0 { (words.text(Phrase::ListSeparator)) }
                (name(app))
            }
        };
        let end = html! {
            input type="hidden" name="session" value=(self.id);
            button.quiet type="submit" { (chrome.text(Phrase::SessionEnd)) }
        };
        html! {
            li.row {
                div {
                    p.agent {
                        (self.agent(chrome))
                        @if self.is_this {
                            " " span.badge { (words.text(Phrase::SessionThis)) }
                        }
                    }
                    p.note { (words.weave(Phrase::SessionSince, &[("time", name(self.signed_in_at))])) }
                    @if !self.apps.is_empty() {
                        p.note { (words.weave(Phrase::SessionApps, &[("apps", apps)])) }
                    }
                }
                @if !self.is_this {
                    div.row-actions {
                        (components::swapping_form(
                            chrome, "/account/sessions/sign-out", None, None, &end,
                        ))
                    }
                }
            }
        }
    }
}

impl Account<'_> {
    fn sessions(&self, chrome: &Chrome) -> Markup {
        let has_others = self.sessions.iter().any(|session| !session.is_this);
        let others = html! {
            button.secondary type="submit" { (chrome.text(Phrase::SessionEndOthers)) }
        };
        html! {
            section aria-labelledby="sessions" {
                h2 #sessions { (chrome.text(Phrase::SessionsTitle)) }
                ul.rows { @for session in self.sessions { (session.item(chrome)) } }
                @if has_others {
                    (components::swapping_form(
                        chrome, "/account/sessions/sign-out-others", None, None, &others,
                    ))
                }
            }
        }
    }
}

impl View for Account<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::AccountTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::AccountTitle)) }
            (components::alert(chrome, self.alert))
            @if let Some(notice) = self.notice {
                p.notice role="status" { (chrome.text(notice.phrase())) }
            }
            dl.rows {
                (self.name.row(chrome, Phrase::AccountName, "/account/name"))
                (self.username.row(chrome, Phrase::AccountUsername, "/account/username"))
                (self.email.row(chrome, Phrase::AccountEmail, "/account/email"))
                (self.phone.row(chrome, Phrase::AccountPhone, "/account/phone"))
                (self.password.row(chrome))
            }
            (self.sessions(chrome))
            form method="post" action=(chrome.url("/account/sign-out")) {
                button.secondary type="submit" { (chrome.text(Phrase::AccountSignOut)) }
            }
        }
    }
}
