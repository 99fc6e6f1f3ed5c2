//! Commands from their options to their exit codes, on a file of their own.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{check, export, preview, sign_in_experience};
use crate::cli::{
    Exit, Export, Open, Revisions, Rollback, SettingsApply, SettingsFiles, SettingsPreview,
};
use crate::settings::Flags;

struct Tenant(TempDir);

impl Tenant {
    fn new(files: &str) -> Self {
        let tenant = Self(tempfile::tempdir().unwrap());
        tenant.declare(files);
        tenant
    }

    fn declare(&self, files: &str) {
        fs::write(self.path("files.toml"), files).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn flags(&self) -> Flags {
        Flags {
            // Nobody listens there.
            endpoint: Some("http://localhost:1".into()),
            database_url: Some(format!("sqlite:{}", self.path("moongate.db").display())),
            keys_file: Some(self.path("moongate.keys")),
            ..Flags::default()
        }
    }

    fn files(&self) -> SettingsFiles {
        SettingsFiles {
            flags: self.flags(),
            file: vec![self.path("files.toml")],
        }
    }

    async fn plan(&self) -> Exit {
        sign_in_experience::plan(&self.files()).await.unwrap()
    }

    async fn apply(&self, comment: Option<&str>) -> Exit {
        let options = SettingsApply {
            files: self.files(),
            comment: comment.map(Into::into),
        };
        sign_in_experience::apply(&options).await.unwrap()
    }

    async fn rollback(&self, revision: i64) -> Result<Exit, String> {
        let options = Rollback {
            flags: self.flags(),
            revision,
            comment: None,
        };
        let outcome = sign_in_experience::rollback(&options).await;
        outcome.map_err(|error| error.to_string())
    }

    fn export(&self, name: &str) -> Export {
        Export {
            flags: self.flags(),
            output: Some(self.path(name)),
            format: None,
        }
    }
}

const BY_NAME: &str = "[signInExperience]\nsupportEmail = \"help@example.com\"\n";

#[tokio::test]
async fn settings_are_planned_applied_and_rolled_back() {
    // Other keys of the file are not looked at.
    let tenant = Tenant::new(&format!("applications = 5\n{BY_NAME}"));
    assert_eq!(tenant.plan().await, Exit::Changes);
    assert_eq!(tenant.apply(Some("why")).await, Exit::Done);
    assert_eq!(tenant.plan().await, Exit::Done);
    tenant.declare("[signInExperience]\nsignInMode = \"SignIn\"\n");
    assert_eq!(tenant.apply(None).await, Exit::Done);
    assert_eq!(tenant.rollback(1).await, Ok(Exit::Done));
    assert_eq!(tenant.plan().await, Exit::Changes);
    assert_eq!(
        tenant.rollback(9).await.unwrap_err(),
        "there is no such revision"
    );
    let options = Revisions {
        flags: tenant.flags(),
        diff: true,
    };
    let listed = sign_in_experience::revisions(&options).await.unwrap();
    assert_eq!(listed, Exit::Done);
}

#[tokio::test]
async fn what_is_wrong_is_refused_before_anything_is_saved() {
    let tenant = Tenant::new("[signInExperience.signUp]\nidentifiers = [\"phone\"]\n");
    let checked = sign_in_experience::check(&tenant.files()).await.unwrap();
    assert_eq!(checked, Exit::Failed);
    assert_eq!(tenant.plan().await, Exit::Failed);
    assert_eq!(tenant.apply(None).await, Exit::Failed);
    tenant.declare(BY_NAME);
    let checked = sign_in_experience::check(&tenant.files()).await.unwrap();
    assert_eq!(checked, Exit::Done);
    assert_eq!(tenant.apply(Some("two\nlines")).await, Exit::Failed);
    assert_eq!(tenant.plan().await, Exit::Changes);
    assert_eq!(check(&tenant.flags()).await.unwrap(), Exit::Done);
    tenant.declare("roles = []\n");
    let error = sign_in_experience::plan(&tenant.files()).await.unwrap_err();
    assert!(error.to_string().ends_with("no file has signInExperience"));
}

#[tokio::test]
async fn what_breaks_rules_can_be_looked_at_and_changes_nothing() {
    let tenant = Tenant::new("[signInExperience.color]\nprimaryColor = \"red\"\n");
    let preview = async || {
        let options = SettingsPreview {
            files: tenant.files(),
            open: Open::No,
        };
        let outcome = preview(&options).await;
        outcome.map_err(|error| error.to_string())
    };
    assert_eq!(preview().await, Ok(Exit::Done));
    assert_eq!(tenant.plan().await, Exit::Failed);
    tenant.declare("[signInExperience]\nsignInMode = 5\n");
    let error = preview().await.unwrap_err();
    assert!(error.contains("signInExperience.signInMode: "), "{error}");
}

#[tokio::test]
async fn what_is_exported_can_be_applied() {
    let tenant = Tenant::new(BY_NAME);
    tenant.apply(None).await;
    for name in ["files.toml", "other.yaml", "other.json"] {
        let options = tenant.export(name);
        export(&options).await.unwrap();
        let files = SettingsFiles {
            flags: tenant.flags(),
            file: vec![tenant.path(name)],
        };
        let planned = sign_in_experience::plan(&files).await.unwrap();
        assert_eq!(planned, Exit::Done, "{name}");
    }
    let whole = fs::read_to_string(tenant.path("files.toml")).unwrap();
    assert!(
        whole.contains("supportEmail = \"help@example.com\""),
        "{whole}"
    );
    sign_in_experience::export(&tenant.export("own.toml"))
        .await
        .unwrap();
    let own = fs::read_to_string(tenant.path("own.toml")).unwrap();
    assert!(own.contains("[signInExperience") && !own.contains("applications"));
}
