//! Logto's Experience API over HTTP: sign-in pages of one's own.

mod boundaries;
mod consent;
mod lacking;
mod recovery;
mod refusals;
mod registration;
mod sign_in;

use axum::body::Body;
use http::{StatusCode, header};
use moongate_core::{Document, Store, StoreError};
use moongate_tests::{BOOKSTORE_URL, Page, RelyingParty, TestApp, Visitor};
use serde_json::{Map, Value, json};

const PASSWORD: &str = "wind over the old harbour";
const OTHER_PASSWORD: &str = "a lamp behind nine windows";

/// A page of somebody's own, in a browser that an application sent here.
struct Own<'a> {
    app: &'a TestApp,
    visitor: Visitor,
    party: RelyingParty,
}

impl<'a> Own<'a> {
    /// Before anything was said.
    async fn new(app: &'a TestApp) -> Self {
        Self::asked(app, &[]).await
    }

    async fn asked(app: &'a TestApp, more: &[(&str, &str)]) -> Self {
        let party = RelyingParty::new("own");
        let mut visitor = app.visitor();
        visitor.open(&party.request(app, more)).await;
        Self {
            app,
            visitor,
            party,
        }
    }

    /// Once it was said what the person wants to do.
    async fn begun(app: &'a TestApp, event: &str) -> Self {
        let mut own = Self::new(app).await;
        own.begin(event).await;
        own
    }

    async fn begin(&mut self, event: &str) {
        let body = json!({ "interactionEvent": event });
        gone(&self.call("PUT", "experience", Some(body)).await);
    }

    async fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> Page {
        let endpoint = self.app.endpoint();
        let mut request = self
            .visitor
            .request(method, &format!("{endpoint}/api/{path}"))
            .header(header::ORIGIN, "http://localhost:3001")
            .header("sec-fetch-site", "same-origin");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.visitor
            .send(request.body(Body::from(body)).unwrap())
            .await
    }

    async fn get(&mut self, path: &str) -> Page {
        self.call("GET", &format!("experience/{path}"), None).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Page {
        self.call("POST", &format!("experience/{path}"), Some(body))
            .await
    }

    async fn put(&mut self, path: &str, body: Value) -> Page {
        self.call("PUT", &format!("experience/{path}"), Some(body))
            .await
    }

    /// Asks for a code.
    async fn send(&mut self, identifier: &Value, event: &str) -> String {
        let body = json!({ "identifier": identifier, "interactionEvent": event });
        let answer = self.post("verification/verification-code", body).await;
        id(&answer)
    }

    /// Enters a code.
    async fn verify(&mut self, identifier: &Value, id: &str, code: &str) -> Page {
        let body = json!({ "identifier": identifier, "verificationId": id, "code": code });
        self.post("verification/verification-code/verify", body)
            .await
    }

    /// Proves a number by its code.
    async fn prove_phone(&mut self, number: &str, event: &str) -> String {
        let identifier = phone(number);
        let record = self.send(&identifier, event).await;
        if event == "ForgotPassword" {
            // Nobody waits for it, so that the answer tells nothing.
            self.app.message_through(1).await;
        }
        let code = self.app.code_for(number);
        assert_eq!(id(&self.verify(&identifier, &record, &code).await), record);
        record
    }

    /// Proves an account by its password.
    async fn password(&mut self, identifier: &Value, password: &str) -> Page {
        let body = json!({ "identifier": identifier, "password": password });
        self.post("verification/password", body).await
    }

    async fn identify(&mut self, id: &str) -> Page {
        self.post("identification", json!({ "verificationId": id }))
            .await
    }

    async fn submit(&mut self) -> Page {
        self.call("POST", "experience/submit", None).await
    }

    /// Submits, goes where that leads, and gives the claims of the ID token that the application
    /// gets.
    async fn arrive(&mut self) -> Value {
        let answer = ok(&self.submit().await);
        let target = answer["redirectTo"].as_str().unwrap().to_owned();
        let start = format!("{}/oidc/auth/", self.app.endpoint());
        assert!(target.starts_with(&start), "{target}");
        let answer = self.visitor.open(&target).await;
        assert!(
            answer.location().starts_with(BOOKSTORE_URL),
            "{}",
            answer.location()
        );
        assert_eq!(answer.parameter("state"), Some(self.party.state.clone()));
        let tokens = self.party.exchange(self.app, &answer).await.json();
        moongate_tests::claims(tokens["id_token"].as_str().unwrap())
    }
}

fn phone(number: &str) -> Value {
    json!({ "type": "phone", "value": format!("86{number}") })
}

fn email(address: &str) -> Value {
    json!({ "type": "email", "value": address })
}

fn username(name: &str) -> Value {
    json!({ "type": "username", "value": name })
}

/// Lays these over the settings.
async fn settle(app: &TestApp, changes: Value) {
    let now = app.now();
    let store: &dyn Store = app.store();
    let saved: Result<bool, StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                let known = tx.document("sign-in-experience").await?.unwrap();
                let mut body: Map<String, Value> = serde_json::from_str(&known.body).unwrap();
                body.extend(changes.as_object().unwrap().clone());
                let document = Document {
                    revision: known.revision + 1,
                    body: Value::Object(body).to_string(),
                    updated_at: now,
                    ..known
                };
                tx.save_document(&document).await
            })
        })
        .await;
    assert!(saved.unwrap(), "nobody else saves");
}

/// A server where every identifier signs in by password and, where a message reaches it, by code;
/// `identifiers` and `password` are what a new account needs.
async fn with_sign_up(identifiers: Value, password: bool) -> TestApp {
    let app = TestApp::new().await;
    let verify = identifiers != json!(["username"]);
    let sign_up = json!({ "identifiers": identifiers, "password": password, "verify": verify });
    let method = |identifier: &str| {
        json!({
            "identifier": identifier, "password": true, "isPasswordPrimary": true,
            "verificationCode": identifier != "username",
        })
    };
    let methods = ["username", "email", "phone"].map(method);
    let settings = json!({
        "signUp": sign_up,
        "signIn": { "methods": methods },
        "forgotPasswordMethods": ["PhoneVerificationCode", "EmailVerificationCode"],
    });
    settle(&app, settings).await;
    app
}

#[track_caller]
fn ok(answer: &Page) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

#[track_caller]
fn gone(answer: &Page) {
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    assert!(answer.text().is_empty());
}

#[track_caller]
fn created(answer: &Page) {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.text(), "Created");
}

/// The record that an answer names.
#[track_caller]
fn id(answer: &Page) -> String {
    let id = ok(answer)["verificationId"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 21);
    id
}

/// A refusal of that status and code, in the API's one shape; gives its data.
#[track_caller]
fn refused(answer: &Page, status: u16, code: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["code"], code, "{body}");
    assert!(body["message"].as_str().is_some_and(|it| !it.is_empty()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.headers.contains_key(header::WWW_AUTHENTICATE));
    body["data"].clone()
}
