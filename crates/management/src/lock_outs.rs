//! Identifiers that too many failures locked, let in again.

use moongate_core::{EmailAddress, Phone, Region};
use moongate_experience::sentinel_target;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::refuse_if_any;
use crate::resources::finding::Findings;
use crate::{Management, ManagementError};

/// More at once is no request of an administrator's.
const MOST_TARGETS: usize = 100;

/// What is locked.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum SentinelTargetType {
    /// An identifier that users sign in with.
    User,
}

/// Identifiers to be let in again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SentinelTargets {
    /// Always `User`.
    pub target_type: SentinelTargetType,
    /// User names, e-mail addresses, and the digits of phone numbers, country code first.
    pub targets: Vec<String>,
}

impl Management {
    /// Forgets what went wrong for identifiers, so that their locks end. One that nothing is known
    /// of is no error: whether somebody has it plays no part.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn unlock(&self, body: SentinelTargets) -> Result<(), ManagementError> {
        let mut findings = Findings::default();
        if !(1..=MOST_TARGETS).contains(&body.targets.len()) {
            let problem = format!("must have 1 to {MOST_TARGETS} identifiers");
            findings.add("targets", problem, "");
        }
        refuse_if_any(findings)?;
        let identifiers = body.targets.iter().map(|text| as_counted(text));
        let mut targets: Vec<_> = identifiers
            .map(|text| sentinel_target(&self.keys, &text))
            .collect();
        // In one order, so that two of these can't wait for each other.
        targets.sort_unstable();
        targets.dedup();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    for target in &targets {
                        tx.delete_sentinels(target).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// An identifier in the form that failures are counted under.
fn as_counted(text: &str) -> String {
    let text = text.trim();
    if let Ok(email) = EmailAddress::parse(text) {
        return email.as_str().to_owned();
    }
    // With the country code in front, the region plays no part.
    let number = format!("+{}", text.trim_start_matches('+'));
    let phone = Phone::parse(&number, Region::CHINA);
    phone.map_or_else(|_| text.to_owned(), |phone| phone.digits().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_unlocked_however_it_is_written() {
        for (text, expected) in [
            ("alice", "alice"),
            ("Alice", "Alice"),
            (" Alice@Example.com ", "alice@example.com"),
            ("8613800138000", "8613800138000"),
            ("+86 138 0013 8000", "8613800138000"),
            ("123", "123"),
        ] {
            assert_eq!(as_counted(text), expected, "{text}");
        }
    }
}
