//! `moongate check`: would the server start, and would people get in?

use moongate_core::Store as _;
use moongate_experience::Severity;
use moongate_management::stored_findings;

use super::CommandError;
use crate::app::{App, Ground};
use crate::cli::Exit;
use crate::settings::{Flags, Settings};

pub(crate) async fn check(flags: &Flags) -> Result<Exit, CommandError> {
    let settings = Settings::load(flags)?;
    println!(
        "settings: fine ({} at {})",
        settings.profile,
        settings.endpoint_text()
    );
    let ground = Ground::open(&settings).await?;
    println!("store and keys: fine");
    App::new(&settings, &ground).await?;
    println!("signing keys: fine");
    let mut reader = ground.store.read().await?;
    let findings = stored_findings(&mut *reader).await;
    drop(reader);
    ground.store.close().await;
    let findings = findings?;
    if findings.is_empty() {
        println!("sign-in experience: fine");
    }
    for finding in &findings {
        println!(
            "sign-in experience: {}: {finding}",
            weight(finding.severity)
        );
    }
    if findings.iter().any(|it| it.severity == Severity::Refused) {
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

/// How much a finding weighs, in words.
fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Advice => "advice",
        Severity::RefusedInFiles => "would be refused in files",
        Severity::Refused => "wrong",
    }
}
