//! The list of countries and territories to choose a calling code from. Which of them may be used
//! is the server's decision, which it makes by handing a page fewer of them.

use std::sync::LazyLock;

use moongate_core::Region;

use crate::Language;

/// One line of the country list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2 code, such as `CN`: what the form sends as `region`.
    pub region: String,
    /// Country calling code, such as 86.
    pub calling_code: i32,
    /// The name in the page's language.
    pub name: &'static str,
}

impl Country {
    /// Every country and territory with phone numbers, named in `language` and in the order its
    /// readers look names up: by letter, or by pinyin.
    pub fn all(language: Language) -> &'static [Self] {
        static EN: LazyLock<Vec<Country>> = LazyLock::new(|| read(Language::En));
        static ZH_CN: LazyLock<Vec<Country>> = LazyLock::new(|| read(Language::ZhCn));
        match language {
            Language::En => &EN,
            Language::ZhCn => &ZH_CN,
        }
    }
}

/// The names of a language, `CN = China` a line, in order.
fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../phrases/regions.en.txt"),
        Language::ZhCn => include_str!("../phrases/regions.zh-CN.txt"),
    }
}

fn read(language: Language) -> Vec<Country> {
    source(language)
        .lines()
        .filter_map(|line| {
            let (code, name) = line.split_once(" = ")?;
            let region = Region::parse(code)?;
            Some(Country {
                region: region.code(),
                calling_code: region.calling_code(),
                name,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use moongate_core::Region;

    use super::{Country, source};
    use crate::Language;

    #[test]
    fn every_region_has_one_name_in_every_language() {
        let expected: BTreeSet<_> = Region::all().into_iter().map(Region::code).collect();
        for language in Language::ALL {
            let countries = Country::all(*language);
            let named: BTreeSet<_> = countries.iter().map(|c| c.region.clone()).collect();
            assert_eq!(named, expected, "{language:?}");
            assert_eq!(countries.len(), expected.len(), "{language:?}: a repeat");
            let lines = source(*language)
                .lines()
                .filter(|line| !line.starts_with('#') && !line.is_empty());
            assert_eq!(lines.count(), countries.len(), "{language:?}: a bad line");
        }
    }
}
