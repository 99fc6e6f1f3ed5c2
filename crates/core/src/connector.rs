//! A configured connector, as the store keeps one.

use crate::{ConnectorId, UnixMillis};

/// A connector's row. What its configuration means is the connector factory's knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// The row's identifier.
    pub id: ConnectorId,
    /// Which factory made it, such as `aliyun-short-message-service`.
    pub factory_id: String,
    /// JSON object: the configuration without its secrets.
    pub config: String,
    /// Sealed JSON object: the secret fields of the configuration by name.
    pub sealed_secrets: Vec<u8>,
    /// JSON object: for each secret field that a resource file set, the reference it was read
    /// from, such as `{"accessKeySecret":{"env":"NAME"}}`.
    pub secret_references: String,
    /// When the connector was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}
