//! Files of every format, laid over each other, and the repository's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use moongate_core::testing::{ManualClock, SeededEntropy, server_keys};
use moongate_core::{Clock as _, Secret, Store as _};
use moongate_management::{
    Declared, ResourceError, RevisionNote, SecretReference, SecretResolver as _, SecretUnavailable,
    Undeclared, apply, plan,
};
use moongate_store::{Durability, SqlStore, StoreConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::report::Report;
use super::{ReadSecrets, applied, load, planned};
use crate::cli::Exit;

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self) -> Result<Value, String> {
        load(&[self.0.path().to_owned()]).map_err(|error| error.to_string())
    }
}

#[test]
fn every_format_says_the_same_with_keys_in_their_own_case() {
    let expected = json!({
        "signInExperience": { "signInMode": "SignIn", "termsOfUseUrl": null },
        "applications": [{ "id": "a.B", "oidcClientMetadata": { "redirectUris": ["x"] },
            "customClientMetadata": { "idTokenTtl": 60, "Dotted.Key": true } }],
    });
    let json_text = expected.to_string();
    let yaml = "signInExperience:\n  signInMode: SignIn\n  termsOfUseUrl: ~\napplications:\n  \
                - id: a.B\n    oidcClientMetadata: { redirectUris: [x] }\n    \
                customClientMetadata:\n      idTokenTtl: 60\n      Dotted.Key: true\n";
    for (name, text) in [
        ("a.json", json_text.as_str()),
        ("a.yaml", yaml),
        ("a.yml", yaml),
    ] {
        assert_eq!(
            Folder::new(&[(name, text)]).load().unwrap(),
            expected,
            "{name}"
        );
    }
    let toml = "[signInExperience]\nsignInMode = \"SignIn\"\n[[applications]]\nid = \"a.B\"\n\
                oidcClientMetadata.redirectUris = [\"x\"]\n[applications.customClientMetadata]\n\
                idTokenTtl = 60\n\"Dotted.Key\" = true\n";
    let mut without_null = expected;
    without_null["signInExperience"] = json!({ "signInMode": "SignIn" });
    assert_eq!(
        Folder::new(&[("a.toml", toml)]).load().unwrap(),
        without_null
    );
}

#[test]
fn later_files_are_laid_over_earlier_ones_by_id() {
    let folder = Folder::new(&[
        (
            "10.toml",
            "[[applications]]\nid = \"a\"\nname = \"A\"\n\
             oidcClientMetadata.redirectUris = [\"one\", \"two\"]\n\
             [[applications.secrets]]\nname = \"s\"\nvalue = { env = \"S\" }\nexpiresAt = 5\n\
             [[applications]]\nid = \"b\"\n\
             [signInExperience.signUp]\nidentifiers = [\"phone\"]\nverify = true\n",
        ),
        (
            "20.json",
            r#"{"applications":[
                {"id":"c"},
                {"id":"a","oidcClientMetadata":{"redirectUris":["three"]},
                 "secrets":[{"name":"t"},{"name":"s","value":{"file":"F"}}]}],
                "signInExperience":{"signUp":{"identifiers":[]}}}"#,
        ),
    ]);
    assert_eq!(
        folder.load().unwrap(),
        json!({
            "applications": [
                {
                    "id": "a",
                    "name": "A",
                    "oidcClientMetadata": { "redirectUris": ["three"] },
                    "secrets": [
                        { "name": "s", "value": { "file": "F" }, "expiresAt": 5 },
                        { "name": "t" },
                    ],
                },
                { "id": "b" },
                { "id": "c" },
            ],
            "signInExperience": { "signUp": { "identifiers": [], "verify": true } },
        })
    );
}

#[test]
fn two_of_a_kind_in_one_file_are_not_merged_away() {
    let text = "[[applications]]\nid = \"a\"\n[[applications]]\nid = \"a\"\n";
    let files = Folder::new(&[("a.toml", text)]).load().unwrap();
    let declared = Declared::read(&files, &ReadSecrets);
    assert_eq!(declared.findings()[0].path, "applications[1].id");
}

#[test]
fn a_folder_stands_for_its_files_alone() {
    let folder = Folder::new(&[
        ("b.toml", "[signInExperience]\nsignInMode = \"Register\"\n"),
        ("a.toml", "[signInExperience]\nsignInMode = \"SignIn\"\n"),
        (".hidden.toml", "not toml"),
        ("notes.txt", "not toml"),
        ("below/c.toml", "not toml"),
    ]);
    let expected = json!({ "signInExperience": { "signInMode": "Register" } });
    assert_eq!(folder.load().unwrap(), expected);
    // The order of the command line wins over names.
    let paths = [folder.path("b.toml"), folder.path("a.toml")];
    assert_eq!(
        load(&paths).unwrap()["signInExperience"]["signInMode"],
        "SignIn"
    );
}

#[test]
fn what_can_not_be_read_is_named() {
    let refused = |name: &str, text: &str, says: &[&str]| {
        let folder = Folder::new(&[(name, text)]);
        let error = load(&[folder.path(name)]).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        for word in says {
            assert!(error.contains(word), "{word} in {error}");
        }
        assert!(
            !error.contains("hunter2") && !error.contains('\n'),
            "{error}"
        );
    };
    refused("a.toml", "ok = 1\nsecret = \"hunter2\nx = 1", &["line 2"]);
    refused("a.toml", "secret = hunter2", &["line 1"]);
    refused("a.toml", "a = 1\na = 2", &["line 2", "duplicate"]);
    refused("a.json", "{\"secret\": hunter2}", &["line 1"]);
    refused("a.json", "[]", &["an object at the top"]);
    refused("a.yaml", "hunter2", &["an object at the top"]);
    refused("a.yaml", "a: [hunter2", &["line"]);
    refused("a.toml", "[x]\ny = [1.0, inf]", &["x.y[1]"]);
    refused("a.txt", "a = 1", &["ends in"]);

    let empty = Folder::new(&[("a.txt", "")]);
    assert!(empty.load().unwrap_err().contains("has no .toml"));
    let missing = load(&[PathBuf::from("no/such/folder")])
        .unwrap_err()
        .to_string();
    assert!(
        missing.starts_with("no/such/folder: there is no such"),
        "{missing}"
    );
}

#[test]
fn secrets_are_read_from_files_without_the_last_line_break() {
    let folder = Folder::new(&[("a", "hidden\n"), ("b", " two\nlines \r\n"), ("long", "")]);
    let read = |name: &str| {
        let path = folder.path(name).display().to_string();
        ReadSecrets.resolve(&SecretReference::File(path))
    };
    assert_eq!(read("a").unwrap().expose(), "hidden");
    assert_eq!(read("b").unwrap().expose(), " two\nlines ");
    assert!(matches!(
        read("none"),
        Err(SecretUnavailable::Unreadable(_))
    ));
    fs::write(folder.path("long"), vec![b'a'; 70_000]).unwrap();
    assert_eq!(read("long").unwrap_err(), SecretUnavailable::TooLong);
    fs::write(folder.path("long"), [0xff]).unwrap();
    assert_eq!(read("long").unwrap_err(), SecretUnavailable::NotText);
    let unset = SecretReference::Env("MOONGATE_SECRET_THAT_IS_NOT_SET".into());
    assert_eq!(
        ReadSecrets.resolve(&unset).unwrap_err(),
        SecretUnavailable::NotSet
    );
}

#[tokio::test]
async fn the_repositorys_own_files_apply_once_and_then_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("moongate.db").display());
    let config = StoreConfig::parse(&url)
        .unwrap()
        .durability(Durability::Off);
    let store = SqlStore::open(&config).await.unwrap();
    let keys = Arc::new(server_keys());
    let now = ManualClock::default().now();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/resources");
    let declared = || {
        let files = load(std::slice::from_ref(&own)).unwrap();
        Declared::read(&files, &|reference: &SecretReference| match reference {
            SecretReference::Env(name) if name.starts_with("MOONGATE_SECRET_") => {
                Ok(Secret::new("a-secret-of-the-tests"))
            }
            other => panic!("{other}"),
        })
    };
    let planned_now = || async {
        let mut reader = store.read().await.unwrap();
        let outcome = plan(&mut *reader, &declared(), Undeclared::Delete, &keys, now).await;
        planned(outcome)
    };
    let applied_now = || async {
        let (keys, entropy) = (Arc::clone(&keys), Arc::new(SeededEntropy::new(1)));
        let outcome = apply(
            &store,
            declared(),
            Undeclared::Delete,
            keys,
            entropy,
            now,
            RevisionNote::command_line(None),
        )
        .await;
        applied(outcome)
    };

    let (report, exit) = planned_now().await;
    assert_eq!(exit, Exit::Changes, "{report:?}");
    let (report, exit) = applied_now().await;
    assert_eq!(exit, Exit::Done);
    let Report::Said(text) = report else {
        panic!("{report:?}");
    };
    for line in [
        "+ application bookstore",
        "+ application management",
        "+ connector aliyun-sms",
        "+ connector development-outbox",
        "+ sign-in experience",
        "applied 5 changes",
    ] {
        assert!(text.lines().any(|said| said == line), "{text}");
    }
    assert!(!text.contains("a-secret-of-the-tests"), "{text}");

    let nothing = (Report::Said("nothing to change".into()), Exit::Done);
    assert_eq!(applied_now().await, nothing);
    assert_eq!(planned_now().await, nothing);
}

#[test]
fn a_refusal_lists_every_finding() {
    let files = json!({ "roles": {}, "rols": [] });
    let findings = Declared::read(&files, &ReadSecrets).findings().to_vec();
    let (report, exit) = applied(Err(ResourceError::Refused(findings)));
    assert_eq!(exit, Exit::Failed);
    let Report::Refused(text) = report else {
        panic!("{report:?}");
    };
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(
        lines[0],
        "moongate: mistakes in the resource files; nothing was changed:"
    );
    assert!(lines[1].starts_with("  rols: ") && lines[2].starts_with("  roles: "));
}
