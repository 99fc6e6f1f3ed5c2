//! The languages that the pages speak, and how one is chosen. The choice's order (`ui_locales`,
//! cookie, browser, fallback) is the server's; here is how each of them is read.

use crate::phrases::{self, Words};

/// A language with a complete set of phrases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which is also the fallback.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Language {
    /// Every language, in the order in which the switch offers them.
    pub const ALL: &[Self] = &[Self::En, Self::ZhCn];

    /// The BCP 47 tag: for `lang`, `Content-Language` and the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The writing direction, for the `dir` attribute. The stylesheet uses logical sides only, so
    /// that a right-to-left language is one more arm here.
    pub fn dir(self) -> &'static str {
        match self {
            Self::En | Self::ZhCn => "ltr",
        }
    }

    /// What the language calls itself, for the switch.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhCn => "简体中文",
        }
    }

    /// The words of this language.
    pub fn words(self) -> &'static Words {
        phrases::words(self)
    }

    /// The words of this language with a tenant's own texts in place of ours, by key. Those that
    /// [`check_override`](crate::check_override) refuses are left out, so that no page breaks. It
    /// reads every phrase anew: keep the result, and give it to
    /// [`Chrome::phrases`](crate::Chrome::phrases).
    pub fn words_with<'t>(self, overrides: impl IntoIterator<Item = (&'t str, &'t str)>) -> Words {
        phrases::words_with(self, overrides)
    }

    /// Our own texts by key, to begin from when one writes others.
    pub fn texts(self) -> Vec<(&'static str, String)> {
        phrases::texts(self)
    }

    /// The language for one tag, such as a cookie's value: `zh-CN`, `zh`, `zh_Hans_SG`, `EN-gb`.
    /// Any Chinese is answered with Simplified Chinese, which its readers read more readily than
    /// the fallback.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else if primary.eq_ignore_ascii_case("zh") {
            Some(Self::ZhCn)
        } else {
            None
        }
    }

    /// The first language we speak of a space-separated list in order of preference
    /// (`ui_locales`, OpenID Connect Core §3.1.2.1).
    pub fn from_tags(tags: &str) -> Option<Self> {
        tags.split_ascii_whitespace().find_map(Self::from_tag)
    }

    /// The language that an `Accept-Language` header likes best: highest `q`, then first named
    /// (RFC 9110 §12.5.4). `None` where it names none that we speak; `*` names none in particular.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for item in header.split(',') {
            let mut parts = item.split(';');
            let language = parts.next().and_then(Self::from_tag);
            let weight = parts
                .find_map(|part| {
                    let (name, value) = part.split_once('=')?;
                    name.trim().eq_ignore_ascii_case("q").then_some(value)
                })
                .map_or(Some(1000), thousandths);
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A weight as RFC 9110 §12.4.2 writes it, in thousandths: `0.85` is 850.
fn thousandths(text: &str) -> Option<u16> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || fraction.len() > 3 {
        return None;
    }
    match whole {
        "1" if fraction.bytes().all(|byte| byte == b'0') => Some(1000),
        "0" => format!("{fraction:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn accept_language_goes_by_weight_then_by_order() {
        fn check(header: &str, expected: Option<Language>) {
            assert_eq!(
                Language::from_accept_language(header),
                expected,
                "{header:?}"
            );
        }
        check("en", Some(Language::En));
        check("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::ZhCn));
        check("en;q=0.8,zh;q=0.9", Some(Language::ZhCn));
        check("en,zh", Some(Language::En));
        check("zh-TW", Some(Language::ZhCn));
        check("fr-FR, de;q=0.9, zh-Hans-SG ; q=0.5", Some(Language::ZhCn));
        check("zh;q=0, en;q=0.1", Some(Language::En));
        check("zh;q=0", None);
        check("zh;q=2, en;q=0.001", Some(Language::En));
        check("zh;q=0.0001", None);
        check("zh;Q=0.5;x=1,en;q=0.4", Some(Language::ZhCn));
        check("*", None);
        check("fr", None);
        check("", None);
        check(",,;;=,;q=", None);
    }

    #[test]
    fn the_first_known_tag_of_ui_locales_wins() {
        fn check(tags: &str, expected: Option<Language>) {
            assert_eq!(Language::from_tags(tags), expected, "{tags:?}");
        }
        check("fr-CA zh-CN en", Some(Language::ZhCn));
        check("EN_us", Some(Language::En));
        check("english", None);
        check("", None);
    }

    #[test]
    fn a_language_knows_its_own_tag() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(*language));
        }
    }
}
