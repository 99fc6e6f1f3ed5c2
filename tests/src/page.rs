//! An answer of a server, as a test looks at it.

use http::{HeaderMap, StatusCode, header};
use url::Url;

/// An answer.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it came: compressed, if that was asked for.
    pub bytes: Vec<u8>,
}

impl Page {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("a body in UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    /// A header's first value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// Where the answer leads; panics where it leads nowhere.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(
            self.headers.contains_key(header::LOCATION),
            "{} leads nowhere: {}",
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        self.header("location")
    }

    /// A parameter of the query of where the answer leads.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let base = Url::parse("http://localhost").unwrap();
        let location = base.join(self.location()).unwrap();
        let mut pairs = location.query_pairs();
        let found = pairs.find(|(own, _)| own == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// The `Set-Cookie` headers.
    pub fn set_cookies(&self) -> Vec<&str> {
        let values = self.headers.get_all(header::SET_COOKIE).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    /// The value of the first `input` of that name.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let text = self.text();
        let input = text
            .split("<input ")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
            .find(|input| attribute(input, "name") == Some(name));
        let input = input.unwrap_or_else(|| panic!("no field {name} in {text}"));
        attribute(input, "value").unwrap_or_default().to_owned()
    }

    /// The text of the first element of that name, without further tags.
    #[track_caller]
    pub fn heading(&self) -> String {
        let text = self.text();
        let from = text
            .find("<h1")
            .unwrap_or_else(|| panic!("no h1 in {text}"));
        let inner = &text[from..];
        let inner = &inner[inner.find('>').unwrap() + 1..inner.find("</h1>").unwrap()];
        let mut plain = String::new();
        let mut is_tag = false;
        for char in inner.chars() {
            match char {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if is_tag => {}
                _ => plain.push(char),
            }
        }
        plain
    }

    /// The paths of all that the page loads: the [`Self::assets`] and the tenant's own stylesheet.
    pub fn loaded(&self) -> Vec<&str> {
        let attributes = self.text().split('"');
        attributes
            .filter(|value| value.contains("/assets/") || value.contains("/theme/"))
            .collect()
    }

    /// The paths of stylesheets, scripts and icons that are the same on every page.
    pub fn assets(&self) -> Vec<&str> {
        let attributes = self.text().split('"');
        attributes
            .filter(|value| value.contains("/assets/"))
            .collect()
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = format!("{name}=\"");
    let start = match tag.strip_prefix(&from) {
        Some(rest) => rest,
        None => tag.split_once(&format!(" {from}"))?.1,
    };
    start.split('"').next()
}
