//! What an app asks for, in words: on the page that asks for consent and on the one that confirms a
//! device.

use maud::{Markup, html};

use crate::{
    Chrome,
    phrases::{Phrase, name},
};

/// What an app asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access<'a> {
    /// Scopes about the user, as the request names them, in order.
    pub scopes: &'a [&'a str],
    /// APIs.
    pub apis: &'a [ApiAccess<'a>],
}

/// What an app asks for at one API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAccess<'a> {
    /// The API's name.
    pub name: &'a str,
    /// What is asked for there, in order.
    pub permissions: Vec<Permission<'a>>,
}

/// A permission of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission<'a> {
    /// Its name, as in the request.
    pub name: &'a str,
    /// What it allows, in the words of whoever runs the API.
    pub description: Option<&'a str>,
}

impl Access<'_> {
    /// The lists, below a sentence that says what they are.
    pub(crate) fn lists(&self, chrome: &Chrome, app: &str) -> Markup {
        let app = || name(app);
        html! {
            p #asked-scopes { (chrome.words().weave(Phrase::ConsentScopes, &[("app", app())])) }
            @if !self.scopes.is_empty() {
                ul.scopes aria-labelledby="asked-scopes" {
                    @for scope in self.scopes { li { span { (words(scope, chrome)) } } }
                }
            }
            @for (index, api) in self.apis.iter().enumerate() {
                @let id = format!("asked-api-{index}");
                p id=(id) {
                    (chrome.words().weave(Phrase::ConsentApi, &[
                        ("api", html! { strong { (name(api.name)) } }),
                    ]))
                }
                ul.scopes aria-labelledby=(id) {
                    @for permission in &api.permissions {
                        li { span { (permission.words(chrome)) } }
                    }
                }
            }
        }
    }
}

impl Permission<'_> {
    fn words(&self, chrome: &Chrome) -> Markup {
        match self.description {
            Some(description) => name(description),
            None => other(self.name, chrome),
        }
    }
}

fn words(scope: &str, chrome: &Chrome) -> Markup {
    let phrase = match scope {
        "openid" => Phrase::ScopeOpenid,
        "profile" => Phrase::ScopeProfile,
        "email" => Phrase::ScopeEmail,
        "phone" => Phrase::ScopePhone,
        "address" => Phrase::ScopeAddress,
        "offline_access" => Phrase::ScopeOfflineAccess,
        "roles" => Phrase::ScopeRoles,
        "custom_data" => Phrase::ScopeCustomData,
        "identities" => Phrase::ScopeIdentities,
        "urn:logto:scope:organizations" => Phrase::ScopeOrganizations,
        "urn:logto:scope:organization_roles" => Phrase::ScopeOrganizationRoles,
        scope => return other(scope, chrome),
    };
    html! { (chrome.text(phrase)) }
}

fn other(scope: &str, chrome: &Chrome) -> Markup {
    chrome
        .words()
        .weave(Phrase::ScopeOther, &[("scope", name(scope))])
}

/// Who is signed in, as they know themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// Their name, or user name.
    pub name: Option<&'a str>,
    /// A masked number or address.
    pub contact: Option<&'a str>,
}

impl Person<'_> {
    /// A sentence that says so.
    pub(crate) fn sentence(&self, chrome: &Chrome) -> Markup {
        let contact = |text| html! { strong.number { (name(text)) } };
        let words = chrome.words();
        match (self.name, self.contact) {
            (Some(user), Some(text)) => words.weave(
                Phrase::ConsentAccountBoth,
                &[
                    ("user", html! { strong { (name(user)) } }),
                    ("contact", contact(text)),
                ],
            ),
            (Some(user), None) => words.weave(
                Phrase::ConsentAccount,
                &[("user", html! { strong { (name(user)) } })],
            ),
            (None, text) => words.weave(
                Phrase::ConsentAccount,
                &[("user", contact(text.unwrap_or_default()))],
            ),
        }
    }
}
