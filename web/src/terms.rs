//! The texts that one agrees to, and how. It refuses to say when they must be agreed to.

use maud::{Markup, html};

use crate::{Chrome, components, phrases::Phrase};

/// The texts that one agrees to. At least one of them.
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

/// How one agrees on a page that asks for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement<'a> {
    /// There is nothing to agree to, or it was agreed to before.
    None,
    /// By going on.
    Implied(&'a Terms),
    /// By ticking a box: the field `agree`, `yes` where ticked.
    Asked {
        /// What to.
        terms: &'a Terms,
        /// How the box stands.
        tick: Tick,
    },
}

/// How a box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Not ticked.
    Open,
    /// Ticked before, and shown again with the page.
    Ticked,
    /// Not ticked where it had to be.
    Missing,
}

impl Agreement<'_> {
    /// Whether the box is what stands in the way.
    pub(crate) fn is_missing(self) -> bool {
        matches!(
            self,
            Self::Asked {
                tick: Tick::Missing,
                ..
            }
        )
    }

    /// The box, for the form.
    pub(crate) fn tick_box(self, chrome: &Chrome) -> Markup {
        html! {
            @if let Self::Asked { terms, tick } = self { (terms.tick_box(chrome, tick)) }
        }
    }

    /// The sentence, for below the form.
    pub(crate) fn note(self, chrome: &Chrome) -> Markup {
        html! {
            @if let Self::Implied(terms) = self {
                p.note {
                    (terms.sentence(chrome, [
                        Phrase::TermsBoth,
                        Phrase::TermsOnly,
                        Phrase::PrivacyOnly,
                    ]))
                }
            }
        }
    }
}

impl Terms {
    /// The box to tick.
    pub(crate) fn tick_box(&self, chrome: &Chrome, tick: Tick) -> Markup {
        let is_missing = tick == Tick::Missing;
        let error = is_missing.then(|| chrome.text(Phrase::AgreeMissing));
        html! {
            div.tick {
                input #agree type="checkbox" name="agree" value="yes" required autofocus[is_missing]
                    checked[tick == Tick::Ticked]
                    aria-invalid=[is_missing.then_some("true")]
                    aria-describedby=[is_missing.then_some("agree-error")];
                label for="agree" {
                    (self.sentence(chrome, [
                        Phrase::AgreeBoth,
                        Phrase::AgreeTerms,
                        Phrase::AgreePrivacy,
                    ]))
                }
            }
            (components::field_error("agree-error", error.as_deref()))
        }
    }

    /// One of the three sentences, for both texts or one of them.
    fn sentence(&self, chrome: &Chrome, [both, terms_only, privacy_only]: [Phrase; 3]) -> Markup {
        let link = |phrase, url: &str| {
            html! { a href=(url) target="_blank" rel="noopener noreferrer" { (chrome.text(phrase)) } }
        };
        let words = chrome.words();
        match self {
            Self::Both { terms, privacy } => words.weave(
                both,
                &[
                    ("terms", link(Phrase::TermsName, terms)),
                    ("privacy", link(Phrase::PrivacyName, privacy)),
                ],
            ),
            Self::TermsOnly(url) => {
                words.weave(terms_only, &[("terms", link(Phrase::TermsName, url))])
            }
            Self::PrivacyOnly(url) => {
                words.weave(privacy_only, &[("privacy", link(Phrase::PrivacyName, url))])
            }
        }
    }
}
