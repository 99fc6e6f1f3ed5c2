//! The page for what went wrong where nothing can be redirected and no form shown again.

use maud::{Markup, html};

use super::WayBack;
use crate::{
    Chrome, Problem, View,
    phrases::{Phrase, name},
};

/// What went wrong, in the terms of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An app's request is at fault and must not be answered by redirect.
    AppRequest,
    /// The redirect URI is not registered for the app; give it as [`Detail::RedirectUri`].
    RedirectUri {
        /// The app's name.
        app_name: String,
    },
    /// So is the one for after signing out.
    PostLogoutRedirectUri {
        /// The app's name.
        app_name: String,
    },
    /// Nothing is at this address.
    NotFound,
    /// The request seems to come from another site.
    Blocked,
    /// Too busy to answer now.
    Busy,
    /// A bug, or broken ground.
    Internal,
    /// Refused for a reason that has words of its own.
    Refused(Problem),
}

/// A line for those who look after the app or the server. Never a secret, a code, a token or a
/// phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A redirect URI as it was sent.
    RedirectUri(String),
    /// The application's id.
    Application(String),
    /// The protocol's name for the error, such as `invalid_request`.
    Error(String),
    /// The protocol's description of it.
    Description(String),
}

/// Says what went wrong, and what can be done.
pub struct ErrorPage {
    /// What went wrong.
    pub fault: Fault,
    /// Lines for those who look after it.
    pub details: Vec<Detail>,
    /// The way back, where one is known and safe.
    pub way_back: Option<WayBack>,
}

impl Fault {
    fn heading(&self) -> Phrase {
        match self {
            Self::AppRequest => Phrase::FaultAppRequestTitle,
            Self::RedirectUri { .. } => Phrase::FaultRedirectUriTitle,
            Self::PostLogoutRedirectUri { .. } => Phrase::FaultPostLogoutTitle,
            Self::NotFound => Phrase::FaultNotFoundTitle,
            Self::Blocked => Phrase::FaultBlockedTitle,
            Self::Busy => Phrase::FaultBusyTitle,
            Self::Internal => Phrase::FaultInternalTitle,
            Self::Refused(_) => Phrase::FaultRefusedTitle,
        }
    }

    fn explanation(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let of_app = |phrase, app: &str| words.weave(phrase, &[("app", name(app))]);
        let plain = |phrase| html! { (words.text(phrase)) };
        match self {
            Self::AppRequest => plain(Phrase::FaultAppRequestBody),
            Self::RedirectUri { app_name } => of_app(Phrase::FaultRedirectUriBody, app_name),
            Self::PostLogoutRedirectUri { app_name } => {
                of_app(Phrase::FaultPostLogoutBody, app_name)
            }
            Self::NotFound => plain(Phrase::FaultNotFoundBody),
            Self::Blocked => plain(Phrase::FaultBlockedBody),
            Self::Busy => plain(Phrase::FaultBusyBody),
            Self::Internal => plain(Phrase::FaultInternalBody),
            Self::Refused(problem) => html! { (problem.words(words)) },
        }
    }
}

impl Detail {
    fn line(&self) -> (Phrase, &str) {
        match self {
            Self::RedirectUri(value) => (Phrase::DetailRedirectUri, value),
            Self::Application(value) => (Phrase::DetailApplication, value),
            Self::Error(value) => (Phrase::DetailError, value),
            Self::Description(value) => (Phrase::DetailDescription, value),
        }
    }
}

impl View for ErrorPage {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.fault.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let request = chrome
            .request_id
            .as_deref()
            .map(|id| (Phrase::DetailRequest, id));
        let lines: Vec<_> = self
            .details
            .iter()
            .map(Detail::line)
            .chain(request)
            .collect();
        html! {
            h1 tabindex="-1" { (chrome.text(self.fault.heading())) }
            p.lead { (self.fault.explanation(chrome)) }
            @if !lines.is_empty() {
                dl.details {
                    @for (label, value) in lines {
                        div {
                            dt { (chrome.text(label)) }
                            dd { code dir="ltr" { (value) } }
                        }
                    }
                }
            }
            (WayBack::link(self.way_back.as_ref(), chrome))
        }
    }
}
