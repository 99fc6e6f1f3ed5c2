//! What a tenant's settings change around a page, and what no setting may break.

use std::sync::Arc;

use moongate_web::{
    Chrome, ColorScheme, Language, Support, Theme, document, find_asset,
    pages::{SignOutConfirm, SignedOut},
};

use crate::{chrome, markup::tags};

fn page(chrome: &Chrome) -> String {
    document(&SignedOut { way_back: None }, chrome).into_string()
}

fn themed(theme: Theme) -> String {
    page(&Chrome {
        theme,
        ..chrome(Language::En, "/auth")
    })
}

#[test]
fn the_tenants_stylesheet_comes_after_ours_and_before_any_script() {
    let page = themed(Theme {
        stylesheet: Some("/theme/0123.css".to_owned()),
        ..Theme::default()
    });
    let at = |text: &str| page.find(text).unwrap();
    assert!(at("/auth/assets/moongate.") < at(r#"href="/auth/theme/0123.css""#));
    assert!(at(r#"href="/auth/theme/0123.css""#) < at("<script"));
}

#[test]
fn light_pages_are_light_from_the_first_byte() {
    let light = themed(Theme {
        scheme: ColorScheme::Light,
        dark_logo: Some("https://bookstore.example/dark.svg".to_owned()),
        logo: Some("https://bookstore.example/logo.svg".to_owned()),
        dark_favicon: Some("https://bookstore.example/dark.ico".to_owned()),
        ..Theme::default()
    });
    assert!(light.contains(r#"data-scheme="light">"#));
    assert!(light.contains(r#"<meta name="color-scheme" content="light">"#));
    assert!(!light.contains("dark"));
    let either = themed(Theme::default());
    assert!(!either.contains("data-scheme"));
    assert!(either.contains(r#"content="light dark""#));
}

#[test]
fn a_logo_takes_the_place_of_the_name_and_says_it() {
    let page = themed(Theme {
        logo: Some("https://bookstore.example/logo.svg".to_owned()),
        dark_logo: Some("data:image/png;base64,AAAA".to_owned()),
        favicon: Some("https://bookstore.example/icon.ico".to_owned()),
        dark_favicon: Some("https://bookstore.example/dark.ico".to_owned()),
        ..Theme::default()
    });
    let tags = tags(&page);
    let image = tags.iter().find(|tag| tag.name == "img").unwrap();
    assert_eq!(image.get("alt"), Some("Moongate"));
    let dark = tags.iter().find(|tag| tag.name == "source").unwrap();
    assert_eq!(dark.get("srcset"), Some("data:image/png;base64,AAAA"));
    assert_eq!(dark.get("media"), Some("(prefers-color-scheme: dark)"));
    let icons: Vec<_> = tags
        .iter()
        .filter(|tag| tag.get("rel") == Some("icon"))
        .map(|tag| tag.get("href").unwrap())
        .collect();
    assert_eq!(
        icons,
        [
            "https://bookstore.example/icon.ico",
            "https://bookstore.example/dark.ico"
        ]
    );
}

#[test]
fn help_is_named_where_there_is_any() {
    let with = |email: Option<&str>, website: Option<&str>| {
        page(&Chrome {
            support: Support {
                email: email.map(str::to_owned),
                website: website.map(str::to_owned),
            },
            ..chrome(Language::En, "")
        })
    };
    let both = with(
        Some("help@bookstore.example"),
        Some("https://help.example/"),
    );
    assert!(both.contains(r#"href="mailto:help@bookstore.example""#));
    assert!(both.contains(r#"href="https://help.example/""#));
    assert!(!with(None, None).contains("Need help"));
    assert!(!with(None, Some("javascript:alert(1)")).contains("Need help"));
}

#[test]
fn a_tenants_words_stand_in_place_of_ours() {
    let chrome = Chrome {
        phrases: Some(Arc::new(Language::En.words_with([
            ("sign-out-title", "Leaving so soon?"),
            ("sign-out-stay", "{ $broken"),
        ]))),
        ..chrome(Language::En, "")
    };
    let view = SignOutConfirm {
        logout: "sample-logout",
        app_name: None,
    };
    let page = document(&view, &chrome).into_string();
    assert!(page.contains("<title>Leaving so soon?"));
    assert!(page.contains("Stay signed in"));
}

/// What reads from right to left has its sides changed by the browser, which it can do only where
/// none is named.
#[test]
fn the_stylesheet_names_no_left_and_no_right() {
    let css = find_asset("/assets/moongate.css").unwrap().asset.bytes;
    let css = std::str::from_utf8(css).unwrap();
    for line in css.lines().filter(|line| line.contains(':')) {
        let line = line.trim();
        let physical = ["left", "right", "border-top-", "border-bottom-"]
            .iter()
            .any(|side| line.contains(side));
        assert!(!physical, "{line}");
        // Four values name four sides.
        if let Some((property, value)) = line.split_once(": ")
            && [
                "margin",
                "padding",
                "inset",
                "border-radius",
                "border-width",
            ]
            .contains(&property)
        {
            assert!(value.split(' ').count() < 4, "{line}");
        }
    }
}
