//! The server that fuzz tests run against, made once for each thread.

use axum::body::Body;
use http::Request;
use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, Store, StoreError,
};
use tokio::runtime::{Builder, Runtime};

use crate::{BOOKSTORE_ID, Page, RelyingParty, TestApp, fresh_number};

/// A client, and the addresses that it registered.
pub(super) struct Registered {
    pub(super) client_id: &'static str,
    kind: ApplicationType,
    pub(super) redirect_uris: &'static [&'static str],
}

/// A confidential, a browser's and a native client.
pub(super) const CLIENTS: [Registered; 3] = [
    Registered {
        client_id: BOOKSTORE_ID,
        kind: ApplicationType::Traditional,
        redirect_uris: &["http://localhost:3000/Callback"],
    },
    Registered {
        client_id: "fuzz-spa",
        kind: ApplicationType::Spa,
        redirect_uris: &["https://spa.example/callback?tenant=a"],
    },
    Registered {
        client_id: "fuzz-native",
        kind: ApplicationType::Native,
        redirect_uris: &["http://127.0.0.1/callback", "com.example.shop:/callback"],
    },
];

/// The server, a signed-in browser, and a refresh token.
pub(super) struct World {
    app: TestApp,
    runtime: Runtime,
    /// The `Cookie` header of the browser.
    pub(super) cookies: String,
    /// Bookstore's.
    pub(super) refresh_token: String,
}

thread_local! {
    /// Of the thread, so that its files go with it.
    static WORLD: World = World::new();
}

impl World {
    /// Runs a body against this thread's world.
    pub(super) fn with<T>(body: impl FnOnce(&Self) -> T) -> T {
        WORLD.with(body)
    }

    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (app, cookies, refresh_token) = runtime.block_on(async {
            let app = TestApp::new().await;
            register(&app).await;
            let mut visitor = app.visitor();
            let shop = RelyingParty::new("fuzz");
            let request = shop.request(&app, &[]);
            let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
            let tokens = shop.exchange(&app, &answer).await.json();
            let cookies: Vec<_> = visitor
                .cookies()
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let token = tokens["refresh_token"].as_str().unwrap().to_owned();
            (app, cookies.join("; "), token)
        });
        Self {
            app,
            runtime,
            cookies,
            refresh_token,
        }
    }

    /// The answer to a request.
    pub(super) fn send(&self, request: Request<Body>) -> Page {
        self.runtime.block_on(self.app.visitor().send(request))
    }
}

async fn register(app: &TestApp) {
    let now = app.now();
    let store: &dyn Store = app.store();
    let registered: Result<(), StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                for client in CLIENTS.iter().skip(1) {
                    let redirect_uris = client.redirect_uris.iter();
                    tx.put_application(&Application {
                        id: ApplicationId::from(client.client_id),
                        name: client.client_id.to_owned(),
                        description: None,
                        kind: client.kind,
                        oidc_client_metadata: OidcClientMetadata {
                            redirect_uris: redirect_uris.map(|uri| (*uri).to_owned()).collect(),
                            ..OidcClientMetadata::default()
                        },
                        custom_client_metadata: CustomClientMetadata::default(),
                        is_third_party: false,
                        consent_scopes: ConsentScopes::default(),
                        custom_data: serde_json::Map::new(),
                        created_at: now,
                    })
                    .await?;
                }
                Ok(())
            })
        })
        .await;
    registered.unwrap();
}
