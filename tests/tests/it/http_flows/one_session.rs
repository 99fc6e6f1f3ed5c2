//! One session of a browser over several applications.

use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata,
};
use moongate_tests::{RelyingParty, TestApp, fresh_number};
use url::form_urlencoded;

const GALLERY: &str = "gallery";
const GALLERY_CALLBACK: &str = "http://localhost:3005/Callback";

/// A server that knows another application beside Bookstore.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.put_application(Application {
        id: ApplicationId::from(GALLERY),
        name: "Gallery".to_owned(),
        description: None,
        kind: ApplicationType::Spa,
        oidc_client_metadata: OidcClientMetadata {
            redirect_uris: vec![GALLERY_CALLBACK.to_owned()],
            ..OidcClientMetadata::default()
        },
        custom_client_metadata: CustomClientMetadata::default(),
        is_third_party: false,
        consent_scopes: ConsentScopes::default(),
        custom_data: serde_json::Map::new(),
        created_at: app.now(),
    })
    .await;
    app
}

#[tokio::test]
async fn a_second_application_needs_no_page_and_a_sign_out_at_one_ends_both() {
    let app = app().await;
    let mut visitor = app.visitor();
    let shop = RelyingParty::new("shop");
    let request = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let tokens = shop.exchange(&app, &answer).await.json();

    let at_gallery = [("client_id", GALLERY), ("redirect_uri", GALLERY_CALLBACK)];
    let request = RelyingParty::new("gallery").request(&app, &at_gallery);
    let answer = visitor.get(&request).await;
    assert!(answer.location().starts_with(GALLERY_CALLBACK));
    assert!(answer.parameter("code").is_some());

    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("id_token_hint", tokens["id_token"].as_str().unwrap())
        .finish();
    let page = visitor.open(&format!("/oidc/session/end?{query}")).await;
    assert_eq!(page.heading(), "You are signed out");
    for more in [&[][..], &at_gallery] {
        let more = [more, &[("prompt", "none")]].concat();
        let answer = visitor.get(&shop.request(&app, &more)).await;
        assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    }
}
