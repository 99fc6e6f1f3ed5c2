//! Parameters of a request, from a query or a form.

use std::collections::HashSet;

use url::form_urlencoded;

/// Decoded parameters in the order they came. Empty values count as absent (RFC 6749 §3.1).
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be secrets; names are enough to find a mistake.
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text: a query or a body.
    pub fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Reads a JSON object of strings, which some clients post in place of a form.
    pub fn parse_json(text: &[u8]) -> Option<Self> {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(text).ok()?;
        let pairs = object.into_iter().map(|(name, value)| match value {
            serde_json::Value::String(value) => Some((name, value)),
            _ => None,
        });
        let pairs: Vec<_> = pairs.collect::<Option<_>>()?;
        Some(Self(
            pairs
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        ))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The values of a name that may stand more than once, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(own, _)| own == name);
        own.map(|(_, value)| value.as_str())
    }

    /// These parameters but for some names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let others = self
            .0
            .iter()
            .filter(|(own, _)| !names.contains(&own.as_str()));
        Self(others.cloned().collect())
    }

    /// These parameters and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// The parameters as `application/x-www-form-urlencoded` text.
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }

    /// A name that stands more than once (RFC 6749 §3.1 forbids it); `resource` may (RFC 8707 §2).
    pub fn duplicate(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        let mut names = self.0.iter().map(|(name, _)| name.as_str());
        names.find(|name| !seen.insert(*name) && *name != "resource")
    }

    /// Whether a name or value holds a NUL, which no parameter may.
    pub fn has_nul(&self) -> bool {
        self.0
            .iter()
            .any(|(name, value)| name.contains('\0') || value.contains('\0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_absent() {
        let parameters = Parameters::parse("a=&b=1");
        assert_eq!(parameters.get("a"), None);
        assert_eq!(parameters.get("b"), Some("1"));
    }

    #[test]
    fn repeats_are_named_unless_they_may_be() {
        assert_eq!(Parameters::parse("a=1&b=2&a=1").duplicate(), Some("a"));
        assert_eq!(Parameters::parse("resource=1&resource=2").duplicate(), None);
    }

    #[test]
    fn a_nul_is_seen_however_it_is_written() {
        assert!(Parameters::parse("code=a%00b").has_nul());
        assert!(!Parameters::parse("code=ab").has_nul());
    }

    #[test]
    fn json_holds_strings_alone() {
        let parameters = Parameters::parse_json(br#"{"a":"1","b":""}"#).unwrap();
        assert_eq!(
            (parameters.get("a"), parameters.get("b")),
            (Some("1"), None)
        );
        for bad in [&b"[]"[..], b"{\"a\":1}", b"", b"\xff"] {
            assert!(Parameters::parse_json(bad).is_none());
        }
    }

    #[test]
    fn debug_shows_names_alone() {
        let shown = format!("{:?}", Parameters::parse("client_secret=hunter2"));
        assert!(shown.contains("client_secret") && !shown.contains("hunter2"));
    }
}
