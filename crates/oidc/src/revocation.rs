//! Token revocation (RFC 7009): a client gives back what it no longer needs.

use moongate_core::{GrantId, StoreError, token_hash};

use crate::access_token::is_structured;
use crate::token::required;
use crate::{OidcError, Provider, TokenError, TokenRequest};

impl Provider {
    /// Revokes the whole grant of a token, so that its siblings end with it (RFC 7009 §2.1). A
    /// token that is unknown or another client's is none of the caller's business: the answer is
    /// the same, and nothing happens.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn revoke(&self, request: TokenRequest<'_>) -> Result<(), TokenError> {
        let application = self.caller(&request).await?;
        let token = required(request.parameters, "token")?;
        if is_structured(token) {
            let description = "Structured JWT Tokens cannot be revoked via the revocation_endpoint";
            return Err(OidcError::new("unsupported_token_type", description).into());
        }
        let Some(grant_id) = self.grant_of(token).await? else {
            return Ok(());
        };
        let grant = self.store.read().await?.grant(&grant_id).await?;
        if grant.is_none_or(|grant| grant.application_id != application.id) {
            return Ok(());
        }
        let now = self.clock.now();
        self.store
            .write(move |tx| Box::pin(async move { tx.revoke_grant(&grant_id, now).await }))
            .await
            .map_err(TokenError::Store)
    }

    /// The grant that a refresh or access token came from. Tokens are random, so that looking in
    /// both places needs no hint (RFC 7009 §2.1 lets a server ignore `token_type_hint`).
    async fn grant_of(&self, token: &str) -> Result<Option<GrantId>, StoreError> {
        let hash = token_hash(token);
        let mut reader = self.store.read().await?;
        if let Some(token) = reader.refresh_token(&hash).await? {
            return Ok(Some(token.grant_id));
        }
        let token = reader.access_token(&hash).await?;
        Ok(token.map(|token| token.grant_id))
    }
}
