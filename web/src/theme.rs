//! How the pages look where a tenant has a say: colours, pictures, a stylesheet. It refuses to
//! fetch anything; the pictures' addresses are the tenant's.

use maud::{Markup, html};

use crate::{Chrome, components};

mod color;
mod forced;
mod scoped;
mod stylesheet;

pub use forced::forced_css;
pub use stylesheet::{ThemeColors, theme_css};

/// What the tenant's settings decide about the look of every page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Theme {
    /// Whether pages may be dark.
    pub scheme: ColorScheme,
    /// The path of the tenant's own stylesheet, without the base path. It holds what
    /// [`theme_css`](crate::theme_css) gives, and its name should have a hash of it.
    pub stylesheet: Option<String>,
    /// The logo, in place of ours and of the brand's name: an https, http or `data:` image URL.
    pub logo: Option<String>,
    /// The logo on dark pages; the other one where there is none.
    pub dark_logo: Option<String>,
    /// The picture beside the page's title.
    pub favicon: Option<String>,
    /// The same where the browser is dark.
    pub dark_favicon: Option<String>,
}

/// Whether pages may be dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// As the browser prefers.
    #[default]
    LightOrDark,
    /// Always light.
    Light,
    /// Always dark: for previews, which show both whatever the browser prefers.
    Dark,
}

impl ColorScheme {
    pub(crate) fn meta(self) -> &'static str {
        match self {
            Self::LightOrDark => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the document is marked with, where the browser does not decide.
    pub(crate) fn mark(self) -> Option<&'static str> {
        match self {
            Self::LightOrDark => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The asset with our rules.
    pub(crate) fn stylesheet(self) -> &'static str {
        match self {
            Self::LightOrDark | Self::Light => "moongate.css",
            Self::Dark => "moongate-dark.css",
        }
    }
}

const DARK: &str = "(prefers-color-scheme: dark)";

impl Theme {
    /// The picture for dark pages, where they may be dark and it is another.
    fn dark<'a>(&self, url: Option<&'a String>) -> Option<&'a String> {
        url.filter(|url| self.scheme == ColorScheme::LightOrDark && is_image(url))
    }

    /// The one of two pictures that the page begins with; the other may follow for dark browsers.
    fn first<'a>(&self, light: Option<&'a String>, dark: Option<&'a String>) -> Option<&'a String> {
        let dark = dark.filter(|url| self.scheme == ColorScheme::Dark && is_image(url));
        dark.or_else(|| light.filter(|url| is_image(url)))
    }

    /// The links to the pictures beside the title.
    pub(crate) fn icons(&self, chrome: &Chrome) -> Markup {
        let own = self.first(self.favicon.as_ref(), self.dark_favicon.as_ref());
        html! {
            @match own {
                Some(url) => link rel="icon" href=(url);,
                None => {
                    @if let Some(url) = chrome.asset_url("favicon.svg") {
                        link rel="icon" type="image/svg+xml" href=(url);
                    }
                }
            }
            @if let Some(url) = self.dark(self.dark_favicon.as_ref()) {
                link rel="icon" href=(url) media=(DARK);
            }
        }
    }

    /// The logo, or our mark and the brand's name.
    pub(crate) fn header(&self, brand: &str) -> Markup {
        // Nobody's logo is for dark pages alone.
        let dark = self.dark_logo.as_ref().filter(|_| self.logo.is_some());
        html! {
            @if let Some(url) = self.first(self.logo.as_ref(), dark) {
                picture {
                    @if let Some(dark) = self.dark(self.dark_logo.as_ref()) {
                        source srcset=(dark) media=(DARK);
                    }
                    img.logo src=(url) alt=(brand);
                }
            } @else {
                (components::mark())
                span { (brand) }
            }
        }
    }
}

/// Whether a URL may be asked for as an image.
fn is_image(url: &str) -> bool {
    components::is_web_address(url)
        || url
            .get(..11)
            .is_some_and(|head| head.eq_ignore_ascii_case("data:image/"))
}
