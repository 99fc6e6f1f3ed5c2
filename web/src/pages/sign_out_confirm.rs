//! The page that asks before signing out, where the request does not prove whose it is.

use maud::{Markup, html};

use crate::{
    Chrome, View,
    phrases::{Phrase, name},
};

/// Asks whether to sign out (RP-Initiated Logout 1.0 §2): posts `decision`, `sign-out` or `stay`,
/// and `logout` to `/oidc/session/end/confirm`.
pub struct SignOutConfirm<'a> {
    /// The id of the logout request that waits for the answer.
    pub logout: &'a str,
    /// The app that asked, where it is known.
    pub app_name: Option<&'a str>,
}

impl View for SignOutConfirm<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::SignOutTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let brand = ("brand", name(&chrome.brand));
        let question = match self.app_name {
            Some(app) => chrome
                .words()
                .weave(Phrase::SignOutBodyApp, &[("app", name(app)), brand]),
            None => chrome.words().weave(Phrase::SignOutBody, &[brand]),
        };
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::SignOutTitle)) }
            p.lead { (question) }
            form method="post" action=(chrome.url("/oidc/session/end/confirm")) {
                input type="hidden" name="logout" value=(self.logout);
                button.primary type="submit" name="decision" value="sign-out" {
                    (chrome.text(Phrase::SignOutConfirm))
                }
                button.secondary type="submit" name="decision" value="stay" {
                    (chrome.text(Phrase::SignOutStay))
                }
            }
        }
    }
}
