//! The guard against callers that are slow, endless or lead inside; servers are listeners of this
//! machine.

use std::future::Future;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server on this machine that treats its one caller so.
async fn server<F>(treat: impl FnOnce(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await.unwrap();
        treat(stream).await;
    });
    address
}

async fn says(text: impl Into<String>) -> SocketAddr {
    let text = text.into();
    server(|mut stream| async move {
        // A caller that has read enough hangs up.
        let _ = stream.write_all(text.as_bytes()).await;
        let _ = stream.shutdown().await;
    })
    .await
}

fn open() -> GuardedOutbound {
    GuardedOutbound::new(Reach::Anywhere).unwrap()
}

async fn refused(url: &str) -> OutboundError {
    let guarded = GuardedOutbound::new(Reach::PublicHttps).unwrap();
    let fetched = guarded.get(url).await.unwrap_err();
    assert_eq!(guarded.post_form(url, &[]).await.unwrap_err(), fetched);
    fetched
}

#[tokio::test]
async fn only_https_is_called() {
    let not_https = OutboundError::Forbidden("it is not https");
    assert_eq!(refused("http://8.8.8.8/").await, not_https);
    assert_eq!(refused("file:///etc/passwd").await, not_https);
    assert_eq!(
        refused("not a url").await,
        OutboundError::Forbidden("it is no URL")
    );
    assert_eq!(
        refused("https://user:password@8.8.8.8/").await,
        OutboundError::Forbidden("it carries credentials")
    );
}

#[tokio::test]
async fn no_address_in_numbers_leads_inside() {
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.100.100.200/latest/meta-data",
        "https://192.168.0.1:8443/",
    ] {
        assert_eq!(refused(url).await, NotPublic::ERROR, "{url}");
    }
}

#[tokio::test]
async fn no_name_leads_inside() {
    assert_eq!(refused("https://localhost/").await, NotPublic::ERROR);
}

#[tokio::test]
async fn a_form_is_posted_and_its_answer_read() {
    let address = server(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
            .await
            .unwrap();
    })
    .await;
    let answer = open()
        .post_form(&format!("http://{address}/"), &[("logout_token", "a.b.c")])
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"done"[..]));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = inside.local_addr().unwrap();
    let address = says(format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{location}/\r\nContent-Length: 0\r\n\r\n"
    ))
    .await;
    let answer = open().get(&format!("http://{address}/")).await.unwrap();
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn who_is_slow_is_not_waited_for() {
    let address = server(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let impatient = GuardedOutbound::with_time(Reach::Anywhere, Duration::from_millis(50)).unwrap();
    let answer = impatient.get(&format!("http://{address}/")).await;
    assert_eq!(answer, Err(OutboundError::Failed("it took too long")));
}

#[tokio::test]
async fn who_dribbles_for_ever_is_not_waited_for() {
    let address = server(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n";
        stream.write_all(head).await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let impatient = GuardedOutbound::with_time(Reach::Anywhere, Duration::from_millis(50)).unwrap();
    let answer = impatient.get(&format!("http://{address}/")).await;
    assert_eq!(answer, Err(OutboundError::Failed("it took too long")));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let address = server(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    let answer = open().get(&format!("http://{address}/")).await;
    let too_long = OutboundError::Failed("the answer is longer than 1 MiB");
    assert_eq!(answer, Err(too_long));
}

#[tokio::test]
async fn a_mebibyte_is_read_and_one_byte_more_is_not() {
    let answer = |length: usize| {
        says(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}",
            "a".repeat(length)
        ))
    };
    let fits = answer(LONGEST_BODY).await;
    let fits = open().get(&format!("http://{fits}/")).await.unwrap();
    assert_eq!(fits.body.len(), LONGEST_BODY);
    let oversized = answer(LONGEST_BODY + 1).await;
    let oversized = open().get(&format!("http://{oversized}/")).await;
    let too_long = OutboundError::Failed("the answer is longer than 1 MiB");
    assert_eq!(oversized, Err(too_long));
}

#[tokio::test]
async fn what_is_no_http_is_a_broken_answer() {
    let address = says("SSH-2.0-OpenSSH_9.6\r\n").await;
    let answer = open().get(&format!("http://{address}/")).await;
    assert_eq!(answer, Err(OutboundError::Failed("the answer is broken")));
}
