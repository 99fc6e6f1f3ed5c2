//! Issuing an authorization code: a grant, and the code that stands for it.

use std::time::Duration;

use moongate_core::{
    Application, AuthorizationCode, AuthorizationRequest, Grant, GrantId, Session, StoreError, Tx,
    UnixMillis, token_hash,
};

use crate::{AuthorizationResponse, Provider};

/// How long a code lives: 60 s.
const CODE_TTL: Duration = Duration::from_mins(1);

/// How long a grant lives: 180 days.
pub(crate) const GRANT_TTL: Duration = Duration::from_hours(180 * 24);

impl Provider {
    /// Grants what was asked for and answers with a code. `None` if the session ended, the user was
    /// suspended or the consent was revoked in this very moment.
    pub(crate) async fn issue_code(
        &self,
        application: &Application,
        request: &AuthorizationRequest,
        session: &Session,
    ) -> Result<Option<AuthorizationResponse>, StoreError> {
        let now = self.clock.now();
        let entropy = self.entropy.as_ref();
        let code = entropy.token();
        let mut grant = Grant {
            id: GrantId::generate(entropy),
            user_id: session.user_id.clone(),
            application_id: application.id.clone(),
            session_id: Some(session.id.clone()),
            sid: None,
            scopes: request.scopes.clone(),
            resources: request.resources.clone(),
            claims: request.claims.clone(),
            nonce: request.nonce.clone(),
            auth_time: session.auth_time,
            amr: session.amr.clone(),
            created_at: now,
            expires_at: now.plus(GRANT_TTL),
            revoked_at: None,
        };
        let row = AuthorizationCode {
            hash: token_hash(&code),
            grant_id: grant.id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
            created_at: now,
            expires_at: now.plus(CODE_TTL),
            used_at: None,
        };
        let session_id = session.id.clone();
        let fresh_sid = entropy.id(21);
        let most = application.custom_client_metadata.max_allowed_grants;
        let asks = application.is_third_party;
        let is_issued = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if !is_still_so(tx, &grant, asks, now).await? {
                        return Ok(false);
                    }
                    let sid = tx
                        .session_sid(&session_id, &grant.application_id, &fresh_sid)
                        .await?;
                    grant.sid = Some(sid);
                    if let Some(most) = most {
                        make_room(tx, &grant, most, now).await?;
                    }
                    tx.insert_grant(&grant).await?;
                    tx.insert_authorization_code(&row).await?;
                    Ok::<_, StoreError>(true)
                })
            })
            .await?;
        if !is_issued {
            return Ok(None);
        }
        Ok(Some(self.response(
            application,
            request.redirect_uri.clone(),
            request.response_mode,
            request.state.as_deref(),
            vec![("code", code)],
        )))
    }
}

/// Whether what was found before the unit still holds in it: the user may sign in, the session is
/// there, and a third party has the consent. They are locked in this order, everywhere, so that
/// signing out, suspending and revoking either come first or find the grant.
async fn is_still_so(
    tx: &mut dyn Tx,
    grant: &Grant,
    needs_consent: bool,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let user = tx.user(&grant.user_id).await?;
    if user.is_none_or(|user| user.is_suspended) {
        return Ok(false);
    }
    if let Some(id) = &grant.session_id {
        let session = tx.session(id).await?;
        if session.is_none_or(|session| session.is_expired(now)) {
            return Ok(false);
        }
    }
    if needs_consent {
        let consent = tx.consent(&grant.user_id, &grant.application_id).await?;
        return Ok(consent.is_some_and(|allowed| allowed.covers(&grant.scopes, &grant.resources)));
    }
    Ok(true)
}

/// Revokes the user's oldest grants for the application, so that with the new one there are `most`
/// (Logto's setting).
async fn make_room(
    tx: &mut dyn Tx,
    new: &Grant,
    most: u32,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let grants = tx.grants_of_user(&new.user_id, now).await?;
    let own: Vec<_> = grants
        .into_iter()
        .filter(|grant| grant.application_id == new.application_id)
        .collect();
    let kept = usize::try_from(most.saturating_sub(1)).unwrap_or(usize::MAX);
    let surplus = own.len().saturating_sub(kept);
    for grant in own.iter().take(surplus) {
        tx.revoke_grant(&grant.id, now).await?;
    }
    Ok(())
}
