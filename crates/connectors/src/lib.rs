//! Connectors: which kinds there are, what their configuration must say, and the sender that uses
//! the configured one.
//!
//! A *factory* is a kind of connector, known to this code: [`factory`] looks one up by its id. A
//! *connector* is a row of the store ([`moongate_core::Connector`]): a configuration for one
//! factory. [`Factory::parse`] checks a configuration document and splits it in two: what anybody
//! who administers may see, and the secret fields, which [`seal_secrets`] seals for the row.
//!
//! [`ConnectorSender`] is the [`moongate_core::MessageSender`] over all of it: it picks the connector
//! for the recipient's channel and sends by it. It keeps nothing between two messages, so a changed
//! connector is in force at once.
//!
//! ```
//! use serde_json::json;
//!
//! let aliyun = moongate_connectors::factory("aliyun-short-message-service").unwrap();
//! let issues = aliyun.parse(&json!({ "accessKeyId": "id", "templates": [] })).unwrap_err();
//! let paths: Vec<_> = issues.iter().map(|issue| issue.path.as_str()).collect();
//! assert_eq!(paths, ["accessKeySecret", "signName", "templates"]);
//! ```

mod aliyun;
mod config;
mod email;
mod factory;
mod fields;
mod loopback;
mod outbox;
mod seal;
mod sender;
mod smtp;

pub use config::{ConfigIssue, ParsedConfig, Secrets};
pub use factory::{ConnectorType, Factory, FactoryName, factories, factory};
pub use seal::{OpenSecretsError, open_secrets, seal_secrets};
pub use sender::{ConnectorSender, http_client};
