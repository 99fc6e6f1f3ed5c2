//! `moongate sign-in-experience preview`: the pages as files would have them, on the server that
//! runs on the same database. It starts none, and saves nothing but a draft.

use std::process::{Command, Stdio};
use std::time::Duration;

use moongate_experience::{Finding, Severity};

use super::CommandError;
use super::sign_in_experience::{declared, management, told};
use crate::app::Ground;
use crate::cli::{Exit, Open, SettingsPreview};
use crate::resources::Report;
use crate::routes::preview::url;
use crate::settings::Settings;

/// How long a server on this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn preview(options: &SettingsPreview) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.files.flags)?;
    let declared = declared(&options.files.file)?;
    let ground = Ground::open(&settings).await?;
    let outcome = management(&ground).create_draft_of_files(&declared).await;
    ground.store.close().await;
    let draft = match outcome {
        Ok(draft) => draft,
        Err(error) => return Err(told(&error).into()),
    };
    let endpoint = settings.endpoint_text();
    let link = url(&endpoint, &draft);
    Report::Said(said(&draft.findings, &link)).print();
    if !answers(&endpoint).await {
        let text = format!(
            "no server answers at {endpoint}; start one on this database with `moongate serve`, \
             or with `cargo xtask dev` in the repository, then open the link"
        );
        Report::Refused(text).print();
    } else if options.open == Open::Yes && !opened(&link) {
        Report::Refused("no browser could be opened".into()).print();
    }
    Ok(Exit::Done)
}

/// What is wrong, what could be better, and the link.
fn said(findings: &[Finding], link: &str) -> String {
    let mut lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let weight = if finding.severity == Severity::Advice {
                "advice"
            } else {
                "refused"
            };
            format!("{weight}: {finding}")
        })
        .collect();
    lines.push("opens once, within half an hour; the draft can be looked at for a day:".into());
    lines.push(link.to_owned());
    lines.join("\n")
}

/// Whether a server is there. What it answers is not looked at: a proxy may guard the rest.
async fn answers(endpoint: &str) -> bool {
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    match client {
        Ok(client) => client
            .get(format!("{endpoint}/api/status"))
            .send()
            .await
            .is_ok(),
        Err(_) => false,
    }
}

/// Hands the link to the desktop.
fn opened(link: &str) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let status = Command::new(program)
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use moongate_experience::{AvailableConnectors, SignInExperience};

    use super::*;

    #[test]
    fn the_link_is_the_last_line() {
        let mut settings = SignInExperience::fresh();
        settings.color.primary_color = "red".into();
        let findings = settings.findings(AvailableConnectors {
            sms: true,
            email: true,
        });
        let said = said(&findings, "http://localhost:3001/preview/d?link=t");
        assert!(said.starts_with("refused: color.primaryColor: "), "{said}");
        assert!(said.ends_with("\nhttp://localhost:3001/preview/d?link=t"));
    }
}
