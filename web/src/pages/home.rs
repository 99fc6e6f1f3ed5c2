//! The front page of the server, for those who come by its bare address.

use maud::{Markup, html};

use crate::{
    Chrome, View,
    phrases::{Phrase, name},
};

/// Says what this server is.
pub struct Home {
    /// Whether to name the discovery document, as in development.
    pub shows_discovery: bool,
}

impl View for Home {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::HomeTitle, &[("brand", &chrome.brand)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" {
                (chrome.words().weave(Phrase::HomeTitle, &[("brand", name(&chrome.brand))]))
            }
            p.lead { (chrome.text(Phrase::HomeLead)) }
            p { (chrome.text(Phrase::HomeBody)) }
            @if self.shows_discovery {
                p { a href=(chrome.url("/oidc/.well-known/openid-configuration")) {
                    (chrome.text(Phrase::HomeDiscovery))
                } }
            }
        }
    }
}
