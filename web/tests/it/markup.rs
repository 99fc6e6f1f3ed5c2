//! Enough of a reader of our own markup to ask it questions. maud escapes `<`, `>` and `"` wherever
//! text goes, so that every one of them in a page is markup.

use std::collections::BTreeMap;

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Where the tag ends in the page.
    pub(crate) end: usize,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Every start tag of a page, in order.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(start) = page[from..].find('<').map(|at| from + at) {
        let end = start + page[start..].find('>').unwrap() + 1;
        from = end;
        let inside = &page[start + 1..end - 1];
        if inside.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = BTreeMap::new();
        while !rest.is_empty() {
            let stop = rest.find([' ', '=']).unwrap_or(rest.len());
            let attribute = rest[..stop].to_owned();
            let value = if let Some(quoted) = rest[stop..].strip_prefix("=\"") {
                let (value, after) = quoted.split_once('"').unwrap();
                rest = after;
                value
            } else {
                rest = &rest[stop..];
                ""
            };
            assert!(attributes.insert(attribute, value.to_owned()).is_none());
            rest = rest.trim_start();
        }
        tags.push(Tag {
            name: name.to_owned(),
            attributes,
            end,
        });
    }
    tags
}

/// The content of each form with its start tag.
pub(crate) fn forms(page: &str) -> Vec<(Tag, &str)> {
    tags(page)
        .into_iter()
        .filter(|tag| tag.name == "form")
        .map(|tag| {
            let content = &page[tag.end..];
            let content = content.split("</form>").next().unwrap();
            (tag, content)
        })
        .collect()
}
