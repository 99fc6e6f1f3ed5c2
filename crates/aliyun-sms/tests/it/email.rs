//! E-mails for the inbox: who may post them, what is refused, how they are shown.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use moongate_aliyun_sms::simulator::{Account, Simulator};
use serde_json::{Value, json};

use crate::wire::{Answer, get, post_changed, send, simulator};

fn email() -> Value {
    json!({
        "channel": "email", "to": "alice@example.com", "subject": "Sign in to Bookstore",
        "text": "Your code:\n\n246810\n", "html": "<p>Your code: <b>246810</b></p>",
        "code": "246810",
    })
}

async fn post_from(
    peer: Option<&str>,
    content_type: &str,
    simulator: &Simulator,
    body: String,
) -> Answer {
    let mut request = Request::post("/inbox.json")
        .header("content-type", content_type)
        .body(Body::from(body))
        .unwrap();
    if let Some(peer) = peer {
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    send(simulator, request).await
}

async fn post(simulator: &Simulator, email: &Value) -> Answer {
    post_from(
        Some("127.0.0.1:50000"),
        "application/json",
        simulator,
        email.to_string(),
    )
    .await
}

#[tokio::test]
async fn an_email_is_a_row_beside_text_messages() {
    let (simulator, _) = simulator(Account::default());
    post_changed(&simulator, "1", &[]).await;
    let answer = post(&simulator, &email()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let rows = get(&simulator, "/inbox.json", &[]).await.json();
    assert_eq!(
        rows[0],
        json!({
            "channel": "email", "received_at": "2026-11-23T19:06:00.000Z",
            "to": "alice@example.com", "subject": "Sign in to Bookstore",
            "text": "Your code:\n\n246810\n", "html": "<p>Your code: <b>246810</b></p>",
            "code": "246810", "phone": null, "sign_name": null, "template_code": null,
            "template_param": null, "biz_id": null, "out_id": null,
        })
    );
    assert_eq!(rows[1]["channel"], "sms");
    assert_eq!(rows[1]["phone"], "+8613800138000");
}

#[tokio::test]
async fn an_address_is_found_whatever_its_case() {
    let (simulator, _) = simulator(Account::default());
    post_changed(&simulator, "1", &[]).await;
    post(&simulator, &email()).await;
    let check = async |query: &str, count: usize| {
        let rows = get(&simulator, &format!("/inbox.json?{query}"), &[])
            .await
            .json();
        assert_eq!(rows.as_array().unwrap().len(), count, "{query}");
    };
    check("email=alice@example.com", 1).await;
    check("email=Alice%40EXAMPLE.com", 1).await;
    check("email=bob@example.com", 0).await;
    check("email=", 0).await;
    check("phone=13800138000", 1).await;
    check("phone=alice@example.com", 0).await;
    check("phone=13800138000&email=alice@example.com", 2).await;
}

#[tokio::test]
async fn only_this_machine_may_post() {
    let (simulator, _) = simulator(Account::default());
    for (peer, expected) in [
        (Some("127.0.0.1:1"), StatusCode::CREATED),
        (Some("[::1]:1"), StatusCode::CREATED),
        (Some("[::ffff:127.0.0.1]:1"), StatusCode::CREATED),
        (Some("192.168.1.5:1"), StatusCode::FORBIDDEN),
        (Some("[2001:db8::1]:1"), StatusCode::FORBIDDEN),
        (None, StatusCode::FORBIDDEN),
    ] {
        let answer = post_from(peer, "application/json", &simulator, email().to_string()).await;
        assert_eq!(answer.status, expected, "{peer:?}");
    }
    assert_eq!(simulator.inbox().messages().len(), 3);
}

#[tokio::test]
async fn what_is_no_email_is_refused_in_words() {
    let (simulator, _) = simulator(Account::default());
    for (field, value, says) in [
        ("channel", json!("sms"), "expected"),
        ("subject", json!(null), "expected"),
        ("cc", json!("bob@example.com"), "expected"),
        ("to", json!("alice"), "no address"),
        ("to", json!("a@b\nc"), "to has line breaks"),
        ("subject", json!("a\r\nb"), "subject has line breaks"),
        (
            "to",
            json!(format!("{}@example.com", "a".repeat(250))),
            "to is longer than 254",
        ),
        ("subject", json!("a".repeat(999)), "subject is longer"),
        ("text", json!("a".repeat(100_001)), "text is longer"),
        ("html", json!("a".repeat(100_001)), "html is longer"),
        ("code", json!("1".repeat(65)), "code is longer"),
    ] {
        let mut email = email();
        email[field] = value;
        let answer = post(&simulator, &email).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{says}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{message}");
    }
    assert!(simulator.inbox().messages().is_empty());
}

#[tokio::test]
async fn a_request_that_is_no_json_or_too_long_is_refused() {
    let (simulator, _) = simulator(Account::default());
    let check = async |content_type: &str, body: String, expected: StatusCode| {
        let answer = post_from(Some("127.0.0.1:1"), content_type, &simulator, body).await;
        assert_eq!(answer.status, expected, "{content_type}");
        assert!(answer.json()["message"].is_string());
    };
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    check("text/plain", email().to_string(), unsupported).await;
    let json = "application/json";
    check(json, "a".repeat(300_000), StatusCode::PAYLOAD_TOO_LARGE).await;
    let with_charset = "application/json; charset=utf-8";
    check(with_charset, "{".into(), StatusCode::BAD_REQUEST).await;
    assert!(simulator.inbox().messages().is_empty());
}

#[tokio::test]
async fn html_and_code_are_optional() {
    let (simulator, _) = simulator(Account::default());
    let plain = json!({ "channel": "email", "to": "a@b", "subject": "", "text": "" });
    assert_eq!(post(&simulator, &plain).await.status, StatusCode::CREATED);
    let page = get(&simulator, "/inbox", &[]).await;
    assert_eq!(page.body.matches("<article>").count(), 1);
}

#[tokio::test]
async fn the_page_shows_both_kinds_newest_first() {
    let (simulator, _) = simulator(Account::default());
    post_changed(&simulator, "1", &[]).await;
    post(&simulator, &email()).await;
    let page = get(&simulator, "/inbox", &[]).await.body;
    let email_at = page.find("alice@example.com").unwrap();
    let sms_at = page.find("+86 138 0013 8000").unwrap();
    assert!(email_at < sms_at, "newest first");
    assert!(page.contains("<span class=\"channel\">E-mail</span>"));
    assert!(page.contains("<span class=\"channel\">SMS</span>"));
    assert!(page.contains("Sign in to Bookstore"));
    assert!(page.contains("<strong>246810</strong>"), "{page}");
    assert_eq!(page.matches("data-copy=\"246810\"").count(), 2);
    let chinese = get(&simulator, "/inbox", &[("accept-language", "zh-CN")]).await;
    let label = "<span class=\"channel\">邮件</span>";
    assert!(chinese.body.contains(label));
}

#[tokio::test]
async fn nothing_of_an_email_is_markup() {
    let (simulator, _) = simulator(Account::default());
    let mut hostile = email();
    hostile["to"] = json!("\"><img src=x>@example.com");
    hostile["subject"] = json!("<script>alert(1)</script>");
    hostile["text"] = json!("<b>246810</b>");
    hostile["code"] = json!("\"><i>");
    assert_eq!(post(&simulator, &hostile).await.status, StatusCode::CREATED);
    let page = get(&simulator, "/inbox", &[]).await.body;
    for raw in ["<script>alert", "<b>", "<img", "<i>", "<p>Your code"] {
        assert!(!page.contains(raw), "{raw}");
    }
}
