//! The secret fields of a connector at rest.

use moongate_core::{
    Connector, ConnectorId, Entropy, SealedField, Secret, ServerKeys, UnsealError,
};
use thiserror::Error;

use crate::Secrets;

/// Why a connector's secrets can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenSecretsError {
    /// The seal does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// What was sealed is not an object of texts.
    #[error("the sealed fields are not an object of texts")]
    Malformed,
}

fn field(id: &ConnectorId) -> SealedField<'_> {
    SealedField {
        table: "connectors",
        column: "secrets",
        row: id.as_str(),
    }
}

/// Seals the secret fields for the connector of that identifier, for
/// [`Connector::sealed_secrets`].
pub fn seal_secrets(
    keys: &ServerKeys,
    entropy: &dyn Entropy,
    id: &ConnectorId,
    secrets: &Secrets,
) -> Vec<u8> {
    let json = serde_json::to_vec(secrets).expect("a map of texts is JSON");
    keys.seal(entropy, field(id), &json)
}

/// The secret fields of a connector.
///
/// # Errors
/// [`OpenSecretsError`]: sealed under another key, or altered.
pub fn open_secrets(keys: &ServerKeys, connector: &Connector) -> Result<Secrets, OpenSecretsError> {
    let json = keys.open(field(&connector.id), &connector.sealed_secrets)?;
    serde_json::from_slice::<std::collections::BTreeMap<String, Secret>>(&json)
        .map_err(|_| OpenSecretsError::Malformed)
}

#[cfg(test)]
mod tests {
    use moongate_core::UnixMillis;
    use moongate_core::testing::{SeededEntropy, server_keys};

    use super::*;

    fn connector(id: &str, sealed_secrets: Vec<u8>) -> Connector {
        Connector {
            id: ConnectorId::from(id),
            factory_id: "aliyun-short-message-service".into(),
            config: "{}".into(),
            sealed_secrets,
            secret_references: "{}".into(),
            created_at: UnixMillis(0),
            updated_at: UnixMillis(0),
        }
    }

    #[test]
    fn sealed_secrets_open_for_their_own_row_alone() {
        let keys = server_keys();
        let secrets = Secrets::from([("accessKeySecret".into(), Secret::new("hidden"))]);
        let sealed = seal_secrets(&keys, &SeededEntropy::new(1), &"a".into(), &secrets);
        assert!(!sealed.windows(6).any(|bytes| bytes == b"hidden"));
        assert_eq!(
            open_secrets(&keys, &connector("a", sealed.clone())),
            Ok(secrets)
        );
        assert_eq!(
            open_secrets(&keys, &connector("b", sealed)),
            Err(OpenSecretsError::Unseal(UnsealError::Tampered))
        );
        assert_eq!(
            open_secrets(&keys, &connector("a", Vec::new())),
            Err(OpenSecretsError::Unseal(UnsealError::Tampered))
        );
    }
}
