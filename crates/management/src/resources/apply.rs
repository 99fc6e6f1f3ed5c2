//! The way from what is declared to what is stored: said, or done in one unit.

use std::sync::Arc;

use moongate_core::{Entropy, Reader, ServerKeys, Store, StoreError, UnixMillis};
use thiserror::Error;

use super::application_rights::Rights;
use super::catalog::{Catalog, roles_of_application};
use super::declared::Declared;
use super::finding::{Findings, ResourceFinding};
use super::plan::{Action, Change, Plan, ResourceKind};
use super::write::Write;
use super::{api_resource, application, connector, role, sign_in_experience};
use crate::RevisionNote;

/// What becomes of applications, connectors, API resources and roles that no file names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Undeclared {
    /// They stay.
    #[default]
    Keep,
    /// They are deleted; so are the secrets that an
    /// application's list of secrets lacks, if it has one. The
    /// sign-in experience can't be deleted and stays.
    Delete,
}

/// Why nothing was planned or applied.
#[derive(Debug, Error)]
pub enum ResourceError {
    /// The files are not right.
    #[error("{} in the resource files", if .0.len() == 1 { "a mistake" } else { "mistakes" })]
    Refused(Vec<ResourceFinding>),
    /// Somebody else changed the sign-in experience, an API resource or a role at the same moment.
    #[error("the tenant was changed by somebody else just now; try again")]
    Conflict,
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What [`apply`] would change now.
///
/// # Errors
/// - [`ResourceError::Refused`] with everything that is wrong, the findings of `declared`
///   included.
/// - [`ResourceError::Store`].
pub async fn plan(
    reader: &mut dyn Reader,
    declared: &Declared,
    undeclared: Undeclared,
    keys: &ServerKeys,
    now: UnixMillis,
) -> Result<Plan, ResourceError> {
    let draft = draft(reader, declared, undeclared, keys, now).await?;
    Ok(draft.plan)
}

/// Brings the store to what is declared, in one unit: all of it or, if anything is wrong, nothing.
/// Gives what was changed, which is nothing the second time. `note` stands with the revision of
/// settings that this may save.
///
/// # Errors
/// As [`plan()`], and [`ResourceError::Conflict`].
pub async fn apply(
    store: &dyn Store,
    declared: Declared,
    undeclared: Undeclared,
    keys: Arc<ServerKeys>,
    entropy: Arc<dyn Entropy>,
    now: UnixMillis,
    note: RevisionNote,
) -> Result<Plan, ResourceError> {
    let findings = note.findings();
    if !findings.is_empty() {
        return Err(ResourceError::Refused(findings));
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                let draft = draft(tx, &declared, undeclared, &keys, now).await?;
                for write in draft.writes {
                    write.run(tx, &keys, &*entropy, now, &note).await?;
                }
                Ok(draft.plan)
            })
        })
        .await
}

/// What is stored, what is known about the moment, and where results go while kinds of resources
/// are gone through.
pub(super) struct Draft<'a> {
    pub(super) keys: &'a ServerKeys,
    pub(super) now: UnixMillis,
    pub(super) undeclared: Undeclared,
    pub(super) plan: Plan,
    pub(super) writes: Vec<Write>,
    /// What goes, after everything else is done.
    pub(super) deleted: Vec<(ResourceKind, String, Write)>,
    pub(super) findings: Findings,
}

impl Draft<'_> {
    /// Notes that a declared resource is made, or changed if any field differs.
    pub(super) fn change(
        &mut self,
        kind: ResourceKind,
        id: &str,
        is_stored: bool,
        fields: Vec<super::plan::FieldChange>,
    ) {
        let action = match (is_stored, fields.is_empty()) {
            (true, true) => return,
            (true, false) => Action::Update,
            (false, _) => Action::Create,
        };
        self.plan.changes.push(Change {
            kind,
            id: id.to_owned(),
            action,
            fields,
        });
    }

    /// Notes that a resource goes.
    pub(super) fn delete(&mut self, kind: ResourceKind, id: &str, write: Write) {
        self.plan.changes.push(Change {
            kind,
            id: id.to_owned(),
            action: Action::Delete,
            fields: Vec::new(),
        });
        self.writes.push(write);
    }
}

async fn draft<'a>(
    reader: &mut dyn Reader,
    declared: &Declared,
    undeclared: Undeclared,
    keys: &'a ServerKeys,
    now: UnixMillis,
) -> Result<Draft<'a>, ResourceError> {
    let mut draft = Draft {
        keys,
        now,
        undeclared,
        plan: Plan::default(),
        writes: Vec::new(),
        deleted: Vec::new(),
        findings: Findings::default(),
    };
    let mut catalog = Catalog::load(reader).await?;
    api_resource::draft(&mut draft, &mut catalog, &declared.resources);
    role::draft(&mut draft, reader, &mut catalog, &declared.roles).await?;
    let mut applications = reader.applications().await?;
    applications.retain(|it| !it.is_built_in());
    for declared in &declared.applications {
        let stored = applications.iter().find(|stored| stored.id == declared.id);
        let stored = match stored {
            Some(stored) => {
                let (roles, is_admin) = roles_of_application(reader, &stored.id).await?;
                Some(application::Stored {
                    application: stored,
                    secrets: reader.application_secrets(&stored.id).await?,
                    rights: Rights::stored(stored, roles, is_admin, &catalog),
                })
            }
            None => None,
        };
        application::draft(&mut draft, &catalog, stored.as_ref(), declared);
    }
    let connectors = reader.connectors().await?;
    let now_there = connectors.iter().map(|it| it.factory_id.as_str());
    let available = sign_in_experience::Connected {
        before: connector::available(now_there),
        after: connector::draft(&mut draft, &connectors, &declared.connectors)?,
    };
    let experience = declared.sign_in_experience.as_ref();
    sign_in_experience::draft(&mut draft, reader, experience, available).await?;
    if undeclared == Undeclared::Delete {
        application::delete_undeclared(&mut draft, &applications, &declared.applications);
        connector::delete_undeclared(&mut draft, &connectors, &declared.connectors);
    }
    for (kind, id, write) in std::mem::take(&mut draft.deleted) {
        draft.delete(kind, &id, write);
    }

    let mut findings = declared.findings().to_vec();
    findings.append(&mut std::mem::take(&mut draft.findings).into_vec());
    if findings.is_empty() {
        Ok(draft)
    } else {
        Err(ResourceError::Refused(findings))
    }
}
