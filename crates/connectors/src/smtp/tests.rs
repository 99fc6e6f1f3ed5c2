//! The rules of the configuration, one by one, and messages as they go over the wire.

use moongate_core::testing::phone;
use moongate_core::{Recipient, Usage, VerificationMessage};
use serde_json::json;

use super::*;

fn config() -> Value {
    json!({
        "host": " smtp.example.com ",
        "port": 587,
        "auth": { "type": "login", "user": "mailer", "pass": "hidden" },
        "fromEmail": "月亮门 <no-reply@example.com>",
        "replyTo": "help@example.com",
        "templates": [{
            "usageType": "SignIn", "contentType": "text/plain",
            "subject": "{{application.name}}", "content": " Your code: {{code}}\n",
        }],
        "secure": false,
        "requireTLS": true,
        "tls": {},
        "customHeaders": { "X-Mailer": "Moongate" },
    })
}

#[track_caller]
fn parse(config: &Value) -> SmtpConfig {
    SmtpConfig::parse(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

#[track_caller]
fn issues(changes: &[(&str, Value)]) -> Vec<(String, String)> {
    let mut config = config();
    for (name, value) in changes {
        config[*name] = value.clone();
    }
    match SmtpConfig::parse(&config) {
        Ok(_) => Vec::new(),
        Err(issues) => issues.into_iter().map(|i| (i.path, i.message)).collect(),
    }
}

/// Exactly one issue, there, saying that, and never the password.
#[track_caller]
fn check_all(changes: &[(&str, Value)], path: &str, says: &str) {
    let issues = issues(changes);
    let [(found, message)] = issues.as_slice() else {
        panic!("{issues:?}");
    };
    assert_eq!(found, path);
    assert!(message.contains(says), "{message}");
    assert!(!message.contains("hidden"), "{message}");
}

#[track_caller]
fn check(name: &str, value: Value, path: &str, says: &str) {
    check_all(&[(name, value)], path, says);
}

#[test]
fn a_good_configuration_is_split_trimmed_and_stays_as_it_is() {
    let split = parse(&config()).split();
    assert_eq!(split.public["host"], "smtp.example.com");
    assert_eq!(
        split.public["auth"],
        json!({ "type": "login", "user": "mailer" })
    );
    assert_eq!(
        split.public["templates"][0]["content"],
        " Your code: {{code}}\n"
    );
    assert_eq!(split.secrets[PASSWORD].expose(), "hidden");
    for text in [split.public.to_string(), format!("{split:?}")] {
        assert!(!text.contains("hidden"), "{text}");
    }
    let whole = ParsedConfig::document(&split.public, &split.secrets);
    assert_eq!(parse(&whole).split(), split);
}

#[test]
fn little_is_required() {
    let least =
        json!({ "host": "localhost", "port": 2525, "fromEmail": "a@b.cn", "ignoreTLS": true });
    let parsed = parse(&least);
    assert!(parsed.login.is_none() && parsed.templates.is_empty());
    assert_eq!(parsed.security, Security::Loopback);
    let split = parsed.split();
    assert_eq!((split.public, split.secrets), (least, Secrets::new()));
    for name in ["host", "port", "fromEmail"] {
        check(name, json!(null), name, "required");
    }
}

#[test]
fn the_server_is_a_host_and_a_port() {
    for bad in ["smtp://example.com", "example.com:25", "a b", "[::1]:25"] {
        check("host", json!(bad), "host", "host name");
    }
    for good in [
        "smtp.example.com",
        "192.0.2.1",
        "2001:db8::1",
        "邮件.example",
    ] {
        assert_eq!(issues(&[("host", json!(good))]), [], "{good}");
    }
    for bad in [json!(0), json!(65536), json!(-1), json!(2.5), json!("25")] {
        check("port", bad, "port", "1 to 65535");
    }
}

#[test]
fn the_login_is_a_user_and_a_password() {
    check("auth", json!("x"), "auth", "expected an object");
    check("auth", json!({ "user": "a" }), "auth.pass", "required");
    check("auth", json!({ "pass": "hidden" }), "auth.user", "required");
    let oauth = json!({ "type": "OAuth2", "user": "a", "clientSecret": "hidden" });
    check("auth", oauth, "auth.type", "OAuth 2.0 is not");
    let more = json!({ "user": "a", "pass": "hidden", "accessToken": "hidden" });
    check("auth", more, "auth.accessToken", "no such field");
    let wrong = json!({ "user": "a", "pass": ["hidden"] });
    check("auth", wrong, "auth.pass", "found a list");
    let loud = json!({ "type": "LOGIN", "user": "a", "pass": "b" });
    assert_eq!(issues(&[("auth", loud)]), []);
}

#[test]
fn addresses_are_addresses() {
    for good in [
        "a@example.com",
        "Moongate <a@example.com>",
        "\"Moon, gate\" <a@example.com>",
        "月亮门 <a@例子.example>",
    ] {
        assert_eq!(issues(&[("fromEmail", json!(good))]), [], "{good}");
    }
    for bad in ["a", "a@", "<a@example.com", "a@example.com, b@example.com"] {
        check("fromEmail", json!(bad), "fromEmail", "address");
        check("replyTo", json!(bad), "replyTo", "address");
    }
    let two_lines = json!("a@example.com\r\nBcc: b@example.com");
    check("fromEmail", two_lines, "fromEmail", "line breaks");
}

#[test]
fn a_domain_of_other_letters_has_its_ascii_form() {
    let mut config = config();
    config["fromEmail"] = json!("a@例子.example");
    let from = parse(&config).from;
    assert_eq!(from.email.to_string(), "a@xn--fsqu00a.example");
}

#[test]
fn the_connection_is_encrypted_or_local() {
    let security = |changes: &[(&str, Value)]| {
        let mut config = json!({ "host": "127.0.0.1", "port": 25, "fromEmail": "a@b.cn" });
        for (name, value) in changes {
            config[*name] = value.clone();
        }
        parse(&config).security
    };
    assert_eq!(security(&[]), Security::StartTls);
    assert_eq!(
        security(&[("requireTLS", json!(false))]),
        Security::StartTls
    );
    assert_eq!(security(&[("secure", json!(true))]), Security::Implicit);
    assert_eq!(security(&[("ignoreTLS", json!(true))]), Security::Loopback);
    let ignore = ("ignoreTLS", json!(true));
    let lax = ("requireTLS", json!(false));
    check_all(&[ignore.clone(), lax], "ignoreTLS", "loopback hosts alone");
    check(
        "ignoreTLS",
        json!(true),
        "ignoreTLS",
        "contradicts requireTLS",
    );
    let secure = ("secure", json!(true));
    check_all(&[ignore, secure], "ignoreTLS", "contradicts secure");
    check("secure", json!("yes"), "secure", "true or false");
}

#[test]
fn certificates_are_always_checked() {
    let lax = json!({ "rejectUnauthorized": false });
    check("tls", lax, "tls.rejectUnauthorized", "always checked");
    check("tls", json!({ "ca": "x" }), "tls.ca", "PEM");
    let old = json!({ "minVersion": "TLSv1" });
    check("tls", old, "tls.minVersion", "no such field");
    let two = json!({ "servername": "a.example" });
    check_all(
        &[("tls", two), ("servername", json!("b.example"))],
        "tls.servername",
        "differs",
    );
    let good = json!({ "servername": "a.example", "rejectUnauthorized": true });
    assert_eq!(issues(&[("tls", good)]), []);
}

#[test]
fn templates_are_checked_as_far_as_they_are_sent() {
    let template = |changes: &[(&str, Value)]| {
        let mut template = config()["templates"][0].clone();
        for (name, value) in changes {
            template[*name] = value.clone();
        }
        json!([template])
    };
    let check_one = check;
    let check = |changes: &[(&str, Value)], field: &str, says: &str| {
        check_one(
            "templates",
            template(changes),
            &format!("templates[0].{field}"),
            says,
        );
    };
    check(
        &[("usageType", json!("signin"))],
        "usageType",
        "none of SignIn",
    );
    check(
        &[("contentType", json!("text/markdown"))],
        "contentType",
        "text/plain or text/html",
    );
    check(&[("subject", json!("a\nb"))], "subject", "line breaks");
    check(
        &[("subject", json!("{{user.name}}"))],
        "subject",
        "{{user.name}}",
    );
    check(&[("content", json!("hello"))], "content", "{{code}}");
    check(
        &[("content", json!("{{code}} {{link}}"))],
        "content",
        "there is no variable {{link}}; the variables are code",
    );
    check(&[("content", json!("{{code}}\u{7}"))], "content", "control");
    check(
        &[("content", json!("a".repeat(50_001)))],
        "content",
        "too long",
    );
    check(&[("replyTo", json!("a@b.cn"))], "replyTo", "no such field");
    let invitation = [
        ("usageType", json!("OrganizationInvitation")),
        ("content", json!("{{link}}")),
    ];
    assert_eq!(issues(&[("templates", template(&invitation))]), []);
    let mut twice = template(&[]);
    twice
        .as_array_mut()
        .unwrap()
        .extend(template(&[]).as_array().cloned().unwrap());
    check_one("templates", twice, "templates[1].usageType", "stands above");
    check_one("templates", json!({}), "templates", "expected a list");
}

#[test]
fn headers_of_the_message_are_not_to_be_set() {
    for name in ["Bcc", "from", "Content-Type", "Resent-To", "DKIM-Signature"] {
        let path = format!("customHeaders.{name}");
        check("customHeaders", json!({ name: "x" }), &path, "itself");
    }
    for name in ["a b", "a:b", "é"] {
        let path = format!("customHeaders.{name}");
        check("customHeaders", json!({ name: "x" }), &path, "no name");
    }
    let lines = json!({ "X-A": "a\r\nBcc: b@example.com" });
    check("customHeaders", lines, "customHeaders.X-A", "line breaks");
    check("customHeaders", json!([]), "customHeaders", "an object");
    let many: Map<String, Value> = (0..21).map(|n| (format!("X-{n}"), json!("a"))).collect();
    check("customHeaders", json!(many), "customHeaders", "at most 20");
}

#[test]
fn what_would_be_otherwise_is_refused_by_name() {
    for name in ["logger", "debug"] {
        check(name, json!(true), name, "log");
        assert_eq!(issues(&[(name, json!(false))]), []);
    }
    for name in ["disableFileAccess", "disableUrlAccess"] {
        assert_eq!(issues(&[(name, json!(false))]), []);
        check(name, json!("no"), name, "true or false");
    }
    for name in [
        "connectionTimeout",
        "greetingTimeout",
        "socketTimeout",
        "dnsTimeout",
    ] {
        check(name, json!(1000), name, "two and a half seconds");
    }
    check("pool", json!(true), "pool", "no such field");
    check("name", json!("a b"), "name", "host name");
    check("localAddress", json!("eth0"), "localAddress", "IP address");
    assert_eq!(issues(&[("localAddress", json!("127.0.0.1"))]), []);
}

fn message(usage: Usage, application: &str) -> VerificationMessage {
    VerificationMessage {
        recipient: Recipient::Phone(phone("13800138000")),
        usage,
        code: Secret::new("246810"),
        language: "en".into(),
        application: application.into(),
    }
}

fn wire(config: &Value, message: &VerificationMessage) -> String {
    let to = Mailbox::new(None, "alice@example.com".parse().unwrap());
    let mail = compose::compose(&parse(config), to, message).unwrap();
    String::from_utf8(mail.formatted()).unwrap()
}

/// The headers' lines, continuations joined.
fn headers(wire: &str) -> Vec<String> {
    let (head, _) = wire.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_template_goes_as_it_is_and_the_generic_one_for_others() {
    let mut config = config();
    let wire_of_plain = wire(&config, &message(Usage::SignIn, "Bookstore"));
    let plain = headers(&wire_of_plain);
    for line in [
        "Subject: Bookstore",
        "To: alice@example.com",
        "Reply-To: help@example.com",
        "X-Mailer: Moongate",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(plain.contains(&line.to_owned()), "{line} in {plain:?}");
    }
    let body = wire_of_plain.trim_end();
    assert!(body.ends_with("\r\n\r\n Your code: 246810"), "{body:?}");
    for name in ["Date: ", "Message-ID: <", "From: =?utf-8?"] {
        assert!(plain.iter().any(|line| line.starts_with(name)), "{name}");
    }
    let id = plain.iter().find(|line| line.starts_with("Message-ID:"));
    assert!(id.unwrap().ends_with("@example.com>"), "{id:?}");

    config["templates"][0] = json!({
        "usageType": "Generic", "contentType": "text/html",
        "subject": "Code", "content": "<b>{{application.name}}: {{code}}</b>",
    });
    let html = wire(&config, &message(Usage::Register, "A & B"));
    assert!(html.contains("Content-Type: text/html; charset=utf-8\r\n"));
    assert!(
        html.trim_end().ends_with("<b>A &amp; B: 246810</b>"),
        "{html}"
    );
}

#[test]
fn without_a_template_our_own_text_goes_as_text_and_html() {
    let wire = wire(&config(), &message(Usage::ForgotPassword, "Bookstore"));
    assert!(wire.contains("Content-Type: multipart/alternative;"));
    let text = wire.find("Content-Type: text/plain").unwrap();
    let html = wire.find("Content-Type: text/html").unwrap();
    assert!(text < html, "the best one last (RFC 2046 §5.1.4)");
    assert!(wire.contains("Subject: Your code to reset your password for Bookstore\r\n"));
    assert!(wire.is_ascii());
    assert!(
        wire.lines().all(|line| line.len() <= 998),
        "RFC 5322 §2.1.1"
    );
}

#[test]
fn nothing_can_begin_another_header() {
    let mut config = config();
    config["templates"][0]["subject"] = json!("{{application.name}} {{locale}}");
    let mut hostile = message(Usage::SignIn, "x\r\nBcc: eve@example.com\r\n\r\nbody");
    // No page has such a tag; lettre has to hold even so.
    hostile.language = "en\r\nBcc: eve@example.com".into();
    for usage in [Usage::SignIn, Usage::Generic] {
        hostile.usage = usage;
        let wire = wire(&config, &hostile);
        let headers = headers(&wire);
        assert!(
            !headers
                .iter()
                .any(|line| line.to_lowercase().starts_with("bcc")),
            "{headers:?}"
        );
        let subjects = headers.iter().filter(|line| line.starts_with("Subject:"));
        assert_eq!(subjects.count(), 1);
    }
}
