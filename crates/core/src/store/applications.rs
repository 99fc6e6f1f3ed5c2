//! Applications and their secrets.

use async_trait::async_trait;

use crate::{Application, ApplicationId, ApplicationSecret, StoreError};

/// Applications and their secrets.
#[async_trait]
pub trait ApplicationReads {
    /// The application of that identifier.
    async fn application(&mut self, id: &ApplicationId) -> Result<Option<Application>, StoreError>;
    /// All applications, oldest first.
    async fn applications(&mut self) -> Result<Vec<Application>, StoreError>;
    /// The secrets of an application by name, expired ones included.
    async fn application_secrets(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Vec<ApplicationSecret>, StoreError>;
}

/// Applications and their secrets.
#[async_trait]
pub trait ApplicationWrites {
    /// Adds an application or replaces the one of the same identifier (`created_at` stays).
    async fn put_application(&mut self, application: &Application) -> Result<(), StoreError>;
    /// Removes an application with its secrets, grants and interactions.
    async fn delete_application(&mut self, id: &ApplicationId) -> Result<(), StoreError>;
    /// Adds a secret or replaces the one of the same name (`created_at` stays).
    async fn put_application_secret(
        &mut self,
        secret: &ApplicationSecret,
    ) -> Result<(), StoreError>;
    /// Removes the secret of that name.
    async fn delete_application_secret(
        &mut self,
        id: &ApplicationId,
        name: &str,
    ) -> Result<(), StoreError>;
}
