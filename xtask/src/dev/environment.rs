//! How the three programs are told what to do: their environment and arguments, all of it ours.

use duct::Expression;

use super::ports::Ports;
use super::secrets::Secrets;
use crate::program;

/// The programs talk to each other on this machine, whatever proxy the shell names.
const LOOPBACK: &str = "localhost,127.0.0.1";

/// The indicator of the Management API.
pub(super) const MANAGEMENT_RESOURCE: &str = "https://default.logto.app/api";

/// Variables of Bookstore that the caller may set, to move its call-back paths.
const PASSED_ON: [&str; 2] = [
    "BOOKSTORE_CALLBACK_PATH",
    "BOOKSTORE_SIGNED_OUT_CALLBACK_PATH",
];

/// What decides the programs' environment on this run.
pub(super) struct Environment<'run> {
    pub(super) ports: Ports,
    pub(super) secrets: &'run Secrets,
    /// Instead of `.moongate/dev.db`.
    pub(super) database_url: Option<&'run str>,
    pub(super) no_limits: bool,
}

impl Environment<'_> {
    pub(super) fn bookstore_url(&self) -> String {
        format!("http://localhost:{}", self.ports.bookstore)
    }

    pub(super) fn moongate_url(&self) -> String {
        format!("http://localhost:{}", self.ports.moongate)
    }

    pub(super) fn simulator_url(&self) -> String {
        format!("http://localhost:{}", self.ports.simulator)
    }

    /// Moongate's variables, for `serve` and `apply` alike. Paths are from the workspace's root.
    pub(super) fn moongate(&self) -> Vec<(String, String)> {
        let database = self.database_url.unwrap_or("sqlite:.moongate/dev.db");
        let mut variables = vec![
            ("MOONGATE_PROFILE", "dev".to_owned()),
            ("NO_PROXY", LOOPBACK.to_owned()),
            (
                "MOONGATE_LISTEN",
                format!("127.0.0.1:{}", self.ports.moongate),
            ),
            ("MOONGATE_ENDPOINT", self.moongate_url()),
            ("MOONGATE_DATABASE_URL", database.to_owned()),
            ("MOONGATE_KEYS_FILE", ".moongate/dev.keys".to_owned()),
            // Whom Aliyun's messages go to, so that a number as the README writes it is read so.
            ("MOONGATE_DEFAULT_REGION", "CN".to_owned()),
            (
                "MOONGATE_SECRET_APPLICATION_BOOKSTORE_SECRET",
                self.secrets.bookstore_app.clone(),
            ),
            (
                "MOONGATE_SECRET_APPLICATION_MANAGEMENT_SECRET",
                self.secrets.management_app.clone(),
            ),
            (
                "MOONGATE_MANAGEMENT_RESOURCE",
                MANAGEMENT_RESOURCE.to_owned(),
            ),
            (
                "MOONGATE_SECRET_CONNECTOR_ALIYUN_SMS_ACCESSKEYSECRET",
                self.secrets.aliyun_access_key.clone(),
            ),
        ];
        if self.no_limits {
            variables.push(("MOONGATE_LIMITS", "off".to_owned()));
        }
        owned(variables)
    }

    /// Bookstore's variables.
    pub(super) fn bookstore(&self) -> Vec<(String, String)> {
        let mut variables = owned(vec![
            ("NO_PROXY", LOOPBACK.to_owned()),
            ("MOONGATE_APP_ENDPOINT", self.moongate_url()),
            ("MOONGATE_APP_ID", "bookstore".to_owned()),
            ("MOONGATE_APP_SECRET", self.secrets.bookstore_app.clone()),
            ("MOONGATE_APP_BASE_URL", self.bookstore_url()),
            (
                "BOOKSTORE_LISTEN",
                format!("127.0.0.1:{}", self.ports.bookstore),
            ),
        ]);
        for name in PASSED_ON {
            if let Ok(value) = std::env::var(name) {
                variables.push((name.to_owned(), value));
            }
        }
        variables
    }

    /// The arguments of the simulator.
    pub(super) fn simulator_arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            "aliyun-simulator".to_owned(),
            "--listen".to_owned(),
            format!("127.0.0.1:{}", self.ports.simulator),
            "--account".to_owned(),
            ".moongate/aliyun-account.toml".to_owned(),
        ];
        if self.no_limits {
            arguments.push("--no-limits".to_owned());
        }
        arguments
    }
}

/// The program with these variables and none of the caller's of that kind; what is not ours (PATH,
/// RUST_LOG) stays.
pub(super) fn set(expression: Expression, variables: Vec<(String, String)>) -> Expression {
    let mut expression = expression;
    // First set, then removed: with duct, what was said first wins.
    for (name, value) in variables {
        expression = expression.env(name, value);
    }
    for name in PASSED_ON.into_iter().chain(["BOOKSTORE_LISTEN"]) {
        expression = expression.env_remove(name);
    }
    program::without_settings(expression, |_| false)
}

fn owned(variables: Vec<(&str, String)>) -> Vec<(String, String)> {
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &[(String, String)]) -> Vec<&str> {
        variables.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn limits_are_off_only_when_asked() {
        let secrets = Secrets::sample();
        let mut environment = Environment {
            ports: Ports::DEFAULT,
            secrets: &secrets,
            database_url: None,
            no_limits: false,
        };
        assert!(!names(&environment.moongate()).contains(&"MOONGATE_LIMITS"));
        assert!(
            !environment
                .simulator_arguments()
                .contains(&"--no-limits".to_owned())
        );
        environment.no_limits = true;
        assert!(names(&environment.moongate()).contains(&"MOONGATE_LIMITS"));
        assert!(
            environment
                .simulator_arguments()
                .contains(&"--no-limits".to_owned())
        );
    }

    #[test]
    fn what_is_set_arrives_and_what_is_not_ours_stays() {
        // BOOKSTORE_LISTEN is removed in any case, so this shows the order as well.
        let show = duct::cmd("sh", ["-c", "echo \"$BOOKSTORE_LISTEN|$PATH\""]);
        let expression = set(
            show,
            vec![("BOOKSTORE_LISTEN".to_owned(), "here".to_owned())],
        );
        let words = expression.read().unwrap();
        let (listen, path) = words.split_once('|').unwrap();
        assert_eq!(listen, "here");
        assert!(!path.is_empty());
    }
}
