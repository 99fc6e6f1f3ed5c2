//! The settings of the sign-in experience as the API tells of them and changes them. Each save is
//! a revision with its author and what it changed; any of them can be had again.
//!
//! An API lets through what Logto's server lets through; files and commands refuse what its
//! console refuses, too ([`Strictness`]).

mod body;
mod drafts;
mod revisions;
mod view;

use moongate_core::{
    Document, ErrorCode, Reader, Secret, StoreError, Tx, UnixMillis, User, UserId,
};
use moongate_experience::{
    AvailableConnectors, Finding, PasswordIssue, PersonalWords, SIGN_IN_EXPERIENCE, Severity,
    SignInExperience,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub(crate) use body::without_empty_texts;
pub use drafts::{DRAFT_TTL, Draft, NewDraft, OpenedDraft, PREVIEW_LINK_TTL};
pub use revisions::{RevisionChangeView, RevisionView};
pub(crate) use view::{LATER, is_default_of_later};

use crate::error::found;
use crate::management::check_note;
use crate::resources::connector::available;
use crate::resources::finding::Findings;
use crate::resources::sign_in_experience::to_value;
use crate::{Management, ManagementError, ResourceFinding};

/// Longest comment on a revision, characters.
const LONGEST_COMMENT: usize = 500;

/// Who saves a revision, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionNote {
    /// A user's or an application's identifier, or `command line`.
    pub author: String,
    /// Why, in the author's words.
    pub comment: Option<String>,
}

impl RevisionNote {
    /// Of whoever runs a command.
    pub fn command_line(comment: Option<String>) -> Self {
        Self {
            author: "command line".to_owned(),
            comment,
        }
    }

    /// What is wrong with it: a comment is one line.
    pub(crate) fn findings(&self) -> Vec<ResourceFinding> {
        let mut findings = Findings::default();
        if let Some(comment) = &self.comment {
            check_note(&mut findings, "comment", comment, LONGEST_COMMENT);
        }
        findings.into_vec()
    }

    fn check(&self) -> Result<(), ManagementError> {
        match self.findings() {
            findings if findings.is_empty() => Ok(()),
            findings => Err(ManagementError::Invalid(findings)),
        }
    }
}

/// Which broken rules keep settings from being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Those that Logto's server has, for programs that were written for it.
    Server,
    /// Those of its console besides.
    Files,
}

impl Strictness {
    fn refuses(self, severity: Severity) -> bool {
        match self {
            Self::Server => severity == Severity::Refused,
            Self::Files => severity >= Severity::RefusedInFiles,
        }
    }
}

/// Settings after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSettings {
    /// The whole, as the API tells of it.
    pub settings: Value,
    /// The revision that is now the newest; 0 if nothing was ever saved.
    pub revision: i64,
    /// Whether that is a new one: a change that changes nothing saves nothing.
    pub is_new: bool,
    /// The rules that files and commands would refuse it for.
    pub findings: Vec<Finding>,
}

/// A password to be held against the policy.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordToCheck {
    /// The password.
    #[schema(value_type = String)]
    pub password: Secret,
    /// Whose it would be; required where the policy refuses what is known about a person.
    #[schema(value_type = Option<String>)]
    pub user_id: Option<UserId>,
}

impl Management {
    /// The settings with every field that Logto has.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn sign_in_experience(&self) -> Result<Value, ManagementError> {
        let mut reader = self.store.read().await?;
        Ok(view::whole(&SignInExperience::load(&mut *reader).await?))
    }

    /// What anybody may know of the settings: what a sign-in page needs.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn public_sign_in_experience(&self) -> Result<Value, ManagementError> {
        let mut reader = self.store.read().await?;
        let settings = SignInExperience::load(&mut *reader).await?;
        Ok(view::public(&settings, connected(&mut *reader).await?))
    }

    /// Changes the settings that `body` names, each as a whole.
    ///
    /// # Errors
    /// [`ManagementError::Settings`] for broken rules of what `body` names, and for those that it
    /// would break elsewhere; [`ManagementError::Unsupported`] for a field of Logto's that this
    /// version has not, unless it has its default.
    pub async fn update_sign_in_experience(
        &self,
        body: Map<String, Value>,
        note: RevisionNote,
    ) -> Result<SavedSettings, ManagementError> {
        note.check()?;
        let body = body::checked(body)?;
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let newest = Newest::load(tx).await?;
                    let connectors = connected(tx).await?;
                    let settings = body::lay_over(&newest.settings, &body)?;
                    let before = newest.settings.findings(connectors);
                    let is_ours = |finding: &Finding| {
                        body.contains_key(finding.section()) || !before.contains(finding)
                    };
                    let findings = settings.findings(connectors);
                    refuse(&findings, |finding| {
                        Strictness::Server.refuses(finding.severity) && is_ours(finding)
                    })?;
                    newest.save(tx, settings, findings, note, now).await
                })
            })
            .await
    }

    /// Saves the settings of an earlier revision as the newest one, if they keep the rules of
    /// today.
    ///
    /// # Errors
    /// [`ManagementError::Settings`]; `entity.not_found`; `request.invalid_input` for a revision
    /// that this version can't read.
    pub async fn roll_back_sign_in_experience(
        &self,
        revision: i64,
        note: RevisionNote,
        strictness: Strictness,
    ) -> Result<SavedSettings, ManagementError> {
        note.check()?;
        let note = RevisionNote {
            comment: note.comment.or(Some(format!("roll back to {revision}"))),
            ..note
        };
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let document = tx.document_revision(SIGN_IN_EXPERIENCE, revision).await?;
                    let settings = serde_json::from_str(&found(document)?.body)
                        .map_err(|_| ErrorCode::RequestInvalidInput)?;
                    let settings: SignInExperience = settings;
                    let findings = settings.findings(connected(tx).await?);
                    refuse(&findings, |it| strictness.refuses(it.severity))?;
                    let newest = Newest::load(tx).await?;
                    newest.save(tx, settings, findings, note, now).await
                })
            })
            .await
    }

    /// What the policy says against a password; nothing if it may be chosen.
    ///
    /// # Errors
    /// `request.invalid_input` if the policy looks at the person and none is named;
    /// `entity.not_found` if there is no such person.
    pub async fn check_password(
        &self,
        body: PasswordToCheck,
    ) -> Result<Vec<PasswordIssue>, ManagementError> {
        let mut reader = self.store.read().await?;
        let policy = SignInExperience::load(&mut *reader).await?.password_policy;
        let user = match &body.user_id {
            Some(id) => Some(found(reader.user(id).await?)?),
            None if policy.rejects_user_info() => {
                return Err(ErrorCode::RequestInvalidInput.into());
            }
            None => None,
        };
        let about = user.as_ref().map(personal).unwrap_or_default();
        Ok(policy.check(body.password.expose(), &about))
    }
}

fn personal(user: &User) -> PersonalWords<'_> {
    PersonalWords {
        name: user.name.as_deref(),
        username: user.username.as_deref(),
        email: user.primary_email.as_deref(),
        phone: user
            .primary_phone
            .as_ref()
            .map(moongate_core::Phone::digits),
    }
}

/// Every rule that the stored settings break, advice included.
///
/// # Errors
/// [`StoreError`].
pub async fn stored_findings(reader: &mut dyn Reader) -> Result<Vec<Finding>, StoreError> {
    let connectors = connected(reader).await?;
    Ok(SignInExperience::load(reader).await?.findings(connectors))
}

async fn connected(reader: &mut dyn Reader) -> Result<AvailableConnectors, StoreError> {
    let connectors = reader.connectors().await?;
    Ok(available(
        connectors.iter().map(|it| it.factory_id.as_str()),
    ))
}

fn refuse(
    findings: &[Finding],
    is_refused: impl Fn(&Finding) -> bool,
) -> Result<(), ManagementError> {
    let refused: Vec<_> = findings
        .iter()
        .filter(|it| is_refused(it))
        .cloned()
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(ManagementError::Settings(refused))
    }
}

/// The settings in force, as the unit of work sees them.
struct Newest {
    revision: i64,
    settings: SignInExperience,
}

impl Newest {
    async fn load(reader: &mut dyn Reader) -> Result<Self, StoreError> {
        let document = reader.document(SIGN_IN_EXPERIENCE).await?;
        Ok(Self {
            revision: document.map_or(0, |it| it.revision),
            settings: SignInExperience::load(reader).await?,
        })
    }

    async fn save(
        self,
        tx: &mut dyn Tx,
        settings: SignInExperience,
        mut findings: Vec<Finding>,
        note: RevisionNote,
        now: UnixMillis,
    ) -> Result<SavedSettings, ManagementError> {
        findings.retain(|finding| finding.severity == Severity::RefusedInFiles);
        let is_new = settings != self.settings;
        let mut revision = self.revision;
        if is_new {
            revision += 1;
            let document = Document {
                key: SIGN_IN_EXPERIENCE.to_owned(),
                revision,
                body: to_value(&settings).to_string(),
                author: note.author,
                comment: note.comment,
                updated_at: now,
            };
            if !tx.save_document(&document).await? {
                // Somebody else saved at the same moment, on another server.
                return Err(ErrorCode::EntityUniqueIntegrityViolation.into());
            }
        }
        Ok(SavedSettings {
            settings: view::whole(&settings),
            revision,
            is_new,
            findings,
        })
    }
}
