//! The page on which the first administrator makes their account.

use maud::{Markup, html};

use crate::{
    Chrome, FieldProblem, PasswordHint, PasswordProblem, Problem, View, components, fields,
    phrases::{Phrase, name},
};

/// Makes the first administrator: the fields `token`, `username` and `password`, posted to
/// `/setup`.
pub enum Setup<'a> {
    /// The link is good.
    Open(SetupForm<'a>),
    /// The link is wrong, or too old.
    InvalidLink,
    /// There is an administrator already.
    Used,
    /// The account is made.
    Done {
        /// Where the administrator goes on: a URL, or a path of ours with the base path.
        next: &'a str,
        /// Whether the settings let them sign in again by user name and password.
        signs_in_again: bool,
    },
}

/// The form of [`Setup`].
pub struct SetupForm<'a> {
    /// The token of the link.
    pub token: &'a str,
    /// What was typed as user name.
    pub username: &'a str,
    /// What is wrong with it.
    pub username_error: Option<FieldProblem>,
    /// What the password must keep to.
    pub hints: &'a [PasswordHint],
    /// What is wrong with the one just typed.
    pub issues: &'a [PasswordProblem],
    /// What is wrong beside them.
    pub alert: Option<Problem>,
    /// Whether the settings will let the administrator sign in again by user name and password.
    pub signs_in_again: bool,
}

impl SetupForm<'_> {
    fn render(&self, chrome: &Chrome) -> Markup {
        let error = self
            .username_error
            .map(|error| error.plain_words(chrome.words()));
        let starts_at_password = error.is_none() && !self.issues.is_empty();
        let fields = html! {
            input type="hidden" name="token" value=(self.token);
            div.field {
                label for="username" { (chrome.text(Phrase::AccountUsername)) }
                input #username type="text" name="username" value=(self.username)
                    autocomplete="username" autocapitalize="none" spellcheck="false"
                    maxlength="128" required autofocus[!starts_at_password] dir="ltr"
                    aria-invalid=[error.as_ref().map(|_| "true")]
                    aria-describedby=[error.as_ref().map(|_| "username-error")];
            }
            (components::field_error("username-error", error.as_deref()))
            (fields::new_password(chrome, self.hints, self.issues, starts_at_password))
            (components::primary(&chrome.text(Phrase::SetupCreate)))
        };
        html! {
            @if !self.signs_in_again { p.notice { (chrome.text(Phrase::SetupNoReturn)) } }
            (components::alert(chrome, self.alert))
            (components::swapping_form(chrome, "/setup", None, None, &fields))
        }
    }
}

impl Setup<'_> {
    fn heading(&self) -> Phrase {
        match self {
            Self::Open(_) => Phrase::SetupTitle,
            Self::InvalidLink => Phrase::SetupInvalidTitle,
            Self::Used => Phrase::SetupUsedTitle,
            Self::Done { .. } => Phrase::SetupDoneTitle,
        }
    }

    fn lead(&self) -> Phrase {
        match self {
            Self::Open(_) => Phrase::SetupLead,
            Self::InvalidLink => Phrase::SetupInvalidBody,
            Self::Used => Phrase::SetupUsedBody,
            Self::Done { .. } => Phrase::SetupDoneBody,
        }
    }
}

impl View for Setup<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(self.heading(), &[("brand", &chrome.brand)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let brand = || [("brand", name(&chrome.brand))];
        html! {
            h1 tabindex="-1" { (chrome.words().weave(self.heading(), &brand())) }
            p.lead { (chrome.words().weave(self.lead(), &brand())) }
            @match self {
                Self::Open(form) => (form.render(chrome)),
                Self::Done { next, signs_in_again } => {
                    @if !signs_in_again { p.notice { (chrome.text(Phrase::SetupNoReturn)) } }
                    p.actions { a.primary href=(next) { (chrome.text(Phrase::ActionContinue)) } }
                }
                Self::InvalidLink | Self::Used => {}
            }
        }
    }
}
