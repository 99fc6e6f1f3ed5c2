//! Issuing an authorization code: a grant, and the code that stands for it.

use std::time::Duration;

use moongate_core::{
    Application, AuthorizationCode, AuthorizationRequest, Grant, GrantId, Session, StoreError,
    token_hash,
};

use crate::{AuthorizationResponse, Provider};

/// How long a code lives: 60 s.
const CODE_TTL: Duration = Duration::from_mins(1);

/// How long a grant lives: 180 days.
const GRANT_TTL: Duration = Duration::from_hours(180 * 24);

impl Provider {
    /// Grants what was asked for to a first-party application and answers with a code.
    pub(crate) async fn issue_code(
        &self,
        application: &Application,
        request: &AuthorizationRequest,
        session: &Session,
    ) -> Result<AuthorizationResponse, StoreError> {
        let now = self.clock.now();
        let entropy = self.entropy.as_ref();
        let code = entropy.token();
        let mut grant = Grant {
            id: GrantId::generate(entropy),
            user_id: session.user_id.clone(),
            application_id: application.id.clone(),
            session_id: session.id.clone(),
            sid: entropy.id(21),
            scopes: request.scopes.clone(),
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
            created_at: now,
            expires_at: now.plus(CODE_TTL),
            used_at: None,
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    grant.sid = tx
                        .session_sid(&grant.session_id, &grant.application_id, &grant.sid)
                        .await?;
                    tx.insert_grant(&grant).await?;
                    tx.insert_authorization_code(&row).await
                })
            })
            .await?;
        Ok(self.response(
            application,
            request.redirect_uri.clone(),
            request.response_mode,
            request.state.as_deref(),
            vec![("code", code)],
        ))
    }
}
