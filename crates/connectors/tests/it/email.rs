//! E-mails: what reaches a mail server or the development inbox, and what comes back.

use std::time::Duration;

use moongate_aliyun_sms::simulator::Account;
use moongate_core::{SendError, Usage};
use serde_json::{Value, json};

use crate::harness::{CODE, Harness};
use crate::log;
use crate::smtp_server::{Encryption, ROOT, Script, SmtpServer};

const ADDRESS: &str = "alice@example.com";
const PASSWORD: &str = "password-of-the-tests";

/// For a server on this machine without encryption.
fn plain(server: &SmtpServer) -> Value {
    json!({
        "host": "127.0.0.1",
        "port": server.address.port(),
        "auth": { "type": "login", "user": "mailer", "pass": PASSWORD },
        "fromEmail": "Moongate <no-reply@moongate.example>",
        "ignoreTLS": true,
    })
}

/// For a server whose certificate is for `localhost`.
fn encrypted(server: &SmtpServer, secure: bool) -> Value {
    let mut config = plain(server);
    config["host"] = json!("localhost");
    config["localAddress"] = json!("127.0.0.1");
    config["ignoreTLS"] = json!(false);
    config["secure"] = json!(secure);
    config["tls"] = json!({ "ca": ROOT });
    config
}

async fn harness(config: &Value) -> Harness {
    let harness = Harness::start(Account::default()).await;
    harness
        .add("mail", "simple-mail-transfer-protocol", config)
        .await;
    harness
}

/// One line at `warn` that says that, and nothing private.
#[track_caller]
fn check_line(lines: &[String], says: &[&str]) {
    let [line] = lines else {
        panic!("{lines:#?}");
    };
    assert!(line.trim_start().starts_with("WARN"), "{line}");
    for word in says {
        assert!(line.contains(word), "{word} in {line}");
    }
    for private in [ADDRESS, "alice", CODE, PASSWORD, "mailer"] {
        assert!(!line.contains(private), "{line}");
    }
}

#[test]
fn a_code_reaches_the_mail_server() {
    let ((sent, lines), logged) = log::of(async {
        let server = SmtpServer::start(Script::default()).await;
        let harness = harness(&plain(&server)).await;
        let sent = harness.send_email(Usage::SignIn, ADDRESS).await;
        (sent, server.lines())
    });
    assert_eq!(sent, Ok(()));
    assert!(lines[0].starts_with("EHLO "), "{lines:?}");
    // `\0mailer\0password-of-the-tests`, RFC 4616.
    let login = "AUTH PLAIN AG1haWxlcgBwYXNzd29yZC1vZi10aGUtdGVzdHM=";
    assert_eq!(
        lines[1..5],
        [
            login,
            "MAIL FROM:<no-reply@moongate.example>",
            "RCPT TO:<alice@example.com>",
            "DATA"
        ]
    );
    let message = lines[5..].join("\n");
    assert!(message.contains("From: Moongate <no-reply@moongate.example>"));
    assert!(message.contains("To: alice@example.com\n"));
    assert!(message.contains(CODE) && message.contains("\n.") && message.is_ascii());
    assert_eq!(logged.len(), 1, "{logged:#?}");
    assert!(logged[0].trim_start().starts_with("DEBUG"));
    assert!(!logged[0].contains("alice") && !logged[0].contains(CODE));
}

#[tokio::test]
async fn a_server_that_asks_for_no_login_gets_none() {
    let server = SmtpServer::start(Script::default()).await;
    let mut config = plain(&server);
    config["auth"] = json!(null);
    config["name"] = json!("moongate.example");
    let harness = harness(&config).await;
    harness.send_email(Usage::Generic, ADDRESS).await.unwrap();
    let lines = server.lines();
    assert_eq!(lines[0], "EHLO moongate.example");
    assert!(lines[1].starts_with("MAIL FROM"), "{lines:?}");
}

#[tokio::test]
async fn the_connection_is_encrypted_before_anything_is_said() {
    for (encryption, secure, first) in [
        (Encryption::StartTls, false, "STARTTLS"),
        (Encryption::Implicit, true, "AUTH PLAIN"),
    ] {
        let server = SmtpServer::start(Script {
            encryption,
            ..Script::default()
        })
        .await;
        let harness = harness(&encrypted(&server, secure)).await;
        harness.send_email(Usage::SignIn, ADDRESS).await.unwrap();
        let lines = server.lines();
        assert!(lines[1].starts_with(first), "{lines:?}");
        assert!(lines.contains(&"RCPT TO:<alice@example.com>".to_owned()));
    }
}

#[test]
fn a_certificate_that_is_not_trusted_ends_it() {
    let ((sent, lines), logged) = log::of(async {
        let server = SmtpServer::start(Script {
            encryption: Encryption::StartTls,
            ..Script::default()
        })
        .await;
        let mut config = encrypted(&server, false);
        config["tls"] = json!({});
        let harness = harness(&config).await;
        let sent = harness.send_email(Usage::SignIn, ADDRESS).await;
        (sent, server.lines())
    });
    assert_eq!(sent, Err(SendError::Failed));
    assert_eq!(lines.len(), 2, "EHLO and STARTTLS: {lines:?}");
    check_line(&logged, &["mail", "encrypt", "certificate"]);
}

#[test]
fn a_certificate_of_another_name_ends_it() {
    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script {
            encryption: Encryption::Implicit,
            ..Script::default()
        })
        .await;
        let mut config = encrypted(&server, true);
        config["servername"] = json!("other.example.com");
        let other = harness(&config).await;
        let refused = other.send_email(Usage::SignIn, ADDRESS).await;
        config["servername"] = json!("mail.example.com");
        let named = harness(&config).await;
        named.send_email(Usage::SignIn, ADDRESS).await.unwrap();
        refused
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&logged[..1], &["certificate"]);
}

#[test]
fn without_starttls_nothing_is_said() {
    let ((sent, lines), logged) = log::of(async {
        let server = SmtpServer::start(Script::default()).await;
        let harness = harness(&encrypted(&server, false)).await;
        let sent = harness.send_email(Usage::SignIn, ADDRESS).await;
        (sent, server.lines())
    });
    assert_eq!(sent, Err(SendError::Failed));
    assert!(
        !lines
            .iter()
            .any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
        "{lines:?}"
    );
    check_line(&logged, &["encrypt", "STARTTLS is not supported"]);
}

/// Sends to a server that answers one command otherwise.
#[track_caller]
fn check_refusal(
    answers: &'static [(&'static str, &'static str)],
    expected: SendError,
    says: &[&str],
) {
    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script {
            answers,
            ..Script::default()
        })
        .await;
        let harness = harness(&plain(&server)).await;
        harness.send_email(Usage::SignIn, ADDRESS).await
    });
    assert_eq!(sent, Err(expected), "{answers:?}");
    check_line(&logged, says);
}

#[test]
fn a_refusal_says_whose_business_it_is() {
    check_refusal(
        &[("RCPT", "550 5.1.1 <alice@example.com>: no such user")],
        SendError::BadAddress,
        &["recipient", "550", "5.1.1"],
    );
    check_refusal(
        &[("RCPT", "553 alice@example.com is not a mailbox")],
        SendError::BadAddress,
        &["recipient", "553"],
    );
    check_refusal(
        &[("RCPT", "450 4.2.0 alice, try later")],
        SendError::RateLimited,
        &["recipient", "450", "4.2.0"],
    );
    check_refusal(
        &[("RCPT", "530 5.7.0 log in first")],
        SendError::Failed,
        &["530"],
    );
    check_refusal(
        &[("AUTH", "535 5.7.8 mailer: wrong password")],
        SendError::Failed,
        &["log in", "535", "5.7.8"],
    );
    check_refusal(
        &[("MAIL", "550 5.7.1 not your address")],
        SendError::Failed,
        &["sender", "550"],
    );
    check_refusal(
        &[("DATA", "451 4.3.0 busy")],
        SendError::RateLimited,
        &["content", "451"],
    );
    check_refusal(
        &[(".", "554 5.7.1 spam for alice@example.com")],
        SendError::Failed,
        &["content", "554", "5.7.1"],
    );
    check_refusal(
        &[("greeting", "421 4.3.2 closing, alice")],
        SendError::Failed,
        &["connect", "421"],
    );
    check_refusal(
        &[("greeting", "alice@example.com")],
        SendError::Failed,
        &["connect"],
    );
}

#[tokio::test]
async fn letters_beyond_ascii_go_where_the_server_takes_them() {
    let server = SmtpServer::start(Script::default()).await;
    let harness = harness(&plain(&server)).await;
    // A domain has an ASCII form; what is before the `@` has none.
    let send = async |address: &str| harness.send_email(Usage::SignIn, address).await;
    send("alice@例子.example").await.unwrap();
    send("用户@例子.example").await.unwrap();
    let lines = server.lines();
    for line in [
        "MAIL FROM:<no-reply@moongate.example>",
        "RCPT TO:<alice@xn--fsqu00a.example>",
        "MAIL FROM:<no-reply@moongate.example> SMTPUTF8 BODY=8BITMIME",
        "RCPT TO:<用户@xn--fsqu00a.example>",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line} in {lines:#?}");
    }
}

#[test]
fn letters_beyond_ascii_are_refused_where_the_server_does_not() {
    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script {
            extensions: &["AUTH PLAIN"],
            ..Script::default()
        })
        .await;
        let harness = harness(&plain(&server)).await;
        harness.send_email(Usage::SignIn, "用户@example.com").await
    });
    assert_eq!(sent, Err(SendError::BadAddress));
    check_line(&logged, &["beyond ASCII"]);
}

#[test]
fn a_server_that_is_down_fails_with_one_line() {
    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script::default()).await;
        let mut config = plain(&server);
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        config["port"] = json!(gone.local_addr().unwrap().port());
        drop(gone);
        let harness = harness(&config).await;
        harness.send_email(Usage::SignIn, ADDRESS).await
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&logged, &["connect", "refused"]);
}

#[test]
fn a_server_that_says_nothing_fails_in_time() {
    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script::default()).await;
        let mut config = plain(&server);
        // Connections are made by the kernel and never answered.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        config["port"] = json!(silent.local_addr().unwrap().port());
        let harness = harness(&config).await;
        let sending = harness.send_email(Usage::SignIn, ADDRESS);
        tokio::time::timeout(Duration::from_secs(3), sending)
            .await
            .expect("an answer within three seconds")
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&logged, &["mail", "in time"]);
}

#[tokio::test]
async fn the_outbox_fills_the_inbox() {
    let harness = Harness::ready().await;
    let outbox = json!({ "endpoint": format!("http://{}", harness.address) });
    let factory = "moongate-development-outbox";
    harness.add("development-outbox", factory, &outbox).await;
    harness.send_email(Usage::SignIn, ADDRESS).await.unwrap();
    harness.send(Usage::SignIn, "13800138000").await.unwrap();

    let messages = harness.inbox.emails_to(ADDRESS);
    assert_eq!(messages.len(), 1);
    let email = messages[0].email().unwrap();
    assert_eq!(email.subject, "登录 Bookstore 的验证码");
    assert_eq!(messages[0].code.as_deref(), Some(CODE));
    assert!(messages[0].text.contains(CODE));
    assert!(email.html.as_ref().unwrap().contains(CODE));
    assert_eq!(harness.inbox.messages_to("13800138000").len(), 1);
}

#[test]
fn an_inbox_that_is_not_there_fails_with_one_line() {
    let (sent, logged) = log::of(async {
        let harness = Harness::ready().await;
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outbox = json!({ "endpoint": format!("http://{}", gone.local_addr().unwrap()) });
        drop(gone);
        let factory = "moongate-development-outbox";
        harness.add("development-outbox", factory, &outbox).await;
        harness.send_email(Usage::SignIn, ADDRESS).await
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(
        &logged,
        &["development-outbox", "does not answer", "refused"],
    );
}

#[test]
fn each_channel_has_a_connector_of_its_own() {
    let (sent, logged) = log::of(async {
        // With a connector for text messages alone.
        let harness = Harness::ready().await;
        harness.send_email(Usage::SignIn, ADDRESS).await
    });
    assert_eq!(sent, Err(SendError::NoConnector));
    check_line(&logged, &["no e-mail connector"]);

    let (sent, logged) = log::of(async {
        let server = SmtpServer::start(Script::default()).await;
        let harness = harness(&plain(&server)).await;
        harness.send(Usage::SignIn, "13800138000").await
    });
    assert_eq!(sent, Err(SendError::NoConnector));
    check_line(&logged, &["no SMS connector"]);
}
