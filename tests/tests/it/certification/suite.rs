//! The suite in front of one provider: its clients, its user and browser, and the steps that its
//! modules are made of. Each step checks what the suite checks of it in every module.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{StatusCode, header};
use moongate_core::{Store, StoreError};
use moongate_server::settings::Limits;
use moongate_tests::{Page, TestApp, Visitor, fresh_number};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::callback::{Callback, Delivery, Form, is_printable};
use super::claims;
use super::client::{Client, FIRST, Request, SECOND};
use super::id_token::IdToken;
use super::key_set::KeySet;

/// The least randomness of a code or token, bits as measured by its characters.
const LEAST_ENTROPY: f64 = 96.0;

/// One run of one module.
pub(super) struct Suite {
    pub(super) app: TestApp,
    pub(super) delivery: Delivery,
    pub(super) issuer: String,
    /// The discovery document.
    pub(super) metadata: Value,
    pub(super) keys: KeySet,
    pub(super) browser: Visitor,
    number: String,
    requests: u32,
}

/// Where an authorization request led.
pub(super) enum Arrival {
    /// Back to the client.
    Callback(Callback),
    /// To a page of the provider.
    Page(Page),
}

/// A successful token response.
pub(super) struct Tokens {
    pub(super) json: Value,
    pub(super) access_token: String,
    pub(super) id_token: IdToken,
}

/// A flow from the request to userinfo.
pub(super) struct Completed {
    pub(super) tokens: Tokens,
    pub(super) userinfo: Map<String, Value>,
}

impl Suite {
    /// Reads the metadata and keys of a provider that knows the two clients and the user.
    pub(super) async fn start(endpoint: &str, delivery: Delivery) -> Self {
        // A module may sign in twice in one minute.
        let app = TestApp::with(endpoint, |settings| settings.limits = Limits::Off).await;
        let number = fresh_number();
        provision(&app, &number).await;
        let mut browser = app.visitor();
        let issuer = format!("{endpoint}/oidc");
        let address = format!("{issuer}/.well-known/openid-configuration");
        let document = browser.get(&address).await;
        assert_eq!(document.status, StatusCode::OK);
        assert!(is_json(&document));
        let metadata = document.json();
        assert_eq!(metadata["issuer"], issuer.as_str());
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let url = Url::parse(metadata[name].as_str().expect(name)).unwrap();
            assert_eq!(url.scheme(), "https", "{name}");
        }
        let keys = browser.get(metadata["jwks_uri"].as_str().unwrap()).await;
        assert_eq!(keys.status, StatusCode::OK);
        Self {
            keys: KeySet::read(&keys.json()),
            app,
            delivery,
            issuer,
            metadata,
            browser,
            number,
            requests: 0,
        }
    }

    /// An address of the metadata.
    #[track_caller]
    pub(super) fn endpoint(&self, name: &str) -> String {
        let url = self.metadata[name].as_str();
        url.unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    /// Whether a list of the metadata has that value.
    pub(super) fn lists(&self, name: &str, value: &str) -> bool {
        let list = self.metadata[name].as_array();
        list.is_some_and(|list| list.iter().any(|own| own == value))
    }

    /// A request of the first client, with a state and nonce of its own.
    pub(super) fn request(&mut self) -> Request {
        self.request_of(FIRST)
    }

    /// A request of that client, with a state and nonce of its own.
    pub(super) fn request_of(&mut self, client: Client) -> Request {
        self.requests += 1;
        let request = Request::new(client, &self.requests.to_string());
        match self.delivery {
            Delivery::Query => request,
            Delivery::FormPost => request.with("response_mode", "form_post"),
        }
    }

    /// Sends the browser to the authorization endpoint.
    pub(super) async fn visit(&mut self, request: &Request) -> Arrival {
        let endpoint = self.endpoint("authorization_endpoint");
        let answer = self
            .browser
            .get(&format!("{endpoint}?{}", request.encoded()))
            .await;
        self.arrive(request, answer).await
    }

    /// Follows an answer within the provider until it shows a page or leads to the client.
    pub(super) async fn arrive(&mut self, request: &Request, answer: Page) -> Arrival {
        let mut answer = answer;
        for _ in 0..10 {
            if !answer.status.is_redirection() {
                if Form::of(&answer).is_none() {
                    return Arrival::Page(answer);
                }
                assert_eq!(self.delivery, Delivery::FormPost, "nobody asked for a form");
                let browser = &mut self.browser;
                let callback = Callback::by_form(&answer, browser, request, &self.issuer);
                return Arrival::Callback(callback.await);
            }
            let location = answer.location().to_owned();
            let home = Url::parse(&self.issuer).unwrap();
            let next = home.join(&location).unwrap();
            if next.origin() != home.origin() {
                assert_eq!(self.delivery, Delivery::Query, "an answer in a URL");
                let callback = Callback::by_query(&location, request, &self.issuer);
                return Arrival::Callback(callback);
            }
            for (name, _) in next.query_pairs() {
                assert!(!["code", "error"].contains(&&*name), "{name} in a URL");
            }
            answer = self.browser.get(next.as_str()).await;
        }
        panic!("the provider goes round in circles");
    }

    /// The answer to a request that no page comes before.
    pub(super) async fn silently(&mut self, request: &Request) -> Callback {
        match self.visit(request).await {
            Arrival::Callback(callback) => callback,
            Arrival::Page(page) => panic!("a page: {}", page.heading()),
        }
    }

    /// The page that a request leads to, which is no way back to the client.
    pub(super) async fn page(&mut self, request: &Request) -> Page {
        match self.visit(request).await {
            Arrival::Page(page) => page,
            Arrival::Callback(callback) => panic!("{callback:?}"),
        }
    }

    /// The answer to a request for which the user has to sign in.
    pub(super) async fn sign_in(&mut self, request: &Request) -> Callback {
        let page = self.page(request).await;
        self.sign_in_from(request, &page).await
    }

    /// Signs the user in on the page that a request led to.
    pub(super) async fn sign_in_from(&mut self, request: &Request, page: &Page) -> Callback {
        assert!(
            page.text().contains("name=\"identifier\""),
            "a sign-in page"
        );
        let answer = self
            .app
            .sign_in_from(&mut self.browser, page, &self.number)
            .await;
        match self.arrive(request, answer).await {
            Arrival::Callback(callback) => callback,
            Arrival::Page(page) => panic!("another page: {}", page.heading()),
        }
    }

    /// The whole flow with a sign-in.
    pub(super) async fn complete(&mut self, request: &Request) -> Completed {
        let callback = self.sign_in(request).await;
        self.finish(request, &callback).await
    }

    /// The rest of the flow from the answer on.
    pub(super) async fn finish(&self, request: &Request, callback: &Callback) -> Completed {
        let tokens = self.exchange(request, callback).await;
        let info = self.userinfo(&tokens.access_token).await;
        Completed {
            userinfo: self.checked_userinfo(&info, &tokens),
            tokens,
        }
    }

    /// Exchanges the code of an answer.
    pub(super) async fn exchange(&self, request: &Request, callback: &Callback) -> Tokens {
        let answer = self.redeem(request, callback).await;
        let client_id = request.client.id;
        self.tokens(&answer, client_id, request.get("nonce"))
    }

    /// The answer to the exchange of the code of an answer, whatever it is.
    pub(super) async fn redeem(&self, request: &Request, callback: &Callback) -> Page {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", callback.code()),
            ("redirect_uri", request.client.redirect_uri),
        ];
        if let Some(verifier) = request.get("code_challenge").map(|_| super::flow::VERIFIER) {
            fields.push(("code_verifier", verifier));
        }
        self.token_request(&request.client, &fields).await
    }

    /// A request of a client to the token endpoint.
    pub(super) async fn token_request(&self, client: &Client, fields: &[(&str, &str)]) -> Page {
        let (authorization, credentials) = client.credentials();
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .extend_pairs(credentials)
            .finish();
        let mut program = self.app.visitor();
        let mut request = program
            .request("POST", &self.endpoint("token_endpoint"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        program.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Takes a token response (OpenID Connect Core §3.1.3.3).
    pub(super) fn tokens(&self, answer: &Page, client_id: &str, nonce: Option<&str>) -> Tokens {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(is_json(answer));
        assert!(answer.header("cache-control").contains("no-store"));
        let json = answer.json();
        let token_type = json["token_type"].as_str().expect("a token type");
        assert!(token_type.eq_ignore_ascii_case("bearer"), "{token_type}");
        assert!(json["expires_in"].as_u64().expect("an expires_in") > 0);
        let access_token = json["access_token"].as_str().expect("an access token");
        is_random(access_token);
        let id_token = json["id_token"].as_str().expect("an ID token");
        Tokens {
            id_token: IdToken::verified(self, client_id, id_token, nonce, access_token),
            access_token: access_token.to_owned(),
            json,
        }
    }

    /// What userinfo answers to a GET with a bearer token.
    pub(super) async fn userinfo(&self, access_token: &str) -> Page {
        let mut program = self.app.visitor();
        let request = program
            .request("GET", &self.endpoint("userinfo_endpoint"))
            .header(header::AUTHORIZATION, format!("Bearer {access_token}"))
            .body(Body::empty())
            .unwrap();
        program.send(request).await
    }

    /// Takes an answer of userinfo (OpenID Connect Core §5.3.2).
    pub(super) fn checked_userinfo(&self, answer: &Page, tokens: &Tokens) -> Map<String, Value> {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(is_json(answer));
        let Value::Object(claims) = answer.json() else {
            panic!("no object: {}", answer.text());
        };
        assert_eq!(claims["sub"], tokens.id_token.text("sub"));
        claims::check_types(&claims, self.app.now());
        claims
    }

    /// Asserts that nobody is signed in in this browser: `prompt=none` says so.
    pub(super) async fn is_signed_out(&mut self) {
        let request = self.request().with("prompt", "none");
        self.silently(&request).await.asks_for_interaction();
    }

    /// Asserts that the user is signed in in this browser.
    pub(super) async fn is_signed_in(&mut self) {
        let request = self.request().with("prompt", "none");
        self.silently(&request).await.code();
    }
}

/// Asserts that a token endpoint refused a grant as RFC 6749 §5.2 has it.
#[track_caller]
pub(super) fn refused(answer: &Page, error: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(is_json(answer));
    assert!(answer.header("cache-control").contains("no-store"));
    let json = answer.json();
    assert_eq!(json["error"], error);
    let description = json["error_description"].as_str().expect("a description");
    assert!(is_printable(description), "{description:?}");
}

/// Asserts that a code or token has the least randomness, measured as the suite does: by how often
/// each of its characters occurs.
#[track_caller]
#[expect(
    clippy::cast_precision_loss,
    reason = "codes have few enough characters"
)]
pub(super) fn is_random(token: &str) {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for char in token.chars() {
        *counts.entry(char).or_default() += 1;
    }
    let length = token.chars().count() as f64;
    let bits: f64 = counts
        .values()
        .map(|count| *count as f64 * (length / *count as f64).log2())
        .sum();
    assert!(bits >= LEAST_ENTROPY, "{bits} bits");
    // RFC 6749 §10.10, and what the alphabet could hold.
    assert!(length * 6.0 >= 128.0, "{length} characters");
}

/// Whether an answer says that it is JSON.
pub(super) fn is_json(answer: &Page) -> bool {
    let type_ = answer.header("content-type");
    type_.split(';').next() == Some("application/json")
}

async fn provision(app: &TestApp, number: &str) {
    let now = app.now();
    let user = claims::user(number, now);
    let clients = [FIRST.registration(now), SECOND.registration(now)];
    let store: &dyn Store = app.store();
    store
        .write(move |tx| {
            Box::pin(async move {
                for (application, secret) in &clients {
                    tx.put_application(application).await?;
                    tx.put_application_secret(secret).await?;
                }
                assert!(tx.insert_user(&user).await?, "the store was empty");
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
}
