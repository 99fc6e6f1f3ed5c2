//! Which addresses an application may be answered at.
//!
//! They are matched to the letter, so what is registered has to be what a browser sends: absolute,
//! without what a browser would rewrite or drop on the way (RFC 6749 §3.1.2, RFC 9700 §2.1,
//! RFC 8252 §7 for custom schemes). Plain http is accepted as Logto accepts it.

use url::Url;

/// Longest address, bytes.
const LONGEST: usize = 2048;

/// Schemes that do not lead to an application but run or show what the address itself holds.
const FORBIDDEN_SCHEMES: [&str; 10] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "vbscript",
    "view-source",
];

/// Checks one address.
///
/// # Errors
/// What is wrong and what to do.
pub(crate) fn check(uri: &str) -> Result<(), &'static str> {
    if uri.is_empty() || uri.len() > LONGEST {
        return Err("must have 1 to 2048 characters");
    }
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("must be plain ASCII without spaces; percent-encode the rest");
    }
    if uri.contains('*') {
        return Err("must not have a *: addresses are matched to the letter");
    }
    if uri.contains('#') {
        return Err("must not have a fragment (#)");
    }
    if uri.contains('\\') {
        return Err("must not have a backslash");
    }
    let url = Url::parse(uri)
        .map_err(|_| "must be an absolute URL such as https://example.com/Callback")?;
    let scheme = url.scheme();
    if FORBIDDEN_SCHEMES.contains(&scheme) {
        return Err("this scheme does not lead to an application");
    }
    let rest = &uri[scheme.len() + 1..];
    let after_authority = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            if authority.contains('@') {
                return Err("must not have a user or password");
            }
            path
        }
        None if matches!(scheme, "http" | "https") => {
            return Err("must have // after the scheme");
        }
        None if rest.is_empty() => return Err("must have something after the scheme"),
        None => rest,
    };
    let path = after_authority.split('?').next().unwrap_or_default();
    let is_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    if path.split('/').any(is_dots) {
        return Err("must not have . or .. in its path");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_applications_are_accepted() {
        for good in [
            "http://localhost:3000/Callback",
            "http://127.0.0.1/cb",
            "http://[::1]:8080/cb",
            "https://shop.example.com",
            "https://shop.example.com/cb?tenant=1",
            "https://shop.example.com/a..b/.well-known",
            "http://intranet.example/cb",
            "com.example.shop:/callback",
            "com.example.shop://callback",
            "io.logto://callback/path",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for (bad, says) in [
            ("", "1 to 2048"),
            ("/Callback", "absolute"),
            ("example.com/cb", "absolute"),
            ("https://", "absolute"),
            ("https:example.com", "//"),
            ("http:/localhost/cb", "//"),
            ("https://a.example/cb#x", "fragment"),
            ("https://*.example.com/cb", "*"),
            ("https://a.example/../cb", ".."),
            ("https://a.example/x/./cb", ".."),
            ("https://a.example/x/%2E%2e/cb", ".."),
            ("com.example.shop:/../x", ".."),
            ("https://user@a.example/cb", "user"),
            ("https://a.example\\@b.example/cb", "backslash"),
            ("https://a.example/c b", "spaces"),
            ("https://a.example/\ncb", "spaces"),
            ("https://门.example/cb", "ASCII"),
            ("javascript:alert(1)", "scheme"),
            ("JavaScript:alert(1)", "scheme"),
            ("data:text/html,x", "scheme"),
            ("vbscript:x", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("about:blank", "scheme"),
            ("blob:https://a.example/1", "scheme"),
            ("com.example.shop:", "something"),
        ] {
            let complaint = check(bad).unwrap_err();
            assert!(complaint.contains(says), "{bad}: {complaint}");
        }
        assert!(check(&format!("https://a.example/{}", "a".repeat(2048))).is_err());
    }
}
