//! Modules of the basic plan about single parameters of the authorization request.

use http::StatusCode;

use super::client::FIRST;
use super::suite::{Arrival, Suite};

pub(super) async fn oidcc_response_type_missing(mut suite: Suite) {
    let request = suite.request().without("response_type");
    match suite.visit(&request).await {
        Arrival::Callback(callback) => {
            let error = callback.error();
            let expected = ["unsupported_response_type", "invalid_request"];
            assert!(expected.contains(&error), "{error}");
        }
        Arrival::Page(page) => assert_eq!(page.status, StatusCode::BAD_REQUEST),
    }
}

pub(super) async fn oidcc_display_page(suite: Suite) {
    accepts(suite, "display", "page").await;
}

pub(super) async fn oidcc_display_popup(suite: Suite) {
    accepts(suite, "display", "popup").await;
}

pub(super) async fn oidcc_ensure_request_with_unknown_parameter_succeeds(suite: Suite) {
    accepts(suite, "extra", "foobar").await;
}

pub(super) async fn oidcc_login_hint(suite: Suite) {
    accepts(suite, "login_hint", "buffy@rp.example.net").await;
}

pub(super) async fn oidcc_ui_locales(suite: Suite) {
    accepts(suite, "ui_locales", "se").await;
}

pub(super) async fn oidcc_claims_locales(suite: Suite) {
    accepts(suite, "claims_locales", "se").await;
}

async fn accepts(mut suite: Suite, name: &str, value: &str) {
    let request = suite.request().with(name, value);
    suite.complete(&request).await;
}

pub(super) async fn oidcc_ensure_request_with_acr_values_succeeds(mut suite: Suite) {
    let advertised = suite.metadata["acr_values_supported"].clone();
    let values: Vec<_> = advertised.as_array().expect("a list").iter().collect();
    let values: Vec<_> = values.iter().filter_map(|it| it.as_str()).collect();
    let request = suite.request().with("acr_values", &values.join(" "));
    let completed = suite.complete(&request).await;
    let acr = completed.tokens.id_token.text("acr").to_owned();
    assert!(values.contains(&acr.as_str()), "{acr}");
}

pub(super) async fn oidcc_ensure_registered_redirect_uri(mut suite: Suite) {
    let unregistered = format!("{}/Qm9vbmdhdGU", FIRST.redirect_uri);
    let request = suite.request().with("redirect_uri", &unregistered);
    let page = suite.page(&request).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.header("content-type").starts_with("text/html"));
}
