//! The client on a loopback port: against the simulator, and against servers that misbehave.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::routing::post;
use moongate_aliyun_sms::simulator::{Account, Simulator};
use moongate_aliyun_sms::{Client, Code, Config, Error, Kind, SendSms, Stamp, http_client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::wire::{Clock, NOW, encoded, parameters, signed, simulator};

async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint(&listener);
    tokio::spawn(axum::serve(listener, router).into_future());
    endpoint
}

fn endpoint(listener: &TcpListener) -> Url {
    let address = listener.local_addr().unwrap();
    Url::parse(&format!("http://{address}/")).unwrap()
}

fn config(endpoint: Url) -> Config {
    let account = Account::default();
    let mut config = Config::new(account.access_key_id, account.access_key_secret);
    config.endpoint = endpoint;
    config
}

fn client(config: Config) -> Client {
    let clock = Clock::at(NOW);
    let nonces = std::sync::atomic::AtomicU64::new(0);
    Client::new(config, http_client().unwrap()).with_stamps(move || Stamp {
        at: clock.now(),
        nonce: nonces
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst)
            .to_string(),
    })
}

fn message() -> SendSms {
    SendSms::new("13800138000", "月亮门", "SMS_200000002").param("code", "246810")
}

async fn served() -> (Simulator, Client) {
    let (simulator, _) = simulator(Account::default());
    let endpoint = serve(simulator.router()).await;
    (simulator, client(config(endpoint)))
}

#[tokio::test]
async fn a_message_makes_the_round_trip() {
    let (simulator, client) = served().await;
    let mut message = message().out_id("it's ~*+ 100% 月/亮");
    message.sms_up_extend_code = Some("90999".to_owned());
    let sent = client.send_sms(&message).await.unwrap();
    let received = simulator.inbox().messages_to("13800138000");
    assert_eq!(received.len(), 1);
    assert_eq!(
        sent.biz_id.as_ref(),
        Some(&received[0].sms().unwrap().biz_id)
    );
    assert_eq!(
        sent.request_id.as_deref(),
        Some("00000000-0000-4000-8000-000000000001")
    );
    assert_eq!(received[0].code.as_deref(), Some("246810"));
    assert_eq!(received[0].sms().unwrap().out_id, message.out_id);
}

#[tokio::test]
async fn the_real_clock_and_real_nonces_convince_the_simulator() {
    let simulator = Simulator::new(Account::default());
    let endpoint = serve(simulator.router()).await;
    let client = Client::new(config(endpoint), http_client().unwrap());
    let first = client.send_sms(&message()).await.unwrap();
    let second = client.send_sms(&message()).await.unwrap();
    assert_ne!(first.biz_id, second.biz_id);
    assert_ne!(first.request_id, second.request_id);
    assert_eq!(simulator.inbox().messages().len(), 2);
}

#[tokio::test]
async fn refusals_of_service_and_gateway_are_typed() {
    let (_, client) = served().await;
    let mut wrong = message();
    wrong.phone_numbers = "123".to_owned();
    let error = client.send_sms(&wrong).await.unwrap_err();
    assert_eq!(error.code(), Some(&Code::MobileNumberIllegal));
    assert_eq!(error.kind(), Kind::User);

    let mut wrong = message();
    wrong.template_param.clear();
    let error = client.send_sms(&wrong).await.unwrap_err();
    assert_eq!(error.code(), Some(&Code::TemplateMissingParameters));
    assert_eq!(error.kind(), Kind::Configuration);

    let stuck = client.with_stamps(|| Stamp {
        at: Clock::at(NOW - 901).now(),
        nonce: "stuck".to_owned(),
    });
    let error = stuck.send_sms(&message()).await.unwrap_err();
    assert_eq!(error.code(), Some(&Code::TimestampExpired));
}

#[tokio::test]
async fn a_wrong_secret_is_told_without_the_request() {
    let (simulator, _) = simulator(Account::default());
    let mut config = config(serve(simulator.router()).await);
    config.access_key_secret = "guess".into();
    let error = client(config).send_sms(&message()).await.unwrap_err();
    assert_eq!(error.code(), Some(&Code::SignatureDoesNotMatch));
    assert_eq!(error.kind(), Kind::Configuration);
    for text in [error.to_string(), format!("{error:?}")] {
        for private in [
            "13800138000",
            "246810",
            "POST&",
            "guess",
            "MoongateSimulatorSecret",
        ] {
            assert!(!text.contains(private), "{private} in {text}");
        }
    }
}

#[tokio::test]
async fn a_number_used_twice_is_the_networks_doing() {
    let (simulator, client) = served().await;
    let client = client.with_stamps(|| Stamp {
        at: Clock::at(NOW).now(),
        nonce: "same".to_owned(),
    });
    client.send_sms(&message()).await.unwrap();
    let error = client.send_sms(&message()).await.unwrap_err();
    assert_eq!(error.code(), Some(&Code::NonceUsed));
    assert_eq!(error.kind(), Kind::Provider);
    assert_eq!(simulator.inbox().messages().len(), 1);
}

async fn answered_with(status: StatusCode, body: impl Into<Body>) -> Error {
    let mut response = Some(
        Response::builder()
            .status(status)
            .header("location", "http://127.0.0.1:9/")
            .body(body.into())
            .unwrap(),
    );
    // A second request would find no answer: nothing may be retried.
    let response = std::sync::Arc::new(std::sync::Mutex::new(move || response.take().unwrap()));
    let answer = move || async move { response.lock().unwrap()() };
    let endpoint = serve(Router::new().route("/", post(answer))).await;
    client(config(endpoint))
        .send_sms(&message())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_proxys_page_is_unreadable() {
    let error = answered_with(StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").await;
    assert!(
        matches!(error, Error::Unreadable { status: 502 }),
        "{error:?}"
    );
    assert_eq!(error.kind(), Kind::Provider);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let error = answered_with(StatusCode::TEMPORARY_REDIRECT, Body::empty()).await;
    assert!(
        matches!(error, Error::Unreadable { status: 307 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let error = answered_with(StatusCode::OK, vec![b' '; 64 * 1024 + 1]).await;
    assert!(matches!(error, Error::TooLong { status: 200 }), "{error:?}");
    assert_eq!(error.kind(), Kind::Provider);
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_transport_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config(endpoint(&listener));
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await.unwrap());
        }
    });
    let error = client(config).send_sms(&message()).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(error.kind(), Kind::Transport);
    assert!(error.code().is_none() && error.retry_after().is_none());
}

#[tokio::test]
async fn a_chunked_form_arrives_over_the_wire() {
    let (simulator, _) = simulator(Account::default());
    let endpoint = serve(simulator.router()).await;
    let form = encoded(&signed("POST", parameters("chunked", &[])));
    let (first, second) = form.split_at(100);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", endpoint.port().unwrap()))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"Code\":\"OK\""), "{answer}");
    assert_eq!(simulator.inbox().messages().len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(endpoint(&listener));
    config.timeout = Duration::from_millis(50);
    let silent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Reads until the client gives up.
        let mut request = Vec::new();
        let _ = stream.read_to_end(&mut request).await;
        request.len()
    });
    let error = client(config).send_sms(&message()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout), "{error:?}");
    assert_eq!(error.kind(), Kind::Transport);
    assert!(silent.await.unwrap() > 0);
}
