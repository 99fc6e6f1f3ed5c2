//! What users allowed third-party applications.

use async_trait::async_trait;

use crate::{ApplicationId, Consent, StoreError, UserId};

/// Consents.
#[async_trait]
pub trait ConsentReads {
    /// What a user allowed an application.
    async fn consent(
        &mut self,
        user_id: &UserId,
        application_id: &ApplicationId,
    ) -> Result<Option<Consent>, StoreError>;
}

/// Consents.
#[async_trait]
pub trait ConsentWrites {
    /// Adds a consent or replaces the one of the same user and application.
    async fn put_consent(&mut self, consent: &Consent) -> Result<(), StoreError>;
    /// Forgets a consent. `false` if there was none.
    async fn delete_consent(
        &mut self,
        user_id: &UserId,
        application_id: &ApplicationId,
    ) -> Result<bool, StoreError>;
}
