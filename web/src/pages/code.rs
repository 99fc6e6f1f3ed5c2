//! The page that asks for the code from the message, in all its states.

use std::time::Duration;

use maud::{Markup, html};

use crate::{
    Chrome, Problem, View, components,
    phrases::{Phrase, name},
};

/// How the code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    /// A code is out and can be typed.
    Open {
        /// What was wrong with the one just typed.
        error: Option<Problem>,
        /// Whether a new one was sent just now, at the user's request.
        resent: bool,
    },
    /// The code is of no more use: expired, used, or guessed at too often.
    Spent(Problem),
    /// The message could not be sent.
    SendFailed,
}

/// How the message with the code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// To a phone.
    Sms,
    /// By e-mail.
    Email,
}

/// What the code is for; the addresses that the page's forms post to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose<'a> {
    /// A sign-in or registration: below `/sign-in`. The interaction's id.
    SignIn(&'a str),
    /// The recovery of a password: below `/forgot-password`. The interaction's id.
    Recovery(&'a str),
    /// Something that the account lacks: below `/continue`. The interaction's id.
    Continue(&'a str),
    /// A change on the account's page: below `/account`.
    Account,
}

/// Asks for the code: the field `code`, posted to `/sign-in/verification-code`, or the same below
/// `/forgot-password`, `/continue` or `/account`.
///
/// From there, `…/resend` sends another one, and `…/password` goes on with the password instead.
/// `/sign-in/change` and its likes go back to name another recipient; from the account's page the
/// way back is `/account` itself.
pub struct Code<'a> {
    /// What it is for.
    pub purpose: CodePurpose<'a>,
    /// How it travels.
    pub channel: Channel,
    /// Where it went, masked: `+86 138 **** 5678`, `a****e@example.com`.
    pub masked: &'a str,
    /// How the code stands.
    pub state: CodeState,
    /// How long until another message may be asked for; zero where it may be now. It is the
    /// server's count, so that a reload shows the same.
    pub resend_after: Duration,
    /// What is wrong beside the code, such as a message asked for too soon.
    pub alert: Option<Problem>,
    /// Whether the password may be given instead.
    pub offers_password: bool,
}

impl CodePurpose<'_> {
    fn base(self) -> &'static str {
        match self {
            Self::SignIn(_) => "/sign-in",
            Self::Recovery(_) => "/forgot-password",
            Self::Continue(_) => "/continue",
            Self::Account => "/account",
        }
    }

    fn interaction(&self) -> Option<&str> {
        match self {
            Self::SignIn(id) | Self::Recovery(id) | Self::Continue(id) => Some(id),
            Self::Account => None,
        }
    }
}

impl Code<'_> {
    fn heading(&self) -> Phrase {
        match self.state {
            CodeState::Open { .. } => match self.channel {
                Channel::Sms => Phrase::CodeTitleSms,
                Channel::Email => Phrase::CodeTitleEmail,
            },
            CodeState::Spent(_) => Phrase::CodeSpentTitle,
            CodeState::SendFailed => Phrase::CodeFailedTitle,
        }
    }

    fn lead(&self, chrome: &Chrome) -> Markup {
        let phrase = match self.state {
            CodeState::Open { .. } => Phrase::CodeSent,
            CodeState::Spent(_) => Phrase::CodeSpentBody,
            CodeState::SendFailed => Phrase::CodeFailedBody,
        };
        let recipient = html! { strong.number { (name(self.masked)) } };
        html! { p.lead #code-sent { (chrome.words().weave(phrase, &[("recipient", recipient)])) } }
    }

    /// A form to an address below `base`, such as `/verification-code/resend`.
    fn form(&self, chrome: &Chrome, path: &str, class: Option<&str>, content: &Markup) -> Markup {
        let path = format!("{}{path}", self.purpose.base());
        components::swapping_form(chrome, &path, self.purpose.interaction(), class, content)
    }

    fn entry(&self, chrome: &Chrome, error: Option<Problem>) -> Markup {
        let error = error.map(|error| error.words(chrome.words()));
        let is_sms = self.channel == Channel::Sms;
        let described_by = if error.is_some() {
            "code-error code-sent"
        } else {
            "code-sent"
        };
        let fields = html! {
            div.field {
                label for="code" { (chrome.text(Phrase::CodeLabel)) }
                // Longer than a code, so that a paste with spaces or words around it fits; the
                // server, and the script before it, take the six digits out of it.
                input #code .code type="text" name="code" inputmode="numeric"
                    autocomplete="one-time-code" maxlength="64" required autofocus dir="ltr"
                    data-code data-otp[is_sms] aria-invalid=[error.as_ref().map(|_| "true")]
                    aria-describedby=(described_by);
            }
            (components::field_error("code-error", error.as_deref()))
            // Only true, and only shown, where the script runs.
            p.note #code-auto hidden { (chrome.text(Phrase::CodeAuto)) }
            (components::primary(&chrome.text(Phrase::ActionContinue)))
        };
        self.form(chrome, "/verification-code", None, &fields)
    }

    /// The form that asks for a new message. The button can always be pressed where no script
    /// runs: the server refuses what comes too soon, and says how long.
    fn resend(&self, chrome: &Chrome, class: &str, label: Phrase) -> Markup {
        let content = html! {
            @if !self.resend_after.is_zero() {
                p.note data-wait=(self.resend_after.as_millis().div_ceil(1000)) {
                    (chrome.words().weave(Phrase::CodeResendWait, &[(
                        "time",
                        html! { span.clock data-clock { (components::clock(self.resend_after)) } },
                    )]))
                }
                p.note role="status" data-ready=(chrome.text(Phrase::CodeResendReady)) {}
            }
            button class=(class) type="submit" { (chrome.text(label)) }
        };
        self.form(
            chrome,
            "/verification-code/resend",
            Some("resend"),
            &content,
        )
    }

    fn other_ways(&self, chrome: &Chrome) -> Markup {
        let button = |class, label| {
            html! { button class=(class) type="submit" { (chrome.text(label)) } }
        };
        let change = match self.channel {
            Channel::Sms => Phrase::CodeChangeNumber,
            Channel::Email => Phrase::CodeChangeAddress,
        };
        html! {
            @if self.offers_password {
                (self.form(
                    chrome, "/verification-code/password", None,
                    &button("secondary", Phrase::CodeUsePassword),
                ))
            }
            div.actions {
                @if let Some(interaction) = self.purpose.interaction() {
                    (self.form(chrome, "/change", None, &button("quiet", change)))
                    (components::cancel(chrome, interaction))
                } @else {
                    (components::back_to_account(chrome))
                }
            }
        }
    }
}

impl View for Code<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" { (chrome.text(self.heading())) }
            @if let CodeState::Spent(problem) = self.state {
                (components::alert(chrome, Some(problem)))
            }
            (components::alert(chrome, self.alert))
            @if let CodeState::Open { resent: true, .. } = self.state {
                p.notice role="status" { (chrome.text(Phrase::CodeResent)) }
            }
            (self.lead(chrome))
            @match self.state {
                CodeState::Open { error, .. } => {
                    (self.entry(chrome, error))
                    (self.resend(chrome, "secondary", Phrase::CodeResend))
                }
                CodeState::Spent(_) => (self.resend(chrome, "primary", Phrase::CodeResend)),
                CodeState::SendFailed => (self.resend(chrome, "primary", Phrase::CodeTryAgain)),
            }
            (self.other_ways(chrome))
        }
    }
}
