//! What every page must keep to: the content security policy, labels, landmarks, addresses,
//! escaping.

use std::collections::BTreeSet;

use moongate_web::{
    Chrome, Language, assets, document, find_asset, fragment, gallery,
    pages::{SignedOut, WayBack},
};

use crate::{
    chrome, documents, documents_under,
    markup::{forms, tags},
};

#[test]
fn nothing_needs_an_inline_script_or_style() {
    for (name, page) in documents() {
        for tag in tags(&page) {
            assert_ne!(tag.name, "style", "{name}");
            if tag.name == "script" {
                assert!(tag.get("src").is_some(), "{name}: {tag:?}");
                assert!(page[tag.end..].starts_with("</script>"), "{name}: {tag:?}");
            }
            for (attribute, value) in &tag.attributes {
                let inline = attribute.starts_with("on")
                    || attribute.starts_with("hx-on")
                    || attribute == "style"
                    || value
                        .trim_start()
                        .to_ascii_lowercase()
                        .starts_with("javascript:")
                    || value.starts_with("js:");
                assert!(!inline, "{name}: {tag:?}");
            }
        }
    }
}

#[test]
fn every_field_has_a_label() {
    for (name, page) in documents() {
        let tags = tags(&page);
        let labelled: BTreeSet<_> = tags
            .iter()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.get("for"))
            .collect();
        for tag in &tags {
            let field = matches!(tag.name.as_str(), "input" | "select" | "textarea");
            if field && tag.get("type") != Some("hidden") {
                let id = tag.get("id").expect("a field has an id");
                assert!(labelled.contains(id), "{name}: {id}");
            }
        }
    }
}

#[test]
fn every_form_posts_and_says_what_it_belongs_to() {
    for (name, page) in documents() {
        for (form, content) in forms(&page) {
            let action = form.get("action").unwrap();
            if action.starts_with("/preview/") {
                // It only chooses what is shown.
                assert_eq!(form.get("method"), Some("get"), "{name}: {action}");
                continue;
            }
            assert_eq!(form.get("method"), Some("post"), "{name}: {action}");
            let expected = match action {
                // The account's and the first administrator's belong to no interaction.
                "/account/sessions/sign-out" => r#"name="session""#,
                "/setup" => r#"name="token""#,
                action if action.starts_with("/account/") => "",
                "/language" => r#"name="return_to""#,
                "/device" => r#"name="user_code""#,
                "/oidc/session/end/confirm" => r#"name="logout""#,
                "https://bookstore.example/Callback" => r#"name="state""#,
                _ => r#"name="interaction" value="sample-interaction""#,
            };
            assert!(content.contains(expected), "{name}: {action}");
            if let Some(url) = form.get("hx-post") {
                assert_eq!(url, action, "{name}");
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_its_landmarks_and_its_language() {
    for (name, page) in documents() {
        let tags = tags(&page);
        let count = |element: &str| tags.iter().filter(|tag| tag.name == element).count();
        for element in ["html", "title", "header", "main", "h1", "footer"] {
            assert_eq!(count(element), 1, "{name}: {element}");
        }
        let html = tags.iter().find(|tag| tag.name == "html").unwrap();
        assert!(name.ends_with(html.get("lang").unwrap()), "{name}");
        assert_eq!(html.get("dir"), Some("ltr"), "{name}");
        assert!(!page.contains("{$") && !page.contains("{ $"), "{name}");
    }
}

#[test]
fn every_id_is_there_once_where_it_is_referred_to() {
    for (name, page) in documents() {
        let tags = tags(&page);
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{name}: {id} twice");
        }
        for tag in &tags {
            let lists = ["aria-describedby", "aria-labelledby", "for"];
            for id in lists
                .iter()
                .filter_map(|list| tag.get(list))
                .flat_map(str::split_whitespace)
            {
                assert!(ids.contains(id), "{name}: no {id}");
            }
        }
    }
}

#[test]
fn a_field_with_an_error_says_so_to_everyone() {
    for (name, page) in documents() {
        let tags = tags(&page);
        let errors = tags
            .iter()
            .filter(|tag| tag.get("class") == Some("field-error"));
        for error in errors {
            assert_eq!(error.get("role"), Some("alert"), "{name}");
            let id = error.get("id").unwrap();
            let field = tags.iter().find(|tag| {
                tag.get("aria-describedby")
                    .is_some_and(|ids| ids.split(' ').any(|other| other == id))
            });
            assert_eq!(field.unwrap().get("aria-invalid"), Some("true"), "{name}");
        }
    }
}

#[test]
fn every_address_of_ours_goes_through_the_base_path() {
    for (name, page) in documents_under("/auth") {
        for tag in tags(&page) {
            let addresses = ["href", "src", "action", "hx-post"];
            for url in addresses.iter().filter_map(|attribute| tag.get(attribute)) {
                let outside = url.starts_with("https://");
                assert!(outside || url.starts_with("/auth/"), "{name}: {url}");
            }
        }
    }
}

#[test]
fn the_code_field_is_one_that_phones_fill_in() {
    let (_, page) = documents()
        .into_iter()
        .find(|(name, _)| name == "code.en")
        .unwrap();
    let field = tags(&page)
        .into_iter()
        .find(|tag| tag.get("id") == Some("code"))
        .unwrap();
    assert_eq!(field.get("inputmode"), Some("numeric"));
    assert_eq!(field.get("autocomplete"), Some("one-time-code"));
    assert!(page.contains(r#"data-wait="58""#) && page.contains("0:58"));
}

#[test]
fn a_fragment_is_the_page_its_title_and_a_footer_that_knows_the_address() {
    for language in Language::ALL {
        let chrome = chrome(*language, "");
        for entry in gallery(*language) {
            let part = fragment(&*entry.view, &chrome).into_string();
            assert!(part.starts_with("<title>"), "{}", entry.name);
            assert!(
                part.contains("data-page") && !part.contains("<html"),
                "{}",
                entry.name
            );
            assert!(
                part.contains(r#"<footer id="footer" hx-swap-oob="true">"#),
                "{}",
                entry.name
            );
            let whole = document(&*entry.view, &chrome).into_string();
            let main = whole
                .split(r#"<main id="main" tabindex="-1">"#)
                .nth(1)
                .unwrap();
            let main = main.split("</main>").next().unwrap();
            assert!(part.contains(main), "{}", entry.name);
        }
    }
}

#[test]
fn only_web_addresses_become_a_way_back() {
    fn check(url: &str, shown: bool) {
        let way_back = Some(WayBack {
            app_name: "App".to_owned(),
            url: url.to_owned(),
        });
        let page = document(&SignedOut { way_back }, &chrome(Language::En, "")).into_string();
        assert_eq!(page.contains("Back to"), shown, "{url}");
    }
    check("https://app.example/", true);
    check("HTTP://localhost:3000/", true);
    check("javascript:alert(1)", false);
    check("//app.example/", false);
    check("", false);
    check("htt", false);
    check("日本語のアドレス", false);
}

#[test]
fn assets_are_found_for_good_by_hash_and_for_now_by_name() {
    for asset in assets() {
        let hashed = find_asset(asset.path).unwrap();
        assert_eq!(hashed.asset.name, asset.name);
        assert!(hashed.cache_control.contains("immutable"));
        let plain = find_asset(&format!("/assets/{}", asset.name)).unwrap();
        assert_eq!(plain.asset.path, asset.path);
        assert!(!plain.cache_control.contains("immutable"));
        assert!(asset.etag.starts_with('"') && asset.etag.ends_with('"'));
    }
    for path in [
        "",
        "/assets/",
        "/assets/none.css",
        "/assets/../Cargo.toml",
        "moongate.css",
    ] {
        assert!(find_asset(path).is_none(), "{path:?}");
    }
}

#[test]
fn htmx_and_our_own_files_are_embedded_and_small() {
    let size = |name: &str| {
        let path = format!("/assets/{name}");
        find_asset(&path).map(|found| found.asset.bytes.len())
    };
    assert!(
        size("htmx.js").is_some(),
        "htmx is not there: run `npm ci` in web/, then build again"
    );
    // With htmx (17 KB) and the longest first page (6 KB), compressed, a first sign-in takes less
    // than 30 KB: the country list alone is 3 KB of them.
    assert!(size("moongate.css").unwrap() < 14 * 1024);
    assert!(size("moongate.js").unwrap() < 8 * 1024);
    for name in ["moongate.css", "moongate.js"] {
        let found = find_asset(&format!("/assets/{name}")).unwrap();
        let text = std::str::from_utf8(found.asset.bytes).unwrap();
        assert!(!text.contains("/*") && !text.contains("// "), "{name}");
    }
}

#[test]
fn a_banner_warns_of_http_only_when_told_to() {
    let page = |warns_of_http| {
        let chrome = Chrome {
            warns_of_http,
            ..chrome(Language::En, "")
        };
        document(&SignedOut { way_back: None }, &chrome).into_string()
    };
    assert!(page(true).contains("not encrypted"));
    assert!(!page(false).contains("not encrypted"));
}

#[test]
fn one_field_at_most_takes_the_focus() {
    for (name, page) in documents() {
        let focused = tags(&page)
            .iter()
            .filter(|tag| tag.get("autofocus").is_some())
            .count();
        assert!(focused <= 1, "{name}: {focused}");
    }
}

#[test]
fn password_managers_know_every_password_and_whose_it_is() {
    let mut passwords = 0;
    for (name, page) in documents() {
        for (form, content) in forms(&page) {
            let fields: Vec<_> = tags(content)
                .into_iter()
                .filter(|tag| tag.name == "input")
                .collect();
            let filled: Vec<_> = fields
                .iter()
                .filter_map(|field| field.get("autocomplete"))
                .collect();
            for field in &fields {
                let autocomplete = field.get("autocomplete").unwrap_or_default();
                let is_password = field.get("type") == Some("password");
                assert_eq!(is_password, autocomplete.ends_with("-password"), "{name}");
                if is_password {
                    passwords += 1;
                    assert_eq!(field.get("maxlength"), None, "{name}: a paste is never cut");
                    assert!(filled.contains(&"username"), "{name}: {form:?}");
                }
            }
        }
    }
    assert!(passwords > 0);
}

#[test]
fn every_box_and_its_terms_can_be_reached() {
    let (_, page) = documents()
        .into_iter()
        .find(|(name, _)| name == "register-agree-missing.en")
        .unwrap();
    let tags = tags(&page);
    let agree = tags
        .iter()
        .find(|tag| tag.get("name") == Some("agree"))
        .unwrap();
    assert_eq!(agree.get("type"), Some("checkbox"));
    assert_eq!(agree.get("value"), Some("yes"));
    assert_eq!(agree.get("checked"), None);
    let links = tags
        .iter()
        .filter(|tag| tag.get("target") == Some("_blank"))
        .count();
    assert_eq!(links, 2);
}

#[test]
fn the_way_on_takes_along_what_was_typed() {
    for (name, path) in [
        ("identify-phone-unknown.en", "/register"),
        ("register-in-use.en", "/sign-in"),
    ] {
        let (_, page) = documents()
            .into_iter()
            .find(|(other, _)| other == name)
            .unwrap();
        let (_, content) = forms(&page)
            .into_iter()
            .find(|(form, _)| form.get("action") == Some(path))
            .unwrap();
        for field in ["interaction", "identifier", "region"] {
            let hidden = format!(r#"type="hidden" name="{field}" value=""#);
            assert!(content.contains(&hidden), "{name}: {field}");
        }
    }
}
