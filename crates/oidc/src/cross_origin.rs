//! Which web pages may call the endpoints that give tokens and claims to scripts.

use moongate_core::{ApplicationId, StoreError};

use crate::client_authentication::claimed_client;
use crate::{Provider, TokenRequest};

/// Whether scripts of an origin may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// They may, and may read the answer.
    Allowed,
    /// They may not; names the client whose origin it is not, where a client is known.
    Refused(Option<ApplicationId>),
}

impl Provider {
    /// The rule for a request that names its client.
    ///
    /// # Errors
    /// The store's.
    pub async fn origin_of_request(
        &self,
        request: &TokenRequest<'_>,
        origin: &str,
    ) -> Result<OriginRule, StoreError> {
        match claimed_client(request) {
            Some(id) => self.origin_of_client(&id, origin).await,
            None => self.origin_of_anyone(origin).await,
        }
    }

    /// The rule for a request of a client.
    ///
    /// # Errors
    /// The store's.
    pub async fn origin_of_client(
        &self,
        id: &ApplicationId,
        origin: &str,
    ) -> Result<OriginRule, StoreError> {
        let application = self.store.read().await?.application(id).await?;
        match application {
            Some(application) if application.allows_origin(origin) => Ok(OriginRule::Allowed),
            Some(application) => Ok(OriginRule::Refused(Some(application.id))),
            None => self.origin_of_anyone(origin).await,
        }
    }

    /// The rule where nobody knows the client yet, as before a request (a preflight).
    ///
    /// # Errors
    /// The store's.
    pub async fn origin_of_anyone(&self, origin: &str) -> Result<OriginRule, StoreError> {
        let applications = self.store.read().await?.applications().await?;
        let is_known = applications.iter().any(|it| it.allows_origin(origin));
        Ok(if is_known {
            OriginRule::Allowed
        } else {
            OriginRule::Refused(None)
        })
    }
}
