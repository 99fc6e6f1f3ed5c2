//! What a browser calls itself, in words: the common ones, so that people know theirs again. It
//! decides nothing.

/// Browsers by the product that tells them, before those that they pretend to be.
const BROWSERS: [(&str, &str); 11] = [
    ("MicroMessenger/", "WeChat"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
];

/// Systems by what tells them, before those whose name they carry, too.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// The browser with its main version: `Firefox 142`.
pub(super) fn browser(user_agent: &str) -> Option<String> {
    for (product, name) in BROWSERS {
        if let Some(version) = version(user_agent, product) {
            return Some(format!("{name} {version}"));
        }
    }
    // Every browser of Apple's systems says Safari; it alone says which version it is.
    let version = version(user_agent, "Version/").filter(|_| user_agent.contains("Safari/"))?;
    Some(format!("Safari {version}"))
}

/// The system that it runs on.
pub(super) fn system(user_agent: &str) -> Option<&'static str> {
    SYSTEMS
        .into_iter()
        .find_map(|(sign, name)| user_agent.contains(sign).then_some(name))
}

/// The digits behind a product's name, four at most.
fn version<'a>(user_agent: &'a str, product: &str) -> Option<&'a str> {
    let at = user_agent.find(product)? + product.len();
    let rest = &user_agent[at..];
    let end = rest.find(|char: char| !char.is_ascii_digit());
    let digits = &rest[..end.unwrap_or(rest.len())];
    (1..=4).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_agent: &str, expected: (Option<&str>, Option<&str>)) {
        let told = (browser(user_agent), system(user_agent));
        assert_eq!((told.0.as_deref(), told.1), expected, "{user_agent}");
    }

    #[test]
    fn common_browsers_are_known() {
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
            (Some("Firefox 142"), Some("Windows")),
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like \
             Gecko) Chrome/139.0.0.0 Safari/537.36",
            (Some("Chrome 139"), Some("macOS")),
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/139.0.0.0 Safari/537.36 Edg/139.0.3405.86",
            (Some("Edge 139"), Some("Windows")),
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
            (Some("Safari 26"), Some("iPhone")),
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
            (Some("Chrome 126"), Some("iPhone")),
        );
        check(
            "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) \
             SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            (Some("Samsung Internet 28"), Some("Android")),
        );
        check(
            "Mozilla/5.0 (Linux; Android 13; V2118A) AppleWebKit/537.36 (KHTML, like Gecko) \
             Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.47.2560",
            (Some("WeChat 8"), Some("Android")),
        );
        check(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0",
            (Some("Opera 122"), Some("Linux")),
        );
    }

    #[test]
    fn what_is_unknown_stays_so() {
        check("", (None, None));
        check("curl/8.5.0", (None, None));
        check("Firefox/", (None, None));
        check("Chrome/99999999999 (Windows)", (None, Some("Windows")));
        check("Chrome/é", (None, None));
    }
}
