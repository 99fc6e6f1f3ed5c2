//! Connectors.

use async_trait::async_trait;
use moongate_core::{
    Connector, ConnectorId, ConnectorReads, ConnectorWrites, StoreError, UnixMillis,
};

use crate::conn::Conn;

row! {
    struct ConnectorRow of "connectors" {
        id: String,
        factory_id: String,
        config: String,
        sealed_secrets: Vec<u8>,
        secret_references: String,
        created_at: i64,
        updated_at: i64,
    }
}

impl From<ConnectorRow> for Connector {
    fn from(row: ConnectorRow) -> Self {
        Self {
            id: ConnectorId::from(row.id),
            factory_id: row.factory_id,
            config: row.config,
            sealed_secrets: row.sealed_secrets,
            secret_references: row.secret_references,
            created_at: UnixMillis(row.created_at),
            updated_at: UnixMillis(row.updated_at),
        }
    }
}

#[async_trait]
impl ConnectorReads for Conn<'_> {
    async fn connectors(&mut self) -> Result<Vec<Connector>, StoreError> {
        let rows = fetch_all!(
            self,
            ConnectorRow,
            "SELECT id, factory_id, config, sealed_secrets, secret_references, created_at, \
             updated_at FROM connectors ORDER BY created_at, id"
        )?;
        Ok(rows.into_iter().map(Connector::from).collect())
    }
}

#[async_trait]
impl ConnectorWrites for Conn<'_> {
    async fn put_connector(&mut self, connector: &Connector) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO connectors (id, factory_id, config, sealed_secrets, \
             secret_references, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET factory_id = excluded.factory_id, \
             config = excluded.config, sealed_secrets = excluded.sealed_secrets, \
             secret_references = excluded.secret_references, updated_at = excluded.updated_at",
            connector.id.as_str(),
            connector.factory_id.as_str(),
            connector.config.as_str(),
            connector.sealed_secrets.as_slice(),
            connector.secret_references.as_str(),
            connector.created_at.0,
            connector.updated_at.0,
        )?;
        Ok(())
    }

    async fn delete_connector(&mut self, id: &ConnectorId) -> Result<(), StoreError> {
        execute!(self, "DELETE FROM connectors WHERE id = $1", id.as_str())?;
        Ok(())
    }
}
