//! The page of `response_mode=form_post`: the answer to the app as a form that sends itself.

use maud::{Markup, html};

use crate::{
    Chrome, View, components,
    phrases::{Phrase, name},
};

/// Posts the answer's parameters to the app (OAuth 2.0 Form Post Response Mode §2). The script
/// sends it; without scripts, the button does. The content security policy must name the redirect
/// URI's origin in `form-action`. Only ever a whole document: a fragment runs no script.
pub struct FormPost<'a> {
    /// The app's name.
    pub app_name: &'a str,
    /// The redirect URI, as registered.
    pub redirect_uri: &'a str,
    /// The parameters of the answer, in order.
    pub parameters: &'a [(&'a str, &'a str)],
}

impl View for FormPost<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::FormPostTitle, &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" {
                (chrome.words().weave(Phrase::FormPostTitle, &[("app", name(self.app_name))]))
            }
            p.lead { (chrome.text(Phrase::FormPostBody)) }
            form method="post" action=(self.redirect_uri) data-form-post {
                @for (name, value) in self.parameters {
                    input type="hidden" name=(name) value=(value);
                }
                (components::primary(&chrome.text(Phrase::ActionContinue)))
            }
        }
    }

    fn script(&self) -> Option<&'static str> {
        Some("form-post.js")
    }
}
