//! A program that uses the Management API: what it sends is written out, as `curl` would send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::Value;
use url::form_urlencoded;

use crate::tenant::{MANAGEMENT_ID, MANAGEMENT_SECRET};
use crate::{Page, TestApp};

/// The indicator of the Management API.
const RESOURCE: &str = "https://default.logto.app/api";

/// A program with an access token for the Management API.
pub struct Manager<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Manager<'a> {
    /// The program that `config/resources` declare, with the scope `all`.
    pub async fn new(app: &'a TestApp) -> Self {
        let answer = Self::ask_for_token(app, MANAGEMENT_ID, MANAGEMENT_SECRET, "all").await;
        Self::with_token(
            app,
            answer.json()["access_token"].as_str().expect("a token"),
        )
    }

    /// A program with a token of its own.
    pub fn with_token(app: &'a TestApp, token: &str) -> Self {
        Self {
            app,
            token: token.to_owned(),
        }
    }

    /// Asks for an access token for the Management API (RFC 6749 §4.4, RFC 8707).
    pub async fn ask_for_token(app: &TestApp, id: &str, secret: &str, scope: &str) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("resource", RESOURCE)
            .append_pair("scope", scope)
            .finish();
        let mut program = app.visitor();
        let request = program
            .request("POST", &format!("{}/oidc/token", app.endpoint()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(
                header::AUTHORIZATION,
                format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
            )
            .body(body.into())
            .unwrap();
        program.send(request).await
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Page {
        self.call("GET", path, None).await
    }

    /// Makes something.
    pub async fn post(&self, path: &str, body: Value) -> Page {
        self.call("POST", path, Some(body)).await
    }

    /// Changes something.
    pub async fn patch(&self, path: &str, body: Value) -> Page {
        self.call("PATCH", path, Some(body)).await
    }

    /// Replaces something.
    pub async fn put(&self, path: &str, body: Value) -> Page {
        self.call("PUT", path, Some(body)).await
    }

    /// Removes something.
    pub async fn delete(&self, path: &str) -> Page {
        self.call("DELETE", path, None).await
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Page {
        let authorization = format!("Bearer {}", self.token);
        Self::send(self.app, Some(&authorization), method, path, body).await
    }

    /// Sends a request with that `Authorization`.
    pub async fn send(
        app: &TestApp,
        authorization: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Page {
        let mut program = app.visitor();
        let mut request = program.request(method, &format!("{}{path}", app.endpoint()));
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        program.send(request.body(body.into()).unwrap()).await
    }
}
