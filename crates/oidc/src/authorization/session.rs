//! Check: is somebody signed in, recently enough, and the one who is meant?

use std::time::Duration;

use moongate_core::{AuthorizationRequest, Prompt, Session, StoreError, token_hash};

use super::Browser;
use crate::Provider;

/// The session that answers the request without a page, if there is one.
pub(crate) async fn check(
    provider: &Provider,
    request: &AuthorizationRequest,
    browser: &Browser,
) -> Result<Option<Session>, StoreError> {
    let now = provider.clock.now();
    let Some(session) = provider.live_session(browser).await? else {
        return Ok(None);
    };
    if request.asks_for(Prompt::Login) {
        return Ok(None);
    }
    let too_old = request.max_age.is_some_and(|seconds| {
        now.since(session.auth_time) > Duration::from_secs(u64::from(seconds))
    });
    if too_old {
        return Ok(None);
    }
    let expected = request.expected_sub.as_deref();
    if expected.is_some_and(|sub| sub != session.user_id.as_str()) {
        return Ok(None);
    }
    Ok(Some(session))
}

impl Provider {
    /// The browser's session, if it is not over and its user may still sign in.
    pub(crate) async fn live_session(
        &self,
        browser: &Browser,
    ) -> Result<Option<Session>, StoreError> {
        let Some(cookie) = &browser.session else {
            return Ok(None);
        };
        let mut reader = self.store.read().await?;
        let session = reader.session_by_cookie(&token_hash(cookie)).await?;
        let Some(session) = session.filter(|session| !session.is_expired(self.clock.now())) else {
            return Ok(None);
        };
        let user = reader.user(&session.user_id).await?;
        Ok(user.filter(|user| !user.is_suspended).map(|_| session))
    }
}
