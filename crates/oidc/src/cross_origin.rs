//! Which web pages may call the endpoints that give tokens and claims to scripts.

use moongate_core::StoreError;
use url::Url;

use crate::Provider;

impl Provider {
    /// Whether scripts of `origin`, as a browser writes it in `Origin`, may read answers of the
    /// token and userinfo endpoints: it is the origin of a registered redirect URI.
    ///
    /// # Errors
    /// The store's.
    pub async fn allows_origin(&self, origin: &str) -> Result<bool, StoreError> {
        let applications = self.store.read().await?.applications().await?;
        let registered = applications
            .iter()
            .flat_map(|application| &application.oidc_client_metadata.redirect_uris)
            .filter_map(|uri| Url::parse(uri).ok())
            .map(|uri| uri.origin())
            .filter(url::Origin::is_tuple);
        Ok(registered
            .map(|own| own.ascii_serialization())
            .any(|own| own == origin))
    }
}
