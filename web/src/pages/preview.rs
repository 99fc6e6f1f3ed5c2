//! A draft of the settings, looked at: pages in frames, side by side. It shows no page itself and
//! judges nothing; the frames' addresses are the server's.

use maud::{Markup, html};

use crate::{Chrome, Language, View, phrases::Phrase};

/// A page that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPage<'a> {
    /// Its name, which is the last part of its address.
    pub name: &'a str,
    /// What it is called.
    pub title: String,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewScheme {
    /// As a browser shows it that prefers light pages.
    Light,
    /// As one that prefers dark ones.
    Dark,
}

/// A width that screens have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewWidth {
    /// 390 pixels.
    Phone,
    /// 768 pixels.
    Tablet,
    /// 1280 pixels.
    Desktop,
}

/// What to show; `None` is all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewChoice<'a> {
    /// The page's name.
    pub page: Option<&'a str>,
    /// The language.
    pub language: Option<Language>,
    /// Light or dark.
    pub scheme: Option<PreviewScheme>,
    /// The width.
    pub width: Option<PreviewWidth>,
}

/// How much a rule matters that the draft breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewWeight {
    /// Such settings can't be saved.
    Refused,
    /// They can't be saved from files.
    RefusedInFiles,
    /// They can.
    Advice,
}

/// A rule that the draft breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFinding {
    /// How much it matters.
    pub weight: PreviewWeight,
    /// The sentence for it, as every answer has it, in English.
    pub text: String,
}

/// A draft's pages side by side. What to show is chosen by `page`, `language`, `scheme` and `width`
/// in the query of `/preview/<draft>`; a frame shows `/preview/<draft>/<page>` with `language` and
/// `scheme`.
pub struct Preview<'a> {
    /// The draft's identifier.
    pub draft: &'a str,
    /// Every page, in order.
    pub pages: &'a [PreviewPage<'a>],
    /// What to show.
    pub choice: PreviewChoice<'a>,
    /// Whether the draft has dark pages.
    pub has_dark: bool,
    /// The rules that it breaks.
    pub findings: &'a [PreviewFinding],
}

/// What stands for all of them in the query.
const ALL: &str = "all";

impl PreviewScheme {
    /// Each of them.
    pub const ALL: &[Self] = &[Self::Light, Self::Dark];

    /// As it stands in the query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn phrase(self) -> Phrase {
        match self {
            Self::Light => Phrase::PreviewLight,
            Self::Dark => Phrase::PreviewDark,
        }
    }
}

impl PreviewWidth {
    /// Each of them.
    pub const ALL: &[Self] = &[Self::Phone, Self::Tablet, Self::Desktop];

    /// As it stands in the query, and in the stylesheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
        }
    }

    fn phrase(self) -> Phrase {
        match self {
            Self::Phone => Phrase::PreviewPhone,
            Self::Tablet => Phrase::PreviewTablet,
            Self::Desktop => Phrase::PreviewDesktop,
        }
    }
}

impl PreviewWeight {
    fn class(self) -> Option<&'static str> {
        (self != Self::Advice).then_some("refused")
    }

    fn phrase(self) -> Phrase {
        match self {
            Self::Refused => Phrase::PreviewRefused,
            Self::RefusedInFiles => Phrase::PreviewRefusedInFiles,
            Self::Advice => Phrase::PreviewAdvice,
        }
    }
}

/// One choice of a control: its value, what it is called, whether it is chosen.
type Choice = (String, String, bool);

impl Preview<'_> {
    fn controls(&self, chrome: &Chrome) -> Markup {
        let choice = &self.choice;
        let pages = self.pages.iter().map(|page| {
            let shown = format!("{} ({})", page.title, page.name);
            (page.name.to_owned(), shown, choice.page == Some(page.name))
        });
        let languages = Language::ALL.iter().map(|language| {
            let is_chosen = choice.language == Some(*language);
            let name = language.own_name().to_owned();
            (language.tag().to_owned(), name, is_chosen)
        });
        let schemes = PreviewScheme::ALL.iter().map(|scheme| {
            let is_chosen = choice.scheme == Some(*scheme);
            (
                scheme.as_str().to_owned(),
                chrome.text(scheme.phrase()),
                is_chosen,
            )
        });
        let widths = PreviewWidth::ALL.iter().map(|width| {
            let is_chosen = choice.width == Some(*width);
            (
                width.as_str().to_owned(),
                chrome.text(width.phrase()),
                is_chosen,
            )
        });
        let select = |name: &str, label, every, choices: Vec<Choice>| {
            html! {
                div.field {
                    label for=(name) { (chrome.text(label)) }
                    select id=(name) name=(name) {
                        @let is_every = !choices.iter().any(|(_, _, is_chosen)| *is_chosen);
                        option value=(ALL) selected[is_every] { (chrome.text(every)) }
                        @for (value, text, is_chosen) in &choices {
                            option value=(value) selected[*is_chosen] { (text) }
                        }
                    }
                }
            }
        };
        html! {
            form.controls method="get" action=(chrome.url(&format!("/preview/{}", self.draft))) {
                (select("page", Phrase::PreviewPage, Phrase::PreviewEveryPage, pages.collect()))
                (select(
                    "language", Phrase::PreviewLanguage, Phrase::PreviewEveryLanguage,
                    languages.collect(),
                ))
                @if self.has_dark {
                    (select(
                        "scheme", Phrase::PreviewScheme, Phrase::PreviewBoth, schemes.collect(),
                    ))
                }
                (select("width", Phrase::PreviewWidth, Phrase::PreviewEveryWidth, widths.collect()))
                button.primary type="submit" { (chrome.text(Phrase::PreviewShow)) }
            }
        }
    }

    /// To the page before and the one after, with the same choice otherwise.
    fn steps(&self, chrome: &Chrome) -> Markup {
        let at = self
            .pages
            .iter()
            .position(|page| Some(page.name) == self.choice.page);
        let step = |page: Option<&PreviewPage<'_>>, text| {
            html! {
                @if let Some(page) = page {
                    a href=(chrome.url(&self.address(page.name))) { (chrome.text(text)) }
                }
            }
        };
        html! {
            @if let Some(at) = at {
                p.steps {
                    (step(at.checked_sub(1).and_then(|at| self.pages.get(at)), Phrase::PreviewPrevious))
                    (step(self.pages.get(at + 1), Phrase::PreviewNext))
                }
            }
        }
    }

    fn address(&self, page: &str) -> String {
        let choice = &self.choice;
        let language = choice.language.map_or(ALL, Language::tag);
        let scheme = choice.scheme.map_or(ALL, PreviewScheme::as_str);
        let width = choice.width.map_or(ALL, PreviewWidth::as_str);
        format!(
            "/preview/{}?page={page}&language={language}&scheme={scheme}&width={width}",
            self.draft
        )
    }

    fn findings(&self, chrome: &Chrome) -> Markup {
        html! {
            @if !self.findings.is_empty() {
                section.findings aria-labelledby="findings" {
                    h2 #findings { (chrome.text(Phrase::PreviewFindings)) }
                    ul {
                        @for finding in self.findings {
                            li class=[finding.weight.class()] {
                                strong { (chrome.text(finding.weight.phrase())) }
                                " "
                                span lang="en" { (finding.text) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn frames(&self, chrome: &Chrome, page: &PreviewPage<'_>) -> Markup {
        let choice = &self.choice;
        let languages: Vec<_> = all_or(choice.language, Language::ALL);
        let schemes = if self.has_dark {
            all_or(choice.scheme, PreviewScheme::ALL)
        } else {
            vec![PreviewScheme::Light]
        };
        let widths = all_or(choice.width, PreviewWidth::ALL);
        html! {
            section.shown aria-labelledby=(page.name) {
                h2 id=(page.name) { (page.title) " " code { (page.name) } }
                @for language in languages {
                    @for scheme in &schemes {
                        div.views {
                            @for width in &widths {
                                (self.frame(chrome, page, language, *scheme, *width))
                            }
                        }
                    }
                }
            }
        }
    }

    fn frame(
        &self,
        chrome: &Chrome,
        page: &PreviewPage<'_>,
        language: Language,
        scheme: PreviewScheme,
        width: PreviewWidth,
    ) -> Markup {
        let url = chrome.url(&format!(
            "/preview/{}/{}?language={}&scheme={}",
            self.draft,
            page.name,
            language.tag(),
            scheme.as_str()
        ));
        let (width_name, scheme_name) = (chrome.text(width.phrase()), chrome.text(scheme.phrase()));
        let what = [width_name.as_str(), language.own_name(), &scheme_name].join(" · ");
        let size = match self.choice.width {
            Some(_) => format!("view {} alone", width.as_str()),
            None => format!("view {}", width.as_str()),
        };
        html! {
            figure class=(size) {
                figcaption {
                    a href=(url) target="_blank" rel="noopener" { (what) }
                }
                // Nothing in it can be sent, and no link leaves it. Its own fields are no stops for
                // whoever goes through this page by keyboard; the link above shows them alone.
                div.glass {
                    iframe src=(url) title=(format!("{}: {what}", page.title)) loading="lazy"
                        sandbox="allow-same-origin" tabindex="-1" {}
                }
            }
        }
    }
}

/// The one that was chosen, or each of them.
fn all_or<T: Copy>(chosen: Option<T>, all: &[T]) -> Vec<T> {
    chosen.map_or_else(|| all.to_vec(), |one| vec![one])
}

impl View for Preview<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::PreviewTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let is_shown =
            |page: &&PreviewPage<'_>| self.choice.page.is_none_or(|name| name == page.name);
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::PreviewTitle)) }
            p.lead { (chrome.text(Phrase::PreviewLead)) }
            (self.findings(chrome))
            (self.controls(chrome))
            (self.steps(chrome))
            @for page in self.pages.iter().filter(is_shown) { (self.frames(chrome, page)) }
        }
    }

    fn stylesheet(&self) -> Option<&'static str> {
        Some("preview.css")
    }
}
