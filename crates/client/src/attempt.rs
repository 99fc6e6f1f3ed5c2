//! A sign-in attempt: what must be remembered between the redirect to the provider and the
//! callback. It lives in a cookie of its own, sealed with AES-256-GCM, rather than in the
//! session store: whoever calls the sign-in route writes nothing on the server, so nobody can
//! fill its memory, and several processes with one `cookie_secret` need no shared store. The
//! cookie's name is authenticated with its content, so that one attempt can't pose as another.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{Context, SHA256};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::{random_bytes, random_token};
use crate::cookie::{self, CookieJar, state_hash};
use crate::options::Secret;

/// How long a sign-in may take, in seconds.
const LIFETIME: u32 = 60 * 60;

/// How many attempts one browser may have open; the oldest give way, so that cookies never
/// outgrow what a server or proxy takes in one header.
const MAX_ATTEMPTS: usize = 8;

/// What one attempt remembers.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// The `state` of the authorization request.
    pub(crate) state: String,
    /// The `nonce` of the authorization request.
    pub(crate) nonce: String,
    /// The PKCE code verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    /// Where to go once signed in: a path of this site.
    pub(crate) return_to: String,
    /// Where to go if the person says no: a path of this site that needs no sign-in.
    pub(crate) cancel_to: String,
    /// When the attempt began, in seconds since 1970.
    pub(crate) began_at: u64,
}

impl Attempt {
    /// Begins an attempt.
    pub(crate) fn begin(return_to: String, cancel_to: String, now: u64) -> Self {
        Self {
            state: random_token(),
            nonce: random_token(),
            verifier: random_token(),
            return_to,
            cancel_to,
            began_at: now,
        }
    }

    /// The name under which browser and server know this attempt.
    pub(crate) fn hash(&self) -> String {
        state_hash(&self.state)
    }

    fn is_over(&self, now: u64) -> bool {
        now >= self.began_at.saturating_add(u64::from(LIFETIME))
    }
}

/// Seals attempts into cookies and opens them again.
pub(crate) struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// Derives the key from the secret, or draws a random one.
    pub(crate) fn new(secret: Option<&Secret>) -> Self {
        let key = match secret {
            Some(secret) => {
                let mut context = Context::new(&SHA256);
                context.update(b"moongate-client sign-in attempt v1\0");
                context.update(secret.expose().as_bytes());
                context.finish().as_ref().to_vec()
            }
            None => random_bytes::<32>().to_vec(),
        };
        Self(RandomizedNonceKey::new(&AES_256_GCM, &key).expect("the key has 256 bits"))
    }

    fn seal(&self, name: &str, attempt: &Attempt) -> String {
        let mut text = serde_json::to_vec(attempt).expect("an attempt is made of plain texts");
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(name), &mut text)
            .expect("an attempt is far below the cipher's limit");
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut text);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    fn open(&self, name: &str, sealed: &str) -> Option<Attempt> {
        let mut sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = sealed.split_at_mut_checked(12)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.0.open_in_place(nonce, Aad::from(name), text).ok()?;
        serde_json::from_slice(text).ok()
    }

    /// The attempt to which a callback with this `state` belongs, if this browser began it.
    pub(crate) fn find(
        &self,
        jar: &CookieJar,
        headers: &HeaderMap,
        state: &str,
        now: u64,
    ) -> Option<Attempt> {
        let name = jar.attempt_name(&state_hash(state));
        let attempt = self.open(&name, cookie::value(headers, &name)?)?;
        (attempt.state == state && !attempt.is_over(now)).then_some(attempt)
    }

    /// The `Set-Cookie` values that add the attempt and remove those that are over, can't be
    /// opened, or are too many.
    pub(crate) fn remember(
        &self,
        jar: &CookieJar,
        headers: &HeaderMap,
        attempt: &Attempt,
        now: u64,
    ) -> Vec<HeaderValue> {
        let mut open = Vec::new();
        let mut values = Vec::new();
        for (name, sealed) in cookie::all(headers) {
            if jar.attempt_hash(name).is_none() {
                continue;
            }
            match self.open(name, sealed).filter(|found| !found.is_over(now)) {
                Some(found) => open.push((found.began_at, name)),
                None => values.push(jar.remove(name)),
            }
        }
        open.sort_by_key(|(began_at, _)| *began_at);
        let surplus = (open.len() + 1).saturating_sub(MAX_ATTEMPTS);
        values.extend(open[..surplus].iter().map(|(_, name)| jar.remove(name)));
        let name = jar.attempt_name(&attempt.hash());
        values.push(jar.set(&name, &self.seal(&name, attempt), LIFETIME));
        values
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, LIFETIME, MAX_ATTEMPTS, Sealer};
    use crate::cookie::CookieJar;
    use crate::options::{Options, Secret, Settings};
    use axum::http::HeaderMap;
    use axum::http::header::COOKIE;

    const NOW: u64 = 1_800_000_000;

    fn jar() -> CookieJar {
        let options = Options::new("http://id.test", "shop", "http://localhost:3000");
        CookieJar::new(&Settings::new(options).unwrap())
    }

    fn attempt() -> Attempt {
        Attempt::begin("/orders".to_owned(), "/".to_owned(), NOW)
    }

    /// What a browser sends back after these `Set-Cookie` values.
    fn sent_back(values: &[axum::http::HeaderValue]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            headers.append(COOKIE, pair.parse().unwrap());
        }
        headers
    }

    #[test]
    fn an_attempt_is_found_by_its_state_until_it_is_over() {
        let (sealer, jar, attempt) = (Sealer::new(None), jar(), attempt());
        let headers = sent_back(&sealer.remember(&jar, &HeaderMap::new(), &attempt, NOW));
        let found = |state: &str, now| sealer.find(&jar, &headers, state, now);
        assert_eq!(found(&attempt.state, NOW).unwrap().return_to, "/orders");
        assert!(found("another", NOW).is_none());
        assert!(found(&attempt.state, NOW + u64::from(LIFETIME)).is_none());
    }

    #[test]
    fn a_cookie_under_another_name_or_key_is_nothing() {
        let (sealer, jar, first, second) = (Sealer::new(None), jar(), attempt(), attempt());
        let headers = sent_back(&sealer.remember(&jar, &HeaderMap::new(), &first, NOW));
        let value = crate::cookie::value(&headers, &jar.attempt_name(&first.hash())).unwrap();
        let moved = format!("{}={value}", jar.attempt_name(&second.hash()));
        let mut foreign = HeaderMap::new();
        foreign.append(COOKIE, moved.parse().unwrap());
        assert!(sealer.find(&jar, &foreign, &second.state, NOW).is_none());
        assert!(
            Sealer::new(None)
                .find(&jar, &headers, &first.state, NOW)
                .is_none()
        );
    }

    #[test]
    fn processes_with_one_secret_open_each_others_cookies() {
        let secret = Secret::new("a secret of more than thirty-two bytes");
        let (jar, attempt) = (jar(), attempt());
        let headers =
            sent_back(&Sealer::new(Some(&secret)).remember(&jar, &HeaderMap::new(), &attempt, NOW));
        let other = Sealer::new(Some(&secret));
        assert!(other.find(&jar, &headers, &attempt.state, NOW).is_some());
    }

    #[test]
    fn the_oldest_attempts_give_way() {
        let (sealer, jar) = (Sealer::new(None), jar());
        let mut cookies = Vec::new();
        let mut names = Vec::new();
        for age in 0..MAX_ATTEMPTS as u64 {
            let attempt = Attempt {
                began_at: NOW + age,
                ..attempt()
            };
            names.push(jar.attempt_name(&attempt.hash()));
            cookies.extend(sealer.remember(&jar, &HeaderMap::new(), &attempt, NOW + age));
        }
        cookies.push(
            "moongate.shop.0123456789012345678901=rubbish"
                .parse()
                .unwrap(),
        );
        let values = sealer.remember(&jar, &sent_back(&cookies), &attempt(), NOW + 60);
        let removed: Vec<_> = values
            .iter()
            .filter(|value| value.to_str().unwrap().contains("Max-Age=0"))
            .map(|value| value.to_str().unwrap().split('=').next().unwrap())
            .collect();
        assert_eq!(
            removed,
            ["moongate.shop.0123456789012345678901", names[0].as_str()]
        );
        assert_eq!(values.len(), 3);
    }
}
