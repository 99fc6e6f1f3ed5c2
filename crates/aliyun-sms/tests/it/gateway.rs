//! The simulator as an SDK meets it: what it takes, and what it refuses.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use moongate_aliyun_sms::AccessKeySecret;
use moongate_aliyun_sms::simulator::{Account, Template};
use serde::Deserialize;

use crate::wire::{
    NOW, encoded, get, parameters, post, post_changed, send, signed, signed_by, simulator,
};

/// A request as one of Aliyun's SDKs, or Logto's connector, sent it.
#[derive(Deserialize)]
struct Recorded {
    name: String,
    method: String,
    content_type: Option<String>,
    chunked: bool,
    timestamp: String,
    query: String,
    body: String,
}

impl Recorded {
    fn request(&self) -> Request<Body> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(format!("/?{}", self.query));
        if let Some(content_type) = &self.content_type {
            request = request.header("content-type", content_type);
        }
        if self.chunked {
            request = request.header("transfer-encoding", "chunked");
        }
        request.body(Body::from(self.body.clone())).unwrap()
    }
}

fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../data/requests.json")).unwrap()
}

fn recorded_account() -> Account {
    Account {
        access_key_id: "testAccessKeyId".to_owned(),
        access_key_secret: AccessKeySecret::new("testAccessKeySecret"),
        sign_names: vec!["阿里云短信测试".to_owned()],
        templates: vec![Template {
            code: "SMS_154950909".to_owned(),
            text: "验证码${code}，您正在登录。".to_owned(),
            name: None,
        }],
        bound_numbers: Vec::new(),
    }
}

#[tokio::test]
async fn what_the_sdks_send_arrives_once() {
    let recorded = recorded();
    assert_eq!(recorded.len(), 6);
    let (simulator, clock) = simulator(recorded_account());
    for (index, sent) in recorded.iter().enumerate() {
        // 2026-11-23T19:mm:ssZ
        let part = |range: std::ops::Range<usize>| sent.timestamp[range].parse::<u64>().unwrap();
        clock.turn_to(NOW - 6 * 60 + part(14..16) * 60 + part(17..19));

        let answer = send(&simulator, sent.request()).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{}: {}",
            sent.name,
            answer.body
        );
        assert_eq!(answer.code(), "OK", "{}", sent.name);
        let messages = simulator.inbox().messages();
        assert_eq!(messages.len(), index + 1);
        assert_eq!(messages[0].sms().unwrap().phone, "+8613012345678");
        assert_eq!(
            messages[0].text,
            "【阿里云短信测试】验证码123456，您正在登录。"
        );

        let answer = send(&simulator, sent.request()).await;
        assert_eq!(answer.code(), "SignatureNonceUsed", "{}", sent.name);
    }
    assert_eq!(simulator.inbox().messages().len(), recorded.len());
}

#[tokio::test]
async fn a_changed_recording_is_refused() {
    let (simulator, _) = simulator(recorded_account());
    for mut sent in recorded() {
        for text in [&mut sent.query, &mut sent.body] {
            *text = text.replace("123456", "654321");
        }
        let answer = send(&simulator, sent.request()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.code(), "SignatureDoesNotMatch", "{}", sent.name);
    }
    assert!(simulator.inbox().messages().is_empty());
}

#[tokio::test]
async fn an_accepted_message_is_answered_as_aliyun_answers() {
    let (simulator, _) = simulator(Account::default());
    let answer = post_changed(&simulator, "1", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        serde_json::json!({
            "Message": "OK", "Code": "OK", "BizId": "100000000000000000^0",
            "RequestId": "00000000-0000-4000-8000-000000000001",
        })
    );
    assert_eq!(answer.headers["date"], "Mon, 23 Nov 2026 19:06:00 GMT");
    assert_eq!(
        answer.headers["content-type"],
        "application/json;charset=utf-8"
    );
    assert_eq!(
        answer.headers["x-acs-request-id"],
        "00000000-0000-4000-8000-000000000001"
    );
}

#[tokio::test]
async fn parameters_may_stand_in_query_and_form_in_any_encoding() {
    let (simulator, _) = simulator(Account::default());
    let special = [
        ("OutId", "it's (a) *test*! ~/:,@+ 月"),
        ("SecurityToken", "a+b/c=="),
    ];

    let good = encoded(&signed("GET", parameters("get", &special)));
    let answer = get(&simulator, &format!("/?{good}"), &[]).await;
    assert_eq!(answer.code(), "OK");

    // Everything in the query of a POST, with characters that some SDKs leave as they are.
    let good = encoded(&signed("POST", parameters("query", &special)));
    let lax = good
        .replace("%27", "'")
        .replace("%28", "(")
        .replace("%29", ")")
        .replace("%2A", "*")
        .replace("%21", "!")
        .replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%40", "@")
        .replace("%2F", "/")
        .replace('+', "%20");
    assert_ne!(good, lax);
    let request = Request::post(format!("/?{lax}"))
        .header("content-type", "application/octet-stream")
        .body(Body::empty())
        .unwrap();
    assert_eq!(send(&simulator, request).await.code(), "OK");

    // Some here, some there, and an empty parameter that is signed.
    let mut all = parameters("both", &special);
    all.insert("SignatureType".to_owned(), String::new());
    let (form, query) = signed("POST", all)
        .into_iter()
        .partition(|(name, _)| name.starts_with(['P', 'T', 'O']));
    let request = Request::post(format!("/?{}", encoded(&query)))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(Body::from(encoded(&form)))
        .unwrap();
    assert_eq!(send(&simulator, request).await.code(), "OK");

    for message in simulator.inbox().messages() {
        assert_eq!(
            message.sms().unwrap().out_id.as_deref(),
            Some("it's (a) *test*! ~/:,@+ 月")
        );
    }
}

#[tokio::test]
async fn without_a_format_the_answer_is_xml() {
    let (simulator, _) = simulator(Account::default());
    let answer = post_changed(&simulator, "1", &[("Format", "")]).await;
    assert_eq!(answer.headers["content-type"], "text/xml;charset=utf-8");
    assert_eq!(
        answer.body,
        "<?xml version='1.0' encoding='UTF-8'?><SendSmsResponse><Message>OK</Message>\
         <RequestId>00000000-0000-4000-8000-000000000001</RequestId><Code>OK</Code>\
         <BizId>100000000000000000^0</BizId></SendSmsResponse>"
    );
    let answer = get(&simulator, "/", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("<Error>"), "{}", answer.body);
    assert!(
        answer.body.contains("<Code>MissingParameter</Code>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn the_gateway_refuses_in_its_own_order() {
    let (simulator, _) = simulator(Account::default());
    // Each row mends the one before: the earlier check speaks first.
    let mut changes = vec![
        ("Action", ""),
        ("Version", ""),
        ("SignatureNonce", ""),
        ("SignatureMethod", "HMAC-SHA256"),
        ("AccessKeyId", "nobody"),
        ("Timestamp", "yesterday"),
        ("PhoneNumbers", "1"),
    ];
    let check = async |changes: &[(&str, &str)], status: u16, code: &str| {
        let mut request = parameters("order", changes);
        request.insert(
            "Signature".to_owned(),
            "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        );
        let answer = post(&simulator, &request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code)
        );
        let json = answer.json();
        assert_eq!(json["HostId"], "dysmsapi.aliyuncs.com");
        let recommend = json["Recommend"].as_str().unwrap();
        assert!(recommend.contains(&format!("q={code}")), "{recommend}");
        json["Message"].as_str().unwrap().to_owned()
    };
    let message = check(&changes, 400, "MissingParameter").await;
    assert!(message.contains("\"Action\""), "{message}");
    changes[0] = ("Action", "QuerySendDetails");
    let message = check(&changes, 400, "MissingParameter").await;
    assert!(message.contains("\"Version\""), "{message}");
    changes[1] = ("Version", "2017-05-26");
    check(&changes, 400, "MissingSignatureNonce").await;
    changes[2] = ("SignatureNonce", "order");
    check(&changes, 400, "InvalidVersion").await;
    changes[1] = ("Version", "2017-05-25");
    check(&changes, 404, "InvalidAction.NotFound").await;
    changes[0] = ("Action", "SendSms");
    check(&changes, 400, "IncompleteSignature").await;
    changes[3] = ("SignatureMethod", "HMAC-SHA1");
    check(&changes, 404, "InvalidAccessKeyId.NotFound").await;
    changes[4] = ("AccessKeyId", "LTAI5tMoongateSimulator");
    check(&changes, 400, "InvalidTimeStamp.Format").await;
    changes[5] = ("Timestamp", "2026-11-23T19:21:01Z");
    check(&changes, 400, "InvalidTimeStamp.Expired").await;
    changes[5] = ("Timestamp", "2026-11-23T19:21:00Z");
    let message = check(&changes, 400, "SignatureDoesNotMatch").await;
    assert!(
        message.contains("server string to sign is:POST&%2F&AccessKeyId%3D"),
        "{message}"
    );
}

#[tokio::test]
async fn each_required_parameter_is_named_when_it_is_missing() {
    let (simulator, _) = simulator(Account::default());
    for name in [
        "AccessKeyId",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "PhoneNumbers",
        "SignName",
        "TemplateCode",
    ] {
        let answer = post_changed(&simulator, name, &[(name, "")]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.code(), format!("Missing{name}"));
    }
    let answer = post(&simulator, &parameters("unsigned", &[])).await;
    assert_eq!(answer.code(), "MissingSignature");
}

#[tokio::test]
async fn fifteen_minutes_either_way_are_allowed() {
    let (simulator, clock) = simulator(Account::default());
    for (second, code) in [
        (NOW - 901, "InvalidTimeStamp.Expired"),
        (NOW - 900, "OK"),
        (NOW + 900, "SignatureNonceUsed"),
        (NOW + 901, "InvalidTimeStamp.Expired"),
    ] {
        clock.turn_to(second);
        let answer = post_changed(&simulator, "same", &[]).await;
        assert_eq!(answer.code(), code, "{second}");
    }
}

#[tokio::test]
async fn the_wrong_secret_and_the_wrong_method_do_not_sign() {
    let (simulator, _) = simulator(Account::default());
    let forged = signed_by("guess", "POST", parameters("1", &[]));
    assert_eq!(
        post(&simulator, &forged).await.code(),
        "SignatureDoesNotMatch"
    );
    let got = signed("GET", parameters("1", &[]));
    assert_eq!(post(&simulator, &got).await.code(), "SignatureDoesNotMatch");
    for signature in ["", "x", "====", "月", "AAAA"] {
        let mut broken = signed("POST", parameters("1", &[]));
        broken.insert("Signature".to_owned(), signature.to_owned());
        let code = post(&simulator, &broken).await.code();
        let expected = if signature.is_empty() {
            "MissingSignature"
        } else {
            "SignatureDoesNotMatch"
        };
        assert_eq!(code, expected, "{signature}");
    }
    // None of them used up the nonce.
    assert_eq!(post_changed(&simulator, "1", &[]).await.code(), "OK");
}

#[tokio::test]
async fn a_second_value_for_a_signed_parameter_changes_nothing() {
    let (simulator, _) = simulator(Account::default());
    let good = encoded(&signed("POST", parameters("1", &[])));
    let request = Request::post(format!("/?{good}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("PhoneNumbers=13900139000"))
        .unwrap();
    assert_eq!(send(&simulator, request).await.code(), "OK");
    assert_eq!(
        simulator.inbox().messages()[0].sms().unwrap().phone,
        "+8613800138000"
    );
}

#[tokio::test]
async fn the_service_refuses_with_status_200_and_three_members() {
    let account = Account::from_toml(
        r#"
        sign_names = ["月亮门"]
        templates = [
            { code = "SMS_200000002", text = "码${code}。" },
            { code = "SMS_3", text = "${name}，您好。" },
        ]
        "#,
    )
    .unwrap();
    let (simulator, _) = simulator(account);
    let check = async |changes: &[(&str, &str)], code: &str| {
        let nonce = format!("{changes:?}");
        let answer = post_changed(&simulator, &nonce, changes).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{changes:?}: {}",
            answer.body
        );
        let json = answer.json();
        assert_eq!(json["Code"], code, "{changes:?}");
        assert_eq!(json.as_object().unwrap().len(), 3, "{json}");
    };
    let thousand_and_one = vec!["13800138000"; 1_001].join(",");
    check(&[("PhoneNumbers", "123")], "isv.MOBILE_NUMBER_ILLEGAL").await;
    check(
        &[("PhoneNumbers", "+85261234567")],
        "isv.MOBILE_NUMBER_ILLEGAL",
    )
    .await;
    check(
        &[("PhoneNumbers", "13800138000,")],
        "isv.MOBILE_NUMBER_ILLEGAL",
    )
    .await;
    check(
        &[("PhoneNumbers", &thousand_and_one)],
        "isv.MOBILE_COUNT_OVER_LIMIT",
    )
    .await;
    check(&[("SignName", "月亮")], "isv.SMS_SIGNATURE_ILLEGAL").await;
    check(&[("TemplateCode", "SMS_1")], "isv.SMS_TEMPLATE_ILLEGAL").await;
    check(&[("TemplateParam", "{code}")], "isv.INVALID_JSON_PARAM").await;
    check(
        &[("TemplateParam", r#"{"code":246810}"#)],
        "isv.INVALID_JSON_PARAM",
    )
    .await;
    check(&[("TemplateParam", "")], "isv.TEMPLATE_MISSING_PARAMETERS").await;
    check(
        &[("TemplateCode", "SMS_3")],
        "isv.TEMPLATE_MISSING_PARAMETERS",
    )
    .await;
    check(
        &[("TemplateParam", r#"{"code":"123"}"#)],
        "isv.TEMPLATE_PARAMS_ILLEGAL",
    )
    .await;
    check(
        &[("TemplateParam", r#"{"code":"123456","locale":"zh-CN"}"#)],
        "isv.TEMPLATE_PARAMS_ILLEGAL",
    )
    .await;
    check(&[("OutId", &"x".repeat(256))], "isv.INVALID_PARAMETERS").await;
    assert!(simulator.inbox().messages().is_empty());
}

#[tokio::test]
async fn an_account_on_trial_reaches_its_bound_numbers_only() {
    let account = Account {
        bound_numbers: vec!["+86 138 0013 8000".to_owned()],
        ..Account::default()
    };
    let (simulator, _) = simulator(account);
    let other = [("PhoneNumbers", "13800138000,13900139000")];
    let answer = post_changed(&simulator, "1", &other).await;
    assert_eq!(answer.code(), "isv.SMS_TEST_NUMBER_LIMIT");
    assert_eq!(post_changed(&simulator, "2", &[]).await.code(), "OK");
}

#[tokio::test]
async fn an_acs3_request_learns_what_to_do() {
    let (simulator, _) = simulator(Account::default());
    let request = Request::post("/?PhoneNumbers=13800138000")
        .header(
            "authorization",
            "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=00",
        )
        .header("x-acs-action", "SendSms")
        .body(Body::empty())
        .unwrap();
    let answer = send(&simulator, request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.code(), "IncompleteSignature");
    assert!(answer.body.contains("ACS3"), "{}", answer.body);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let (simulator, _) = simulator(Account::default());
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(vec![b'a'; 64 * 1024 + 1]))
        .unwrap();
    let answer = send(&simulator, request).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_browser_is_led_to_the_inbox() {
    let (simulator, _) = simulator(Account::default());
    let answer = get(&simulator, "/", &[("accept", "text/html,*/*")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers["location"], "inbox");
}
