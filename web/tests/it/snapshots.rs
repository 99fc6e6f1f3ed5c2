//! How each page reads. One tag a line, so that a change shows where it is.

use moongate_web::{Country, Language, find_asset};

use crate::{documents, markup::tags};

#[test]
fn every_page_reads_as_recorded() {
    for (name, page) in documents() {
        let settings = {
            let mut settings = insta::Settings::clone_current();
            settings.set_prepend_module_to_snapshot(false);
            settings.set_snapshot_path("../snapshots");
            settings.set_omit_expression(true);
            settings
        };
        let text = without_hashes(&without_garden(&without_countries(&page))).replace("><", ">\n<");
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

/// The page with the hashes of its assets hidden, once each is known to lead to the asset.
fn without_hashes(page: &str) -> String {
    let mut hidden = page.to_owned();
    for tag in tags(page) {
        for url in ["href", "src"].iter().filter_map(|name| tag.get(name)) {
            if url.starts_with("/assets/") {
                let asset = find_asset(url).unwrap().asset;
                hidden = hidden.replace(url, &format!("/assets/[hash of {}]", asset.name));
            }
        }
    }
    hidden
}

/// The page without the picture beside it, once it is known to be there: it is the same on all.
fn without_garden(page: &str) -> String {
    let (before, garden) = page.split_once(r#"<svg class="garden""#).unwrap();
    let (garden, after) = garden.split_once("</svg>").unwrap();
    assert!(garden.contains(r#"aria-hidden="true""#));
    format!("{before}<svg class=\"garden\"></svg>{after}")
}

/// The page with only the chosen country in the list, once the list is known to be whole.
fn without_countries(page: &str) -> String {
    if !page.contains(r#"name="region""#) {
        return page.to_owned();
    }
    let mut hidden = String::new();
    let mut options = 0;
    for piece in page.split_inclusive("</option>") {
        match piece.find("<option") {
            Some(start) if piece.ends_with("</option>") => {
                options += 1;
                hidden.push_str(&piece[..start]);
                if piece.contains(" selected>") {
                    hidden.push_str(&piece[start..]);
                }
            }
            _ => hidden.push_str(piece),
        }
    }
    assert!(options == 0 || options == Country::all(Language::En).len());
    hidden
}
