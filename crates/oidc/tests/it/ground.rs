//! What every test stands on: two applications, one user, one signed-in browser.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::testing::{ManualClock, RecordingOutbound, SeededEntropy, phone, server_keys};
use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, Clock as _, ConsentScopes,
    CustomClientMetadata, OidcClientMetadata, Role, RoleId, RoleType, ScopeId, Secret, Session,
    SigningAlgorithm, Store, StoreError, User, UserId,
};
use moongate_oidc::{
    AuthorizationOutcome, AuthorizationResponse, Browser, Parameters, Presented, Provider,
    SigningKeys, TokenError, TokenRequest, TokenResponse,
};
use moongate_store::{Durability, SqlStore, StoreConfig};
use serde_json::Value;
use url::form_urlencoded;

pub(crate) const CALLBACK: &str = "http://localhost:3000/Callback";
pub(crate) const SIGNED_OUT: &str = "http://localhost:3000/SignedOutCallback";
pub(crate) const SECRET: &str = "bookstore-secret";

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Ground {
    pub(crate) provider: Provider,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outbound: Arc<RecordingOutbound>,
    pub(crate) browser: Browser,
    pub(crate) entropy: Arc<SeededEntropy>,
    _folder: tempfile::TempDir,
}

impl Ground {
    /// `web` is confidential, `spa` is public; alice is signed in.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let config = StoreConfig::parse(&url)
            .unwrap()
            .durability(Durability::Off);
        let store: Arc<dyn Store> = Arc::new(SqlStore::open(&config).await.unwrap());
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(11));
        let signing_keys = SigningKeys::open(
            SigningAlgorithm::ES384,
            Arc::clone(&store),
            Arc::new(server_keys()),
            Arc::clone(&entropy) as _,
            Arc::clone(&clock) as _,
        );
        let signing_keys = signing_keys.await.unwrap();
        let outbound = Arc::new(RecordingOutbound::default());
        let provider = Provider::new(
            "http://localhost:3001",
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            Arc::clone(&entropy) as _,
            Arc::new(server_keys()),
            Arc::new(signing_keys),
            Arc::clone(&outbound) as _,
        );
        let mut ground = Self {
            provider,
            store,
            clock,
            outbound,
            browser: Browser::default(),
            entropy,
            _folder: folder,
        };
        ground
            .put_application("web", ApplicationType::Traditional, |_| {})
            .await;
        ground
            .put_application("spa", ApplicationType::Spa, |_| {})
            .await;
        ground.browser.session = Some(ground.sign_in("alice", "13800138000").await);
        ground
    }

    pub(crate) async fn put_application(
        &self,
        id: &str,
        kind: ApplicationType,
        change: impl FnOnce(&mut CustomClientMetadata),
    ) {
        let now = self.clock.now();
        let mut custom_client_metadata = CustomClientMetadata::default();
        change(&mut custom_client_metadata);
        let application = Application {
            id: ApplicationId::from(id),
            name: format!("{id} application"),
            description: None,
            kind,
            oidc_client_metadata: OidcClientMetadata {
                redirect_uris: vec![CALLBACK.into()],
                post_logout_redirect_uris: vec![SIGNED_OUT.into()],
                ..OidcClientMetadata::default()
            },
            custom_client_metadata,
            is_third_party: false,
            consent_scopes: ConsentScopes::default(),
            custom_data: serde_json::Map::new(),
            created_at: now,
        };
        let name = "Default secret";
        let sealed_value = ApplicationSecret::seal_value(
            &server_keys(),
            self.entropy.as_ref(),
            &application.id,
            name,
            &Secret::new(SECRET),
        );
        let secret = ApplicationSecret {
            application_id: application.id.clone(),
            name: name.into(),
            sealed_value,
            reference: None,
            created_at: now,
            expires_at: None,
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.put_application(&application).await?;
                    if !application.kind.is_public() {
                        tx.put_application_secret(&secret).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
    }

    /// Changes an application that was put.
    pub(crate) async fn change_application(&self, id: &str, change: impl FnOnce(&mut Application)) {
        let id = ApplicationId::from(id);
        let application = self.store.read().await.unwrap().application(&id).await;
        let mut application = application.unwrap().expect("it was put");
        change(&mut application);
        let put = self
            .store
            .write(move |tx| Box::pin(async move { tx.put_application(&application).await }));
        put.await.unwrap();
    }

    pub(crate) async fn sign_in(&self, user: &str, number: &str) -> String {
        let now = self.clock.now();
        let id = UserId::from(user);
        let user = User::with_phone(id.clone(), phone(number), ApplicationId::from("web"), now);
        let amr = vec!["otp".into(), "sms".into()];
        let (session, cookie) = Session::start(self.entropy.as_ref(), id, amr, now);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_user(&user).await?;
                    tx.insert_session(&session).await
                })
            })
            .await
            .unwrap();
        cookie
    }

    /// Gives a user a role of that name that holds those scopes.
    pub(crate) async fn hold_user(&self, user: &str, role: &str, scopes: &[&str]) {
        let id = self.put_role(role, RoleType::User, scopes).await;
        let user = UserId::from(user);
        self.store
            .write(move |tx| Box::pin(async move { tx.add_role_to_user(&user, &id).await }))
            .await
            .unwrap();
    }

    /// Gives an application a role of that name that holds those scopes.
    pub(crate) async fn hold_application(&self, application: &str, role: &str, scopes: &[&str]) {
        let id = self
            .put_role(role, RoleType::MachineToMachine, scopes)
            .await;
        let application = ApplicationId::from(application);
        self.store
            .write(move |tx| {
                Box::pin(async move { tx.add_role_to_application(&application, &id).await })
            })
            .await
            .unwrap();
    }

    async fn put_role(&self, name: &str, kind: RoleType, scopes: &[&str]) -> RoleId {
        let role = Role {
            id: RoleId::from(name),
            name: name.into(),
            description: String::new(),
            kind,
            is_default: false,
            created_at: self.clock.now(),
        };
        let id = role.id.clone();
        let scopes: Vec<_> = scopes.iter().map(|scope| ScopeId::from(*scope)).collect();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    assert!(tx.put_role(&role).await?);
                    for scope in scopes {
                        assert!(tx.add_scope_to_role(&role.id, &scope).await?);
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
        id
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    pub(crate) async fn authorize(&self, pairs: &[(&str, &str)]) -> AuthorizationOutcome {
        let parameters = parameters(pairs);
        let outcome = self.provider.authorize(&parameters, &self.browser).await;
        outcome.unwrap()
    }

    /// The answer to a request of `client_id` with `more` parameters; a later pair replaces one of
    /// the same name, and an empty value removes it.
    pub(crate) async fn answer(
        &self,
        client_id: &str,
        more: &[(&str, &str)],
    ) -> AuthorizationResponse {
        match self.authorize(&request(client_id, more)).await {
            AuthorizationOutcome::Answer(answer) => answer,
            other => panic!("expected an answer, got {other:?}"),
        }
    }

    pub(crate) async fn code(&self, client_id: &str, more: &[(&str, &str)]) -> String {
        let answer = self.answer(client_id, more).await;
        value(&answer, "code").unwrap_or_else(|| panic!("no code in {:?}", answer.parameters))
    }

    pub(crate) async fn token(&self, pairs: &[(&str, &str)]) -> Result<TokenResponse, TokenError> {
        self.token_as(None, pairs).await
    }

    pub(crate) async fn token_as(
        &self,
        authorization: Option<&str>,
        pairs: &[(&str, &str)],
    ) -> Result<TokenResponse, TokenError> {
        let parameters = parameters(pairs);
        let request = TokenRequest {
            authorization,
            dpop: None,
            parameters: &parameters,
        };
        self.provider.token(request).await
    }

    /// Exchanges a code of the public application as it should be done.
    pub(crate) async fn exchange(&self, code: &str) -> Result<TokenResponse, TokenError> {
        self.token(&exchange("spa", code)).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Result<TokenResponse, TokenError> {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "spa"),
            ("refresh_token", token),
        ])
        .await
    }

    /// Tokens with a refresh token for the public application.
    pub(crate) async fn offline_tokens(&self) -> Value {
        let scope = [
            ("scope", "openid offline_access phone"),
            ("prompt", "consent"),
        ];
        let code = self.code("spa", &scope).await;
        json(self.exchange(&code).await)
    }
}

pub(crate) fn request<'a>(
    client_id: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile phone"),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    pairs
}

pub(crate) fn exchange<'a>(client_id: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

pub(crate) fn bearer(token: &str) -> Presented<'_> {
    Presented { token, dpop: None }
}

pub(crate) fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    let text = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    Parameters::parse(&text)
}

pub(crate) fn value(answer: &AuthorizationResponse, name: &str) -> Option<String> {
    let found = answer.parameters.iter().find(|(own, _)| *own == name);
    found.map(|(_, value)| value.clone())
}

pub(crate) fn json(tokens: Result<TokenResponse, TokenError>) -> Value {
    serde_json::to_value(tokens.map_err(|error| error.to_string()).unwrap()).unwrap()
}

pub(crate) fn error_name(result: Result<TokenResponse, TokenError>) -> &'static str {
    match result.err().expect("an error") {
        TokenError::Request(error)
        | TokenError::Client { error, .. }
        | TokenError::Forbidden(error)
        | TokenError::Server(error) => error.error,
        TokenError::Store(error) => panic!("the store failed: {error}"),
    }
}

pub(crate) fn header(token: &Value) -> Value {
    part(token, 0)
}

pub(crate) fn claims(token: &Value) -> Value {
    part(token, 1)
}

fn part(token: &Value, index: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
