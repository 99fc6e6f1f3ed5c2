//! A browser's session at the provider.

use std::time::Duration;

use crate::{Entropy, SessionId, UnixMillis, UserId, token_hash};

/// How long a session lives, from sign-in on: 14 days.
pub const SESSION_TTL: Duration = Duration::from_hours(14 * 24);

/// How much of a browser's name is kept.
pub const LONGEST_USER_AGENT: usize = 256;

/// One browser, one signed-in user. A domain row, not a blob: sign-out everywhere and
/// back-channel logout query it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The row's identifier. It names the session to its owner and to administrators, and proves
    /// nothing: the cookie is another value.
    pub id: SessionId,
    /// SHA-256 of the cookie's value.
    pub cookie_hash: [u8; 32],
    /// Who is signed in.
    pub user_id: UserId,
    /// When the user last proved to be present: the claim `auth_time`.
    pub auth_time: UnixMillis,
    /// How: authentication method references (RFC 8176), such as `["otp", "sms"]`.
    pub amr: Vec<String>,
    /// What the browser said of itself when the session was made (RFC 9110 §10.1.5), cut to
    /// [`LONGEST_USER_AGENT`] bytes: so that people know their browsers again.
    pub user_agent: Option<String>,
    /// When the session was made.
    pub created_at: UnixMillis,
    /// When it ends whatever happens.
    pub expires_at: UnixMillis,
}

impl Session {
    /// A session for `user_id`, who proved to be present just now, and the cookie's value.
    pub fn start(
        entropy: &dyn Entropy,
        user_id: UserId,
        amr: Vec<String>,
        now: UnixMillis,
    ) -> (Self, String) {
        let cookie = entropy.token();
        let session = Self {
            id: SessionId::generate(entropy),
            cookie_hash: token_hash(&cookie),
            user_id,
            auth_time: now,
            amr,
            user_agent: None,
            created_at: now,
            expires_at: now.plus(SESSION_TTL),
        };
        (session, cookie)
    }

    /// The session of a browser that calls itself so.
    #[must_use]
    pub fn in_browser(mut self, user_agent: Option<&str>) -> Self {
        self.user_agent = user_agent.map(|name| {
            let printable = name.chars().filter(|char| !char.is_control());
            let mut kept = String::new();
            for char in printable {
                if kept.len() + char.len_utf8() > LONGEST_USER_AGENT {
                    break;
                }
                kept.push(char);
            }
            kept
        });
        self
    }

    /// Whether the session is over at `now`.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }
}
