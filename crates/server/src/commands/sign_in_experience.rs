//! `moongate sign-in-experience …`: the settings of the sign-in experience by themselves. Of
//! resource files it reads that one key.

use std::path::PathBuf;
use std::sync::Arc;

use moongate_core::{Store as _, UnixMillis};
use moongate_management::{
    Declared, Management, ManagementError, Page, Reveal, RevisionNote, RevisionView, Strictness,
    Undeclared,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::CommandError;
use super::export::{exported, write};
use crate::app::Ground;
use crate::cli::{Exit, Export, Revisions, Rollback, SettingsApply, SettingsFiles};
use crate::resources::{self, Report};
use crate::settings::{Flags, Settings};

const KEY: &str = "signInExperience";

pub(crate) async fn check(files: &SettingsFiles) -> Result<Exit, CommandError> {
    let declared = declared(&files.file)?;
    let outcome = planned(&files.flags, &declared).await?;
    let (report, exit) = match outcome {
        Ok(plan) if plan.advice.is_empty() => (Report::Said("fine".into()), Exit::Done),
        Ok(plan) => {
            let lines = plan.advice.iter().map(|it| format!("advice: {it}"));
            (
                Report::Said(lines.collect::<Vec<_>>().join("\n")),
                Exit::Done,
            )
        }
        Err(error) => resources::planned(Err(error)),
    };
    report.print();
    Ok(exit)
}

pub(crate) async fn plan(files: &SettingsFiles) -> Result<Exit, CommandError> {
    let declared = declared(&files.file)?;
    let (report, exit) = resources::planned(planned(&files.flags, &declared).await?);
    report.print();
    Ok(exit)
}

pub(crate) async fn apply(options: &SettingsApply) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.files.flags)?;
    let declared = declared(&options.files.file)?;
    let ground = Ground::open(&settings).await?;
    let outcome = moongate_management::apply(
        &ground.store,
        declared,
        Undeclared::Keep,
        Arc::clone(&ground.keys),
        Arc::clone(&ground.entropy),
        ground.clock.now(),
        RevisionNote::command_line(options.comment.clone()),
    )
    .await;
    ground.store.close().await;
    let (report, exit) = resources::applied(outcome);
    report.print();
    Ok(exit)
}

pub(crate) async fn export(options: &Export) -> Result<Exit, CommandError> {
    let mut whole = exported(options).await?;
    write(options, &json!({ KEY: whole[KEY].take() }))
}

pub(crate) async fn revisions(options: &Revisions) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.flags)?;
    let ground = Ground::open(&settings).await?;
    let outcome = every_revision(&management(&ground)).await;
    ground.store.close().await;
    let text = history(&outcome?, options.diff);
    Report::Said(text).print();
    Ok(Exit::Done)
}

pub(crate) async fn rollback(options: &Rollback) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.flags)?;
    let ground = Ground::open(&settings).await?;
    let note = RevisionNote::command_line(options.comment.clone());
    let outcome = management(&ground)
        .roll_back_sign_in_experience(options.revision, note, Strictness::Files)
        .await;
    ground.store.close().await;
    let said = match outcome {
        Ok(saved) if saved.is_new => format!("saved as revision {}", saved.revision),
        Ok(_) => "nothing to change".into(),
        Err(error) => return Err(told(&error).into()),
    };
    Report::Said(said).print();
    Ok(Exit::Done)
}

/// What files say of the sign-in experience, and nothing else of them.
pub(super) fn declared(paths: &[PathBuf]) -> Result<Declared, CommandError> {
    let mut files = resources::load(paths)?;
    let own = files.get_mut(KEY).map(Value::take).ok_or_else(|| {
        let paths: Vec<_> = paths.iter().map(|it| it.display().to_string()).collect();
        format!("{}: no file has {KEY}", paths.join(", "))
    })?;
    Ok(Declared::read(
        &json!({ KEY: own }),
        &resources::ReadSecrets,
    ))
}

type Planned = Result<moongate_management::Plan, moongate_management::ResourceError>;

async fn planned(flags: &Flags, declared: &Declared) -> Result<Planned, CommandError> {
    let settings = Settings::load(flags)?;
    let ground = Ground::open(&settings).await?;
    let mut reader = ground.store.read().await?;
    let (keys, now) = (&ground.keys, ground.clock.now());
    let outcome =
        moongate_management::plan(&mut *reader, declared, Undeclared::Keep, keys, now).await;
    drop(reader);
    ground.store.close().await;
    Ok(outcome)
}

/// The operations on the store of a command.
pub(super) fn management(ground: &Ground) -> Management {
    Management::new(
        Arc::new(ground.store.clone()),
        Arc::clone(&ground.clock),
        Arc::clone(&ground.entropy),
        Arc::clone(&ground.keys),
        moongate_experience::PasswordPool::new(moongate_experience::HashParameters::STANDARD),
        Reveal::Once,
    )
}

async fn every_revision(management: &Management) -> Result<Vec<RevisionView>, ManagementError> {
    let mut all = Vec::new();
    let mut number = 1;
    while let Some(page) = Page::new(Some(number), Some(100)) {
        let listed = management.sign_in_experience_revisions(page).await?;
        if listed.items.is_empty() {
            break;
        }
        all.extend(listed.items);
        number += 1;
    }
    Ok(all)
}

/// A line for each revision, newest first; below it what it changed.
fn history(revisions: &[RevisionView], with_changes: bool) -> String {
    let mut lines = Vec::new();
    for revision in revisions {
        let mut fields = vec![
            revision.revision.to_string(),
            timestamp(UnixMillis(revision.created_at)),
        ];
        fields.push(match revision.author.as_str() {
            "" => "(nobody noted)".into(),
            author => author.to_owned(),
        });
        fields.extend(revision.comment.clone());
        lines.push(fields.join("  "));
        if with_changes {
            let changes = revision.changes.iter();
            lines.extend(changes.map(|it| format!("    {}", it.to_field_change())));
        }
    }
    if lines.is_empty() {
        "nothing was ever saved; the settings are those of a fresh tenant".into()
    } else {
        lines.join("\n")
    }
}

/// RFC 3339, UTC, to the second.
fn timestamp(at: UnixMillis) -> String {
    OffsetDateTime::from_unix_timestamp(at.seconds())
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| at.0.to_string())
}

/// A refusal with everything that it is about.
pub(super) fn told(error: &ManagementError) -> String {
    let lines: Vec<String> = match error {
        ManagementError::Settings(findings) => findings.iter().map(ToString::to_string).collect(),
        ManagementError::Invalid(findings) => findings.iter().map(ToString::to_string).collect(),
        ManagementError::Refused(moongate_core::ErrorCode::EntityNotFound) => {
            return "there is no such revision".into();
        }
        other => return other.to_string(),
    };
    format!("nothing was changed:\n  {}", lines.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_a_line_for_each_revision() {
        let revision = |revision, author: &str, comment: Option<&str>| RevisionView {
            revision,
            created_at: 1_800_000_000_123,
            author: author.into(),
            comment: comment.map(Into::into),
            changes: Vec::new(),
            sign_in_experience: None,
        };
        let all = [
            revision(2, "command line", Some("roll back to 1")),
            revision(1, "", None),
        ];
        assert_eq!(
            history(&all, true),
            "2  2027-01-15T08:00:00Z  command line  roll back to 1\n\
             1  2027-01-15T08:00:00Z  (nobody noted)"
        );
        assert!(history(&[], false).starts_with("nothing was ever saved"));
    }
}
