//! The page on which a third-party app asks for access.

use maud::{Markup, html};

use crate::{
    Access, Chrome, Person, View, components,
    phrases::{Phrase, name},
};

/// Asks whether an app may have what it asks for: posts `decision`, `allow` or `deny`, to
/// `/consent`.
pub struct Consent<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that asks.
    pub app_name: &'a str,
    /// Who is signed in.
    pub user: Person<'a>,
    /// What it asks for.
    pub access: Access<'a>,
    /// The host of the redirect URI, or its scheme for a native app's.
    pub redirect_host: &'a str,
}

impl View for Consent<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::ConsentTitle, &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let buttons = components::allow_or_deny(chrome);
        html! {
            h1 tabindex="-1" {
                (words.weave(Phrase::ConsentTitle, &[("app", name(self.app_name))]))
            }
            p.lead { (self.user.sentence(chrome)) }
            (self.access.lists(chrome, self.app_name))
            p.note {
                (words.weave(Phrase::ConsentHost, &[
                    ("host", html! { strong { (name(self.redirect_host)) } }),
                ]))
            }
            (components::leaving_form(chrome, "/consent", self.interaction, &buttons))
        }
    }
}
