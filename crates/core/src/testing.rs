//! Stand-ins for the ports in tests: a clock that is set, entropy that repeats, a sender and an
//! outside world that record. There is no stand-in for the store; tests run on a real file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::{
    AuthorizationRequest, Clock, Entropy, FirstScreen, MessageSender, Outbound, OutboundError,
    OutboundResponse, Phone, Recipient, Region, RequestedClaims, ResourceScopes, ResponseMode,
    Scopes, SendError, ServerKeys, Stream, UnixMillis, VerificationMessage,
};

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct ManualClock(Mutex<UnixMillis>);

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn at(now: UnixMillis) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.plus(by);
    }
}

impl Default for ManualClock {
    /// 2026-01-02T03:04:05Z.
    fn default() -> Self {
        Self::at(UnixMillis(1_767_323_045_000))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Entropy that is the same in every run: SHA-256 of seed, stream and a counter for each stream.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    counters: Mutex<HashMap<Stream, u64>>,
}

impl SeededEntropy {
    /// A source with that seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            counters: Mutex::default(),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, stream: Stream, out: &mut [u8]) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.entry(stream).or_default();
        for chunk in out.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update([stream as u8]);
            hash.update(counter.to_be_bytes());
            *counter += 1;
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// A sender that records messages, and fails when told to.
#[derive(Debug, Default)]
pub struct RecordingSender {
    sent: Mutex<Vec<VerificationMessage>>,
    failure: Mutex<Option<SendError>>,
}

impl RecordingSender {
    /// What was sent, oldest first.
    pub fn sent(&self) -> Vec<VerificationMessage> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The code that was sent last to `phone`.
    pub fn last_code(&self, phone: &Phone) -> Option<String> {
        self.last_code_to(&Recipient::Phone(phone.clone()))
    }

    /// The code that was sent last to `recipient`.
    pub fn last_code_to(&self, recipient: &Recipient) -> Option<String> {
        let sent = self.sent();
        let mut newest_first = sent.iter().rev();
        let last = newest_first.find(|message| message.recipient == *recipient)?;
        Some(last.code.expose().to_owned())
    }

    /// From now on every message fails so; `None` ends that.
    pub fn fail_with(&self, failure: Option<SendError>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }
}

#[async_trait]
impl MessageSender for RecordingSender {
    async fn send(&self, message: VerificationMessage) -> Result<(), SendError> {
        let failure = *self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = failure {
            return Err(failure);
        }
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        Ok(())
    }
}

/// A form that was posted to an address outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedForm {
    /// Where to.
    pub url: String,
    /// Its fields, in order.
    pub fields: Vec<(String, String)>,
}

impl PostedForm {
    /// The first field of a name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An outside world that records what it is told, and answers each address as told; an address
/// of which nothing was said can't be reached.
#[derive(Debug, Default)]
pub struct RecordingOutbound {
    answers: Mutex<HashMap<String, Result<OutboundResponse, OutboundError>>>,
    fetched: Mutex<Vec<String>>,
    posted: Mutex<Vec<PostedForm>>,
}

impl RecordingOutbound {
    /// From now on that address answers so.
    pub fn answer(&self, url: &str, status: u16, body: impl Into<Vec<u8>>) {
        let body = body.into();
        self.answer_with(url, Ok(OutboundResponse { status, body }));
    }

    /// From now on calls to that address end so.
    pub fn answer_with(&self, url: &str, outcome: Result<OutboundResponse, OutboundError>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(url.to_owned(), outcome);
    }

    /// The addresses of documents that were fetched, oldest first.
    pub fn fetched(&self) -> Vec<String> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.clone()
    }

    /// The forms that were posted, oldest first.
    pub fn posted(&self) -> Vec<PostedForm> {
        let posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
        posted.clone()
    }

    fn outcome(&self, url: &str) -> Result<OutboundResponse, OutboundError> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let unreachable = || Err(OutboundError::Failed("the address can't be reached"));
        answers.get(url).cloned().unwrap_or_else(unreachable)
    }
}

#[async_trait]
impl Outbound for RecordingOutbound {
    async fn get(&self, url: &str) -> Result<OutboundResponse, OutboundError> {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.push(url.to_owned());
        self.outcome(url)
    }

    async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Result<OutboundResponse, OutboundError> {
        let fields = fields.iter();
        let owned = fields.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
        posted.push(PostedForm {
            url: url.to_owned(),
            fields: owned.collect(),
        });
        self.outcome(url)
    }
}

/// A key ring of one fixed key.
pub fn server_keys() -> ServerKeys {
    ServerKeys::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("a fixed, valid key")
}

/// A mainland mobile number from eleven digits, or any number with its country code.
pub fn phone(text: &str) -> Phone {
    Phone::parse(text, Region::CHINA).expect("tests use valid numbers")
}

/// A plain request for `openid profile phone`.
pub fn authorization_request() -> AuthorizationRequest {
    AuthorizationRequest {
        redirect_uri: "http://localhost:3000/Callback".into(),
        scopes: Scopes::from("openid profile phone"),
        state: Some("state".into()),
        nonce: Some("nonce".into()),
        resources: ResourceScopes::new(),
        claims: RequestedClaims::default(),
        code_challenge: None,
        dpop_jkt: None,
        response_mode: ResponseMode::Query,
        prompts: Vec::new(),
        max_age: None,
        first_screen: FirstScreen::SignIn,
        identifiers: Vec::new(),
        ui_locales: None,
        login_hint: None,
        expected_sub: None,
        device_user_code: None,
    }
}
