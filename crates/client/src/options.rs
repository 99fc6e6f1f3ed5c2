//! What an application tells the client about itself and its provider, and the check that
//! makes sure that it can work before anything starts.

use std::fmt;

use serde::Deserialize;
use url::Url;

use crate::error::Error;

/// A secret text. It prints as `[secret]` and can't be serialized.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text that must not be shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Say where it goes at the place that calls this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// The client's options, named as in Logto's SDK for .NET. Build them with [`Options::new`] and
/// the methods that follow it, read them from variables with [`Options::from_env`], or
/// deserialize them from a settings file (unknown keys are refused).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Where the identity server is, for example `https://id.example.com`. The issuer is this
    /// URL itself if it serves a discovery document, else `<endpoint>/oidc`.
    pub endpoint: String,
    /// The provider's issuer identifier, where it is neither of the two that `endpoint` gives.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The application's id at the provider (`client_id`).
    pub app_id: String,
    /// The application's secret; none for a public client.
    #[serde(default)]
    pub app_secret: Option<Secret>,
    /// Where browsers reach this application, for example `https://shop.example.com`. It may
    /// have a path, if the application lives under one.
    pub base_url: String,
    /// Scopes to ask for beside `openid`, `offline_access` and `profile`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// API resources to ask for (RFC 8707): absolute URIs.
    #[serde(default)]
    pub resources: Vec<String>,
    /// The `prompt` of the authorization request: `none`, `login`, `consent`, `select_account`
    /// or several with spaces between; empty for none. The default, `consent`, is what makes
    /// the provider give a refresh token.
    #[serde(default = "default_prompt")]
    pub prompt: String,
    /// The path to which the provider sends the browser after sign-in, below `base_url`.
    /// Register `base_url` + this path as redirect URI.
    #[serde(default = "default_callback_path")]
    pub callback_path: String,
    /// The path to which the provider sends the browser after sign-out, below `base_url`.
    /// Register `base_url` + this path as post sign-out redirect URI.
    #[serde(default = "default_signed_out_callback_path")]
    pub signed_out_callback_path: String,
    /// The path that starts a sign-in.
    #[serde(default = "default_sign_in_path")]
    pub sign_in_path: String,
    /// The path that signs out.
    #[serde(default = "default_sign_out_path")]
    pub sign_out_path: String,
    /// The `Domain` of the cookies, for applications that share a session between subdomains.
    /// Without it a cookie belongs to one host, which is safer.
    #[serde(default)]
    pub cookie_domain: Option<String>,
    /// The secret from which the key of the sign-in cookies is derived: 32 bytes or more. Set
    /// it where several processes serve one application; without it each process draws its own.
    #[serde(default)]
    pub cookie_secret: Option<Secret>,
    /// Whether claims are also fetched from the userinfo endpoint at sign-in.
    #[serde(default)]
    pub get_claims_from_userinfo_endpoint: bool,
}

fn default_prompt() -> String {
    "consent".to_owned()
}

fn default_callback_path() -> String {
    "/Callback".to_owned()
}

fn default_signed_out_callback_path() -> String {
    "/SignedOutCallback".to_owned()
}

fn default_sign_in_path() -> String {
    "/SignIn".to_owned()
}

fn default_sign_out_path() -> String {
    "/SignOut".to_owned()
}

impl Options {
    /// The variable with the identity server's URL.
    pub const ENDPOINT_VARIABLE: &'static str = "MOONGATE_APP_ENDPOINT";
    /// The variable with the application's id.
    pub const APP_ID_VARIABLE: &'static str = "MOONGATE_APP_ID";
    /// The variable with the application's secret.
    pub const APP_SECRET_VARIABLE: &'static str = "MOONGATE_APP_SECRET";
    /// The variable with the application's own URL.
    pub const BASE_URL_VARIABLE: &'static str = "MOONGATE_APP_BASE_URL";

    /// Options with every default, for a public client.
    pub fn new(
        endpoint: impl Into<String>,
        app_id: impl Into<String>,
        base_url: impl Into<String>,
    ) -> Self {
        Self {
            endpoint: endpoint.into(),
            issuer: None,
            app_id: app_id.into(),
            app_secret: None,
            base_url: base_url.into(),
            scopes: Vec::new(),
            resources: Vec::new(),
            prompt: default_prompt(),
            callback_path: default_callback_path(),
            signed_out_callback_path: default_signed_out_callback_path(),
            sign_in_path: default_sign_in_path(),
            sign_out_path: default_sign_out_path(),
            cookie_domain: None,
            cookie_secret: None,
            get_claims_from_userinfo_endpoint: false,
        }
    }

    /// Reads `MOONGATE_APP_ENDPOINT`, `MOONGATE_APP_ID`, `MOONGATE_APP_BASE_URL` and, for a
    /// confidential client, `MOONGATE_APP_SECRET` from the process's environment.
    ///
    /// # Errors
    /// [`Error::MissingVariables`] names every one of the first three that is unset or empty.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// As [`Options::from_env`], from any source of variables.
    ///
    /// # Errors
    /// [`Error::MissingVariables`] names every missing one.
    pub fn from_lookup(lookup: impl Fn(&'static str) -> Option<String>) -> Result<Self, Error> {
        let present = |name| lookup(name).filter(|value| !value.trim().is_empty());
        let required = [
            Self::ENDPOINT_VARIABLE,
            Self::APP_ID_VARIABLE,
            Self::BASE_URL_VARIABLE,
        ];
        let [Some(endpoint), Some(app_id), Some(base_url)] = required.map(present) else {
            return Err(Error::MissingVariables {
                names: required
                    .into_iter()
                    .filter(|name| present(name).is_none())
                    .collect(),
            });
        };
        let mut options = Self::new(endpoint, app_id, base_url);
        options.app_secret = present(Self::APP_SECRET_VARIABLE).map(Secret::new);
        Ok(options)
    }

    /// Sets the provider's issuer identifier; see [`Options::issuer`].
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Makes this a confidential client with the given secret.
    #[must_use]
    pub fn app_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.app_secret = Some(secret.into());
        self
    }

    /// Asks for one more scope, such as `phone` or `email`.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Asks for one more API resource.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// Sets the prompt; see [`Options::prompt`].
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Sets the callback path; see [`Options::callback_path`].
    #[must_use]
    pub fn callback_path(mut self, path: impl Into<String>) -> Self {
        self.callback_path = path.into();
        self
    }

    /// Sets the signed-out callback path; see [`Options::signed_out_callback_path`].
    #[must_use]
    pub fn signed_out_callback_path(mut self, path: impl Into<String>) -> Self {
        self.signed_out_callback_path = path.into();
        self
    }

    /// Sets the path that starts a sign-in.
    #[must_use]
    pub fn sign_in_path(mut self, path: impl Into<String>) -> Self {
        self.sign_in_path = path.into();
        self
    }

    /// Sets the path that signs out.
    #[must_use]
    pub fn sign_out_path(mut self, path: impl Into<String>) -> Self {
        self.sign_out_path = path.into();
        self
    }

    /// Shares the cookies with the subdomains of this domain.
    #[must_use]
    pub fn cookie_domain(mut self, domain: impl Into<String>) -> Self {
        self.cookie_domain = Some(domain.into());
        self
    }

    /// Sets the secret of the sign-in cookies; see [`Options::cookie_secret`].
    #[must_use]
    pub fn cookie_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.cookie_secret = Some(secret.into());
        self
    }

    /// Also fetches claims from the userinfo endpoint at sign-in, or not.
    #[must_use]
    pub fn get_claims_from_userinfo_endpoint(mut self, fetch: bool) -> Self {
        self.get_claims_from_userinfo_endpoint = fetch;
        self
    }
}

/// Options that were checked: what the rest of the crate trusts.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Issuer candidates, in the order in which they are tried.
    pub(crate) issuers: Vec<String>,
    pub(crate) app_id: String,
    pub(crate) app_secret: Option<Secret>,
    /// The application's own URL; its path ends in `/`.
    pub(crate) base_url: Url,
    /// The base URL's path without its last slash: empty, or `/shop`.
    pub(crate) base_path: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) callback_path: String,
    pub(crate) signed_out_callback_path: String,
    pub(crate) sign_in_path: String,
    pub(crate) sign_out_path: String,
    pub(crate) cookie_domain: Option<String>,
    pub(crate) get_claims_from_userinfo_endpoint: bool,
}

impl Settings {
    /// Checks the options.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] names the first option that can't work.
    pub(crate) fn new(options: Options) -> Result<Self, Error> {
        let endpoint = web_url("endpoint", &options.endpoint)?;
        let issuers = if let Some(issuer) = &options.issuer {
            web_url("issuer", issuer)?;
            vec![issuer.clone()]
        } else {
            let own = options.endpoint.trim().to_owned();
            vec![own.clone(), format!("{}/oidc", own.trim_end_matches('/'))]
        };
        if options.app_id.is_empty()
            || options.app_id.len() > 512
            || options.app_id.chars().any(char::is_control)
        {
            return Err(invalid("app_id", "must be 1 to 512 printable characters"));
        }
        if options
            .app_secret
            .as_ref()
            .is_some_and(|secret| secret.expose().is_empty())
        {
            return Err(invalid("app_secret", "must not be empty"));
        }
        let mut base_url = web_url("base_url", &options.base_url)?;
        let base_path = base_url.path().trim_end_matches('/').to_owned();
        base_url.set_path(&format!("{base_path}/"));

        check_paths(&options)?;
        let scopes = checked_scopes(options.scopes)?;
        for resource in &options.resources {
            if !Url::parse(resource).is_ok_and(|url| url.fragment().is_none()) {
                return Err(invalid(
                    "resources",
                    "must hold absolute URIs without fragment (RFC 8707 §2)",
                ));
            }
        }
        if let Some(domain) = &options.cookie_domain {
            let host = base_url.host_str().unwrap_or_default();
            let fits = host == domain || host.ends_with(&format!(".{domain}"));
            if domain.starts_with('.') || !domain.contains('.') || !fits {
                return Err(invalid(
                    "cookie_domain",
                    "must be the host of `base_url` or a parent domain of it",
                ));
            }
        }
        if options
            .cookie_secret
            .as_ref()
            .is_some_and(|secret| secret.expose().len() < 32)
        {
            return Err(invalid("cookie_secret", "must be 32 bytes or more"));
        }
        for (option, url) in [("endpoint", &endpoint), ("base_url", &base_url)] {
            if url.scheme() == "http" && !is_loopback(url) {
                tracing::warn!(
                    option,
                    "plain http off this machine: tokens can be read on the way"
                );
            }
        }
        Ok(Self {
            issuers,
            app_id: options.app_id,
            app_secret: options.app_secret,
            base_url,
            base_path,
            scopes,
            resources: options.resources,
            prompt: checked_prompt(&options.prompt)?,
            callback_path: options.callback_path,
            signed_out_callback_path: options.signed_out_callback_path,
            sign_in_path: options.sign_in_path,
            sign_out_path: options.sign_out_path,
            cookie_domain: options.cookie_domain,
            get_claims_from_userinfo_endpoint: options.get_claims_from_userinfo_endpoint,
        })
    }

    /// Whether browsers reach the application over https.
    pub(crate) fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    /// `base_url` + `path`, as registered with the provider.
    pub(crate) fn absolute(&self, path: &str) -> String {
        let origin = self.base_url.origin().ascii_serialization();
        format!("{origin}{}{path}", self.base_path)
    }

    /// The path as the browser must see it: below the base URL's path. A path that is already
    /// there stays, so that it makes no difference whether a proxy strips the prefix.
    pub(crate) fn browser_path(&self, path: &str) -> String {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#']);
        if path
            .strip_prefix(self.base_path.as_str())
            .is_some_and(below)
        {
            path.to_owned()
        } else {
            format!("{}{path}", self.base_path)
        }
    }

    /// The application's front page, as a path for the browser.
    pub(crate) fn home(&self) -> &str {
        self.base_url.path()
    }
}

fn invalid(option: &'static str, reason: &'static str) -> Error {
    Error::InvalidOption { option, reason }
}

fn web_url(option: &'static str, text: &str) -> Result<Url, Error> {
    let reason = "must be an absolute http or https URL without query, fragment or credentials";
    let url = Url::parse(text.trim()).map_err(|_| invalid(option, reason))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if plain {
        Ok(url)
    } else {
        Err(invalid(option, reason))
    }
}

fn check_paths(options: &Options) -> Result<(), Error> {
    let paths = [
        ("callback_path", &options.callback_path),
        (
            "signed_out_callback_path",
            &options.signed_out_callback_path,
        ),
        ("sign_in_path", &options.sign_in_path),
        ("sign_out_path", &options.sign_out_path),
    ];
    for (index, (option, path)) in paths.iter().enumerate() {
        if !is_plain_path(path) {
            return Err(invalid(
                option,
                "must be a path: a slash, then letters, digits, `-`, `.`, `_`, `~` or slashes",
            ));
        }
        if paths[..index].iter().any(|(_, other)| other == path) {
            return Err(invalid(option, "is the path of another option too"));
        }
    }
    Ok(())
}

/// The scopes that are always asked for, `openid` first, and the given ones; each once.
fn checked_scopes(more: Vec<String>) -> Result<Vec<String>, Error> {
    let mut scopes = ["openid", "offline_access", "profile"]
        .map(str::to_owned)
        .to_vec();
    for scope in more {
        if scope.is_empty() || !scope.bytes().all(is_scope_byte) {
            return Err(invalid("scopes", "must hold scope names (RFC 6749 §3.3)"));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.len() > 1
        && path.starts_with('/')
        && !path
            .split('/')
            .skip(1)
            .any(|part| matches!(part, "" | "." | ".."))
        && path.bytes().all(plain)
}

fn is_scope_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

fn checked_prompt(prompt: &str) -> Result<Option<String>, Error> {
    let words: Vec<_> = prompt.split_whitespace().collect();
    let known = |word: &&str| matches!(*word, "none" | "login" | "consent" | "select_account");
    if !words.iter().all(known) || (words.len() > 1 && words.contains(&"none")) {
        return Err(invalid(
            "prompt",
            "must be `none`, or any of `login`, `consent` and `select_account` (OpenID Connect Core §3.1.2.1)",
        ));
    }
    Ok((!words.is_empty()).then(|| words.join(" ")))
}

#[cfg(test)]
mod tests;
