//! The page that asks for the password of an account that was named before.

use maud::{Markup, html};

use crate::{
    Chrome, FieldProblem, Problem, View, components, fields,
    phrases::{Phrase, name},
};

/// Asks for the password: the field `password`, posted to `/sign-in/password`.
///
/// Its other ways post to `/sign-in/password/code` and `/sign-in/change`, or lead to
/// `/forgot-password`.
pub struct Password<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that one signs in to.
    pub app_name: &'a str,
    /// The account as it was named: `alice`, `+86 138 1234 5678`.
    pub identifier: &'a str,
    /// What is wrong with the password.
    pub error: Option<FieldProblem>,
    /// What is wrong beside it, such as an account that is locked for a while.
    pub alert: Option<Problem>,
    /// Whether a code may stand in for the password.
    pub offers_code: bool,
    /// Whether to lead to recovery.
    pub offers_recovery: bool,
}

impl View for Password<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::SignInTitle, &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let fields = html! {
            (fields::shown_identifier(chrome, self.identifier))
            (fields::present_password(
                chrome, "password", Phrase::PasswordLabel, self.error, true,
            ))
            @if self.offers_recovery {
                p.aside { (components::recovery_link(chrome, self.interaction)) }
            }
            (components::primary(&chrome.text(Phrase::ActionSignIn)))
        };
        let form = |path, class: &str, label| {
            let button = html! { button class=(class) type="submit" { (chrome.text(label)) } };
            components::swapping_form(chrome, path, Some(self.interaction), None, &button)
        };
        html! {
            h1 tabindex="-1" {
                (chrome.words().weave(Phrase::SignInTitle, &[("app", name(self.app_name))]))
            }
            (components::alert(chrome, self.alert))
            (components::swapping_form(
                chrome, "/sign-in/password", Some(self.interaction), None, &fields,
            ))
            @if self.offers_code {
                (form("/sign-in/password/code", "secondary", Phrase::PasswordUseCode))
            }
            div.actions {
                (form("/sign-in/change", "quiet", Phrase::PasswordChangeAccount))
                (components::cancel(chrome, self.interaction))
            }
        }
    }
}
