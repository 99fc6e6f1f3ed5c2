//! `.moongate/dev.json`, which tells programs where everything is, and the banner, which tells
//! people.

use serde_json::{Map, Value, json};

use super::account::{ACCESS_KEY_ID, SIGN_NAME, TEMPLATES};
use super::administrator;
use super::environment::{Environment, MANAGEMENT_RESOURCE};

/// Addresses and credentials of this run.
pub(super) struct Record(Value);

impl Record {
    /// No key is left out; what does not exist yet is `null`.
    pub(super) fn new(pid: u32, environment: &Environment) -> Self {
        let moongate = environment.moongate_url();
        let simulator = environment.simulator_url();
        let templates: Map<String, Value> = TEMPLATES
            .iter()
            .map(|template| (template.usage.to_owned(), template.code.into()))
            .collect();
        Self(json!({
            "pid": pid,
            "bookstore": environment.bookstore_url(),
            "moongate": moongate,
            "issuer": format!("{moongate}/oidc"),
            "console": null,
            "simulator": simulator,
            "inbox": format!("{simulator}/inbox"),
            "admin": {
                "username": administrator::USERNAME,
                "password": environment.secrets.admin,
            },
            "bookstore_app": {
                "id": "bookstore",
                "secret": environment.secrets.bookstore_app,
            },
            "management_app": {
                "id": "management",
                "secret": environment.secrets.management_app,
                "resource": MANAGEMENT_RESOURCE,
            },
            "aliyun": {
                "access_key_id": ACCESS_KEY_ID,
                "access_key_secret": environment.secrets.aliyun_access_key,
                "sign_name": SIGN_NAME,
                "template_code": templates.get("Generic"),
                "templates": templates,
            },
        }))
    }

    /// The file's text.
    pub(super) fn json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// What to open and what to do there.
    pub(super) fn banner(&self) -> String {
        let url = |key: &str| self.0[key].as_str().unwrap_or_default();
        format!(
            "\n  Moongate is up.\n\
             \n    Bookstore  {}\n    Inbox      {}\n    Moongate   {}\n\
             \n  Open Bookstore, click Sign in, type a phone number, and read the code in the inbox.\
             \n  Ctrl-C stops all three.\n",
            url("bookstore"),
            url("inbox"),
            url("moongate")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev::ports::Ports;
    use crate::dev::secrets::Secrets;

    fn record() -> Record {
        let secrets = Secrets::sample();
        let ports = Ports {
            bookstore: 4000,
            ..Ports::DEFAULT
        };
        let environment = Environment {
            ports,
            secrets: &secrets,
            database_url: None,
            no_limits: false,
        };
        Record::new(7, &environment)
    }

    #[test]
    fn no_key_is_left_out() {
        let record: Value = serde_json::from_str(&record().json()).unwrap();
        let mut keys: Vec<&String> = record.as_object().unwrap().keys().collect();
        keys.sort();
        let expected = [
            "admin",
            "aliyun",
            "bookstore",
            "bookstore_app",
            "console",
            "inbox",
            "issuer",
            "management_app",
            "moongate",
            "pid",
            "simulator",
        ];
        assert_eq!(keys, expected);
        assert!(record["console"].is_null());
        assert_eq!(record["admin"]["username"], "admin");
        assert_eq!(record["management_app"]["id"], "management");
        assert_eq!(record["pid"], 7);
        assert_eq!(record["issuer"], "http://localhost:3001/oidc");
        assert_eq!(record["inbox"], "http://localhost:3010/inbox");
        assert_eq!(
            record["aliyun"]["template_code"],
            record["aliyun"]["templates"]["Generic"]
        );
        assert_eq!(record["aliyun"]["templates"].as_object().unwrap().len(), 4);
    }

    #[test]
    fn the_banner_has_addresses_and_no_secrets() {
        let banner = record().banner();
        assert!(banner.contains("http://localhost:4000\n"), "{banner}");
        assert!(banner.contains("http://localhost:3010/inbox\n"), "{banner}");
        assert!(
            ["AAAA", "BBBB", "DDDD", "MMMM"]
                .iter()
                .all(|it| !banner.contains(it)),
            "{banner}"
        );
    }
}
