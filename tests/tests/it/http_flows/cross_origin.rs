//! Scripts of registered applications reach the token endpoint, others do not.

use axum::body::Body;
use http::StatusCode;
use moongate_tests::TestApp;

#[tokio::test]
async fn a_registered_origin_may_read_tokens_and_claims() {
    let app = TestApp::new().await;
    for (origin, is_allowed) in [
        ("http://localhost:3000", true),
        ("http://localhost:3001", false),
        ("http://evil.example", false),
        ("null", false),
    ] {
        for path in ["/oidc/token", "/oidc/me"] {
            let mut visitor = app.visitor();
            let preflight = visitor
                .request("OPTIONS", path)
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type")
                .body(Body::empty())
                .unwrap();
            let answer = visitor.send(preflight).await;
            assert_eq!(answer.status, StatusCode::OK, "{origin} {path}");
            let allowed = answer.headers.get("access-control-allow-origin");
            assert_eq!(allowed.is_some(), is_allowed, "{origin} {path}");
            let request = visitor
                .request("POST", path)
                .header("origin", origin)
                .body(Body::empty())
                .unwrap();
            let answer = visitor.send(request).await;
            let allowed = answer.headers.get("access-control-allow-origin");
            assert_eq!(allowed.is_some_and(|own| own == origin), is_allowed);
            assert!(
                answer
                    .headers
                    .get("access-control-allow-credentials")
                    .is_none()
            );
        }
    }
}

#[tokio::test]
async fn no_script_reads_where_people_sign_in_and_out() {
    let app = TestApp::new().await;
    for path in ["/oidc/auth", "/oidc/session/end", "/sign-in"] {
        for method in ["OPTIONS", "GET", "POST"] {
            let mut visitor = app.visitor();
            let request = visitor
                .request(method, path)
                .header("origin", "http://localhost:3000")
                .header("access-control-request-method", "POST")
                .body(Body::empty())
                .unwrap();
            let answer = visitor.send(request).await;
            let allowed = answer.header("access-control-allow-origin");
            assert!(allowed.is_empty(), "{method} {path}");
        }
    }
}
