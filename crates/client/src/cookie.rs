//! The client's cookies: their names, how they are read from a request, and the one way in
//! which they are written. What they hold is opaque here.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tower_sessions::cookie::{Cookie, SameSite};

use crate::options::Settings;

/// The names and attributes of one application's cookies.
#[derive(Debug)]
pub(crate) struct CookieJar {
    /// `moongate.<app id>`, with `__Host-` or `__Secure-` in front where it applies.
    session: String,
    domain: Option<String>,
    secure: bool,
}

impl CookieJar {
    /// `__Host-` binds a cookie to https and to this one host, `__Secure-` to https alone,
    /// which is all that a cookie with a domain can have (RFC 6265bis §4.1.3).
    pub(crate) fn new(settings: &Settings) -> Self {
        let prefix = match (settings.is_https(), &settings.cookie_domain) {
            (true, None) => "__Host-",
            (true, Some(_)) => "__Secure-",
            (false, _) => "",
        };
        Self {
            session: format!("{prefix}moongate.{}", name_part(&settings.app_id)),
            domain: settings.cookie_domain.clone(),
            secure: settings.is_https(),
        }
    }

    /// The name of the session cookie.
    pub(crate) fn session_name(&self) -> &str {
        &self.session
    }

    /// The name of the cookie of the sign-in attempt with this state hash.
    pub(crate) fn attempt_name(&self, state_hash: &str) -> String {
        format!("{}.{state_hash}", self.session)
    }

    /// The state hash in a cookie's name, if it is the name of an attempt of this application.
    pub(crate) fn attempt_hash<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(self.session.as_str())?
            .strip_prefix('.')
            .filter(|hash| hash.len() == STATE_HASH_LENGTH && !hash.contains('.'))
    }

    /// A `Set-Cookie` value; `max_age` in seconds.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: u32) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(i64::from(max_age)));
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(domain.as_str());
        }
        HeaderValue::from_str(&cookie.build().to_string())
            .expect("names and values are made of visible ASCII")
    }

    /// A `Set-Cookie` value that removes the cookie. It has the same attributes: a browser
    /// ignores a `__Host-` cookie without `Secure`, also where it would remove one.
    pub(crate) fn remove(&self, name: &str) -> HeaderValue {
        self.set(name, "", 0)
    }
}

/// The length of [`state_hash`]'s result, in characters.
const STATE_HASH_LENGTH: usize = 22;

/// Names an attempt by its `state`: 128 bits of SHA-256 in base64url, so that the name of the
/// cookie does not tell the state itself.
pub(crate) fn state_hash(state: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, state.as_bytes()).as_ref()[..16])
}

/// Every cookie of the request as name and value, in the order sent.
pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The value of the first cookie with this name.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    all(headers).find_map(|(found, value)| (found == name).then_some(value))
}

/// An app id as part of a cookie's name: itself where it is plain, else a hash of it, since
/// RFC 6265 §4.1.1 lets no more into a name than a token has.
fn name_part(app_id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if app_id.len() <= 64 && app_id.bytes().all(plain) {
        app_id.to_owned()
    } else {
        state_hash(app_id)
    }
}

#[cfg(test)]
mod tests {
    use super::{CookieJar, all, state_hash, value};
    use crate::options::{Options, Settings};
    use axum::http::HeaderMap;
    use axum::http::header::COOKIE;

    fn jar(options: Options) -> CookieJar {
        CookieJar::new(&Settings::new(options).unwrap())
    }

    #[test]
    fn the_name_follows_scheme_and_domain() {
        let http = Options::new("http://id.test", "shop", "http://localhost:3000");
        assert_eq!(jar(http).session_name(), "moongate.shop");
        let https = Options::new("http://id.test", "shop", "https://shop.example.com");
        assert_eq!(jar(https.clone()).session_name(), "__Host-moongate.shop");
        let shared = https.cookie_domain("example.com");
        assert_eq!(jar(shared).session_name(), "__Secure-moongate.shop");
        let odd = Options::new("http://id.test", "a b;c", "http://localhost:3000");
        assert_eq!(jar(odd).session_name().len(), "moongate.".len() + 22);
    }

    #[test]
    fn cookies_are_lax_and_out_of_reach_of_scripts() {
        let http = jar(Options::new(
            "http://id.test",
            "shop",
            "http://localhost:3000",
        ));
        assert_eq!(
            http.set("moongate.shop", "x", 60),
            "moongate.shop=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
        let https = jar(
            Options::new("http://id.test", "shop", "https://shop.example.com")
                .cookie_domain("example.com"),
        );
        assert_eq!(
            https.remove("n"),
            "n=; HttpOnly; SameSite=Lax; Secure; Path=/; Domain=example.com; Max-Age=0"
        );
    }

    #[test]
    fn only_attempts_of_this_application_are_recognised() {
        let jar = jar(Options::new(
            "http://id.test",
            "shop",
            "http://localhost:3000",
        ));
        let hash = state_hash("state");
        assert_eq!(
            jar.attempt_hash(&jar.attempt_name(&hash)),
            Some(hash.as_str())
        );
        assert_eq!(jar.attempt_hash("moongate.shop"), None);
        assert_eq!(
            jar.attempt_hash("moongate.shop.b.0123456789012345678901"),
            None
        );
        assert_eq!(
            jar.attempt_hash("moongate.shopper.0123456789012345678901"),
            None
        );
    }

    #[test]
    fn cookies_are_found_in_any_header_line() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; b=2=3".parse().unwrap());
        headers.append(COOKIE, "c=; broken; a=4".parse().unwrap());
        assert_eq!(value(&headers, "a"), Some("1"));
        assert_eq!(value(&headers, "b"), Some("2=3"));
        assert_eq!(value(&headers, "c"), Some(""));
        assert_eq!(all(&headers).count(), 4);
    }
}
