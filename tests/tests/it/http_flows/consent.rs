//! Consent: a third-party application asks its users, and a first-party one never does.

use http::StatusCode;
use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, Resource, ResourceId, ResourceScope, ScopeId, Store, StoreError,
    UnixMillis, UserId, revoke_consent,
};
use moongate_tests::{Page, RelyingParty, TestApp, Visitor, claims, fresh_number};

const CIRCLE: &str = "circle";
const CALLBACK: &str = "https://circle.example/cb";
const ORDERS: &str = "https://orders.example";

/// A server with a third-party application, which may ask for `profile`, `phone`, and to read
/// orders.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let now = UnixMillis(1);
    let resource = Resource {
        id: ResourceId::from("orders"),
        name: "Orders".into(),
        indicator: ORDERS.into(),
        access_token_ttl: Resource::DEFAULT_ACCESS_TOKEN_TTL,
        is_default: false,
        created_at: now,
    };
    let scope = ResourceScope {
        id: ScopeId::from("read-orders"),
        resource_id: resource.id.clone(),
        name: "read:orders".into(),
        description: Some("See your orders".into()),
        created_at: now,
    };
    let store: &dyn Store = app.store();
    let put: Result<(), StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                tx.put_resource(&resource).await?;
                tx.put_resource_scope(&scope).await?;
                Ok(())
            })
        })
        .await;
    put.unwrap();
    app.put_application(Application {
        id: ApplicationId::from(CIRCLE),
        name: "Readers’ Circle".into(),
        description: None,
        kind: ApplicationType::Spa,
        oidc_client_metadata: OidcClientMetadata {
            redirect_uris: vec![CALLBACK.into()],
            ..OidcClientMetadata::default()
        },
        custom_client_metadata: CustomClientMetadata::default(),
        is_third_party: true,
        consent_scopes: ConsentScopes {
            user_scopes: vec!["profile".into(), "phone".into()],
            resource_scopes: vec![ScopeId::from("read-orders")],
        },
        custom_data: serde_json::Map::new(),
        created_at: now,
    })
    .await;
    app
}

/// A request of the third-party application, without `prompt` unless `more` has one.
fn request(app: &TestApp, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("client_id", CIRCLE),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile phone"),
        ("prompt", ""),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more);
    RelyingParty::new("circle").request(app, &pairs)
}

/// A browser that has signed in and is asked.
async fn asked(app: &TestApp, more: &[(&str, &str)]) -> (Visitor, Page) {
    let mut visitor = app.visitor();
    let request = request(app, more);
    let page = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    assert_eq!(page.heading(), "Readers’ Circle asks for access");
    (visitor, page)
}

async fn decide(visitor: &mut Visitor, page: &Page, decision: &str) -> Page {
    let fields = [
        ("interaction", page.field("interaction")),
        ("decision", decision.to_owned()),
    ];
    visitor.submit_and_follow("/consent", &fields).await
}

async fn tokens(app: &TestApp, answer: &Page) -> Page {
    let circle = RelyingParty::new("circle");
    circle.exchange_as(app, answer, CIRCLE, CALLBACK).await
}

#[tokio::test]
async fn who_allows_it_gives_the_application_what_it_asked_for() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    let answer = decide(&mut visitor, &page, "allow").await;
    assert!(answer.location().starts_with(CALLBACK), "{answer:?}");
    let tokens = tokens(&app, &answer).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text());
    assert_eq!(tokens.json()["scope"], "openid profile phone");
}

#[tokio::test]
async fn the_page_says_who_asks_for_what_whom_and_where_it_leads() {
    let app = app().await;
    let resource = [
        ("resource", ORDERS),
        ("scope", "openid offline_access phone read:orders"),
        ("prompt", "consent"),
    ];
    let mut visitor = app.visitor();
    let number = fresh_number();
    let page = app
        .sign_in(&mut visitor, &request(&app, &resource), &number)
        .await;
    let text = page.text();
    for words in [
        "Readers’ Circle",
        "Know that it is you who signed in",
        "See your phone number",
        "Keep this access while you are away",
        "Orders",
        "See your orders",
        "circle.example",
        &number[7..],
    ] {
        assert!(text.contains(words), "{words} is not on {text}");
    }
    assert!(!text.contains(&number), "the whole number is shown");
    assert!(!text.contains("See your name"), "it did not ask for that");
}

#[tokio::test]
async fn what_was_allowed_is_not_asked_for_again_and_more_is() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[("scope", "openid profile")]).await;
    decide(&mut visitor, &page, "allow").await;
    for scope in ["openid profile", "openid"] {
        let answer = visitor.open(&request(&app, &[("scope", scope)])).await;
        assert!(answer.parameter("code").is_some(), "{scope}");
    }
    for more in [
        &[("scope", "openid profile phone")][..],
        &[("scope", "openid read:orders"), ("resource", ORDERS)],
        &[("scope", "openid"), ("prompt", "consent")],
    ] {
        let page = visitor.open(&request(&app, more)).await;
        assert_eq!(
            page.heading(),
            "Readers’ Circle asks for access",
            "{more:?}"
        );
    }
}

#[tokio::test]
async fn what_is_allowed_at_two_times_adds_up() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[("scope", "openid profile")]).await;
    decide(&mut visitor, &page, "allow").await;
    let page = visitor
        .open(&request(&app, &[("scope", "openid phone")]))
        .await;
    decide(&mut visitor, &page, "allow").await;
    let answer = visitor.open(&request(&app, &[("prompt", "none")])).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.location());
}

#[tokio::test]
async fn without_a_page_nothing_is_allowed() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    let error = |answer: &Page| answer.parameter("error");
    let none = request(&app, &[("prompt", "none")]);
    let answer = visitor.open(&none).await;
    assert_eq!(error(&answer).as_deref(), Some("consent_required"));
    assert!(answer.location().starts_with(CALLBACK));
    decide(&mut visitor, &page, "allow").await;
    let answer = visitor.open(&none).await;
    assert_eq!(error(&answer), None);
}

#[tokio::test]
async fn who_denies_sends_the_application_away_and_is_asked_again() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    for click in ["first", "second"] {
        let answer = decide(&mut visitor, &page, "deny").await;
        assert!(answer.location().starts_with(CALLBACK), "{click}");
        assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
        assert_eq!(
            answer.parameter("state").as_deref(),
            Some("state of circle")
        );
        assert!(answer.parameter("iss").is_some());
    }
    let page = decide(&mut visitor, &page, "allow").await;
    assert_eq!(
        page.status,
        StatusCode::BAD_REQUEST,
        "it is too late to allow"
    );
    let page = visitor.open(&request(&app, &[])).await;
    assert_eq!(page.heading(), "Readers’ Circle asks for access");
}

#[tokio::test]
async fn a_double_click_allows_once_and_arrives() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    decide(&mut visitor, &page, "allow").await;
    let answer = decide(&mut visitor, &page, "allow").await;
    assert_eq!(tokens(&app, &answer).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_other_browser_and_no_other_user_may_answer() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    let mut other = app.visitor();
    let lost = decide(&mut other, &page, "allow").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
    // A browser that someone else has signed in to in the meantime.
    let shop = RelyingParty::new("shop").request(&app, &[("prompt", "login")]);
    app.sign_in(&mut visitor, &shop, &fresh_number()).await;
    let path = format!("/consent?interaction={}", page.field("interaction"));
    assert_eq!(visitor.open(&path).await.status, StatusCode::BAD_REQUEST);
    let lost = decide(&mut visitor, &page, "allow").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_signed_out_in_the_meantime_allows_nothing() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    visitor.forget("moongate_session");
    let lost = decide(&mut visitor, &page, "allow").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_of_another_site_allows_nothing() {
    let app = app().await;
    let (visitor, page) = asked(&app, &[]).await;
    let mut evil = visitor.saying("sec-fetch-site", "cross-site");
    let fields = [
        ("interaction", page.field("interaction")),
        ("decision", "allow".to_owned()),
    ];
    let refused = evil.post("/consent", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_who_has_not_signed_in_is_asked() {
    let app = app().await;
    let mut visitor = app.visitor();
    let page = visitor.open(&request(&app, &[])).await;
    let path = format!("/consent?interaction={}", page.field("interaction"));
    let page = visitor.open(&path).await;
    assert_eq!(page.heading(), "Sign in to Readers’ Circle");
    let page = decide(&mut visitor, &page, "allow").await;
    assert_eq!(page.heading(), "Sign in to Readers’ Circle");
}

#[tokio::test]
async fn an_unknown_decision_asks_again() {
    let app = app().await;
    let (mut visitor, page) = asked(&app, &[]).await;
    let page = decide(&mut visitor, &page, "perhaps").await;
    assert_eq!(page.heading(), "Readers’ Circle asks for access");
}

#[tokio::test]
async fn the_question_comes_in_the_reader_s_language() {
    let app = app().await;
    let mut visitor = app.visitor().saying("accept-language", "zh-CN");
    let request = request(&app, &[]);
    let page = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    assert_eq!(page.heading(), "Readers’ Circle 请求访问你的账号");
}

#[tokio::test]
async fn taking_it_back_ends_the_tokens_and_asks_again() {
    let app = app().await;
    let offline = [
        ("scope", "openid offline_access phone"),
        ("prompt", "consent"),
    ];
    let (mut visitor, page) = asked(&app, &offline).await;
    let answer = decide(&mut visitor, &page, "allow").await;
    let tokens = tokens(&app, &answer).await.json();
    let user = claims(tokens["id_token"].as_str().unwrap())["sub"].clone();
    let user = UserId::from(user.as_str().unwrap());
    let store: &dyn Store = app.store();
    let now = app.now();
    let revoked: Result<bool, StoreError> = store
        .write(move |tx| {
            Box::pin(
                async move { revoke_consent(tx, &user, &ApplicationId::from(CIRCLE), now).await },
            )
        })
        .await;
    assert!(revoked.unwrap());
    let fields = [
        ("grant_type", "refresh_token".to_owned()),
        ("client_id", CIRCLE.to_owned()),
        (
            "refresh_token",
            tokens["refresh_token"].as_str().unwrap().to_owned(),
        ),
    ];
    let refreshed = app.visitor().post("/oidc/token", &fields).await;
    assert_eq!(refreshed.json()["error"], "invalid_grant");
    let page = visitor
        .open(&request(&app, &[("scope", "openid phone")]))
        .await;
    assert_eq!(page.heading(), "Readers’ Circle asks for access");
}

#[tokio::test]
async fn who_is_not_the_user_that_was_named_is_not_let_in() {
    let app = app().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let first = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &first, &fresh_number()).await;
    let tokens = shop.exchange(&app, &answer).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    let mut stranger = app.visitor();
    let hinted = shop.request(&app, &[("id_token_hint", hint)]);
    let answer = app.sign_in(&mut stranger, &hinted, &fresh_number()).await;
    assert!(answer.location().starts_with(&RelyingParty::redirect_uri()));
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(answer.parameter("code"), None);
}
