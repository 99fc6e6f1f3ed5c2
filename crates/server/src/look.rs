//! How the pages look and speak by the tenant's settings: colours, logos, a stylesheet, words,
//! where help is.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_experience::SignInExperience;
use moongate_web::{ColorScheme, Language, Support, Theme, ThemeColors, Words, theme_css};
use url::Url;

/// Where the tenant's stylesheet is, below the base path.
pub(crate) const STYLESHEETS: &str = "/theme/";

/// How the pages look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// What it was made from.
    settings: SignInExperience,
    pub(crate) theme: Theme,
    pub(crate) support: Support,
    /// The tenant's stylesheet and the hash in its name; nothing where the settings change none.
    pub(crate) stylesheet: Option<(String, String)>,
    /// Where pictures come from, as sources of a content security policy, each after a space.
    pub(crate) image_sources: String,
    /// Where a form leads whose sign-in is not known any more: an address outside.
    pub(crate) unknown_session_redirect_url: Option<String>,
    /// The tenant's own words, by language.
    words: Vec<(Language, Arc<Words>)>,
}

impl Look {
    /// The look that settings ask for. `folder` is where its stylesheet is served.
    pub(crate) fn of(settings: &SignInExperience, folder: &str) -> Self {
        let color = &settings.color;
        let branding = &settings.branding;
        let is_plain = *color == moongate_experience::Color::default();
        let custom_css = settings.custom_css.as_deref();
        let stylesheet = (!is_plain || custom_css.is_some()).then(|| {
            let colors = ThemeColors {
                primary: &color.primary_color,
                dark_primary: &color.dark_primary_color,
                is_dark: color.is_dark_mode_enabled,
            };
            let css = theme_css(&colors, custom_css);
            let hash = moongate_core::token_hash(&css);
            (URL_SAFE_NO_PAD.encode(&hash[..12]), css)
        });
        let theme = Theme {
            scheme: if color.is_dark_mode_enabled {
                ColorScheme::LightOrDark
            } else {
                ColorScheme::Light
            },
            stylesheet: stylesheet
                .as_ref()
                .map(|(hash, _)| format!("{folder}{hash}.css")),
            logo: branding.logo_url.clone(),
            dark_logo: branding.dark_logo_url.clone(),
            favicon: branding.favicon.clone(),
            dark_favicon: branding.dark_favicon.clone(),
        };
        let pictures = [
            &theme.logo,
            &theme.dark_logo,
            &theme.favicon,
            &theme.dark_favicon,
        ];
        let image_sources = image_sources(pictures.into_iter().flatten());
        let words = settings.custom_phrases.iter().filter_map(|(tag, texts)| {
            let language = Language::from_tag(tag)?;
            let texts = texts
                .iter()
                .map(|(key, text)| (key.as_str(), text.as_str()));
            Some((language, Arc::new(language.words_with(texts))))
        });
        Self {
            words: words.collect(),
            support: Support {
                email: settings.support_email.clone(),
                website: settings.support_website_url.clone(),
            },
            unknown_session_redirect_url: settings.unknown_session_redirect_url.clone(),
            settings: settings.clone(),
            theme,
            stylesheet,
            image_sources,
        }
    }

    /// The tenant's own words in a language, if there are such.
    pub(crate) fn words(&self, language: Language) -> Option<Arc<Words>> {
        let own = self.words.iter().find(|(own, _)| *own == language);
        own.map(|(_, words)| Arc::clone(words))
    }
}

/// The origins of web addresses, each once.
fn image_sources<'a>(urls: impl Iterator<Item = &'a String>) -> String {
    let mut sources: Vec<String> = Vec::new();
    for url in urls.filter_map(|url| Url::parse(url).ok()) {
        let origin = url.origin();
        let source = format!(" {}", origin.ascii_serialization());
        // A host may have signs that would end the directive in which it stands.
        let is_plain = |char: char| char.is_ascii_alphanumeric() || " :/.-_[]".contains(char);
        let is_web = matches!(url.scheme(), "http" | "https") && origin.is_tuple();
        if is_web && source.chars().all(is_plain) && !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources.concat()
}

/// The look of the newest settings that this process has seen. Each page of a sign-in loads the
/// settings and brings it up to date; pages that belong to none follow.
#[derive(Debug, Default)]
pub(crate) struct NewestLook(RwLock<Arc<Look>>);

impl NewestLook {
    pub(crate) fn get(&self) -> Arc<Look> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The look of these settings, made anew only if they changed.
    pub(crate) fn update(&self, settings: &SignInExperience) -> Arc<Look> {
        let newest = self.get();
        if newest.settings == *settings {
            return newest;
        }
        let look = Arc::new(Look::of(settings, STYLESHEETS));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&look);
        look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_settings_need_no_stylesheet() {
        let look = Look::of(&SignInExperience::fresh(), STYLESHEETS);
        assert_eq!(look.theme.stylesheet, None);
        assert_eq!(look.image_sources, "");
    }

    #[test]
    fn a_changed_colour_changes_the_stylesheets_name() {
        let mut settings = SignInExperience::fresh();
        settings.color.primary_color = "#aa0000".into();
        let red = Look::of(&settings, STYLESHEETS).theme.stylesheet.unwrap();
        assert!(red.starts_with(STYLESHEETS), "{red}");
        settings.color.primary_color = "#0000aa".into();
        let blue = Look::of(&settings, STYLESHEETS).theme.stylesheet.unwrap();
        assert_ne!(red, blue);
    }

    #[test]
    fn pictures_may_come_from_where_the_settings_say() {
        let mut settings = SignInExperience::fresh();
        settings.branding.logo_url = Some("https://cdn.example:8443/logo.svg".into());
        settings.branding.dark_logo_url = Some("https://cdn.example:8443/dark.svg".into());
        settings.branding.favicon = Some("data:image/png;base64,AA".into());
        let look = Look::of(&settings, STYLESHEETS);
        assert_eq!(look.image_sources, " https://cdn.example:8443");
        settings.branding.logo_url = Some("https://cdn;script-src *.example/logo.svg".into());
        settings.branding.dark_logo_url = Some("https://a;b.example/".into());
        let look = Look::of(&settings, STYLESHEETS);
        assert_eq!(look.image_sources, "");
    }

    #[test]
    fn the_newest_settings_win() {
        let newest = NewestLook::default();
        let mut settings = SignInExperience::fresh();
        settings.support_email = Some("help@example.com".into());
        let look = newest.update(&settings);
        assert!(Arc::ptr_eq(&look, &newest.update(&settings)));
        assert_eq!(
            newest.get().support.email.as_deref(),
            Some("help@example.com")
        );
    }
}
