//! HTTP flows through the router, in process.

mod account;
mod back_channel;
mod codes;
mod consent;
mod cross_origin;
mod deployment;
mod device;
mod errors;
mod flaws;
mod headers;
mod hostile;
mod language;
mod log;
mod one_session;
mod preview;
mod protocol;
mod setup;
mod size;

use moongate_tests::{Page, RelyingParty, TestApp, Visitor};

/// The fields of the form that asks for a number.
fn phone_form(page: &Page, number: &str) -> [(&'static str, String); 3] {
    [
        ("interaction", page.field("interaction")),
        ("region", "CN".to_owned()),
        ("identifier", number.to_owned()),
    ]
}

/// The fields of the form that asks for a code.
fn code_form(page: &Page, code: &str) -> [(&'static str, String); 2] {
    [
        ("interaction", page.field("interaction")),
        ("code", code.to_owned()),
    ]
}

/// The one field of a form that only says which sign-in it belongs to.
fn plain_form(page: &Page) -> [(&'static str, String); 1] {
    [("interaction", page.field("interaction"))]
}

/// The page that asks for the code, in a browser that was never here.
async fn at_code(app: &TestApp, number: &str) -> (Visitor, Page) {
    let mut visitor = app.visitor();
    let request = RelyingParty::new("one").request(app, &[]);
    let page = app.send_code(&mut visitor, &request, number).await;
    assert_eq!(page.heading(), "Check your phone");
    (visitor, page)
}

/// The page that asks for the number, in a browser that was never here.
async fn at_phone(app: &TestApp) -> (Visitor, Page) {
    let mut visitor = app.visitor();
    let request = RelyingParty::new("one").request(app, &[]);
    let page = visitor.open(&request).await;
    assert_eq!(page.heading(), "Sign in to Bookstore");
    (visitor, page)
}
