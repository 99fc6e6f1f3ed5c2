//! Bytes as choices.

use std::fmt::Write as _;

/// Bytes that are used up as choices are made; when none are left, every choice is the first.
pub(super) struct Source<'a>(&'a [u8]);

/// Values that have gone wrong somewhere before.
const VALUES: [&str; 40] = [
    "",
    " ",
    "\0",
    "null",
    "none",
    "none login",
    "login consent",
    "-1",
    "0",
    "4294967296",
    "99999999999999999999",
    "1e3",
    "openid",
    "openid offline_access profile email phone address roles",
    "code",
    "code id_token",
    "token",
    "query",
    "fragment",
    "form_post",
    "web_message",
    "plain",
    "S256",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "https://evil.example/",
    "javascript:alert(1)",
    "urn:ietf:params:oauth:request_uri:x",
    "urn:ietf:params:oauth:token-type:access_token",
    "{}",
    "[]",
    r#"{"userinfo":{"sub":{"value":"x"}},"id_token":{"acr":null}}"#,
    r#"{"userinfo":[[[[[[[["#,
    "e30.e30.",
    "eyJhbGciOiJub25lIn0.e30.",
    "a.b.c",
    "\u{202e}\u{feff}é😀",
    "\r\nSet-Cookie: a=b",
    "'; DROP TABLE users; --",
    "%00%ff%c3%28",
];

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end.max(1)
    }

    /// One of a list.
    pub(super) fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }

    /// Some of the bytes themselves.
    pub(super) fn raw(&mut self) -> &'a [u8] {
        let length = self.below(64).min(self.0.len());
        let (raw, rest) = self.0.split_at(length);
        self.0 = rest;
        raw
    }

    /// Some of the bytes as a header's value: HTTP itself forbids control characters.
    pub(super) fn header(&mut self) -> Vec<u8> {
        let raw = self.raw().iter();
        raw.map(|byte| if byte.is_ascii_control() { b'?' } else { *byte })
            .collect()
    }

    /// A value for a parameter.
    pub(super) fn value(&mut self) -> String {
        match self.below(8) {
            0 => String::from_utf8_lossy(self.raw()).into_owned(),
            1 => "a".repeat(self.below(256) * 30),
            2 => self.pick(&VALUES).repeat(2),
            _ => self.pick(&VALUES).to_owned(),
        }
    }

    /// Spoils parameters, in as many ways as the bytes last for.
    pub(super) fn spoil(&mut self, fields: &mut Vec<(String, String)>, names: &[&str]) {
        for _ in 0..self.below(5) {
            let at = self.below(fields.len());
            match (self.below(8), fields.get_mut(at)) {
                (0, Some(_)) => drop(fields.remove(at)),
                (1, Some(field)) => {
                    let twin = field.clone();
                    fields.push(twin);
                }
                (2, Some((name, _))) => self.pick(names).clone_into(name),
                (3 | 4, Some((_, value))) => {
                    // Put something into a value that was good.
                    let places: Vec<usize> = value.char_indices().map(|(place, _)| place).collect();
                    let place = places.get(self.below(places.len())).copied();
                    value.insert_str(place.unwrap_or_default(), &self.value());
                }
                (5, Some(field)) => field.1 = self.value(),
                _ => {
                    let name = self.pick(names).to_owned();
                    fields.push((name, self.value()));
                }
            }
        }
    }

    /// The parameters as a form, encoded as is usual or not, with raw bytes after it or not.
    pub(super) fn form(&mut self, fields: &[(String, String)]) -> Vec<u8> {
        let mut text = match self.below(4) {
            // Every byte percent-encoded, which means the same.
            1 => {
                let encoded = |text: &str| {
                    text.bytes().fold(String::new(), |mut all, byte| {
                        let _ = write!(all, "%{byte:02X}");
                        all
                    })
                };
                let pairs = fields.iter();
                let pairs =
                    pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
                pairs.collect::<Vec<_>>().join("&").into_bytes()
            }
            _ => url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish()
                .into_bytes(),
        };
        if self.below(4) == 1 {
            text.push(b'&');
            text.extend_from_slice(self.raw());
        }
        text
    }

    /// The same as [`Source::form`] as the query of an address, which has to be ASCII.
    pub(super) fn query(&mut self, fields: &[(String, String)]) -> String {
        let form = self.form(fields);
        form.iter().fold(String::new(), |mut query, byte| {
            if byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(byte) {
                query.push(char::from(*byte));
            } else {
                let _ = write!(query, "%{byte:02x}");
            }
            query
        })
    }

    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }
}
