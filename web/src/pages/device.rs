//! The pages that connect a device without a browser (RFC 8628 §3.3): the code, the question, and
//! the word that one can go back to the device.

use maud::{Markup, html};

use crate::{
    Access, Chrome, Person, Problem, View, components,
    phrases::{Phrase, name},
};

/// Asks for the code that the device shows: field `user_code`, posted to `/device`.
pub struct Device<'a> {
    /// What was typed, or came with the link; else empty.
    pub user_code: &'a str,
    /// What is wrong with it.
    pub error: Option<Problem>,
}

/// Asks whether a device may have what it asks for: posts `decision`, `allow` or `deny`, to
/// `/device/confirm`.
pub struct DeviceConfirm<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app on the device.
    pub app_name: &'a str,
    /// The code as the device shows it, to be compared.
    pub user_code: &'a str,
    /// Who is signed in.
    pub user: Person<'a>,
    /// What it asks for.
    pub access: Access<'a>,
}

/// Says that the device has its answer.
pub struct DeviceDone<'a> {
    /// The app on the device.
    pub app_name: &'a str,
    /// What was decided.
    pub is_allowed: bool,
}

impl View for Device<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::DeviceTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let described_by = self.error.map(|_| "user-code-error");
        let error = self.error.map(|error| error.words(chrome.words()));
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::DeviceTitle)) }
            p.lead { (chrome.text(Phrase::DeviceLead)) }
            form method="post" action=(chrome.url("/device")) novalidate {
                div.field {
                    label for="user-code" { (chrome.text(Phrase::DeviceLabel)) }
                    input #user-code .code.letters type="text" name="user_code"
                        value=(self.user_code) autocomplete="off" autocapitalize="characters"
                        spellcheck="false" maxlength="32" required autofocus dir="ltr"
                        aria-invalid=[self.error.map(|_| "true")]
                        aria-describedby=[described_by];
                }
                (components::field_error("user-code-error", error.as_deref()))
                (components::primary(&chrome.text(Phrase::ActionContinue)))
            }
        }
    }
}

impl View for DeviceConfirm<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::DeviceConfirmTitle, &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let buttons = components::allow_or_deny(chrome);
        html! {
            h1 tabindex="-1" {
                (words.weave(Phrase::DeviceConfirmTitle, &[("app", name(self.app_name))]))
            }
            p.lead { (self.user.sentence(chrome)) }
            div.compare {
                p { (chrome.text(Phrase::DeviceConfirmCode)) }
                p { strong.number dir="ltr" { (self.user_code) } }
            }
            p.notice { (chrome.text(Phrase::DeviceConfirmWarning)) }
            (self.access.lists(chrome, self.app_name))
            (components::leaving_form(chrome, "/device/confirm", self.interaction, &buttons))
        }
    }
}

impl DeviceDone<'_> {
    fn heading(&self) -> Phrase {
        if self.is_allowed {
            Phrase::DeviceAllowedTitle
        } else {
            Phrase::DeviceDeniedTitle
        }
    }
}

impl View for DeviceDone<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let body = if self.is_allowed {
            Phrase::DeviceAllowedBody
        } else {
            Phrase::DeviceDeniedBody
        };
        let app = name(self.app_name);
        html! {
            h1 tabindex="-1" { (chrome.text(self.heading())) }
            p.lead { (chrome.words().weave(body, &[("app", app)])) }
        }
    }
}
