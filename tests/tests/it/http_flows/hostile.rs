//! Requests that nobody means well with: refused, and never an error of ours.

use axum::body::Body;
use http::{Method, StatusCode, header};
use moongate_tests::{Page, RelyingParty, TestApp, Visitor, fresh_number};

use super::at_code;

const FORM: &str = "application/x-www-form-urlencoded";

/// Every address that reads a body.
const READERS: [&str; 11] = [
    "/sign-in",
    "/register",
    "/sign-in/change",
    "/sign-in/cancel",
    "/sign-in/verification-code",
    "/sign-in/verification-code/resend",
    "/language",
    "/oidc/session/end/confirm",
    "/oidc/token",
    "/oidc/auth",
    "/oidc/session/end",
];

async fn post(visitor: &mut Visitor, path: &str, type_: &str, body: Vec<u8>) -> Page {
    let request = visitor
        .request("POST", path)
        .header(header::CONTENT_TYPE, type_)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    visitor.send(request).await
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_refused() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    let id = page.field("interaction");
    let own =
        format!("interaction={id}&identifier=%00&code=%00&region=%00&language=%00&return_to=%00");
    let bodies = [
        Vec::new(),
        own.into_bytes(),
        b"interaction=%00&identifier=\0&code=\0".to_vec(),
        format!("interaction={id}&identifier=%ff%fe&code=%c3%28").into_bytes(),
        [b"interaction=".as_slice(), &[0xff, 0xfe, 0x80]].concat(),
        b"&&&===&%&%zz&a=b=c".to_vec(),
        format!("interaction={id}&interaction={id}&code=1&code=2").into_bytes(),
        format!("interaction={id}&identifier={}", "9".repeat(20_000)).into_bytes(),
        format!("interaction={id}&code={}", "9".repeat(20_000)).into_bytes(),
        format!("interaction={id}&region={}", "é".repeat(5_000)).into_bytes(),
        "grant_type=authorization_code&code=%00&client_id=bookstore\0".into(),
        b"client_id=bookstore&redirect_uri=%00&state=\x7f".to_vec(),
        b"logout=e30&decision=sign-out".to_vec(),
        b"{\"grant_type\":".to_vec(),
        b"{\"grant_type\":[[[[]]]],\"code\":{}}".to_vec(),
    ];
    for path in READERS {
        for type_ in [FORM, "application/json", "multipart/form-data", "\u{1}"] {
            let type_ = if type_ == "\u{1}" { "text" } else { type_ };
            for body in &bodies {
                let page = post(&mut visitor, path, type_, body.clone()).await;
                let shown = String::from_utf8_lossy(body);
                let shown: String = shown.chars().take(60).collect();
                assert!(
                    !page.status.is_server_error(),
                    "{path} {type_} {shown:?}: {}",
                    page.status
                );
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_413() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    for path in READERS {
        let page = post(&mut visitor, path, FORM, vec![b'a'; 100 * 1024]).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let is_for_people = path != "/oidc/token";
        let is_page = page.header("content-type").starts_with("text/html");
        assert_eq!(is_page, is_for_people, "{path}");
    }
}

#[tokio::test]
async fn a_program_whose_body_is_too_long_reads_so_in_json() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    for path in [
        "/oidc/token",
        "/oidc/token/introspection",
        "/oidc/token/revocation",
        "/oidc/request",
        "/oidc/me",
    ] {
        let page = post(&mut visitor, path, FORM, vec![b'a'; 100 * 1024]).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.json()["error"], "invalid_request", "{path}");
    }
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let long = format!("state={}", "a".repeat(20_000));
    for query in [
        "%00=%00",
        "interaction=%00",
        "interaction=%ff%fe",
        "client_id=bookstore&client_id=bookstore",
        "client_id=bookstore&redirect_uri=http://localhost:3000/Callback&scope=%00",
        "client_id=%00&redirect_uri=javascript:alert(1)",
        "client_id=bookstore&redirect_uri=http://localhost:3000/Callback&max_age=-1&\
         response_type=code",
        "client_id=bookstore&redirect_uri=http://localhost:3000/Callback&request=e30.e30.",
        "id_token_hint=a.b.c&post_logout_redirect_uri=%00",
        "id_token_hint=eyJhbGciOiJub25lIn0.e30.",
        &long,
    ] {
        for path in [
            "/",
            "/sign-in",
            "/register",
            "/sign-in/verification-code",
            "/unknown-session",
            "/oidc/auth",
            "/oidc/session/end",
            "/oidc/jwks",
            "/oidc/me",
        ] {
            let page = visitor.get(&format!("{path}?{query}")).await;
            assert!(!page.status.is_server_error(), "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn credentials_that_make_no_sense_are_refused() {
    let app = TestApp::new().await;
    for value in [
        &b"Basic"[..],
        b"Basic ",
        b"Basic !!!!",
        b"Basic Ym9va3N0b3Jl",
        b"Basic Og==",
        b"Basic gIGC",
        b"Basic Ym9va3N0b3JlOiV6eg==",
        b"Basic AAAA",
        b"basic Ym9va3N0b3JlOndyb25n",
        b"Bearer x",
        b"Negotiate abc",
        b"\xff\xfe",
        b"",
    ] {
        let mut program = app.visitor();
        let request = program
            .request("POST", "/oidc/token")
            .header(header::CONTENT_TYPE, FORM)
            .header(header::AUTHORIZATION, value)
            .body(Body::from("grant_type=authorization_code&code=x"))
            .unwrap();
        let page = program.send(request).await;
        let shown = String::from_utf8_lossy(value);
        assert!(page.status.is_client_error(), "{shown:?}: {}", page.status);
        assert!(page.json()["error"].is_string());
        // RFC 6749 §5.2: who tried by `Authorization` is told which scheme there is.
        if page.status == StatusCode::UNAUTHORIZED {
            assert!(page.header("www-authenticate").starts_with("Basic "));
        }
        let request = program
            .request("GET", "/oidc/me")
            .header(header::AUTHORIZATION, value)
            .body(Body::empty())
            .unwrap();
        let page = program.send(request).await;
        assert!(page.status.is_client_error(), "{shown:?}: {}", page.status);
        assert!(page.header("www-authenticate").starts_with("Bearer "));
    }
}

#[tokio::test]
async fn cookies_that_make_no_sense_are_nobody_s() {
    let app = TestApp::new().await;
    let request = RelyingParty::new("shop").request(&app, &[]);
    for cookie in [
        &b"moongate_session=\0"[..],
        b"moongate_session=\xff\xfe; moongate_interactions=\x80",
        b"moongate_session=; moongate_interactions=; moongate_language=%00",
        b";;;===;;",
        b"moongate_language=../../etc/passwd",
        b"moongate_session=\"",
    ] {
        let Ok(value) = http::HeaderValue::from_bytes(cookie) else {
            // No such header reaches us: HTTP itself forbids it.
            continue;
        };
        let mut visitor = app.visitor();
        let asked = visitor
            .request("GET", &request)
            .header(header::COOKIE, value)
            .body(Body::empty())
            .unwrap();
        let answer = visitor.send(asked).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.location().starts_with("/sign-in?"));
    }
}

#[tokio::test]
async fn methods_that_nobody_uses_are_refused() {
    let app = TestApp::new().await;
    for method in [
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::TRACE,
        Method::OPTIONS,
    ] {
        for path in ["/", "/sign-in", "/oidc/token", "/oidc/auth", "/nowhere"] {
            if method == Method::OPTIONS && path == "/oidc/token" {
                // A browser's question before a script of a registered application may post.
                continue;
            }
            let mut visitor = app.visitor();
            let request = visitor
                .request(method.as_str(), path)
                .header("sec-fetch-site", "same-origin")
                .body(Body::empty())
                .unwrap();
            let page = visitor.send(request).await;
            assert!(
                page.status.is_client_error(),
                "{method} {path}: {}",
                page.status
            );
        }
    }
}

#[tokio::test]
async fn the_language_switch_leads_nowhere_else() {
    let app = TestApp::new().await;
    for target in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\n//evil.example",
        "\t//evil.example",
    ] {
        let fields = [
            ("language", "zh-CN".to_owned()),
            ("return_to", target.to_owned()),
        ];
        let answer = app.visitor().submit("/language", &fields).await;
        assert_eq!(answer.location(), "/", "{target:?}");
    }
}
