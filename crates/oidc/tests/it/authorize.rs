//! The authorization endpoint: what is answered, what is asked, what is refused, and where.

use std::time::Duration;

use moongate_core::{ApplicationType, ResponseMode};
use moongate_oidc::{AuthorizationOutcome, Browser, InteractionPage, PageError, ResumeOutcome};

use crate::ground::{CALLBACK, Ground, SIGNED_OUT, exchange, json, request, value};

#[tokio::test]
async fn a_signed_in_browser_gets_a_code_with_state_and_issuer() {
    let ground = Ground::new().await;
    let answer = ground.answer("web", &[]).await;
    assert_eq!(answer.redirect_uri, CALLBACK);
    let names: Vec<_> = answer.parameters.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(value(&answer, "state").unwrap(), "the state");
    assert_eq!(value(&answer, "iss").unwrap(), "http://localhost:3001/oidc");
}

#[tokio::test]
async fn what_names_no_trusted_address_shows_a_page() {
    let ground = Ground::new().await;
    let application = || "web application".to_owned();
    for (more, expected) in [
        (vec![("client_id", "")], PageError::MissingClient),
        (
            vec![("client_id", "nobody")],
            PageError::UnknownClient {
                client_id: "nobody".into(),
            },
        ),
        (
            vec![("redirect_uri", "")],
            PageError::MissingRedirectUri {
                application: application(),
            },
        ),
        (vec![("state", "a\0b")], PageError::Malformed),
    ] {
        let outcome = ground.authorize(&request("web", &more)).await;
        let AuthorizationOutcome::Page(error) = outcome else {
            panic!("expected a page for {more:?}");
        };
        assert_eq!(error, expected);
    }
    for near_miss in [
        "http://localhost:3000/callback",
        "http://localhost:3000/Callback/",
        "http://localhost:3000/Callback?x=1",
        "http://localhost:3000/Callback#x",
        "http://localhost:3001/Callback",
        "http://localhost.evil.example:3000/Callback",
        "http://user@localhost:3000/Callback",
        SIGNED_OUT,
    ] {
        let outcome = ground
            .authorize(&request("web", &[("redirect_uri", near_miss)]))
            .await;
        let AuthorizationOutcome::Page(error) = outcome else {
            panic!("expected a page for {near_miss}");
        };
        let redirect_uri = near_miss.to_owned();
        let expected = PageError::UnregisteredRedirectUri {
            application: application(),
            redirect_uri,
        };
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_second_redirect_uri_is_not_trusted() {
    let ground = Ground::new().await;
    let mut pairs = request("web", &[]);
    pairs.push(("redirect_uri", "http://evil.example/"));
    let outcome = ground.authorize(&pairs).await;
    assert!(matches!(outcome, AuthorizationOutcome::Page(_)));
}

#[tokio::test]
async fn every_other_mistake_goes_to_the_application() {
    let ground = Ground::new().await;
    for (more, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (
            vec![("response_type", "token")],
            "unsupported_response_type",
        ),
        (
            vec![("response_type", "code id_token")],
            "unsupported_response_type",
        ),
        (
            vec![("response_mode", "web_message")],
            "unsupported_response_mode",
        ),
        (vec![("request", "e30.e30.")], "request_not_supported"),
        (
            vec![("request_uri", "https://a.example/r")],
            "request_uri_not_supported",
        ),
        (vec![("resource", "https://api.example")], "invalid_target"),
        (vec![("prompt", "select_account")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "soon")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge_method", "")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("code_challenge", "")], "invalid_request"),
        (vec![("state", "1"), ("state", "2")], "invalid_request"),
    ] {
        let answer = ground.answer("web", &more).await;
        assert_eq!(value(&answer, "error").as_deref(), Some(error), "{more:?}");
        assert_eq!(value(&answer, "code"), None);
        assert!(value(&answer, "iss").is_some());
    }
}

#[tokio::test]
async fn pkce_is_required_of_those_who_keep_no_secret_or_say_so() {
    let ground = Ground::new().await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    assert!(value(&ground.answer("web", &without).await, "code").is_some());
    let refused = ground.answer("spa", &without).await;
    assert_eq!(value(&refused, "error").unwrap(), "invalid_request");
    ground
        .put_application("strict", ApplicationType::Traditional, |metadata| {
            metadata.require_pkce = Some(true);
        })
        .await;
    let refused = ground.answer("strict", &without).await;
    assert_eq!(value(&refused, "error").unwrap(), "invalid_request");
}

#[tokio::test]
async fn the_answer_travels_as_asked() {
    let ground = Ground::new().await;
    for (name, mode) in [
        ("query", ResponseMode::Query),
        ("fragment", ResponseMode::Fragment),
        ("form_post", ResponseMode::FormPost),
    ] {
        let answer = ground.answer("web", &[("response_mode", name)]).await;
        assert_eq!(answer.mode, mode);
        let refused = [("response_mode", name), ("response_type", "token")];
        assert_eq!(ground.answer("web", &refused).await.mode, mode);
    }
}

#[tokio::test]
async fn without_a_session_a_person_is_asked_or_the_application_told() {
    let mut ground = Ground::new().await;
    ground.browser = Browser::default();
    let outcome = ground
        .authorize(&request("web", &[("first_screen", "register")]))
        .await;
    let AuthorizationOutcome::Interact { begun, page } = outcome else {
        panic!("expected the sign-in pages");
    };
    assert_eq!(page, InteractionPage::Register);
    assert_eq!(begun.interactions_cookie.len(), 43);
    let answer = ground.answer("web", &[("prompt", "none")]).await;
    assert_eq!(value(&answer, "error").unwrap(), "login_required");
}

#[tokio::test]
async fn a_browser_keeps_its_interactions_cookie_over_two_tabs() {
    let mut ground = Ground::new().await;
    ground.browser = Browser::default();
    let mut cookies = Vec::new();
    for _ in 0..2 {
        let outcome = ground.authorize(&request("web", &[])).await;
        let AuthorizationOutcome::Interact { begun, .. } = outcome else {
            panic!("expected the sign-in pages");
        };
        ground.browser.interactions = Some(begun.interactions_cookie.clone());
        cookies.push((begun.interaction, begun.interactions_cookie));
    }
    assert_eq!(cookies[0].1, cookies[1].1);
    assert_ne!(cookies[0].0, cookies[1].0);
}

#[tokio::test]
async fn a_session_is_not_always_enough() {
    let ground = Ground::new().await;
    let is_asked = |outcome| matches!(outcome, AuthorizationOutcome::Interact { .. });
    assert!(is_asked(
        ground
            .authorize(&request("web", &[("prompt", "login")]))
            .await
    ));
    ground.advance(Duration::from_secs(100));
    assert!(is_asked(
        ground
            .authorize(&request("web", &[("max_age", "99")]))
            .await
    ));
    assert!(!is_asked(
        ground
            .authorize(&request("web", &[("max_age", "100")]))
            .await
    ));
    assert!(!is_asked(
        ground
            .authorize(&request("web", &[("prompt", "consent")]))
            .await
    ));
    ground.advance(Duration::from_hours(14 * 24));
    assert!(is_asked(ground.authorize(&request("web", &[])).await));
}

#[tokio::test]
async fn a_hint_must_name_the_one_who_is_signed_in() {
    let mut ground = Ground::new().await;
    let code = ground.code("spa", &[]).await;
    let tokens = json(ground.token(&exchange("spa", &code)).await);
    let hint = tokens["id_token"].as_str().unwrap().to_owned();
    let none = [("prompt", "none"), ("id_token_hint", hint.as_str())];
    assert!(value(&ground.answer("web", &none).await, "code").is_some());
    ground.browser.session = Some(ground.sign_in("bob", "13900139000").await);
    let answer = ground.answer("web", &none).await;
    assert_eq!(value(&answer, "error").unwrap(), "login_required");
    let forged = [("prompt", "none"), ("id_token_hint", "e30.e30.e30")];
    let answer = ground.answer("web", &forged).await;
    assert_eq!(value(&answer, "error").unwrap(), "login_required");
}

#[tokio::test]
async fn nothing_resumes_in_another_browser_or_before_anybody_signed_in() {
    let mut ground = Ground::new().await;
    let session = ground.browser.session.take();
    let outcome = ground.authorize(&request("web", &[])).await;
    let AuthorizationOutcome::Interact { begun, .. } = outcome else {
        panic!("expected the sign-in pages");
    };
    let mine = Browser {
        session,
        interactions: Some(begun.interactions_cookie),
    };
    let resumed = ground
        .provider
        .resume(&begun.interaction, &mine)
        .await
        .unwrap();
    assert!(matches!(resumed, ResumeOutcome::SignIn));
    let stranger = Browser {
        interactions: Some("x".repeat(43)),
        ..mine
    };
    let resumed = ground
        .provider
        .resume(&begun.interaction, &stranger)
        .await
        .unwrap();
    assert!(matches!(resumed, ResumeOutcome::UnknownSession));
}
