//! A fresh store, variables to refer to, and files as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use moongate_core::testing::{ManualClock, SeededEntropy, server_keys};
use moongate_core::{
    Application, ApplicationId, ApplicationSecret, Clock as _, Connector, SealedField, Secret,
    ServerKeys, Store,
};
use moongate_experience::{HashParameters, PasswordPool};
use moongate_management::{
    Declared, Management, Plan, ResourceError, Reveal, RevisionNote, SecretReference,
    SecretUnavailable, Undeclared, apply, export, plan,
};
use moongate_store::{Durability, SqlStore, StoreConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const APP_SECRET: &str = "an-app-secret-of-the-tests";
pub(crate) const ALIYUN_SECRET: &str = "an-aliyun-secret";

pub(crate) struct Harness {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    variables: BTreeMap<&'static str, &'static str>,
    _folder: TempDir,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("moongate.db").display());
        let config = StoreConfig::parse(&url)
            .unwrap()
            .durability(Durability::Off);
        Self {
            store: Arc::new(SqlStore::open(&config).await.unwrap()),
            keys: Arc::new(server_keys()),
            clock: Arc::new(ManualClock::default()),
            entropy: Arc::new(SeededEntropy::new(1)),
            variables: BTreeMap::from([("APP_SECRET", APP_SECRET), ("ALIYUN", ALIYUN_SECRET)]),
            _folder: folder,
        }
    }

    /// A store that holds [`files`].
    pub(crate) async fn provisioned() -> Self {
        let harness = Self::new().await;
        harness.apply(&files()).await.unwrap();
        harness
    }

    pub(crate) fn set(&mut self, variable: &'static str, value: &'static str) {
        self.variables.insert(variable, value);
    }

    fn read(&self, files: &Value) -> Declared {
        Declared::read(files, &|reference: &SecretReference| match reference {
            SecretReference::Env(name) => self
                .variables
                .get(name.as_str())
                .map(|value| Secret::new(*value))
                .ok_or(SecretUnavailable::NotSet),
            SecretReference::File(_) => Err(SecretUnavailable::Unreadable("no such file".into())),
        })
    }

    pub(crate) async fn plan(&self, files: &Value) -> Result<Plan, ResourceError> {
        self.plan_with(files, Undeclared::Keep).await
    }

    pub(crate) async fn plan_with(
        &self,
        files: &Value,
        undeclared: Undeclared,
    ) -> Result<Plan, ResourceError> {
        let mut reader = self.store.read().await.unwrap();
        let declared = self.read(files);
        plan(
            &mut *reader,
            &declared,
            undeclared,
            &self.keys,
            self.clock.now(),
        )
        .await
    }

    pub(crate) async fn apply(&self, files: &Value) -> Result<Plan, ResourceError> {
        self.apply_with(files, Undeclared::Keep).await
    }

    /// Applies, and holds the plan made before against what was applied.
    pub(crate) async fn apply_with(
        &self,
        files: &Value,
        undeclared: Undeclared,
    ) -> Result<Plan, ResourceError> {
        let planned = self.plan_with(files, undeclared).await;
        let applied = apply(
            &*self.store,
            self.read(files),
            undeclared,
            Arc::clone(&self.keys),
            self.entropy.clone(),
            self.clock.now(),
            RevisionNote::command_line(Some("a test".into())),
        )
        .await;
        if let (Ok(planned), Ok(applied)) = (&planned, &applied) {
            assert_eq!(planned, applied);
        }
        assert_eq!(planned.is_ok(), applied.is_ok());
        applied
    }

    /// What is wrong, as lines.
    pub(crate) async fn findings(&self, files: &Value) -> Vec<String> {
        match self.plan(files).await {
            Err(ResourceError::Refused(findings)) => {
                findings.iter().map(ToString::to_string).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// The tenant as a file.
    pub(crate) async fn export(&self) -> Value {
        let mut reader = self.store.read().await.unwrap();
        export(&mut *reader, &self.keys).await.unwrap()
    }

    /// The Management API's operations on the same store.
    pub(crate) fn management(&self) -> Management {
        Management::new(
            Arc::clone(&self.store),
            self.clock.clone(),
            self.entropy.clone(),
            Arc::clone(&self.keys),
            PasswordPool::new(HashParameters::FAST),
            Reveal::Always,
        )
    }

    pub(crate) async fn application(&self, id: &str) -> Option<Application> {
        let mut reader = self.store.read().await.unwrap();
        reader.application(&ApplicationId::from(id)).await.unwrap()
    }

    pub(crate) async fn secrets(&self, id: &str) -> Vec<ApplicationSecret> {
        let mut reader = self.store.read().await.unwrap();
        reader
            .application_secrets(&ApplicationId::from(id))
            .await
            .unwrap()
    }

    /// The secret as whoever authenticates the application opens it.
    pub(crate) fn open(&self, secret: &ApplicationSecret) -> String {
        let row = format!("{}/{}", secret.application_id, secret.name);
        let field = SealedField {
            table: "application_secrets",
            column: "value",
            row: &row,
        };
        let value = self.keys.open(field, &secret.sealed_value).unwrap();
        String::from_utf8(value).unwrap()
    }

    pub(crate) async fn connectors(&self) -> Vec<Connector> {
        let mut reader = self.store.read().await.unwrap();
        reader.connectors().await.unwrap()
    }
}

/// One of each.
pub(crate) fn files() -> Value {
    json!({
        "applications": [{
            "id": "bookstore",
            "name": "Bookstore",
            "type": "Traditional",
            "oidcClientMetadata": {
                "redirectUris": ["http://localhost:3000/Callback"],
                "postLogoutRedirectUris": ["http://localhost:3000/SignedOutCallback"],
            },
            "customClientMetadata": { "requirePkce": true },
            "secrets": [{ "name": "Default secret", "value": { "env": "APP_SECRET" } }],
        }],
        "connectors": [{
            "id": "aliyun-sms",
            "connectorId": "aliyun-short-message-service",
            "config": {
                "accessKeyId": "LTAI5tExample",
                "accessKeySecret": { "env": "ALIYUN" },
                "signName": "月亮门",
                "endpoint": "http://localhost:3010",
                "templates": [
                    { "usageType": "Register", "templateCode": "SMS_1" },
                    { "usageType": "SignIn", "templateCode": "SMS_2" },
                    { "usageType": "ForgotPassword", "templateCode": "SMS_3" },
                    { "usageType": "Generic", "templateCode": "SMS_4" },
                ],
            },
        }],
        "signInExperience": {
            "languageInfo": { "fallbackLanguage": "zh-CN" },
            "signUp": { "identifiers": ["phone"], "password": false, "verify": true },
            "signIn": { "methods": [{ "identifier": "phone", "verificationCode": true }] },
        },
    })
}

/// Exactly these lines, each beginning so.
#[track_caller]
pub(crate) fn check(found: &[String], expected: &[&str]) {
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found:?} for {expected:?}");
    }
}
