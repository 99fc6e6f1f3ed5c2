//! Drafts of the settings: looked at before anybody saves them. A draft may break the rules, since
//! looking is how one finds out; whoever looks is told which.
//!
//! A link that works once leads to a draft, and gives the browser that opens it a secret which is
//! good for that draft alone.

use std::time::Duration;

use moongate_core::{Reader, Secret, StoreError, Tx, UnixMillis, token_hash};
use moongate_experience::{Finding, SignInExperience};
use serde_json::{Map, Value};

use super::{body, connected};
use crate::error::refuse_if_any;
use crate::resources::finding::Findings;
use crate::resources::sign_in_experience::{laid_over, to_value};
use crate::{Declared, Management, ManagementError};

/// How long a draft is kept.
pub const DRAFT_TTL: Duration = Duration::from_hours(24);

/// How long its link can be opened.
pub const PREVIEW_LINK_TTL: Duration = Duration::from_mins(30);

/// What links to drafts are for, as the store writes it.
const LINK: &str = "preview";

/// What the secrets of browsers are for. They are kept as links that nobody uses up.
const BROWSER: &str = "preview-browser";

/// A draft that was just made.
#[derive(Debug)]
pub struct NewDraft {
    /// Its identifier.
    pub id: String,
    /// What opens it, once.
    pub token: Secret,
    /// The rules that it breaks, advice included.
    pub findings: Vec<Finding>,
}

/// A draft to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The settings.
    pub settings: SignInExperience,
    /// The rules that they break, advice included.
    pub findings: Vec<Finding>,
}

/// What a browser gets for a link.
#[derive(Debug)]
pub struct OpenedDraft {
    /// The secret that lets it look at the draft.
    pub secret: Secret,
    /// How long the secret is good: as long as the draft, at most.
    pub ttl: Duration,
}

impl Management {
    /// Makes a draft of the stored settings with what `body` names in place of theirs, as
    /// [`update_sign_in_experience`](Self::update_sign_in_experience) would.
    ///
    /// # Errors
    /// [`ManagementError::Invalid`] and [`ManagementError::Unsupported`] for what can't be read as
    /// settings. Broken rules are no error here.
    pub async fn create_draft(
        &self,
        body: Map<String, Value>,
    ) -> Result<NewDraft, ManagementError> {
        let body = body::checked(body)?;
        let mut reader = self.store.read().await?;
        let stored = SignInExperience::load(&mut *reader).await?;
        let connectors = connected(&mut *reader).await?;
        drop(reader);
        let settings = body::lay_over(&stored, &body)?;
        let findings = settings.findings(connectors);
        self.put_draft(&settings, findings).await
    }

    /// Makes a draft of what files declare over the stored settings, as
    /// [`apply`](crate::apply) would.
    ///
    /// # Errors
    /// [`ManagementError::Invalid`] for what can't be read as settings.
    pub async fn create_draft_of_files(
        &self,
        declared: &Declared,
    ) -> Result<NewDraft, ManagementError> {
        let mut reader = self.store.read().await?;
        let stored = SignInExperience::load(&mut *reader).await?;
        let connectors = connected(&mut *reader).await?;
        drop(reader);
        let mut findings = Findings::default();
        for finding in declared.findings() {
            findings.add(&finding.path, &finding.problem, &finding.mend);
        }
        let settings = laid_over(&stored, declared, &mut findings);
        refuse_if_any(findings)?;
        let settings = settings.ok_or_else(|| ManagementError::Invalid(Vec::new()))?;
        let findings = settings.findings(connectors);
        self.put_draft(&settings, findings).await
    }

    async fn put_draft(
        &self,
        settings: &SignInExperience,
        findings: Vec<Finding>,
    ) -> Result<NewDraft, ManagementError> {
        let (id, token) = (self.entropy.id(21), self.entropy.token());
        let now = self.clock.now();
        let body = to_value(settings).to_string();
        let draft = id.clone();
        let hash = token_hash(&token);
        let put: Result<(), StoreError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.put_draft(&draft, &body, now.plus(DRAFT_TTL)).await?;
                    let until = now.plus(PREVIEW_LINK_TTL);
                    tx.insert_link(&hash, LINK, &draft, until).await
                })
            })
            .await;
        put?;
        Ok(NewDraft {
            id,
            token: Secret::new(token),
            findings,
        })
    }

    /// A draft that is not over.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn draft(&self, id: &str) -> Result<Option<Draft>, ManagementError> {
        let mut reader = self.store.read().await?;
        let Some(settings) = load(&mut *reader, id, self.clock.now()).await? else {
            return Ok(None);
        };
        let findings = settings.findings(connected(&mut *reader).await?);
        Ok(Some(Draft { settings, findings }))
    }

    /// Uses up a link to a draft; nothing if it does not lead there, was used, or is over. Of many
    /// racing callers, one gets the secret.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn open_draft(
        &self,
        id: &str,
        token: &str,
    ) -> Result<Option<OpenedDraft>, ManagementError> {
        let link = token_hash(token);
        let secret = self.entropy.token();
        let hash = token_hash(&secret);
        let now = self.clock.now();
        let draft = id.to_owned();
        let opened: Result<bool, StoreError> = self
            .store
            .write(move |tx| Box::pin(async move { exchange(tx, &draft, link, hash, now).await }))
            .await;
        Ok(opened?.then(|| OpenedDraft {
            secret: Secret::new(secret),
            ttl: DRAFT_TTL,
        }))
    }

    /// Whether a browser's secret lets it look at this draft.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn opens_draft(&self, id: &str, secret: &str) -> Result<bool, ManagementError> {
        let mut reader = self.store.read().await?;
        let hash = token_hash(secret);
        let subject = reader.link(&hash, BROWSER, self.clock.now()).await?;
        Ok(subject.as_deref() == Some(id))
    }
}

/// What this version can't read as settings is no draft.
async fn load(
    reader: &mut dyn Reader,
    id: &str,
    now: UnixMillis,
) -> Result<Option<SignInExperience>, StoreError> {
    let body = reader.draft(id, now).await?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

async fn exchange(
    tx: &mut dyn Tx,
    draft: &str,
    link: [u8; 32],
    secret: [u8; 32],
    now: UnixMillis,
) -> Result<bool, StoreError> {
    // A link that leads elsewhere is not used up by the wrong address.
    if tx.link(&link, LINK, now).await?.as_deref() != Some(draft)
        || tx.draft(draft, now).await?.is_none()
        || tx.use_link(&link, LINK, now).await?.is_none()
    {
        return Ok(false);
    }
    tx.insert_link(&secret, BROWSER, draft, now.plus(DRAFT_TTL))
        .await?;
    Ok(true)
}
