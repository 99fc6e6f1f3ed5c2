//! Logout: at once with proof, asked without, never by somebody else's hint.

use moongate_oidc::{Browser, EndSessionOutcome};

use crate::ground::{Ground, SIGNED_OUT, error_name, json, parameters};

async fn end(ground: &Ground, pairs: &[(&str, &str)]) -> EndSessionOutcome {
    let parameters = parameters(pairs);
    let outcome = ground
        .provider
        .end_session(&parameters, &ground.browser)
        .await;
    outcome.unwrap()
}

async fn is_signed_in(ground: &Ground) -> bool {
    let answer = ground.answer("web", &[("prompt", "none")]).await;
    answer.parameters.iter().any(|(name, _)| *name == "code")
}

async fn hint(ground: &Ground) -> String {
    let code = ground.code("spa", &[]).await;
    let tokens = json(ground.exchange(&code).await);
    tokens["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_proving_hint_signs_out_at_once_and_leads_back() {
    let ground = Ground::new().await;
    let hint = hint(&ground).await;
    let outcome = end(
        &ground,
        &[
            ("id_token_hint", &hint),
            ("post_logout_redirect_uri", SIGNED_OUT),
            ("state", "a b"),
        ],
    )
    .await;
    let EndSessionOutcome::Redirect(uri) = outcome else {
        panic!("expected a redirect, got {outcome:?}");
    };
    assert_eq!(uri, format!("{SIGNED_OUT}?state=a+b"));
    assert!(!is_signed_in(&ground).await);
}

#[tokio::test]
async fn an_expired_hint_still_proves() {
    let ground = Ground::new().await;
    let hint = hint(&ground).await;
    ground.advance(std::time::Duration::from_hours(2));
    let outcome = end(&ground, &[("id_token_hint", &hint)]).await;
    assert!(matches!(outcome, EndSessionOutcome::SignedOut));
    assert!(!is_signed_in(&ground).await);
}

#[tokio::test]
async fn without_proof_the_person_is_asked_and_stays_until_the_answer() {
    let ground = Ground::new().await;
    let outcome = end(
        &ground,
        &[
            ("client_id", "web"),
            ("post_logout_redirect_uri", SIGNED_OUT),
        ],
    )
    .await;
    let EndSessionOutcome::Confirm {
        application,
        request,
        destination,
    } = outcome
    else {
        panic!("expected to be asked, got {outcome:?}");
    };
    assert_eq!(application.as_deref(), Some("web application"));
    assert_eq!(destination.as_deref(), Some(SIGNED_OUT));
    assert!(is_signed_in(&ground).await);
    let done = ground
        .provider
        .confirm_end_session(&request, &ground.browser)
        .await;
    assert!(matches!(done.unwrap(), EndSessionOutcome::Redirect(uri) if uri == SIGNED_OUT));
    assert!(!is_signed_in(&ground).await);
}

#[tokio::test]
async fn a_bare_link_asks_too() {
    let ground = Ground::new().await;
    let outcome = end(&ground, &[]).await;
    assert!(matches!(
        outcome,
        EndSessionOutcome::Confirm {
            application: None,
            ..
        }
    ));
    assert!(is_signed_in(&ground).await);
}

#[tokio::test]
async fn another_users_hint_never_signs_this_user_out() {
    let mut ground = Ground::new().await;
    let hint = hint(&ground).await;
    ground.browser.session = Some(ground.sign_in("bob", "13900139000").await);
    let outcome = end(&ground, &[("id_token_hint", &hint)]).await;
    assert!(matches!(outcome, EndSessionOutcome::Confirm { .. }));
    assert!(is_signed_in(&ground).await);
}

#[tokio::test]
async fn an_unregistered_address_is_refused_and_named() {
    let ground = Ground::new().await;
    let hint = hint(&ground).await;
    let evil = "http://evil.example/";
    let outcome = end(
        &ground,
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", evil)],
    )
    .await;
    let EndSessionOutcome::Refused {
        unregistered_uri: Some((_, uri)),
        ..
    } = outcome
    else {
        panic!("expected a refusal, got {outcome:?}");
    };
    assert_eq!(uri, evil);
    assert!(is_signed_in(&ground).await);
}

#[tokio::test]
async fn hints_that_are_not_ours_or_not_this_clients_are_refused() {
    let ground = Ground::new().await;
    let hint = hint(&ground).await;
    let (body, _) = hint.rsplit_once('.').unwrap();
    let forged = format!("{body}.{}", "A".repeat(128));
    for pairs in [
        vec![("id_token_hint", "nonsense")],
        vec![("id_token_hint", forged.as_str())],
        vec![("id_token_hint", hint.as_str()), ("client_id", "web")],
        vec![("client_id", "nobody")],
    ] {
        let outcome = end(&ground, &pairs).await;
        assert!(
            matches!(outcome, EndSessionOutcome::Refused { .. }),
            "{pairs:?}"
        );
    }
    assert!(is_signed_in(&ground).await);
}

#[tokio::test]
async fn somebody_signed_out_already_is_sent_on() {
    let mut ground = Ground::new().await;
    let hint = hint(&ground).await;
    ground.browser = Browser::default();
    let pairs = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ];
    let outcome = end(&ground, &pairs).await;
    assert!(matches!(outcome, EndSessionOutcome::Redirect(_)));
}

#[tokio::test]
async fn offline_access_outlives_a_sign_out() {
    let ground = Ground::new().await;
    let tokens = ground.offline_tokens().await;
    let hint = tokens["id_token"].as_str().unwrap();
    end(&ground, &[("id_token_hint", hint)]).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    json(ground.refresh(token).await);
    assert_eq!(error_name(ground.refresh("other").await), "invalid_grant");
}

#[tokio::test]
async fn an_address_that_nobody_registered_for_is_never_redirected_to() {
    let mut ground = Ground::new().await;
    let pairs = [("post_logout_redirect_uri", SIGNED_OUT), ("state", "x")];
    let outcome = end(&ground, &pairs).await;
    let EndSessionOutcome::Confirm {
        request,
        destination: None,
        application: None,
    } = outcome
    else {
        panic!("expected to be asked, got {outcome:?}");
    };
    let confirmed = ground
        .provider
        .confirm_end_session(&request, &ground.browser)
        .await;
    assert!(matches!(confirmed.unwrap(), EndSessionOutcome::SignedOut));
    assert!(!is_signed_in(&ground).await);
    ground.browser = Browser::default();
    let outcome = end(&ground, &pairs).await;
    assert!(matches!(outcome, EndSessionOutcome::SignedOut));
}

#[tokio::test]
async fn who_it_is_about_and_in_which_language_may_be_said() {
    let ground = Ground::new().await;
    let hint = hint(&ground).await;
    let pairs = [
        ("id_token_hint", hint.as_str()),
        ("logout_hint", "alice"),
        ("ui_locales", "zh-CN en"),
    ];
    let outcome = end(&ground, &pairs).await;
    assert!(matches!(outcome, EndSessionOutcome::SignedOut));
}
