//! What the shop is told by its environment.

use std::fmt;
use std::net::SocketAddr;

use moongate_client::{Error, Options};

/// Where the shop listens unless told otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// The shop's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address to listen on: `BOOKSTORE_LISTEN`, `127.0.0.1:3000` by default.
    pub listen: SocketAddr,
    /// Who the shop is to its identity server: `MOONGATE_APP_*`, `BOOKSTORE_CALLBACK_PATH` and
    /// `BOOKSTORE_SIGNED_OUT_CALLBACK_PATH`.
    pub options: Options,
}

impl Settings {
    /// Reads the settings from the process's environment.
    ///
    /// # Errors
    /// [`SettingsError::Missing`] names all variables that are missing;
    /// [`SettingsError::Listen`] says that the address can't be read.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// As [`Settings::from_env`], from any source of variables.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_lookup(
        lookup: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let present = |name| lookup(name).filter(|value| !value.trim().is_empty());
        // The client would do without a secret; the shop is a confidential application.
        let missing: Vec<_> = [
            Options::ENDPOINT_VARIABLE,
            Options::APP_ID_VARIABLE,
            Options::APP_SECRET_VARIABLE,
            Options::BASE_URL_VARIABLE,
        ]
        .into_iter()
        .filter(|name| present(name).is_none())
        .collect();
        if !missing.is_empty() {
            return Err(SettingsError::Missing(missing));
        }
        let listen = present("BOOKSTORE_LISTEN").unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen = listen.trim().parse().map_err(|_| SettingsError::Listen)?;
        let mut options = Options::from_lookup(present)
            .map_err(SettingsError::Options)?
            .scope("phone");
        if let Some(path) = present("BOOKSTORE_CALLBACK_PATH") {
            options = options.callback_path(path);
        }
        if let Some(path) = present("BOOKSTORE_SIGNED_OUT_CALLBACK_PATH") {
            options = options.signed_out_callback_path(path);
        }
        Ok(Self { listen, options })
    }
}

/// Why the shop can't start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsError {
    /// These variables are unset or empty.
    Missing(Vec<&'static str>),
    /// `BOOKSTORE_LISTEN` is no address with a port.
    Listen,
    /// The client does not accept its options.
    Options(Error),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(names) => {
                write!(
                    formatter,
                    "these variables are not set: {}",
                    names.join(", ")
                )
            }
            Self::Listen => formatter.write_str(
                "BOOKSTORE_LISTEN is not an address with a port, such as 127.0.0.1:3000",
            ),
            Self::Options(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for SettingsError {}

#[cfg(test)]
mod tests {
    use super::{Settings, SettingsError};

    fn lookup(name: &str) -> Option<String> {
        let value = match name {
            "MOONGATE_APP_ENDPOINT" => "http://localhost:3001",
            "MOONGATE_APP_ID" => "bookstore",
            "MOONGATE_APP_SECRET" => "s3cret",
            "MOONGATE_APP_BASE_URL" => "http://localhost:3000",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn four_variables_are_enough() {
        let settings = Settings::from_lookup(lookup).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(settings.options.callback_path, "/Callback");
        assert_eq!(settings.options.scopes, ["phone"]);
        assert!(!format!("{settings:?}").contains("s3cret"));
    }

    #[test]
    fn the_missing_ones_are_named_together() {
        let error = Settings::from_lookup(|name| {
            lookup(name).filter(|_| name.ends_with("_ID") || name.ends_with("_ENDPOINT"))
        })
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "these variables are not set: MOONGATE_APP_SECRET, MOONGATE_APP_BASE_URL"
        );
    }

    #[test]
    fn paths_and_address_can_be_changed() {
        let settings = Settings::from_lookup(|name| match name {
            "BOOKSTORE_CALLBACK_PATH" => Some("/Foo".to_owned()),
            "BOOKSTORE_SIGNED_OUT_CALLBACK_PATH" => Some("/Bar".to_owned()),
            "BOOKSTORE_LISTEN" => Some("0.0.0.0:8080".to_owned()),
            _ => lookup(name),
        })
        .unwrap();
        assert_eq!(settings.options.callback_path, "/Foo");
        assert_eq!(settings.options.signed_out_callback_path, "/Bar");
        assert_eq!(settings.listen.port(), 8080);
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        let error = Settings::from_lookup(|name| match name {
            "BOOKSTORE_LISTEN" => Some("localhost".to_owned()),
            _ => lookup(name),
        })
        .unwrap_err();
        assert_eq!(error, SettingsError::Listen);
    }
}
