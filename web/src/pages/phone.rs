//! The first page of a sign-in or registration: the phone number.

use maud::{Markup, html};

use crate::{
    Chrome, Country, Problem, View, components,
    phrases::{Phrase, name},
};

/// Which of the two first pages it is; the title and the address that the form posts to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// `/sign-in`.
    SignIn,
    /// `/register`.
    Register,
}

/// The texts that one agrees to by going on. At least one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// Both, as URLs.
    Both {
        /// Terms of use.
        terms: String,
        /// Privacy policy.
        privacy: String,
    },
    /// The URL of the terms of use alone.
    TermsOnly(String),
    /// The URL of the privacy policy alone.
    PrivacyOnly(String),
}

/// Asks for the phone number: fields `region` and `phone`, posted to `/sign-in` or `/register`.
pub struct Phone<'a> {
    /// Which first page it is.
    pub screen: Screen,
    /// The interaction's id.
    pub interaction: &'a str,
    /// The app that one signs in to.
    pub app_name: &'a str,
    /// The countries to choose from, in order.
    pub countries: &'a [Country],
    /// The code of the chosen country.
    pub region: &'a str,
    /// What was typed, kept after an error; else empty, or the hint that the app gave.
    pub phone: &'a str,
    /// What is wrong with the number.
    pub error: Option<Problem>,
    /// What is wrong beside it.
    pub alert: Option<Problem>,
    /// What going on agrees to.
    pub terms: Option<&'a Terms>,
}

impl Screen {
    fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in",
            Self::Register => "/register",
        }
    }

    fn title(self) -> Phrase {
        match self {
            Self::SignIn => Phrase::SignInTitle,
            Self::Register => Phrase::RegisterTitle,
        }
    }
}

impl View for Phone<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome
            .words()
            .with(self.screen.title(), &[("app", self.app_name)])
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let described_by = self.error.map(|_| "phone-error");
        let fields = html! {
            div.joined {
                div.field {
                    label for="region" { (chrome.text(Phrase::PhoneRegionLabel)) }
                    select #region name="region" autocomplete="country" {
                        @for country in self.countries {
                            option value=(country.region) selected[country.region == self.region] {
                                (country.name) " +" (country.calling_code)
                            }
                        }
                    }
                }
                div.field {
                    label for="phone" { (chrome.text(Phrase::PhoneLabel)) }
                    input #phone type="tel" name="phone" value=(self.phone) inputmode="tel"
                        autocomplete="tel" maxlength="64" required autofocus dir="ltr"
                        aria-invalid=[self.error.map(|_| "true")]
                        aria-describedby=[described_by];
                }
            }
            (components::field_error(chrome, "phone-error", self.error))
            (components::primary(&chrome.text(Phrase::ActionContinue)))
        };
        html! {
            h1 tabindex="-1" {
                (chrome.words().weave(self.screen.title(), &[("app", name(self.app_name))]))
            }
            p.lead { (chrome.text(Phrase::PhoneLead)) }
            (components::alert(chrome, self.alert))
            (components::swapping_form(chrome, self.screen.path(), self.interaction, None, &fields))
            @if let Some(terms) = self.terms { p.note { (terms.note(chrome)) } }
            div.actions { (components::cancel(chrome, self.interaction)) }
        }
    }
}

impl Terms {
    fn note(&self, chrome: &Chrome) -> Markup {
        let link = |phrase, url: &str| {
            html! { a href=(url) target="_blank" rel="noopener noreferrer" { (chrome.text(phrase)) } }
        };
        let words = chrome.words();
        match self {
            Self::Both { terms, privacy } => words.weave(
                Phrase::PhoneTermsBoth,
                &[
                    ("terms", link(Phrase::PhoneTermsName, terms)),
                    ("privacy", link(Phrase::PhonePrivacyName, privacy)),
                ],
            ),
            Self::TermsOnly(url) => words.weave(
                Phrase::PhoneTermsOnly,
                &[("terms", link(Phrase::PhoneTermsName, url))],
            ),
            Self::PrivacyOnly(url) => words.weave(
                Phrase::PhonePrivacyOnly,
                &[("privacy", link(Phrase::PhonePrivacyName, url))],
            ),
        }
    }
}
