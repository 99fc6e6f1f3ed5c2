//! The page after signing out, where no app takes over.

use maud::{Markup, html};

use super::WayBack;
use crate::{Chrome, View, phrases::Phrase};

/// Says that one is signed out.
pub struct SignedOut {
    /// The way back to the app, where one is known.
    pub way_back: Option<WayBack>,
}

impl View for SignedOut {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::SignedOutTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::SignedOutTitle)) }
            p.lead { (chrome.text(Phrase::SignedOutBody)) }
            (WayBack::link(self.way_back.as_ref(), chrome))
        }
    }
}
