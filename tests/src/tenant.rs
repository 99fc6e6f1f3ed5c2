//! How the server under test is set, and what it is provisioned with: the program's own defaults
//! and the repository's own `config/resources`, with the addresses of this run.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use moongate_aliyun_sms::AccessKeySecret;
use moongate_aliyun_sms::simulator::Account;
use moongate_core::{Entropy, Secret, ServerKeys, Store, UnixMillis};
use moongate_management::{
    Declared, RevisionNote, SecretReference, SecretUnavailable, Undeclared, apply,
};
use moongate_server::settings::{Flags, Settings};
use serde_json::{Map, Value, json};

/// The sample application's id.
pub const BOOKSTORE_ID: &str = "bookstore";

/// The sample application's secret. Its characters have to be encoded in `Basic` and in forms.
pub const BOOKSTORE_SECRET: &str = "bookstore secret/of+the tests&100%";

/// The application that uses the Management API.
pub const MANAGEMENT_ID: &str = "management";

/// Its secret.
pub const MANAGEMENT_SECRET: &str = "management-secret-of-the-tests";

/// Where Bookstore is, as `config/resources` have it.
pub const BOOKSTORE_URL: &str = "http://localhost:3000";

const ALIYUN_SECRET: &str = "aliyun-secret-of-the-tests";

/// The files that a developer's Moongate is provisioned with.
const RESOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/resources");

/// The account that the simulator plays for [`provision`]'s connector.
pub(crate) fn aliyun_account() -> Account {
    Account {
        access_key_secret: AccessKeySecret::new(ALIYUN_SECRET),
        ..Account::default()
    }
}

/// The settings of a server at that URL, as the program reads them, with its files in `folder`.
pub(crate) fn settings(endpoint: &str, folder: &Path) -> Settings {
    let flags = Flags {
        endpoint: Some(endpoint.to_owned()),
        database_url: Some(format!("sqlite:{}", folder.join("moongate.db").display())),
        // Never read: tests bring a key. Named, so that none has to be beyond loopback.
        keys_file: Some(folder.join("moongate.keys")),
        ..Flags::default()
    };
    Settings::load(&flags).unwrap_or_else(|error| panic!("{error}"))
}

/// Applies `config/resources`, with Bookstore and the simulator at these URLs.
pub(crate) async fn provision(
    store: &dyn Store,
    keys: Arc<ServerKeys>,
    entropy: Arc<dyn Entropy>,
    now: UnixMillis,
    bookstore: &str,
    simulator: &str,
) {
    let mut resources = resources();
    let applications = resources["applications"].as_array_mut().unwrap();
    let own = applications.iter_mut().find(|it| it["id"] == BOOKSTORE_ID);
    own.unwrap()["oidcClientMetadata"] = json!({
        "redirectUris": [format!("{bookstore}/Callback")],
        "postLogoutRedirectUris": [format!("{bookstore}/SignedOutCallback")],
    });
    for connector in resources["connectors"].as_array_mut().unwrap() {
        connector["config"]["endpoint"] = json!(simulator);
    }
    let declared = Declared::read(&resources, &secret);
    apply(
        store,
        declared,
        Undeclared::Keep,
        keys,
        entropy,
        now,
        RevisionNote::command_line(None),
    )
    .await
    .unwrap_or_else(|error| panic!("config/resources do not apply: {error:?}"));
}

fn secret(reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
    match reference {
        SecretReference::Env(name) if name.contains("BOOKSTORE") => {
            Ok(Secret::new(BOOKSTORE_SECRET))
        }
        SecretReference::Env(name) if name.contains("MANAGEMENT") => {
            Ok(Secret::new(MANAGEMENT_SECRET))
        }
        SecretReference::Env(name) if name.contains("ALIYUN") => Ok(Secret::new(ALIYUN_SECRET)),
        _ => Err(SecretUnavailable::NotSet),
    }
}

/// Every file of the folder in one document: lists go on, other keys stand once.
fn resources() -> Value {
    let mut all = Map::new();
    for entry in fs::read_dir(Path::new(RESOURCES)).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let document: Map<String, Value> = toml::from_str(&text)
            .unwrap_or_else(|error| panic!("{} is not TOML: {error}", path.display()));
        for (key, value) in document {
            match (all.get_mut(&key), value) {
                (None, value) => {
                    all.insert(key, value);
                }
                (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
                _ => panic!("{} repeats a key of another file", path.display()),
            }
        }
    }
    Value::Object(all)
}
