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

/// Asks for the code: field `code`, posted to `/sign-in/verification-code`.
pub struct Code<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The number, masked: `+86 138 **** 5678`.
    pub masked_phone: &'a str,
    /// How the code stands.
    pub state: CodeState,
    /// How long until another message may be asked for; zero where it may be now. It is the
    /// server's count, so that a reload shows the same.
    pub resend_after: Duration,
    /// What is wrong beside the code, such as a message asked for too soon.
    pub alert: Option<Problem>,
}

impl Code<'_> {
    fn heading(&self) -> Phrase {
        match self.state {
            CodeState::Open { .. } => Phrase::CodeTitle,
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
        let phone = html! { strong.number { (name(self.masked_phone)) } };
        html! { p.lead #code-sent { (chrome.words().weave(phrase, &[("phone", phone)])) } }
    }

    fn entry(&self, chrome: &Chrome, error: Option<Problem>) -> Markup {
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
                    data-code aria-invalid=[error.map(|_| "true")]
                    aria-describedby=(described_by);
            }
            (components::field_error(chrome, "code-error", error))
            // Only true, and only shown, where the script runs.
            p.note #code-auto hidden { (chrome.text(Phrase::CodeAuto)) }
            (components::primary(&chrome.text(Phrase::ActionContinue)))
        };
        components::swapping_form(
            chrome,
            "/sign-in/verification-code",
            self.interaction,
            None,
            &fields,
        )
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
        components::swapping_form(
            chrome,
            "/sign-in/verification-code/resend",
            self.interaction,
            Some("resend"),
            &content,
        )
    }
}

impl View for Code<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let change = html! {
            button.quiet type="submit" { (chrome.text(Phrase::CodeChangeNumber)) }
        };
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
            div.actions {
                (components::swapping_form(chrome, "/sign-in/change", self.interaction, None, &change))
                (components::cancel(chrome, self.interaction))
            }
        }
    }
}
