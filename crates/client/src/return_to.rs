//! Where the browser goes after sign-in: a path of this site and nothing else, since an open
//! redirect behind a trusted sign-in page is a gift to phishers (RFC 9700 §4.11).

use url::Url;

use crate::options::Settings;

/// The longest path that is remembered, in bytes; it travels in a cookie.
const MAX_LENGTH: usize = 512;

/// Reads a `return_to` value. `None` for whatever is no path of this site: absolute and
/// scheme-relative URLs, backslashes, control characters, and what turns into one of those once
/// it is normalised. Paths of the client's own routes are refused too: they would loop.
pub(crate) fn parse(text: &str, settings: &Settings) -> Option<String> {
    let suspicious = |c: char| c.is_control() || c == '\\';
    if text.len() > MAX_LENGTH
        || !text.starts_with('/')
        || text.starts_with("//")
        || text.chars().any(suspicious)
    {
        return None;
    }
    let url: Url = settings.base_url.join(text).ok()?;
    // Browsers resolve a `Location` by the same rules as `Url`, so what is checked is what they
    // get: `/.//evil.example` becomes the path `//evil.example`.
    if url.origin() != settings.base_url.origin()
        || url.path().starts_with("//")
        || url.as_str().len() > MAX_LENGTH + settings.base_url.as_str().len()
    {
        return None;
    }
    let own = [
        &settings.sign_in_path,
        &settings.sign_out_path,
        &settings.callback_path,
        &settings.signed_out_callback_path,
    ];
    let path = settings.browser_path(url.path());
    if own.iter().any(|own| settings.browser_path(own) == path) {
        return None;
    }
    let mut target = path;
    if let Some(query) = url.query() {
        target.push('?');
        target.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        target.push('#');
        target.push_str(fragment);
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::options::{Options, Settings};

    fn check(input: &str, expected: Option<&str>) {
        let options = Options::new("http://id.test", "shop", "http://localhost:3000");
        let settings = Settings::new(options).unwrap();
        assert_eq!(parse(input, &settings).as_deref(), expected, "{input:?}");
    }

    #[test]
    fn paths_of_this_site_are_kept() {
        check("/", Some("/"));
        check("/orders", Some("/orders"));
        check(
            "/orders?page=2&q=%E6%9C%88#top",
            Some("/orders?page=2&q=%E6%9C%88#top"),
        );
        check("/a/../b", Some("/b"));
        check("/月", Some("/%E6%9C%88"));
        check(
            "/search?next=https://example.com/",
            Some("/search?next=https://example.com/"),
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for input in [
            "",
            "orders",
            "https://evil.example/",
            "javascript:alert(1)",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/a\\b",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2e//evil.example",
            "/SignIn",
            "/SignIn?return_to=/",
            "/SignOut",
            "/Callback?code=1",
            "/x/../SignOut",
        ] {
            check(input, None);
        }
        check(&format!("/{}", "a".repeat(600)), None);
        check(&format!("/{}", "月".repeat(170)), None);
    }

    #[test]
    fn a_base_path_is_put_in_front_once() {
        let options = Options::new("http://id.test", "shop", "https://a.test/shop");
        let settings = Settings::new(options).unwrap();
        assert_eq!(parse("/orders", &settings).as_deref(), Some("/shop/orders"));
        assert_eq!(
            parse("/shop/orders", &settings).as_deref(),
            Some("/shop/orders")
        );
        assert_eq!(parse("/shop/SignOut", &settings), None);
    }
}
