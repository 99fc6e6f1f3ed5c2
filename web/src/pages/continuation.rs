//! The pages that ask for what an account still lacks before its sign-in can end: an identifier, or
//! the agreement to the terms. A password has a page of its own.

use maud::{Markup, html};

use crate::{
    Chrome, IdentifierField, IdentifierKind, Problem, Terms, Tick, View, components,
    fields::Filling,
    phrases::{Phrase, name},
};

/// Whose account it is that lacks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One that is about to be created.
    New,
    /// One that exists.
    Existing,
}

/// What the account lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// A user name: `/continue/username`.
    Username,
    /// An e-mail address: `/continue/email`.
    Email,
    /// A phone number: `/continue/phone`.
    Phone,
    /// One of the two: `/continue/email-or-phone`. The order to name them in is the field's.
    EmailOrPhone,
}

/// Asks for an identifier that the account lacks: the field `identifier`, and `region` where it may
/// be a phone number, posted to `/continue/…` by [`Lacking`].
pub struct Continue<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that one signs in to.
    pub app_name: &'a str,
    /// Whether the account is new.
    pub standing: Standing,
    /// What it lacks.
    pub lacking: Lacking,
    /// The field; its kinds are those of what is lacking.
    pub identifier: IdentifierField<'a>,
    /// What is wrong beside the field.
    pub alert: Option<Problem>,
}

/// Asks to agree to the terms: the field `agree`, posted to `/continue/terms`.
pub struct AgreeToTerms<'a> {
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that one signs in to.
    pub app_name: &'a str,
    /// Whether the account is new.
    pub standing: Standing,
    /// What to agree to.
    pub terms: &'a Terms,
    /// How the box stands.
    pub tick: Tick,
}

impl Lacking {
    fn path(self) -> &'static str {
        match self {
            Self::Username => "/continue/username",
            Self::Email => "/continue/email",
            Self::Phone => "/continue/phone",
            Self::EmailOrPhone => "/continue/email-or-phone",
        }
    }

    fn heading(self) -> Phrase {
        match self {
            Self::Username => Phrase::ContinueUsername,
            Self::Email => Phrase::ContinueEmail,
            Self::Phone => Phrase::ContinuePhone,
            Self::EmailOrPhone => Phrase::ContinueEmailOrPhone,
        }
    }

    /// Says that a code comes, where one does.
    fn note(self) -> Option<Phrase> {
        match self {
            Self::Username => None,
            Self::Email => Some(Phrase::EmailLead),
            Self::Phone => Some(Phrase::PhoneLead),
            Self::EmailOrPhone => Some(Phrase::CodeLead),
        }
    }
}

impl Standing {
    /// Says what comes after the page; `existing` says so of an account that exists.
    fn lead(self, chrome: &Chrome, app: &str, existing: Phrase) -> Markup {
        let phrase = match self {
            Self::New => Phrase::ContinueLeadNew,
            Self::Existing => existing,
        };
        html! { p.lead { (chrome.words().weave(phrase, &[("app", name(app))])) } }
    }
}

impl View for Continue<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.lacking.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        // The user name is what a password manager keeps the account under.
        let filling = if self.identifier.kinds == [IdentifierKind::Username] {
            Filling::Account
        } else {
            Filling::Person
        };
        let fields = html! {
            (self.identifier.render(chrome, filling, true))
            @if let Some(note) = self.lacking.note() { p.note { (chrome.text(note)) } }
            (components::primary(&chrome.text(Phrase::ActionContinue)))
        };
        html! {
            h1 tabindex="-1" { (chrome.text(self.lacking.heading())) }
            (self.standing.lead(chrome, self.app_name, Phrase::ContinueLeadExisting))
            (components::alert(chrome, self.alert))
            (components::swapping_form(
                chrome, self.lacking.path(), Some(self.interaction), None, &fields,
            ))
            div.actions { (components::cancel(chrome, self.interaction)) }
        }
    }
}

impl View for AgreeToTerms<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::AgreeTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let button = match self.standing {
            Standing::New => Phrase::AgreeCreate,
            Standing::Existing => Phrase::ActionContinue,
        };
        let fields = html! {
            (self.terms.tick_box(chrome, self.tick))
            (components::primary(&chrome.text(button)))
        };
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::AgreeTitle)) }
            (self.standing.lead(chrome, self.app_name, Phrase::AgreeLeadExisting))
            (components::swapping_form(
                chrome, "/continue/terms", Some(self.interaction), None, &fields,
            ))
            div.actions { (components::cancel(chrome, self.interaction)) }
        }
    }
}
