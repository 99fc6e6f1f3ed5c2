//! The Management API over HTTP: each route's answer and its refusals.

mod applications;
mod authorization;
mod bodies;
mod keys;
mod passwords;
mod resources;
mod roles;
mod sessions;
mod sign_in_exp;
mod users;

use http::StatusCode;
use moongate_tests::Page;
use serde_json::Value;

/// The body of an answer of that status.
#[track_caller]
fn expect(answer: &Page, status: StatusCode) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    if answer.text().is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

#[track_caller]
fn ok(answer: &Page) -> Value {
    expect(answer, StatusCode::OK)
}

#[track_caller]
fn created(answer: &Page) -> Value {
    expect(answer, StatusCode::CREATED)
}

#[track_caller]
fn gone(answer: &Page) {
    expect(answer, StatusCode::NO_CONTENT);
}

/// A refusal of that status and code, in the API's one shape.
#[track_caller]
fn refused(answer: &Page, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["code"], code);
    assert!(body["message"].as_str().is_some_and(|it| !it.is_empty()));
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// The identifier of what was made.
#[track_caller]
fn id(body: &Value) -> String {
    body["id"].as_str().expect("an identifier").to_owned()
}
