//! SMTP: the connector's configuration, and sending by it.
//!
//! Field names and meanings are Logto's, which are nodemailer's. Templates are optional: our own
//! texts stand in for those that are not given. What we would do otherwise than nodemailer is
//! refused by name rather than ignored, with two exceptions that only make it stricter: without
//! `secure` the connection is always upgraded by STARTTLS, or given up, as if `requireTLS` were on;
//! and `ignoreTLS` is for loopback hosts alone.

use std::net::{IpAddr, Ipv6Addr};

use lettre::Address;
use lettre::message::Mailbox;
use lettre::message::header::HeaderName;
use lettre::transport::smtp::client::Certificate;
use moongate_core::Secret;
use serde_json::{Map, Value};
use url::Host;

use crate::fields::{Fields, kind};
use crate::loopback::is_loopback;
use crate::{ConfigIssue, ParsedConfig, Secrets};
use template::Template;

mod compose;
mod send;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use send::send;

/// Where the one secret stands.
pub(crate) const PASSWORD: &str = "auth.pass";

const FIELDS: &[&str] = &[
    "host",
    "port",
    "auth",
    "fromEmail",
    "replyTo",
    "templates",
    "secure",
    "requireTLS",
    "ignoreTLS",
    "tls",
    "servername",
    "name",
    "localAddress",
    "customHeaders",
    "logger",
    "debug",
    "disableFileAccess",
    "disableUrlAccess",
    "connectionTimeout",
    "greetingTimeout",
    "socketTimeout",
    "dnsTimeout",
];

/// Headers that a message has anyway, or that say who sent it.
const OWN_HEADERS: &[&str] = &[
    "bcc",
    "cc",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
];

/// Most headers that a configuration may add.
const MOST_HEADERS: usize = 20;

/// A configuration that can send.
pub(crate) struct SmtpConfig {
    host: String,
    port: u16,
    login: Option<Login>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    templates: Vec<Template>,
    security: Security,
    /// The name that the server's certificate must have, if not the host.
    server_name: Option<String>,
    /// Roots that are trusted beside the platform's.
    roots: Vec<Certificate>,
    /// What we call ourselves in EHLO, if not this machine's name.
    hello_name: Option<String>,
    local_address: Option<IpAddr>,
    custom_headers: Vec<(HeaderName, String)>,
    /// What was given but for the secret, in our own spelling.
    public: Value,
}

struct Login {
    user: String,
    password: Secret,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// None: the host is this machine.
    Loopback,
}

impl SmtpConfig {
    /// Checks a configuration, secret included.
    pub(crate) fn parse(config: &Value) -> Result<Self, Vec<ConfigIssue>> {
        let mut issues = Vec::new();
        match Self::read(config, &mut issues) {
            Some(parsed) if issues.is_empty() => Ok(parsed),
            _ => Err(issues),
        }
    }

    fn read(config: &Value, issues: &mut Vec<ConfigIssue>) -> Option<Self> {
        let mut fields = Fields::new("", config, FIELDS, issues)?;
        let host = host(&mut fields);
        let port = port(&mut fields);
        let login = login(&mut fields);
        let from = fields.text("fromEmail");
        let from = from.and_then(|text| mailbox("fromEmail", &text, &mut fields));
        let reply_to = fields.optional_text("replyTo");
        let reply_to = reply_to.and_then(|text| mailbox("replyTo", &text, &mut fields));
        let templates = template::read(&mut fields);
        let is_local = host.as_ref().is_some_and(|(_, is_local)| *is_local);
        let security = security(&mut fields, is_local);
        let (server_name, roots) = tls(&mut fields);
        let hello_name = fields.optional_text("name");
        if hello_name.as_ref().is_some_and(|name| !is_word(name)) {
            fields.refuse("name", "expected a host name, in visible ASCII");
        }
        let local_address = fields.optional_text("localAddress");
        let local_address = local_address.and_then(|text| {
            let address = text.parse::<IpAddr>().ok();
            if address.is_none() {
                fields.refuse("localAddress", "expected an IP address");
            }
            address
        });
        let custom_headers = custom_headers(&mut fields);
        refuse_what_is_otherwise(&mut fields);
        Some(Self {
            host: host?.0,
            port: port?,
            login,
            from: from?,
            reply_to,
            templates: templates?,
            security,
            server_name,
            roots,
            hello_name,
            local_address,
            custom_headers,
            public: public(config),
        })
    }

    /// The two parts that are kept.
    pub(crate) fn split(self) -> ParsedConfig {
        let secrets = self
            .login
            .map(|login| (PASSWORD.to_owned(), login.password));
        ParsedConfig {
            public: self.public,
            secrets: Secrets::from_iter(secrets),
        }
    }
}

/// The host, and whether it is this machine.
fn host(fields: &mut Fields<'_>) -> Option<(String, bool)> {
    let text = fields.text("host")?;
    let host = text
        .parse::<Ipv6Addr>()
        .map(Host::Ipv6)
        .or_else(|_| Host::parse(&text));
    let Ok(host) = host else {
        let message = "expected a host name such as smtp.example.com; the port has its own field";
        fields.refuse("host", message);
        return None;
    };
    let is_local = is_loopback(&host);
    let name = match host {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    Some((name, is_local))
}

fn port(fields: &mut Fields<'_>) -> Option<u16> {
    let Some(value) = fields.get("port") else {
        fields.refuse("port", "required");
        return None;
    };
    let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
    let port = port.filter(|port| *port > 0);
    if port.is_none() {
        fields.refuse("port", "expected a number from 1 to 65535");
    }
    port
}

/// `None` if the server asks for no login, or if it is wrong, which is an issue then.
fn login(fields: &mut Fields<'_>) -> Option<Login> {
    let value = fields.get("auth")?;
    let is_login = match value.get("type") {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("login"),
        Some(_) => false,
    };
    if !is_login {
        let message = "only login is supported, with user and pass; OAuth 2.0 is not";
        fields.refuse("auth.type", message);
        return None;
    }
    let known = &["type", "user", "pass"];
    let mut auth = Fields::new("auth", value, known, fields.issues())?;
    let (user, password) = (auth.text("user"), auth.text("pass"));
    Some(Login {
        user: user?,
        password: Secret::new(password?),
    })
}

fn mailbox(name: &str, text: &str, fields: &mut Fields<'_>) -> Option<Mailbox> {
    let mailbox = text.parse::<Mailbox>().ok().and_then(|mailbox| {
        let address = mail_address(mailbox.email.user(), mailbox.email.domain())?;
        Some(Mailbox::new(mailbox.name, address))
    });
    if mailbox.is_none() {
        let message = "expected an address such as a@example.com or Name <a@example.com>";
        fields.refuse(name, message);
    }
    mailbox
}

/// An address as mail has it: a domain of other letters in its ASCII form (RFC 5891), which every
/// server takes.
fn mail_address(local_part: &str, domain: &str) -> Option<Address> {
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) => Address::new(local_part, domain).ok(),
        _ => None,
    }
}

fn security(fields: &mut Fields<'_>, is_local: bool) -> Security {
    let mut is_on = |name| fields.optional_bool(name).unwrap_or(false);
    let (secure, require, ignore) = (is_on("secure"), is_on("requireTLS"), is_on("ignoreTLS"));
    if ignore && (secure || require) {
        let other = if secure { "secure" } else { "requireTLS" };
        fields.refuse("ignoreTLS", format!("contradicts {other}; set one of them"));
    } else if ignore && !is_local {
        let message = "is for loopback hosts alone: password and codes would travel in clear";
        fields.refuse("ignoreTLS", message);
    }
    if secure {
        Security::Implicit
    } else if ignore && is_local {
        Security::Loopback
    } else {
        Security::StartTls
    }
}

fn tls(fields: &mut Fields<'_>) -> (Option<String>, Vec<Certificate>) {
    let name = fields.optional_text("servername");
    let Some(value) = fields.get("tls") else {
        return (name, Vec::new());
    };
    let known = &["servername", "rejectUnauthorized", "ca"];
    let Some(mut tls) = Fields::new("tls", value, known, fields.issues()) else {
        return (name, Vec::new());
    };
    let inner = tls.optional_text("servername");
    if tls.optional_bool("rejectUnauthorized") == Some(false) {
        let message = "certificates are always checked; give your own root in tls.ca";
        tls.refuse("rejectUnauthorized", message);
    }
    let mut roots = Vec::new();
    if tls.get("ca").is_some() {
        let pem = tls.lines("ca");
        let found = pem
            .as_ref()
            .and_then(|pem| Certificate::from_pem(pem.as_bytes()).ok())
            .filter(|_| pem.as_ref().is_some_and(|pem| pem.contains("-----BEGIN")));
        if pem.is_some() && found.is_none() {
            tls.refuse("ca", "expected certificates in PEM");
        }
        roots.extend(found);
    }
    if name.is_some() && inner.is_some() && name != inner {
        tls.refuse("servername", "differs from the servername outside");
    }
    (name.or(inner), roots)
}

fn custom_headers(fields: &mut Fields<'_>) -> Vec<(HeaderName, String)> {
    const NAME: &str = "customHeaders";
    let object = match fields.get(NAME) {
        None => return Vec::new(),
        Some(Value::Object(object)) => object,
        Some(other) => {
            let message = format!("expected an object, found {}", kind(other));
            fields.refuse(NAME, message);
            return Vec::new();
        }
    };
    if object.len() > MOST_HEADERS {
        fields.refuse(NAME, format!("at most {MOST_HEADERS} headers"));
        return Vec::new();
    }
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    let Some(value) = fields.get(NAME) else {
        return Vec::new();
    };
    let Some(mut headers) = Fields::new(NAME, value, &names, fields.issues()) else {
        return Vec::new();
    };
    let mut read = Vec::new();
    for name in names {
        let lower = name.to_ascii_lowercase();
        let is_own = OWN_HEADERS.contains(&lower.as_str())
            || ["content-", "resent-"]
                .iter()
                .any(|own| lower.starts_with(own));
        // RFC 5322 §3.6.8.
        let is_name = is_word(name) && !name.contains(':') && name.len() <= 64;
        let header = HeaderName::new_from_ascii(name.to_owned()).ok();
        match (headers.text(name), header) {
            _ if is_own => headers.refuse(name, "is set by the message itself"),
            (Some(text), Some(header)) if is_name => read.push((header, text)),
            (_, _) if !is_name => headers.refuse(name, "is no name of a header"),
            _ => {}
        }
    }
    read
}

/// Switches and limits of nodemailer that have no meaning here, or another.
fn refuse_what_is_otherwise(fields: &mut Fields<'_>) {
    for name in ["logger", "debug"] {
        if fields.optional_bool(name) == Some(true) {
            let message = "a log of the conversation would hold addresses and codes; leave it out";
            fields.refuse(name, message);
        }
    }
    // Templates are texts here and nothing else, so that either value is kept to.
    for name in ["disableFileAccess", "disableUrlAccess"] {
        fields.optional_bool(name);
    }
    for name in [
        "connectionTimeout",
        "greetingTimeout",
        "socketTimeout",
        "dnsTimeout",
    ] {
        if fields.get(name).is_some() {
            let message = "a whole message has two and a half seconds here; leave it out";
            fields.refuse(name, message);
        }
    }
}

/// Visible ASCII without spaces.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The configuration without its secret and without what is `null`; texts trimmed, but for the
/// contents of templates.
fn public(config: &Value) -> Value {
    fn tidy(name: &str, value: &Value) -> Value {
        match value {
            Value::String(text) if name != "content" => text.trim().into(),
            Value::Array(items) => items.iter().map(|item| tidy("", item)).collect(),
            Value::Object(object) => Value::Object(tidy_object(object)),
            other => other.clone(),
        }
    }
    fn tidy_object(object: &Map<String, Value>) -> Map<String, Value> {
        let set = object.iter().filter(|(_, value)| !value.is_null());
        set.map(|(name, value)| (name.clone(), tidy(name, value)))
            .collect()
    }
    let mut public = tidy("", config);
    if let Some(auth) = public.get_mut("auth").and_then(Value::as_object_mut) {
        auth.remove("pass");
    }
    public
}
