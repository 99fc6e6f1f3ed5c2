//! What every test stands on.

use std::sync::Arc;
use std::time::Duration;

use moongate_core::testing::{
    ManualClock, RecordingSender, SeededEntropy, authorization_request, phone, server_keys,
};
use moongate_core::{
    Application, ApplicationId, ApplicationType, Clock as _, ConsentScopes, CustomClientMetadata,
    Interaction, OidcClientMetadata, Region, Store, StoreError, UnixMillis,
};
use moongate_experience::{
    CodeSent, Experience, InteractionRef, SIGN_IN_EXPERIENCE, SendCodeError, SendLimits,
    SignInExperience, SignInMode, SignedIn, VerifyCodeError,
};
use moongate_store::{Durability, SqlStore, StoreConfig};

pub(crate) const NUMBER: &str = "13800138000";

pub(crate) struct Ground {
    pub(crate) experience: Experience,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sender: Arc<RecordingSender>,
    pub(crate) clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    _folder: tempfile::TempDir,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let config = StoreConfig::parse(&url)
            .unwrap()
            .durability(Durability::Off);
        let store: Arc<dyn Store> = Arc::new(SqlStore::open(&config).await.unwrap());
        let sender = Arc::new(RecordingSender::default());
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(7));
        let experience = Experience::new(
            Arc::clone(&store),
            Arc::clone(&sender) as _,
            Arc::clone(&clock) as _,
            Arc::clone(&entropy) as _,
            Arc::new(server_keys()),
            SendLimits::default(),
        );
        let ground = Self {
            experience,
            store,
            sender,
            clock,
            entropy,
            _folder: folder,
        };
        ground.add_application().await;
        ground
    }

    async fn add_application(&self) {
        let application = Application {
            id: ApplicationId::from("app"),
            name: "Bookstore".into(),
            description: None,
            kind: ApplicationType::Traditional,
            oidc_client_metadata: OidcClientMetadata::default(),
            custom_client_metadata: CustomClientMetadata::default(),
            is_third_party: false,
            consent_scopes: ConsentScopes::default(),
            custom_data: serde_json::Map::new(),
            created_at: self.now(),
        };
        self.store
            .write(move |tx| Box::pin(async move { tx.put_application(&application).await }))
            .await
            .unwrap();
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn set_mode(&self, mode: SignInMode) {
        let settings = SignInExperience {
            sign_in_mode: mode,
            ..SignInExperience::default()
        };
        let body = serde_json::to_string(&settings).unwrap();
        let now = self.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let known = tx.document(SIGN_IN_EXPERIENCE).await?;
                    let revision = known.map_or(0, |document| document.revision);
                    tx.save_document(SIGN_IN_EXPERIENCE, revision, &body, now)
                        .await?;
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
    }

    pub(crate) async fn start(&self, browser: &str) -> InteractionRef {
        let interaction = Interaction::start(
            self.entropy.as_ref(),
            browser,
            ApplicationId::from("app"),
            authorization_request(),
            self.now(),
        );
        let id = interaction.id.clone();
        self.store
            .write(move |tx| Box::pin(async move { tx.insert_interaction(&interaction).await }))
            .await
            .unwrap();
        InteractionRef {
            id,
            browser_cookie: browser.into(),
        }
    }

    pub(crate) async fn send(
        &self,
        reference: &InteractionRef,
        number: &str,
    ) -> Result<CodeSent, SendCodeError> {
        self.experience
            .send_code(reference.clone(), number, Region::CHINA)
            .await
    }

    pub(crate) async fn verify(
        &self,
        reference: &InteractionRef,
        code: &str,
    ) -> Result<SignedIn, VerifyCodeError> {
        self.experience
            .verify_code(reference.clone(), code, None)
            .await
    }

    pub(crate) fn last_code(&self) -> String {
        self.sender.last_code(&phone(NUMBER)).unwrap()
    }

    /// Six digits that are not the last code.
    pub(crate) fn wrong_code(&self) -> String {
        let right: u32 = self.last_code().parse().unwrap();
        format!("{:06}", (right + 1) % 1_000_000)
    }

    /// Signs the number in from a fresh browser; gives the session cookie.
    pub(crate) async fn sign_in(&self, browser: &str) -> String {
        let reference = self.start(browser).await;
        self.send(&reference, NUMBER).await.unwrap();
        let signed_in = self.verify(&reference, &self.last_code()).await.unwrap();
        self.advance(60);
        signed_in.session_cookie.unwrap()
    }
}
