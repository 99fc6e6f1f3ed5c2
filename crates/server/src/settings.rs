//! How this process runs: defaults, files, environment variables, flags, in that order.
//!
//! Every key may be set as `MOONGATE_<KEY>`; a later source wins; an unknown key is refused with
//! its name and the source that has it.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use moongate_core::{Region, Secret, SigningAlgorithm};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

use crate::outbound::Reach;

/// Variables that begin like settings and are none: other programs read them, or resource files
/// name them.
const NOT_SETTINGS: &[&str] = &["profile", "app_", "secret_", "test_"];

/// Whether limits hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limits {
    /// They do.
    #[default]
    On,
    /// They do not: for conformance and load runs, in the dev profile alone.
    Off,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// The keys as they are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    listen: SocketAddr,
    endpoint: String,
    database_url: String,
    keys_file: Option<PathBuf>,
    keys: Option<Secret>,
    allow_http: bool,
    trust_proxy: bool,
    limits: Limits,
    log_format: LogFormat,
    default_region: Option<String>,
    signing_algorithm: SigningAlgorithm,
    management_resource: String,
    reveal_secrets: bool,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3001)),
            endpoint: "http://localhost:3001".into(),
            database_url: "sqlite:moongate.db".into(),
            keys_file: None,
            keys: None,
            allow_http: false,
            trust_proxy: false,
            limits: Limits::On,
            log_format: LogFormat::Text,
            default_region: None,
            signing_algorithm: SigningAlgorithm::ES384,
            management_resource: moongate_management::DEFAULT_MANAGEMENT_RESOURCE.into(),
            reveal_secrets: true,
        }
    }
}

/// Settings given on the command line.
#[derive(Debug, Clone, Default, Serialize, clap::Args)]
pub struct Flags {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// The URL under which browsers and applications reach this server.
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// `sqlite:PATH` or `postgres://…`.
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// File with the server's keys, one a line, 32 bytes in base64.
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_file: Option<PathBuf>,
}

/// How browsers reach this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By https: cookies are `Secure`.
    Https,
    /// By http on this machine alone.
    LoopbackHttp,
    /// By http on a private network, as told to: each page says so.
    InsecureHttp,
}

/// Where the server's keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A variable or a settings file holds them.
    Given(Secret),
    /// A file holds them.
    File {
        /// Which.
        path: PathBuf,
        /// Whether to make it if it is not there: on loopback alone.
        create: bool,
    },
}

/// Settings that fit together.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `dev`, `default` …
    pub profile: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The public URL, without trailing slash; may have a path.
    pub endpoint: Url,
    /// Which store.
    pub database_url: String,
    /// Where the keys are.
    pub keys: KeySource,
    /// How browsers come here.
    pub transport: Transport,
    /// Whether a proxy in front is trusted to name requests (`X-Request-Id`).
    pub trust_proxy: bool,
    /// Whether limits hold.
    pub limits: Limits,
    /// How log lines look.
    pub log_format: LogFormat,
    /// The country that phone fields begin with; by the browser's languages if there is none.
    pub default_region: Option<Region>,
    /// What tokens are signed with where an application does not choose.
    pub signing_algorithm: SigningAlgorithm,
    /// The indicator of the Management API: the audience of tokens for it.
    pub management_resource: String,
    /// Whether secrets can be read again through the Management API, or are shown once.
    pub reveal_secrets: bool,
}

/// Why settings are refused; says which key, where from, and what to do.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A source can't be read, or has an unknown or mistyped key.
    #[error("{0}")]
    Source(String),
    /// The endpoint is no URL that a browser could open.
    #[error(
        "endpoint {0:?} must be a URL such as https://id.example.com, without query or fragment"
    )]
    Endpoint(String),
    /// Plain http beyond this machine.
    #[error(
        "endpoint {0} is plain http beyond this machine: put TLS in front and use https://, or, on a private network, set allow_http = true"
    )]
    PlainHttp(String),
    /// No keys where they can't be made up.
    #[error(
        "no keys: set keys_file (or MOONGATE_KEYS_FILE) to a file with 32 random bytes in base64, such as `openssl rand -base64 32 > moongate.keys`"
    )]
    NoKeys,
    /// A country that is none.
    #[error("default_region {0:?} must be a two-letter country code such as CN")]
    Region(String),
    /// An indicator that tokens can't carry.
    #[error(
        "management_resource {0:?} must be a URI such as https://default.logto.app/api, without spaces or fragment"
    )]
    ManagementResource(String),
    /// Limits off outside of development.
    #[error("limits = \"off\" is for MOONGATE_PROFILE=dev alone")]
    LimitsOff,
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn load(flags: &Flags) -> Result<Self, SettingsError> {
        let profile = std::env::var("MOONGATE_PROFILE").unwrap_or_else(|_| "default".into());
        let mut figment = Figment::from(Serialized::defaults(Written::default()))
            .merge(Toml::file("config/server.toml"));
        let named = profile
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '-');
        if !named {
            return Err(SettingsError::Source(
                "MOONGATE_PROFILE may have letters, digits and hyphens alone".into(),
            ));
        }
        if profile != "default" {
            figment = figment.merge(Toml::file(format!("config/server.{profile}.toml")));
        }
        let environment = Env::prefixed("MOONGATE_")
            .filter(|key| {
                let key = key.as_str().to_ascii_lowercase();
                !NOT_SETTINGS.iter().any(|other| key.starts_with(other))
            })
            .split("__");
        let written: Written = figment
            .merge(environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| SettingsError::Source(described(&error)))?;
        Self::check(profile, written)
    }

    fn check(profile: String, written: Written) -> Result<Self, SettingsError> {
        let endpoint = parse_endpoint(&written.endpoint)?;
        let transport = transport(&endpoint, written.allow_http)?;
        if written.limits == Limits::Off && profile != "dev" {
            return Err(SettingsError::LimitsOff);
        }
        let default_region = written
            .default_region
            .map(|code| Region::parse(&code).ok_or(SettingsError::Region(code)))
            .transpose()?;
        if !is_indicator(&written.management_resource) {
            return Err(SettingsError::ManagementResource(
                written.management_resource,
            ));
        }
        let on_loopback = is_loopback(&endpoint);
        let keys = match (written.keys, written.keys_file) {
            (Some(keys), _) => KeySource::Given(keys),
            (None, Some(path)) => KeySource::File {
                path,
                create: on_loopback,
            },
            (None, None) => {
                let path = beside_database(&written.database_url);
                if !on_loopback && !path.exists() {
                    return Err(SettingsError::NoKeys);
                }
                KeySource::File {
                    path,
                    create: on_loopback,
                }
            }
        };
        Ok(Self {
            profile,
            listen: written.listen,
            endpoint,
            database_url: written.database_url,
            keys,
            transport,
            trust_proxy: written.trust_proxy,
            limits: written.limits,
            log_format: written.log_format,
            default_region,
            signing_algorithm: written.signing_algorithm,
            management_resource: written.management_resource,
            reveal_secrets: written.reveal_secrets,
        })
    }

    /// Where calls to addresses that a client or an administrator gave may lead: in development,
    /// applications run beside the server.
    pub fn reach(&self) -> Reach {
        if self.profile == "dev" {
            Reach::Anywhere
        } else {
            Reach::PublicHttps
        }
    }

    /// The endpoint's origin, as browsers write it in `Origin`.
    pub fn origin(&self) -> String {
        self.endpoint.origin().ascii_serialization()
    }

    /// The endpoint without trailing slash.
    pub fn endpoint_text(&self) -> String {
        self.endpoint.as_str().trim_end_matches('/').to_owned()
    }

    /// The endpoint's path without trailing slash: empty, or such as `/id`.
    pub fn base_path(&self) -> String {
        self.endpoint.path().trim_end_matches('/').to_owned()
    }
}

fn described(error: &figment::Error) -> String {
    let all: Vec<_> = error
        .clone()
        .into_iter()
        .map(|error| error.to_string().replace("\"default.", "\""))
        .collect();
    all.join("; ")
}

fn parse_endpoint(text: &str) -> Result<Url, SettingsError> {
    let refused = || SettingsError::Endpoint(text.to_owned());
    let url = Url::parse(text.trim()).map_err(|_| refused())?;
    let fits = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    fits.then_some(url).ok_or_else(refused)
}

/// RFC 8707 §2: an absolute URI without fragment.
fn is_indicator(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && Url::parse(text).is_ok_and(|url| url.fragment().is_none())
}

fn transport(endpoint: &Url, allow_http: bool) -> Result<Transport, SettingsError> {
    if endpoint.scheme() == "https" {
        return Ok(Transport::Https);
    }
    if is_loopback(endpoint) {
        return Ok(Transport::LoopbackHttp);
    }
    if allow_http && is_private(endpoint) {
        return Ok(Transport::InsecureHttp);
    }
    Err(SettingsError::PlainHttp(endpoint.to_string()))
}

fn is_loopback(endpoint: &Url) -> bool {
    match endpoint.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A private address by number; a name could resolve to anything.
fn is_private(endpoint: &Url) -> bool {
    let address = match endpoint.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        _ => return false,
    };
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// `moongate.keys` beside `moongate.db`; in the working directory for a database server.
fn beside_database(database_url: &str) -> PathBuf {
    match database_url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.split('?').next().unwrap_or(path);
            Path::new(path.strip_prefix("//").unwrap_or(path)).with_extension("keys")
        }
        None => PathBuf::from("moongate.keys"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(endpoint: &str) -> Written {
        Written {
            endpoint: endpoint.into(),
            ..Written::default()
        }
    }

    #[track_caller]
    fn check(endpoint: &str, allow_http: bool, expected: Option<Transport>) {
        let written = Written {
            allow_http,
            keys: Some(Secret::new("given")),
            ..written(endpoint)
        };
        let settings = Settings::check("default".into(), written);
        assert_eq!(settings.ok().map(|it| it.transport), expected, "{endpoint}");
    }

    #[test]
    fn http_goes_by_address() {
        check("https://id.example.com", false, Some(Transport::Https));
        check(
            "http://localhost:3001",
            false,
            Some(Transport::LoopbackHttp),
        );
        check(
            "http://127.0.0.1:3001",
            false,
            Some(Transport::LoopbackHttp),
        );
        check("http://[::1]:3001", false, Some(Transport::LoopbackHttp));
        check("http://192.168.1.5:3001", false, None);
        check(
            "http://192.168.1.5:3001",
            true,
            Some(Transport::InsecureHttp),
        );
        check("http://id.example.com", true, None);
        check("http://8.8.8.8", true, None);
        check("ftp://id.example.com", true, None);
        check("https://id.example.com/?x=1", true, None);
    }

    #[test]
    fn beyond_loopback_keys_must_be_given() {
        let settings = Settings::check(
            "default".into(),
            Written {
                database_url: "sqlite:/nonexistent/folder/moongate.db".into(),
                ..written("https://id.example.com")
            },
        );
        assert!(matches!(settings, Err(SettingsError::NoKeys)));
    }

    #[test]
    fn limits_hold_outside_of_development() {
        let off = Written {
            limits: Limits::Off,
            ..Written::default()
        };
        assert!(matches!(
            Settings::check("default".into(), off.clone()),
            Err(SettingsError::LimitsOff)
        ));
        assert!(Settings::check("dev".into(), off).is_ok());
    }

    #[test]
    fn a_country_that_is_none_is_refused() {
        let with = |code: &str| Written {
            default_region: Some(code.into()),
            ..Written::default()
        };
        let settings = Settings::check("default".into(), with("CN")).unwrap();
        assert_eq!(settings.default_region, Some(Region::CHINA));
        assert!(matches!(
            Settings::check("default".into(), with("China")),
            Err(SettingsError::Region(_))
        ));
    }

    #[test]
    fn the_management_api_has_a_uri() {
        let with = |uri: &str| Written {
            management_resource: uri.into(),
            ..Written::default()
        };
        for uri in ["https://default.logto.app/api", "urn:moongate:api"] {
            let settings = Settings::check("default".into(), with(uri)).unwrap();
            assert_eq!(settings.management_resource, uri);
        }
        for uri in ["", "api", "https://a b/", "https://a.example/#x"] {
            let settings = Settings::check("default".into(), with(uri));
            assert!(
                matches!(settings, Err(SettingsError::ManagementResource(_))),
                "{uri}"
            );
        }
    }

    #[test]
    fn keys_lie_beside_the_database() {
        assert_eq!(beside_database("sqlite:a/b.db"), Path::new("a/b.keys"));
        assert_eq!(
            beside_database("sqlite:///a/b.db?mode=rwc"),
            Path::new("/a/b.keys")
        );
        assert_eq!(
            beside_database("postgres://h/db"),
            Path::new("moongate.keys")
        );
    }

    #[test]
    fn a_sub_path_is_kept() {
        let settings = Settings::check("dev".into(), written("http://localhost:3001/id/")).unwrap();
        assert_eq!(settings.base_path(), "/id");
        assert_eq!(settings.endpoint_text(), "http://localhost:3001/id");
        assert_eq!(settings.origin(), "http://localhost:3001");
    }
}
