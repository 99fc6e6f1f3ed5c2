//! The page on which a password is chosen.

use maud::{Markup, html};

use crate::{
    Chrome, FieldProblem, PasswordHint, PasswordProblem, Problem, View, components, fields,
    phrases::Phrase,
};

/// What the new password is for; the address that the form posts to follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordPurpose<'a> {
    /// A new account: `/register/password`. The interaction's id.
    Register(&'a str),
    /// An account that lacks one: `/continue/password`. The interaction's id.
    Continue(&'a str),
    /// An account whose password is forgotten: `/reset-password`. The interaction's id.
    Reset(&'a str),
    /// The account's page: `/account/password`.
    Account(AccountPassword),
}

/// What the account's page knows of the password that the new one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPassword {
    /// There is none.
    None,
    /// There is one, and the user has proved lately who they are.
    StepUpDone,
    /// There is one, and it is asked for: the field `current`.
    Asked {
        /// What is wrong with it.
        error: Option<FieldProblem>,
    },
}

/// Asks for a new password: the field `password`, beside it `current` where that is
/// [asked for](AccountPassword::Asked).
pub struct NewPassword<'a> {
    /// What it is for.
    pub purpose: NewPasswordPurpose<'a>,
    /// The account, as password managers are to keep it: a user name, an address or a number.
    pub identifier: &'a str,
    /// What the password must keep to.
    pub hints: &'a [PasswordHint],
    /// What is wrong with the one just typed.
    pub issues: &'a [PasswordProblem],
    /// What is wrong beside it.
    pub alert: Option<Problem>,
}

impl NewPasswordPurpose<'_> {
    fn path(self) -> &'static str {
        match self {
            Self::Register(_) => "/register/password",
            Self::Continue(_) => "/continue/password",
            Self::Reset(_) => "/reset-password",
            Self::Account(_) => "/account/password",
        }
    }

    fn interaction(&self) -> Option<&str> {
        match self {
            Self::Register(id) | Self::Continue(id) | Self::Reset(id) => Some(id),
            Self::Account(_) => None,
        }
    }

    fn heading(self) -> Phrase {
        match self {
            Self::Register(_) | Self::Continue(_) | Self::Account(AccountPassword::None) => {
                Phrase::NewPasswordTitle
            }
            Self::Reset(_) | Self::Account(_) => Phrase::NewPasswordTitleAgain,
        }
    }

    fn lead(self) -> Option<Phrase> {
        match self {
            Self::Register(_) | Self::Account(AccountPassword::None) => None,
            Self::Continue(_) => Some(Phrase::NewPasswordLeadContinue),
            Self::Reset(_) => Some(Phrase::NewPasswordLeadReset),
            Self::Account(_) => Some(Phrase::NewPasswordLeadAccount),
        }
    }

    fn button(self) -> Phrase {
        match self {
            Self::Register(_) | Self::Continue(_) => Phrase::ActionContinue,
            Self::Reset(_) | Self::Account(_) => Phrase::NewPasswordSave,
        }
    }
}

impl View for NewPassword<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.purpose.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let current = match self.purpose {
            NewPasswordPurpose::Account(AccountPassword::Asked { error }) => Some(error),
            _ => None,
        };
        let fields = html! {
            (fields::shown_identifier(chrome, self.identifier))
            @if let Some(error) = current {
                (fields::present_password(
                    chrome, "current", Phrase::PasswordCurrentLabel, error, true,
                ))
            }
            (fields::new_password(chrome, self.hints, self.issues, current.is_none()))
            (components::primary(&chrome.text(self.purpose.button())))
        };
        let interaction = self.purpose.interaction();
        html! {
            h1 tabindex="-1" { (chrome.text(self.purpose.heading())) }
            @if let Some(lead) = self.purpose.lead() { p.lead { (chrome.text(lead)) } }
            (components::alert(chrome, self.alert))
            (components::swapping_form(chrome, self.purpose.path(), interaction, None, &fields))
            div.actions {
                @match interaction {
                    Some(interaction) => (components::cancel(chrome, interaction)),
                    None => (components::back_to_account(chrome)),
                }
            }
        }
    }
}
