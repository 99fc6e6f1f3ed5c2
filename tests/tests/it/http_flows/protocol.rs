//! The protocol from the first request to logout, as an application sees it.

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use moongate_tests::{RelyingParty, TestApp, claims, fresh_number};
use serde_json::{Value, json};

#[tokio::test]
async fn one_signs_in_by_code_and_pkce_and_signs_out() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let shop = RelyingParty::new("shop");
    let number = fresh_number();
    let answer = app
        .sign_in(&mut visitor, &shop.request(&app, &[]), &number)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with(&RelyingParty::redirect_uri()));
    assert_eq!(answer.parameter("state"), Some(shop.state.clone()));
    let issuer = "http://localhost:3001/oidc";
    assert_eq!(answer.parameter("iss").as_deref(), Some(issuer));

    let tokens = shop.exchange(&app, &answer).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text());
    assert_eq!(tokens.header("cache-control"), "no-store");
    assert_eq!(tokens.header("referrer-policy"), "no-referrer");
    let tokens = tokens.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    let id_token = tokens["id_token"].as_str().unwrap();
    verify(&app, id_token).await;
    let claims = claims(id_token);
    assert_eq!(claims["iss"], issuer);
    assert_eq!(claims["aud"], "bookstore");
    assert_eq!(claims["nonce"], shop.nonce);
    assert_eq!(claims["phone_number"], format!("86{number}"));
    assert_eq!(claims["phone_number_verified"], true);

    let access_token = tokens["access_token"].as_str().unwrap();
    let info = RelyingParty::userinfo(&app, access_token).await;
    assert_eq!(info.status, StatusCode::OK);
    assert_eq!(info.json()["sub"], claims["sub"]);
    assert_eq!(info.json()["phone_number"], format!("86{number}"));

    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let refreshed = refresh(&app, refresh_token).await;
    assert_eq!(refreshed["expires_in"], 3600);
    assert_ne!(refreshed["access_token"], tokens["access_token"]);

    // The proof of whose session it is makes the question needless (RP-Initiated Logout §2).
    let logout = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("id_token_hint", id_token)
        .append_pair("post_logout_redirect_uri", &RelyingParty::signed_out_uri())
        .append_pair("state", "bye")
        .finish();
    let gone = visitor.get(&format!("/oidc/session/end?{logout}")).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(
        gone.location(),
        format!("{}?state=bye", RelyingParty::signed_out_uri())
    );
    assert!(!visitor.cookies().contains_key("moongate_session"));
    let again = visitor
        .get(&RelyingParty::new("again").request(&app, &[("prompt", "none")]))
        .await;
    assert_eq!(again.parameter("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again_but_where_the_application_wants_it() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let number = fresh_number();
    app.sign_in(
        &mut visitor,
        &RelyingParty::new("first").request(&app, &[]),
        &number,
    )
    .await;
    for prompt in ["", "consent", "none"] {
        let shop = RelyingParty::new("second");
        let answer = visitor
            .open(&shop.request(&app, &[("prompt", prompt)]))
            .await;
        let tokens = shop.exchange(&app, &answer).await;
        assert_eq!(tokens.status, StatusCode::OK, "{prompt}: {}", tokens.text());
    }
    let page = visitor
        .open(&RelyingParty::new("third").request(&app, &[("prompt", "login")]))
        .await;
    assert_eq!(page.heading(), "Sign in to Bookstore");
}

#[tokio::test]
async fn the_same_number_is_the_same_person() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let mut subjects = Vec::new();
    for name in ["here", "there"] {
        let shop = RelyingParty::new(name);
        let mut visitor = app.visitor();
        let answer = app
            .sign_in(&mut visitor, &shop.request(&app, &[]), &number)
            .await;
        let tokens = shop.exchange(&app, &answer).await.json();
        subjects.push(claims(tokens["id_token"].as_str().unwrap())["sub"].clone());
        app.advance(std::time::Duration::from_mins(2));
    }
    assert_eq!(subjects[0], subjects[1]);
}

#[tokio::test]
async fn a_code_is_good_once_and_its_replay_ends_what_it_gave() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let request = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let tokens = shop.exchange(&app, &answer).await.json();
    let replay = shop.exchange(&app, &answer).await;
    assert_eq!(replay.status, StatusCode::BAD_REQUEST);
    assert_eq!(replay.json()["error"], "invalid_grant");
    // RFC 9700 §4.5.
    let info = RelyingParty::userinfo(&app, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn of_two_exchanges_at_once_one_wins() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let request = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let (one, two) = tokio::join!(shop.exchange(&app, &answer), shop.exchange(&app, &answer));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn without_the_verifier_a_code_is_worth_nothing() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let request = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let refused = RelyingParty::new("thief").exchange(&app, &answer).await;
    assert_eq!(refused.json()["error"], "invalid_grant");
    // What was refused once is dead.
    let late = shop.exchange(&app, &answer).await;
    assert_eq!(late.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_request_without_pkce_is_told_so_at_the_redirect_uri() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let answer = app.visitor().get(&shop.request(&app, &without)).await;
    assert!(answer.location().starts_with(&RelyingParty::redirect_uri()));
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
    assert_eq!(answer.parameter("state"), Some(shop.state));
}

#[tokio::test]
async fn who_turns_back_is_sent_back() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let page = visitor.open(&shop.request(&app, &[])).await;
    let fields = super::plain_form(&page);
    let answer = visitor.submit("/sign-in/cancel", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.parameter("state"), Some(shop.state));
    assert!(answer.parameter("iss").is_some());
    // A double click leads there too.
    let again = visitor.submit("/sign-in/cancel", &fields).await;
    assert_eq!(again.parameter("error").as_deref(), Some("access_denied"));
    // And the sign-in is over.
    let form = super::phone_form(&page, &fresh_number());
    let page = visitor.submit_and_follow("/sign-in", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_out_and_signs_in_whom_it_should() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let request = RelyingParty::new("shop").request(&app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    // The browser keeps its Lax cookies to itself.
    let mut foreign = app.visitor().saying("sec-fetch-site", "cross-site");
    let answer = foreign.post("/oidc/session/end", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.set_cookies().is_empty());
    let location = answer.location().to_owned();
    assert_eq!(visitor.open(&location).await.heading(), "Sign out?");
    let (path, query) = request.split_once('?').unwrap();
    let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let answer = foreign.post(path, &fields).await;
    assert!(answer.set_cookies().is_empty(), "open sign-ins stay open");
    let location = answer.location().to_owned();
    assert!(visitor.get(&location).await.parameter("code").is_some());
}

#[tokio::test]
async fn logout_without_proof_asks_first() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let request = RelyingParty::new("shop").request(&app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let page = visitor.open("/oidc/session/end").await;
    assert_eq!(page.heading(), "Sign out?");
    assert!(visitor.cookies().contains_key("moongate_session"));
    let stay = [
        ("logout", page.field("logout")),
        ("decision", "stay".to_owned()),
    ];
    visitor.submit("/oidc/session/end/confirm", &stay).await;
    assert!(visitor.cookies().contains_key("moongate_session"));
    let sign_out = [
        ("logout", page.field("logout")),
        ("decision", "sign-out".to_owned()),
    ];
    let answer = visitor.submit("/oidc/session/end/confirm", &sign_out).await;
    assert!(!visitor.cookies().contains_key("moongate_session"));
    let page = visitor.follow(answer).await;
    assert_eq!(page.heading(), "You are signed out");
}

#[tokio::test]
async fn form_post_answers_with_a_form_that_needs_no_script() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let request = shop.request(&app, &[("response_mode", "form_post")]);
    let page = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.field("state"), shop.state);
    let target = format!("action=\"{}\"", RelyingParty::redirect_uri());
    assert!(page.text().contains(&target));
    assert!(page.text().contains("<button"));
    assert!(page.text().contains("/assets/form-post"));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    let tokens = shop.exchange_code(&app, &page.field("code")).await;
    assert_eq!(tokens.status, StatusCode::OK);
}

#[tokio::test]
async fn discovery_names_only_what_answers() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let document = visitor.get("/oidc/.well-known/openid-configuration").await;
    assert_eq!(document.header("access-control-allow-origin"), "*");
    let document = document.json();
    assert_eq!(document["issuer"], "http://localhost:3001/oidc");
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    for (name, value) in document.as_object().unwrap() {
        let is_address = name.ends_with("_endpoint") || name == "jwks_uri";
        if let Some(url) = value.as_str().filter(|_| is_address) {
            // What is for POST alone says so to a GET as to an unknown address.
            let is_for_post = [
                "token_endpoint",
                "introspection_endpoint",
                "revocation_endpoint",
                "pushed_authorization_request_endpoint",
                "device_authorization_endpoint",
            ]
            .contains(&name.as_str());
            let page = if is_for_post {
                visitor.post(url, &[]).await
            } else {
                visitor.get(url).await
            };
            let fallback = page.text().contains("unrecognized route");
            assert!(!fallback, "{name} leads nowhere: {}", page.text());
        }
    }
}

async fn refresh(app: &TestApp, token: &str) -> Value {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let answer = RelyingParty::token(app, &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// Checks an ID token's signature by the key that the server publishes for it (RFC 7515 §5.2).
async fn verify(app: &TestApp, token: &str) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let header: Value = serde_json::from_slice(&decode(signed.split('.').next().unwrap())).unwrap();
    assert_eq!(header["alg"], "ES384");
    let keys = app.visitor().get("/oidc/jwks").await.json();
    let key = keys["keys"].as_array().unwrap().iter();
    let key = key.clone().find(|key| key["kid"] == header["kid"]).unwrap();
    let coordinate = |name: &str| decode(key[name].as_str().unwrap());
    // SEC 1 §2.3.3: an uncompressed point.
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point)
        .verify(signed.as_bytes(), &decode(signature))
        .expect("the published key verifies the token");
}

#[tokio::test]
async fn two_tabs_of_a_fresh_browser_at_the_same_moment_both_sign_in() {
    let app = TestApp::new().await;
    let (one, two) = (RelyingParty::new("one"), RelyingParty::new("two"));
    let (mut browser, mut other_tab) = (app.visitor(), app.visitor());
    // Both requests leave before either answer is there.
    let first = browser.open(&one.request(&app, &[])).await;
    let second = other_tab.open(&two.request(&app, &[])).await;
    browser.share(&other_tab);
    for (page, shop) in [(first, one), (second, two)] {
        let number = fresh_number();
        let form = super::phone_form(&page, &number);
        let page = browser.submit_and_follow("/sign-in", &form).await;
        let form = super::code_form(&page, &app.code_for(&number));
        let answer = browser
            .submit_and_follow("/sign-in/verification-code", &form)
            .await;
        assert_eq!(shop.exchange(&app, &answer).await.status, StatusCode::OK);
    }
}
