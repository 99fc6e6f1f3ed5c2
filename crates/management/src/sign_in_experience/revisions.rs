//! The history of the settings: who saved what, when, why, and what it changed.

use moongate_core::{Document, Reader, StoreError};
use moongate_experience::{SIGN_IN_EXPERIENCE, SignInExperience};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::found;
use crate::resources::difference::difference;
use crate::resources::plan::{FieldChange, FieldValue};
use crate::resources::sign_in_experience::changes;
use crate::{Listed, Management, ManagementError, Page};

/// A revision of the settings, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionView {
    /// 1 for the first save, one more for each later one.
    pub revision: i64,
    /// When it was saved, milliseconds since 1970.
    pub created_at: i64,
    /// Who saved it: a user's or an application's identifier, or `command line`; empty where
    /// nobody noted it.
    pub author: String,
    /// Why, in the author's words.
    pub comment: Option<String>,
    /// What it changed.
    pub changes: Vec<RevisionChangeView>,
    /// The settings as they were, where one revision was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub sign_in_experience: Option<Value>,
}

/// One setting that a revision changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RevisionChangeView {
    /// Which, such as `signIn.methods[0].password`.
    pub path: String,
    /// What it was; `null` if it was not set.
    #[schema(value_type = Object)]
    pub before: Value,
    /// What it became; `null` if it was not set any more.
    #[schema(value_type = Object)]
    pub after: Value,
}

impl RevisionChangeView {
    fn new(change: FieldChange) -> Self {
        let plain = |value: Option<FieldValue>| match value {
            Some(FieldValue::Plain(value)) => value,
            // Settings have no secrets.
            _ => Value::Null,
        };
        Self {
            path: change.path,
            before: plain(change.before),
            after: plain(change.after),
        }
    }

    /// The same as a plan shows it.
    pub fn to_field_change(&self) -> FieldChange {
        let shown = |value: &Value| (!value.is_null()).then(|| FieldValue::Plain(value.clone()));
        FieldChange {
            path: self.path.clone(),
            before: shown(&self.before),
            after: shown(&self.after),
        }
    }
}

impl Management {
    /// The revisions of the settings, newest first.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn sign_in_experience_revisions(
        &self,
        page: Page,
    ) -> Result<Listed<RevisionView>, ManagementError> {
        let mut reader = self.store.read().await?;
        let newest = reader.document(SIGN_IN_EXPERIENCE).await?;
        let total = newest.map_or(0, |newest| newest.revision);
        let before = total + 1 - page.offset();
        let mut items = Vec::new();
        if before > 1 {
            // One more, to compare the oldest of the page with.
            let documents = reader
                .document_revisions(SIGN_IN_EXPERIENCE, before, page.size() + 1)
                .await?;
            let mut documents = documents.into_iter().peekable();
            while let Some(document) = documents.next() {
                if i64::try_from(items.len()).is_ok_and(|length| length == page.size()) {
                    break;
                }
                items.push(view(&document, documents.peek()));
            }
        }
        Ok(Listed { items, total })
    }

    /// One revision of the settings.
    ///
    /// # Errors
    /// [`ManagementError::Store`]; `entity.not_found`.
    pub async fn sign_in_experience_revision(
        &self,
        revision: i64,
    ) -> Result<RevisionView, ManagementError> {
        let mut reader = self.store.read().await?;
        let document = revision_of(&mut *reader, revision).await?;
        let document = found(document)?;
        let earlier = revision_of(&mut *reader, revision - 1).await?;
        let settings = serde_json::from_str(&document.body).unwrap_or(Value::Null);
        Ok(RevisionView {
            sign_in_experience: Some(settings),
            ..view(&document, earlier.as_ref())
        })
    }
}

async fn revision_of(
    reader: &mut dyn Reader,
    revision: i64,
) -> Result<Option<Document>, StoreError> {
    reader.document_revision(SIGN_IN_EXPERIENCE, revision).await
}

fn view(document: &Document, earlier: Option<&Document>) -> RevisionView {
    RevisionView {
        revision: document.revision,
        created_at: document.updated_at.0,
        author: document.author.clone(),
        comment: document.comment.clone(),
        changes: compare(earlier.map(|it| it.body.as_str()), &document.body)
            .into_iter()
            .map(RevisionChangeView::new)
            .collect(),
        sign_in_experience: None,
    }
}

/// What the second body changed in the first; the first revision changed what comes with the
/// server. What this version can't read as settings is compared as it stands.
fn compare(earlier: Option<&str>, body: &str) -> Vec<FieldChange> {
    let before = match earlier {
        None => Ok(SignInExperience::fresh()),
        Some(earlier) => serde_json::from_str(earlier),
    };
    if let (Ok(before), Ok(after)) = (before, serde_json::from_str(body)) {
        return changes(&before, &after);
    }
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    difference(&earlier.map_or(Value::Null, json), &json(body))
}
