//! How much a browser loads before somebody can type.

use http::StatusCode;
use moongate_tests::{RelyingParty, TestApp};

/// For a first visit, headers apart.
const MOST: usize = 30_000;

#[tokio::test]
async fn the_first_page_is_small() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor().saying("accept-encoding", "gzip");
    let request = RelyingParty::new("shop").request(&app, &[]);
    let answer = visitor.get(&request).await;
    let page = visitor.follow(answer).await;
    assert_eq!(page.header("content-encoding"), "gzip");
    let mut sizes = vec![("the page", page.bytes.len())];
    // Its names can be read where it is not compressed.
    let mut reader = visitor.clone().saying("accept-encoding", "identity");
    let plain = reader.open(&request).await;
    let assets = plain.assets();
    assert!(assets.iter().any(|path| path.contains("htmx")), "no htmx");
    for path in assets {
        let asset = visitor.get(path).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        assert_eq!(asset.header("content-encoding"), "gzip", "{path}");
        assert!(asset.header("cache-control").contains("immutable"));
        sizes.push((path, asset.bytes.len()));
    }
    let sum: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(sum < MOST, "{sum} bytes: {sizes:?}");
}

#[tokio::test]
async fn a_second_visit_loads_assets_no_more() {
    let app = TestApp::new().await;
    let (visitor, page) = super::at_phone(&app).await;
    for path in page.assets() {
        let asset = visitor.clone().get(path).await;
        let etag = asset.header("etag").to_owned();
        let mut again = visitor.clone();
        let request = again
            .request("GET", path)
            .header("if-none-match", etag)
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = again.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(answer.bytes.is_empty());
    }
}
