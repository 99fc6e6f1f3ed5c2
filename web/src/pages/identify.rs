//! The first page of a sign-in, a registration or a recovery: who it is about.

use maud::{Markup, html};
use moongate_core::ErrorCode;

use crate::{
    Agreement, Chrome, FieldProblem, IdentifierField, IdentifierKind, Problem, View, components,
    fields::{self, Filling},
    phrases::{Phrase, name},
};

/// Which of the first pages it is; the title and the address that the form posts to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// `/sign-in`.
    SignIn,
    /// `/register`.
    Register,
    /// `/forgot-password`.
    ForgotPassword,
}

/// What comes next, as far as the page says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The password, which the same form asks for: the field `password`. At sign-in alone.
    PasswordHere,
    /// A message with a code, which the page announces.
    Code,
    /// A page of its own, which depends on who it is.
    Another,
}

/// Something that went well before this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifyNotice {
    /// The password was reset, and one signs in with the new one.
    PasswordReset,
}

/// Asks who it is: posts `identifier`, `region` where it may be a phone number, `password` where
/// that is [next](NextStep::PasswordHere), and `agree` where that is
/// [asked](Agreement::Asked), to `/sign-in`, `/register` or `/forgot-password`.
///
/// Where the account does not exist, or exists already, it offers the other page with the same
/// identifier.
pub struct Identify<'a> {
    /// Which first page it is.
    pub screen: Screen,
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that one signs in to.
    pub app_name: &'a str,
    /// The identifier.
    pub identifier: IdentifierField<'a>,
    /// What comes next.
    pub next: NextStep,
    /// What went well before.
    pub notice: Option<IdentifyNotice>,
    /// What is wrong beside the identifier, such as a pair with the password that is not right.
    pub alert: Option<Problem>,
    /// What is wrong with the password, where it is asked for here.
    pub password_error: Option<FieldProblem>,
    /// What one agrees to, and how.
    pub agreement: Agreement<'a>,
    /// Whether to lead to registration from sign-in, or to sign-in from the others.
    pub offers_other: bool,
    /// Whether to lead to recovery from sign-in.
    pub offers_recovery: bool,
}

/// Where one starts to type: the first field that is wrong or empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Identifier,
    Password,
    Agreement,
}

impl Screen {
    fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in",
            Self::Register => "/register",
            Self::ForgotPassword => "/forgot-password",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::SignIn => Self::Register,
            Self::Register | Self::ForgotPassword => Self::SignIn,
        }
    }
}

impl Identify<'_> {
    fn lead(&self) -> Option<Phrase> {
        if self.screen == Screen::ForgotPassword {
            return Some(Phrase::ForgotLead);
        }
        if self.next != NextStep::Code {
            return None;
        }
        match self.identifier.kinds {
            [IdentifierKind::Phone] => Some(Phrase::PhoneLead),
            [IdentifierKind::Email] => Some(Phrase::EmailLead),
            kinds if kinds.contains(&IdentifierKind::Username) => None,
            _ => Some(Phrase::CodeLead),
        }
    }

    /// The other page, with what was typed here: the way on where the account does not exist, or
    /// exists already.
    fn way_on(&self) -> Option<Phrase> {
        let Some(FieldProblem::Refused(Problem { code, .. })) = self.identifier.error else {
            return None;
        };
        match (code, self.screen) {
            _ if !self.offers_other => None,
            (ErrorCode::UserNotExist, Screen::SignIn) => Some(Phrase::WayOnRegister),
            (
                ErrorCode::UserPhoneAlreadyInUse
                | ErrorCode::UserEmailAlreadyInUse
                | ErrorCode::UserUsernameAlreadyInUse,
                Screen::Register,
            ) => Some(Phrase::WayOnSignIn),
            _ => None,
        }
    }

    fn way_on_form(&self, chrome: &Chrome, label: Phrase) -> Markup {
        let content = html! {
            input type="hidden" name="identifier" value=(self.identifier.value);
            input type="hidden" name="region" value=(self.identifier.region);
            button.secondary type="submit" { (chrome.text(label)) }
        };
        components::swapping_form(
            chrome,
            self.screen.other().path(),
            Some(self.interaction),
            None,
            &content,
        )
    }

    fn links(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let link = |screen: Screen, text: Phrase| {
            let path = components::with_interaction(screen.path(), self.interaction);
            html! { a href=(chrome.url(&path)) { (words.text(text)) } }
        };
        html! {
            @if self.offers_other {
                p.other {
                    @match self.screen {
                        Screen::SignIn => (words.weave(Phrase::OtherRegister, &[
                            ("link", link(Screen::Register, Phrase::OtherRegisterLink)),
                        ])),
                        Screen::Register => (words.weave(Phrase::OtherSignIn, &[
                            ("link", link(Screen::SignIn, Phrase::OtherSignInLink)),
                        ])),
                        Screen::ForgotPassword => (link(Screen::SignIn, Phrase::BackToSignIn)),
                    }
                }
            }
        }
    }

    fn start(&self) -> Start {
        if self.identifier.error.is_some() || self.identifier.value.is_empty() {
            Start::Identifier
        } else if self.next == NextStep::PasswordHere {
            Start::Password
        } else if self.agreement.is_missing() {
            Start::Agreement
        } else {
            Start::Identifier
        }
    }

    fn fields(&self, chrome: &Chrome) -> Markup {
        // A number or address that only a code goes to is the person's; what a password belongs
        // to is the password manager's.
        let filling = match (self.screen, self.next) {
            (Screen::SignIn, NextStep::PasswordHere | NextStep::Another) => Filling::Account,
            _ => Filling::Person,
        };
        let asks_password = self.next == NextStep::PasswordHere;
        let start = self.start();
        html! {
            (self.identifier.render(chrome, filling, start == Start::Identifier))
            @if asks_password {
                (fields::present_password(
                    chrome, "password", Phrase::PasswordLabel, self.password_error,
                    start == Start::Password,
                ))
            }
            @if self.offers_recovery {
                p.aside { (components::recovery_link(chrome, self.interaction)) }
            }
            (self.agreement.tick_box(chrome))
            (components::primary(&chrome.text(
                if asks_password { Phrase::ActionSignIn } else { Phrase::ActionContinue },
            )))
        }
    }
}

impl View for Identify<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        let words = chrome.words();
        let app = [("app", self.app_name)];
        match self.screen {
            Screen::SignIn => words.with(Phrase::SignInTitle, &app),
            Screen::Register => words.with(Phrase::RegisterTitle, &app),
            Screen::ForgotPassword => words.text(Phrase::ForgotTitle),
        }
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let app = || [("app", name(self.app_name))];
        let way_on = self.way_on();
        html! {
            h1 tabindex="-1" {
                @match self.screen {
                    Screen::SignIn => (words.weave(Phrase::SignInTitle, &app())),
                    Screen::Register => (words.weave(Phrase::RegisterTitle, &app())),
                    Screen::ForgotPassword => (words.text(Phrase::ForgotTitle)),
                }
            }
            @if let Some(lead) = self.lead() { p.lead { (words.text(lead)) } }
            @if self.notice == Some(IdentifyNotice::PasswordReset) {
                p.notice role="status" { (words.text(Phrase::NoticePasswordReset)) }
            }
            (components::alert(chrome, self.alert))
            (components::swapping_form(
                chrome, self.screen.path(), Some(self.interaction), None, &self.fields(chrome),
            ))
            @if let Some(label) = way_on { (self.way_on_form(chrome, label)) }
            (self.agreement.note(chrome))
            @if way_on.is_none() { (self.links(chrome)) }
            div.actions { (components::cancel(chrome, self.interaction)) }
        }
    }
}
