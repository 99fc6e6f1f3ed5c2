//! The page for a sign-in that this browser has not, or no longer, open.

use maud::{Markup, html};

use super::WayBack;
use crate::{Chrome, View, phrases::Phrase};

/// Says that there is no such sign-in, and where to start again.
pub struct UnknownSession {
    /// The way back to the app, where one is known.
    pub way_back: Option<WayBack>,
}

impl View for UnknownSession {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::UnknownSessionTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::UnknownSessionTitle)) }
            p.lead { (chrome.text(Phrase::UnknownSessionBody)) }
            (WayBack::link(self.way_back.as_ref(), chrome))
        }
    }
}
