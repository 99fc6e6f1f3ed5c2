//! The page that shows a draft's pages.

use std::sync::LazyLock;

use super::{GalleryEntry, entry};
use crate::{
    Language,
    pages::{
        Preview, PreviewChoice, PreviewFinding, PreviewPage, PreviewScheme, PreviewWeight,
        PreviewWidth,
    },
};

static PAGES: LazyLock<Vec<PreviewPage<'static>>> = LazyLock::new(|| {
    let page = |name, title: &str| PreviewPage {
        name,
        title: title.to_owned(),
    };
    vec![
        page("live-sign-in", "Sign in to Bookstore"),
        page("identify-phone", "Sign in to Bookstore"),
        page("signed-out", "You are signed out"),
    ]
});

static FINDINGS: LazyLock<Vec<PreviewFinding>> = LazyLock::new(|| {
    let finding = |weight, text: &str| PreviewFinding {
        weight,
        text: text.to_owned(),
    };
    vec![
        finding(
            PreviewWeight::Refused,
            "color.primaryColor: say it as #rrggbb (sign_in_experiences.invalid_color)",
        ),
        finding(
            PreviewWeight::RefusedInFiles,
            "signIn.methods: add one (sign_in_experiences.nobody_can_sign_in)",
        ),
        finding(
            PreviewWeight::Advice,
            "branding: add a logo for dark pages (sign_in_experiences.dark_logo_missing)",
        ),
    ]
});

pub(super) fn pages() -> Vec<GalleryEntry> {
    let preview = |choice| Preview {
        draft: "sample-draft",
        pages: &PAGES,
        choice,
        has_dark: true,
        findings: &[],
    };
    let one = PreviewChoice {
        page: Some("identify-phone"),
        language: None,
        scheme: None,
        width: None,
    };
    let narrow = PreviewChoice {
        language: Some(Language::ZhCn),
        scheme: Some(PreviewScheme::Light),
        width: Some(PreviewWidth::Phone),
        ..one
    };
    vec![
        entry("preview", preview(one)),
        entry(
            "preview-all",
            Preview {
                has_dark: false,
                ..preview(PreviewChoice {
                    page: None,
                    ..narrow
                })
            },
        ),
        entry(
            "preview-findings",
            Preview {
                findings: &FINDINGS,
                ..preview(narrow)
            },
        ),
    ]
}
