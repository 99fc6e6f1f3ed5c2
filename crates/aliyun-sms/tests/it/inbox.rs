//! The inbox: the page for people, the JSON for programs.

use axum::http::StatusCode;
use moongate_aliyun_sms::simulator::Account;
use serde_json::json;

use crate::wire::{get, post_changed, simulator};

#[tokio::test]
async fn the_json_is_a_list_with_every_key_newest_first() {
    let (simulator, _) = simulator(Account::default());
    assert_eq!(get(&simulator, "/inbox.json", &[]).await.json(), json!([]));
    post_changed(&simulator, "1", &[]).await;
    post_changed(
        &simulator,
        "2",
        &[("PhoneNumbers", "85261234567"), ("OutId", "7")],
    )
    .await;
    let answer = get(&simulator, "/inbox.json", &[]).await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let message = |phone: &str, biz_id: &str, out_id: Option<&str>| {
        json!({
            "channel": "sms", "received_at": "2026-11-23T19:06:00.000Z", "phone": phone,
            "sign_name": "月亮门", "template_code": "SMS_200000002",
            "template_param": {"code": "246810"},
            "text": "【月亮门】您的登录验证码为246810，10分钟内有效，请勿告知他人。",
            "code": "246810", "biz_id": biz_id, "out_id": out_id,
        })
    };
    assert_eq!(
        answer.json(),
        json!([
            message("+85261234567", "100000000000000002^0", Some("7")),
            message("+8613800138000", "100000000000000000^0", None),
        ])
    );
}

#[tokio::test]
async fn a_number_is_found_in_any_spelling() {
    let (simulator, _) = simulator(Account::default());
    post_changed(
        &simulator,
        "1",
        &[("PhoneNumbers", "+8613800138000,13900139000")],
    )
    .await;
    let check = async |phone: &str, count: usize| {
        let path = format!("/inbox.json?phone={phone}");
        let json = get(&simulator, &path, &[]).await.json();
        assert_eq!(json.as_array().unwrap().len(), count, "{phone}");
    };
    check("13800138000", 1).await;
    check("+8613800138000", 1).await;
    check("%2B8613800138000", 1).await;
    check("008613800138000", 1).await;
    check("%2B86%20138-0013-8000", 1).await;
    check("%EF%BC%91%EF%BC%93%EF%BC%98%EF%BC%90%EF%BC%90%EF%BC%91%EF%BC%93%EF%BC%98%EF%BC%90%EF%BC%90%EF%BC%90", 1).await;
    check("13800138001", 0).await;
    check("nobody", 0).await;
    check("", 0).await;
}

#[tokio::test]
async fn the_tag_changes_with_each_message() {
    let (simulator, _) = simulator(Account::default());
    let tag = async || get(&simulator, "/inbox.json", &[]).await.headers["etag"].clone();
    let first = tag().await;
    assert_eq!(first, tag().await);
    post_changed(&simulator, "1", &[]).await;
    assert_ne!(first, tag().await);
}

#[tokio::test]
async fn the_empty_page_says_what_to_do_in_both_languages() {
    let (simulator, _) = simulator(Account::default());
    let english = get(&simulator, "/inbox", &[]).await;
    assert_eq!(english.status, StatusCode::OK);
    assert_eq!(english.headers["content-language"], "en");
    assert!(english.body.contains("<html lang=\"en\">"));
    assert!(
        english
            .body
            .contains("Ask an application for a verification code.")
    );
    let chinese = get(
        &simulator,
        "/inbox",
        &[("accept-language", "zh-CN,en;q=0.5")],
    )
    .await;
    assert_eq!(chinese.headers["content-language"], "zh-CN");
    assert_eq!(chinese.headers["vary"], "accept-language");
    assert!(chinese.body.contains("<html lang=\"zh-CN\">"));
    assert!(chinese.body.contains("请在应用中获取验证码，消息"));
}

#[tokio::test]
async fn the_page_shows_a_message_and_loads_nothing_foreign() {
    let (simulator, _) = simulator(Account::default());
    post_changed(&simulator, "1", &[]).await;
    let page = get(&simulator, "/inbox", &[]).await;
    assert!(page.body.contains("+86 138 0013 8000"), "{}", page.body);
    assert!(
        page.body
            .contains("验证码为<strong>246810</strong>，10分钟"),
        "{}",
        page.body
    );
    assert!(page.body.contains("data-copy=\"246810\""));
    assert!(
        page.body
            .contains("<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>")
    );
    assert!(
        !page.body.contains(" style="),
        "the policy allows no inline style"
    );
    assert!(!page.body.contains("MoongateSimulatorSecret"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    for (path, content_type) in [
        ("/inbox.css", "text/css; charset=utf-8"),
        ("/inbox.js", "text/javascript; charset=utf-8"),
    ] {
        assert!(page.body.contains(&format!("\"{}\"", &path[1..])), "{path}");
        let asset = get(&simulator, path, &[]).await;
        assert_eq!(asset.headers["content-type"], content_type);
        assert_eq!(asset.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn what_a_message_says_is_never_markup() {
    let account = Account::from_toml(
        "templates = [{ code = \"SMS_9\", text = \"<b>${name}</b>\", name = \"<i>\" }]",
    )
    .unwrap();
    let (simulator, _) = simulator(account);
    let changes = [
        ("TemplateCode", "SMS_9"),
        (
            "TemplateParam",
            r#"{"name":"<script>alert(1)</script>\"'&"}"#,
        ),
        ("OutId", "\"><img src=x>"),
    ];
    assert_eq!(post_changed(&simulator, "1", &changes).await.code(), "OK");
    let page = get(&simulator, "/inbox", &[("host", "\"><b>")]).await;
    for raw in ["<script>alert", "<b>", "<i>", "<img"] {
        assert!(!page.body.contains(raw), "{raw}");
    }
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[tokio::test]
async fn the_page_stops_at_a_hundred_and_says_where_the_rest_is() {
    let (simulator, _) = simulator(Account::default());
    let numbers: Vec<String> = (0..101).map(|n| format!("13800138{n:03}")).collect();
    let answer = post_changed(&simulator, "1", &[("PhoneNumbers", &numbers.join(","))]).await;
    assert_eq!(answer.code(), "OK");
    let page = get(&simulator, "/inbox", &[]).await;
    assert_eq!(page.body.matches("<article>").count(), 100);
    assert!(page.body.contains("Older messages are in"));
    let all = get(&simulator, "/inbox.json", &[]).await.json();
    assert_eq!(all.as_array().unwrap().len(), 101);
}
