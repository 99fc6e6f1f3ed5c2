//! The server's cookies: their names, attributes and reading.

use std::collections::HashMap;
use std::time::Duration;

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{HeaderMap, HeaderValue, header};
use moongate_core::{INTERACTION_TTL, InteractionId, SESSION_TTL};
use moongate_oidc::Browser;

use crate::settings::Transport;

/// How long a browser keeps the value that proves its interactions; set anew with each.
const INTERACTIONS_TTL: Duration = Duration::from_hours(24);

/// How long a browser keeps the chosen language: a year.
const LANGUAGE_TTL: Duration = Duration::from_hours(365 * 24);

/// The cookies of one deployment. `__Host-` and `Secure` where browsers come by https.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    is_https: bool,
}

impl Cookies {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            is_https: transport == Transport::Https,
        }
    }

    /// What the browser sent.
    pub(crate) fn browser(self, headers: &HeaderMap) -> Browser {
        let jar = CookieJar::from_headers(headers);
        let value = |name| {
            let cookie = jar.get(&self.name(name))?;
            Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
        };
        Browser {
            session: value("moongate_session"),
            interactions: value("moongate_interactions"),
        }
    }

    /// The proofs of single interactions, by their identifiers, see
    /// [`Cookies::set_interaction`].
    pub(crate) fn interactions(self, headers: &HeaderMap) -> HashMap<String, String> {
        let jar = CookieJar::from_headers(headers);
        let prefix = self.name("moongate_interactions.");
        jar.iter()
            .filter_map(|cookie| {
                let id = cookie.name().strip_prefix(&prefix)?;
                Some((id.to_owned(), cookie.value().to_owned()))
            })
            .collect()
    }

    /// The language that was chosen.
    pub(crate) fn language(self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        jar.get(&self.name("moongate_language"))
            .map(|cookie| cookie.value().to_owned())
    }

    /// What lets this browser look at a draft.
    pub(crate) fn preview(self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        jar.get(&self.name("moongate_preview"))
            .map(|cookie| cookie.value().to_owned())
    }

    pub(crate) fn set_preview(self, value: &str, ttl: Duration) -> SetCookie {
        self.set("moongate_preview", value, ttl)
    }

    pub(crate) fn set_session(self, value: &str) -> SetCookie {
        self.set("moongate_session", value, SESSION_TTL)
    }

    pub(crate) fn clear_session(self) -> SetCookie {
        self.set("moongate_session", "", Duration::ZERO)
    }

    pub(crate) fn set_interactions(self, value: &str) -> SetCookie {
        self.set("moongate_interactions", value, INTERACTIONS_TTL)
    }

    /// The proof of one interaction alone, for a browser that had no cookie yet: two tabs of a
    /// fresh browser each get one, and the later one's would end the earlier one's sign-in.
    pub(crate) fn set_interaction(self, id: &InteractionId, value: &str) -> SetCookie {
        self.set(
            &format!("moongate_interactions.{id}"),
            value,
            INTERACTION_TTL,
        )
    }

    pub(crate) fn set_language(self, tag: &str) -> SetCookie {
        self.set("moongate_language", tag, LANGUAGE_TTL)
    }

    fn set(self, name: &str, value: &str, ttl: Duration) -> SetCookie {
        let mut cookie = Cookie::new(self.name(name), value.to_owned());
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.is_https);
        // The cookie crate counts in its own type of seconds; the attribute is plain text.
        let text = format!("{cookie}; Max-Age={}", ttl.as_secs());
        SetCookie(HeaderValue::from_str(&text).expect("our values are plain ASCII"))
    }

    fn name(self, name: &str) -> String {
        if self.is_https {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }
}

/// A `Set-Cookie` header to add to a response.
#[derive(Debug, Clone)]
pub(crate) struct SetCookie(HeaderValue);

impl SetCookie {
    pub(crate) fn add_to(self, headers: &mut HeaderMap) {
        headers.append(header::SET_COOKIE, self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_go_by_transport() {
        let SetCookie(http) = Cookies::new(Transport::LoopbackHttp).set_session("v");
        assert_eq!(
            http,
            "moongate_session=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=1209600"
        );
        let SetCookie(https) = Cookies::new(Transport::Https).set_session("v");
        assert_eq!(
            https,
            "__Host-moongate_session=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600"
        );
    }

    #[test]
    fn a_cookie_of_the_other_transport_is_not_read() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("moongate_session=v"),
        );
        assert!(
            Cookies::new(Transport::Https)
                .browser(&headers)
                .session
                .is_none()
        );
        let browser = Cookies::new(Transport::LoopbackHttp).browser(&headers);
        assert_eq!(browser.session.as_deref(), Some("v"));
    }
}
