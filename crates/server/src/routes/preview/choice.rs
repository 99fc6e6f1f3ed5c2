//! What the index shows, by its query: one page in everything to begin with. Whatever else a query
//! says is not heeded.

use moongate_oidc::Parameters;
use moongate_web::Language;
use moongate_web::pages::{PreviewChoice, PreviewPage, PreviewScheme, PreviewWidth};

use super::FOLDER;

/// What stands for all of them.
const ALL: &str = "all";

pub(super) fn read<'a>(fields: &Parameters, pages: &'a [PreviewPage<'a>]) -> PreviewChoice<'a> {
    let page = fields.get("page");
    PreviewChoice {
        page: if page == Some(ALL) {
            None
        } else {
            let named = pages.iter().find(|it| Some(it.name) == page);
            named.or(pages.first()).map(|it| it.name)
        },
        language: one(Language::ALL, fields.get("language"), Language::tag),
        scheme: scheme(fields),
        width: one(PreviewWidth::ALL, fields.get("width"), PreviewWidth::as_str),
    }
}

/// The scheme that a query names.
pub(super) fn scheme(fields: &Parameters) -> Option<PreviewScheme> {
    one(
        PreviewScheme::ALL,
        fields.get("scheme"),
        PreviewScheme::as_str,
    )
}

/// The address that shows the same again.
pub(super) fn path(draft: &str, choice: &PreviewChoice<'_>) -> String {
    format!(
        "{FOLDER}{draft}?page={}&language={}&scheme={}&width={}",
        choice.page.unwrap_or(ALL),
        choice.language.map_or(ALL, Language::tag),
        choice.scheme.map_or(ALL, PreviewScheme::as_str),
        choice.width.map_or(ALL, PreviewWidth::as_str),
    )
}

fn one<T: Copy>(all: &[T], named: Option<&str>, name: impl Fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|it| Some(name(*it)) == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(query: &str) -> PreviewChoice<'static> {
        let pages = ["live-sign-in", "code"].map(|name| PreviewPage {
            name,
            title: String::new(),
        });
        read(&Parameters::parse(query), Vec::leak(pages.to_vec()))
    }

    #[test]
    fn what_is_not_known_is_not_heeded() {
        let begin = choose("");
        assert_eq!(begin.page, Some("live-sign-in"));
        assert_eq!(
            (begin.language, begin.scheme, begin.width),
            (None, None, None)
        );
        assert_eq!(choose("page=x&language=tlh&scheme=red&width=1"), begin);
        assert_eq!(choose("page=all").page, None);
    }

    #[test]
    fn the_address_of_a_choice_is_read_as_that_choice() {
        for query in [
            "page=code&language=zh-CN&scheme=dark&width=tablet",
            "page=all&language=all&scheme=all&width=all",
        ] {
            let choice = choose(query);
            assert_eq!(path("d", &choice), format!("/preview/d?{query}"));
        }
    }
}
