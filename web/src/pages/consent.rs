//! The page on which a third-party app asks for access.

use maud::{Markup, html};

use crate::{
    Chrome, View, components,
    phrases::{Phrase, name},
};

/// One thing that the app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentScope<'a> {
    /// The scope's name, as in the request.
    pub name: &'a str,
    /// What it allows, for scopes of an API; ours are put in words here.
    pub description: Option<&'a str>,
}

/// Asks whether an app may have what it asks for: posts `decision`, `allow` or `deny`, to
/// `/consent`.
pub struct Consent<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that asks.
    pub app_name: &'a str,
    /// Who is signed in, as they know themselves: a name, or a masked number.
    pub user: &'a str,
    /// What it asks for, in order.
    pub scopes: &'a [ConsentScope<'a>],
    /// The host of the redirect URI, or its scheme for a native app's.
    pub redirect_host: &'a str,
}

impl ConsentScope<'_> {
    fn words(&self, chrome: &Chrome) -> Markup {
        let phrase = match self.name {
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
            other => {
                return match self.description {
                    Some(description) => name(description),
                    None => chrome
                        .words()
                        .weave(Phrase::ScopeOther, &[("scope", name(other))]),
                };
            }
        };
        html! { (chrome.text(phrase)) }
    }
}

impl View for Consent<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(Phrase::ConsentTitle, &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words();
        let app = || name(self.app_name);
        let buttons = html! {
            button.primary type="submit" name="decision" value="allow" {
                (chrome.text(Phrase::ConsentAllow))
            }
            button.secondary type="submit" name="decision" value="deny" {
                (chrome.text(Phrase::ConsentDeny))
            }
        };
        html! {
            h1 tabindex="-1" { (words.weave(Phrase::ConsentTitle, &[("app", app())])) }
            p.lead { (words.weave(Phrase::ConsentAccount, &[("user", name(self.user))])) }
            p #consent-scopes { (words.weave(Phrase::ConsentScopes, &[("app", app())])) }
            ul.scopes aria-labelledby="consent-scopes" {
                @for scope in self.scopes { li { span { (scope.words(chrome)) } } }
            }
            p.note {
                (words.weave(Phrase::ConsentHost, &[
                    ("host", html! { strong { (name(self.redirect_host)) } }),
                ]))
            }
            (components::leaving_form(chrome, "/consent", self.interaction, &buttons))
        }
    }
}
