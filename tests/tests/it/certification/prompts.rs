//! Modules of the basic plan about when the user has to sign in again (OpenID Connect Core
//! §3.1.2.1).

use std::time::Duration;

use super::suite::Suite;

pub(super) async fn oidcc_prompt_login(mut suite: Suite) {
    let request = suite.request();
    let first = suite.complete(&request).await.tokens.id_token;
    suite.app.advance(Duration::from_secs(2));
    let request = suite.request().with("prompt", "login");
    // `complete` demands a sign-in page.
    let second = suite.complete(&request).await.tokens.id_token;
    assert_eq!(second.text("sub"), first.text("sub"));
    assert!(second.seconds("auth_time") > first.seconds("auth_time"));
}

pub(super) async fn oidcc_prompt_none_not_logged_in(mut suite: Suite) {
    let state = "Ab1-._~=".repeat(16);
    assert_eq!(state.len(), 128);
    let request = suite.request().with("prompt", "none").with("state", &state);
    suite.silently(&request).await.asks_for_interaction();
}

pub(super) async fn oidcc_prompt_none_logged_in(mut suite: Suite) {
    stays_signed_in(&mut suite, &[("prompt", "none")]).await;
}

pub(super) async fn oidcc_max_age_1(mut suite: Suite) {
    let request = suite.request();
    let first = suite.complete(&request).await.tokens.id_token;
    suite.app.advance(Duration::from_secs(2));
    let request = suite.request().with("max_age", "1");
    let second = suite.complete(&request).await.tokens.id_token;
    assert_eq!(second.text("sub"), first.text("sub"));
    assert!(second.seconds("auth_time") > first.seconds("auth_time"));
    assert!(suite.app.now().seconds() - second.seconds("auth_time") <= 1);
}

pub(super) async fn oidcc_max_age_10000(mut suite: Suite) {
    stays_signed_in(&mut suite, &[("max_age", "10000")]).await;
}

pub(super) async fn oidcc_id_token_hint(mut suite: Suite) {
    let request = suite.request();
    let first = suite.complete(&request).await.tokens.id_token;
    let request = suite
        .request()
        .with("prompt", "none")
        .with("id_token_hint", &first.raw);
    let callback = suite.silently(&request).await;
    let second = suite.finish(&request, &callback).await.tokens.id_token;
    assert_eq!(second.text("sub"), first.text("sub"));
}

/// Signs in, and a second after that is answered silently, as the same user of the same sign-in.
async fn stays_signed_in(suite: &mut Suite, more: &[(&str, &str)]) {
    let request = suite.request();
    let first = suite.complete(&request).await.tokens.id_token;
    suite.app.advance(Duration::from_secs(1));
    let request = more.iter().fold(suite.request(), |request, (name, value)| {
        request.with(name, value)
    });
    let callback = suite.silently(&request).await;
    let second = suite.finish(&request, &callback).await.tokens.id_token;
    assert_eq!(second.text("sub"), first.text("sub"));
    assert_eq!(second.seconds("auth_time"), first.seconds("auth_time"));
}
