//! What every test stands on.

use std::sync::Arc;
use std::time::Duration;

use moongate_core::testing::{
    ManualClock, RecordingSender, SeededEntropy, authorization_request, phone, server_keys,
};
use moongate_core::{
    Application, ApplicationId, ApplicationType, Clock as _, ConsentScopes, CustomClientMetadata,
    Document, EmailAddress, Interaction, OidcClientMetadata, PasswordHash, Recipient, Secret,
    Session, Store, StoreError, UnixMillis, User, UserId, token_hash,
};
use moongate_experience::{
    Browser, CodeRequest, CodeSent, Experience, Flow, FlowError, HashParameters, Identifier,
    InteractionEvent, InteractionRef, Limits, PasswordPool, Progress, SIGN_IN_EXPERIENCE,
    SignInExperience, SignInMode, SignedIn,
};
use moongate_store::{Durability, SqlStore, StoreConfig};

pub(crate) const NUMBER: &str = "13800138000";
pub(crate) const OTHER_NUMBER: &str = "13900139000";
pub(crate) const ADDRESS: &str = "alice@mail.example";
pub(crate) const PASSWORD: &str = "wind over the old harbour";
pub(crate) const OTHER_PASSWORD: &str = "a lamp behind nine windows";

pub(crate) struct Ground {
    pub(crate) experience: Experience,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sender: Arc<RecordingSender>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) passwords: PasswordPool,
    pub(crate) entropy: Arc<SeededEntropy>,
    _folder: tempfile::TempDir,
}

pub(crate) fn to_phone(number: &str) -> Recipient {
    Recipient::Phone(phone(number))
}

pub(crate) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).unwrap()
}

pub(crate) fn to_email(address: &str) -> Recipient {
    Recipient::Email(email(address))
}

pub(crate) fn username(name: &str) -> Identifier {
    Identifier::Username(name.into())
}

/// Six digits that are not `code`.
pub(crate) fn other_than(code: &str) -> String {
    let right: u32 = code.parse().unwrap();
    format!("{:06}", (right + 1) % 1_000_000)
}

/// Who signed in, if that is what a step led to.
#[track_caller]
pub(crate) fn signed_in(outcome: Result<Progress, FlowError>) -> SignedIn {
    match outcome.unwrap() {
        Progress::SignedIn(signed_in) => signed_in,
        progress => panic!("expected a sign-in, got {progress:?}"),
    }
}

impl Ground {
    /// With phone number and code alone.
    pub(crate) async fn new() -> Self {
        Self::with(&SignInExperience::phone_and_code()).await
    }

    pub(crate) async fn with(settings: &SignInExperience) -> Self {
        Self::with_limits(settings, Limits::default()).await
    }

    pub(crate) async fn with_limits(settings: &SignInExperience, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let config = StoreConfig::parse(&url)
            .unwrap()
            .durability(Durability::Off);
        let store: Arc<dyn Store> = Arc::new(SqlStore::open(&config).await.unwrap());
        let sender = Arc::new(RecordingSender::default());
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(7));
        let passwords = PasswordPool::new(HashParameters::FAST);
        let experience = Experience::new(
            Arc::clone(&store),
            Arc::clone(&sender) as _,
            Arc::clone(&clock) as _,
            Arc::clone(&entropy) as _,
            Arc::new(server_keys()),
            passwords.clone(),
            limits,
        );
        let ground = Self {
            experience,
            store,
            sender,
            clock,
            passwords,
            entropy,
            _folder: folder,
        };
        ground.add_application().await;
        ground.set(settings).await;
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

    pub(crate) async fn set(&self, settings: &SignInExperience) {
        let body = serde_json::to_string(settings).unwrap();
        let now = self.now();
        let saved: Result<bool, StoreError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let known = tx.document(SIGN_IN_EXPERIENCE).await?;
                    let document = Document {
                        key: SIGN_IN_EXPERIENCE.into(),
                        revision: known.map_or(0, |document| document.revision) + 1,
                        body,
                        author: String::new(),
                        comment: None,
                        updated_at: now,
                    };
                    tx.save_document(&document).await
                })
            })
            .await;
        assert!(saved.unwrap(), "nobody else saves");
    }

    pub(crate) async fn set_mode(&self, mode: SignInMode) {
        let settings = SignInExperience {
            sign_in_mode: mode,
            ..SignInExperience::phone_and_code()
        };
        self.set(&settings).await;
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

    /// Asks for a code; what is left for later is done at once.
    pub(crate) async fn ask(
        &self,
        reference: &InteractionRef,
        recipient: Recipient,
        event: InteractionEvent,
        begins: bool,
    ) -> Result<CodeSent, FlowError> {
        let request = CodeRequest {
            recipient: Some(recipient),
            event,
            begins,
            language: "en".into(),
        };
        let sent = self.experience.send_code(reference.clone(), request).await;
        let mut sent = sent?;
        if let Some(background) = sent.background.take() {
            background.await;
        }
        Ok(sent)
    }

    /// The first page: a number is typed.
    pub(crate) async fn send(
        &self,
        reference: &InteractionRef,
        number: &str,
    ) -> Result<CodeSent, FlowError> {
        let event = InteractionEvent::SignIn;
        self.ask(reference, to_phone(number), event, true).await
    }

    pub(crate) async fn resend(&self, reference: &InteractionRef) -> Result<CodeSent, FlowError> {
        let request = CodeRequest {
            recipient: None,
            event: InteractionEvent::SignIn,
            begins: false,
            language: "en".into(),
        };
        self.experience.send_code(reference.clone(), request).await
    }

    pub(crate) async fn enter(
        &self,
        reference: &InteractionRef,
        code: &str,
    ) -> Result<Progress, FlowError> {
        let browser = Browser::default();
        let reference = reference.clone();
        self.experience.enter_code(reference, code, browser).await
    }

    pub(crate) async fn log_in(
        &self,
        reference: &InteractionRef,
        identifier: Identifier,
        password: &str,
    ) -> Result<Progress, FlowError> {
        self.experience
            .sign_in_with_password(
                reference.clone(),
                identifier,
                Secret::new(password),
                Browser::default(),
            )
            .await
    }

    pub(crate) async fn begin(&self, reference: &InteractionRef, event: InteractionEvent) {
        let begun = self.experience.begin(reference.clone(), event).await;
        begun.unwrap();
    }

    /// Asks for a code and verifies it by the API's steps; gives the record.
    pub(crate) async fn verified(
        &self,
        reference: &InteractionRef,
        recipient: Recipient,
        event: InteractionEvent,
    ) -> String {
        let sent = self.ask(reference, recipient.clone(), event, false).await;
        let id = sent.unwrap().verification_id;
        let code = self.code_to(&recipient);
        self.experience
            .verify_code(reference.clone(), id, recipient, &code)
            .await
            .unwrap()
    }

    pub(crate) fn code_to(&self, recipient: &Recipient) -> String {
        self.sender.last_code_to(recipient).unwrap()
    }

    pub(crate) fn last_code(&self) -> String {
        self.code_to(&to_phone(NUMBER))
    }

    pub(crate) fn wrong_code(&self) -> String {
        other_than(&self.last_code())
    }

    /// Signs the number in from a fresh browser; gives the session cookie.
    pub(crate) async fn sign_in(&self, browser: &str) -> String {
        let reference = self.start(browser).await;
        self.send(&reference, NUMBER).await.unwrap();
        let signed_in = signed_in(self.enter(&reference, &self.last_code()).await);
        self.advance(60);
        signed_in.session_cookie.unwrap()
    }

    pub(crate) async fn flow(&self, reference: &InteractionRef) -> Flow {
        let found = self.experience.whereabouts(reference).await.unwrap();
        found.flow.expect("nobody signed in yet")
    }

    /// Adds an account as an administrator would.
    pub(crate) async fn add_user(&self, fill: impl FnOnce(User) -> User) -> User {
        let id = UserId::generate(self.entropy.as_ref());
        let user = fill(User::new(id, None, self.now()));
        let added = user.clone();
        let added = self
            .store
            .write(move |tx| Box::pin(async move { tx.insert_user(&added).await }))
            .await;
        assert!(added.unwrap(), "nobody else has it");
        user
    }

    pub(crate) async fn hash(&self, password: &str) -> PasswordHash {
        let password = Secret::new(password);
        let hash = self.passwords.hash(&password, self.entropy.as_ref());
        hash.await.unwrap()
    }

    /// Alice, with a user name, an address, a number and a password.
    pub(crate) async fn add_alice(&self) -> User {
        let hash = self.hash(PASSWORD).await;
        self.add_user(|user| User {
            username: Some("alice".into()),
            primary_email: Some(ADDRESS.into()),
            primary_phone: Some(phone(NUMBER)),
            password_hash: Some(hash),
            ..user
        })
        .await
    }

    pub(crate) async fn change(&self, id: &UserId, change: impl FnOnce(User) -> User) {
        let changed = change(self.user(id).await.unwrap());
        self.store
            .write(move |tx| Box::pin(async move { tx.update_user(&changed).await }))
            .await
            .unwrap();
    }

    pub(crate) async fn user(&self, id: &UserId) -> Option<User> {
        let mut reader = self.store.read().await.unwrap();
        reader.user(id).await.unwrap()
    }

    pub(crate) async fn owner(&self, identifier: &Identifier) -> Option<User> {
        let mut reader = self.store.read().await.unwrap();
        match identifier {
            Identifier::Username(name) => reader.user_by_username(name).await.unwrap(),
            Identifier::Email(email) => reader.user_by_email(email.as_str()).await.unwrap(),
            Identifier::Phone(phone) => reader.user_by_phone(phone).await.unwrap(),
        }
    }

    pub(crate) async fn session(&self, cookie: &str) -> Option<Session> {
        let mut reader = self.store.read().await.unwrap();
        let session = reader.session_by_cookie(&token_hash(cookie)).await;
        session.unwrap()
    }
}
