//! Which passwords people may choose: the settings, with Logto's field names, and their check.
//!
//! The check is offline: a password leaves the process for no list of breached ones. It never
//! says which word or which listed password was met.

use passwords::analyzer::is_common_password;
use serde::{Deserialize, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;

use super::restricted::{Material, PersonalWords, Restrictions};

const DEFAULT_MIN: u32 = 8;
/// More is not allowed: it would make each check, and each hash, as long as the request.
const MAX: u32 = 256;
/// NIST SP 800-63B-4 §3.1.1.2: shorter ones need another factor besides.
const SINGLE_FACTOR_MIN: u32 = 15;

/// The tenant's rules for new passwords. What is absent has its default; a document that is saved
/// as `{}` stays `{}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// How long they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<PasswordLength>,
    /// How many kinds of characters they have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character_types: Option<CharacterTypes>,
    /// What is refused in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejects: Option<PasswordRejects>,
}

/// Bounds of a password's length, in code points of its NFC form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordLength {
    /// At least; 8 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// At most; 256 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// Of the four kinds: lower case, upper case, digits, and everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CharacterTypes {
    /// At least so many kinds; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
}

/// What is refused in a password; all but `words` by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordRejects {
    /// Those that are common or were breached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pwned: Option<bool>,
    /// Repetitions such as `aaaa` and sequences such as `1234`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_and_sequence: Option<bool>,
    /// The person's name, user name, address and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_info: Option<bool>,
    /// The tenant's own words, such as the product's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<String>>,
}

/// What is wrong with a password. The names are Logto's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordIssueCode {
    /// It has too few characters.
    TooShort,
    /// It has too many characters.
    TooLong,
    /// It has too few kinds of characters.
    CharacterTypes,
    /// It has control characters.
    UnsupportedCharacters,
    /// It is common, or was breached.
    Pwned,
    /// It is mostly repetition.
    RestrictedRepetition,
    /// It is mostly sequences.
    RestrictedSequence,
    /// It is mostly what others know about its owner.
    RestrictedUserInfo,
    /// It is mostly words that the tenant refuses.
    RestrictedWords,
}

impl PasswordIssueCode {
    /// The stable name, such as `password_rejected.too_short`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "password_rejected.too_short",
            Self::TooLong => "password_rejected.too_long",
            Self::CharacterTypes => "password_rejected.character_types",
            Self::UnsupportedCharacters => "password_rejected.unsupported_characters",
            Self::Pwned => "password_rejected.pwned",
            Self::RestrictedRepetition => "password_rejected.restricted.repetition",
            Self::RestrictedSequence => "password_rejected.restricted.sequence",
            Self::RestrictedUserInfo => "password_rejected.restricted.user_info",
            Self::RestrictedWords => "password_rejected.restricted.words",
        }
    }
}

impl Serialize for PasswordIssueCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong with a password, as Logto's API has it: `{code, interpolation?}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PasswordIssue {
    /// What is wrong.
    pub code: PasswordIssueCode,
    /// The bound that was missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpolation: Option<PasswordInterpolation>,
}

/// What a message about an issue needs: `{"min": 8}` or `{"max": 256}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordInterpolation {
    /// At least so much.
    Min(u32),
    /// At most so much.
    Max(u32),
}

impl PasswordPolicy {
    /// The fewest characters.
    pub fn min_length(&self) -> u32 {
        let length = self.length.as_ref();
        length.and_then(|it| it.min).unwrap_or(DEFAULT_MIN)
    }

    /// The most characters.
    pub fn max_length(&self) -> u32 {
        let length = self.length.as_ref();
        length.and_then(|it| it.max).unwrap_or(MAX)
    }

    /// The fewest kinds of characters.
    pub fn min_character_types(&self) -> u32 {
        let types = self.character_types.as_ref();
        types.and_then(|it| it.min).unwrap_or(1)
    }

    /// Whether common and breached passwords are refused.
    pub fn rejects_pwned(&self) -> bool {
        self.rejects(|it| it.pwned)
    }

    /// Whether passwords that are mostly repetition or sequences are refused.
    pub fn rejects_repetition_and_sequence(&self) -> bool {
        self.rejects(|it| it.repetition_and_sequence)
    }

    /// Whether passwords that are mostly personal words are refused.
    pub fn rejects_user_info(&self) -> bool {
        self.rejects(|it| it.user_info)
    }

    /// The words of which passwords may not mostly consist.
    pub fn rejected_words(&self) -> &[String] {
        let rejects = self.rejects.as_ref();
        rejects
            .and_then(|it| it.words.as_deref())
            .unwrap_or_default()
    }

    fn rejects(&self, which: impl FnOnce(&PasswordRejects) -> Option<bool>) -> bool {
        self.rejects.as_ref().and_then(which).unwrap_or(true)
    }

    /// Whether passwords may be so short that they must not be the only factor: under 15
    /// characters (NIST SP 800-63B-4).
    pub fn is_short_for_a_single_factor(&self) -> bool {
        self.min_length() < SINGLE_FACTOR_MIN
    }

    /// Everything that is wrong with a new password; nothing if it may be chosen. Of one that is
    /// too long nothing else is said, so that a check takes no longer than the longest allowed.
    ///
    /// On purpose other than Logto, which takes ASCII alone: any character may stand in a
    /// password but control characters, as people's keyboards have more than ASCII. Letters
    /// without case and symbols of any script count as the fourth kind.
    pub fn check(&self, password: &str, about: &PersonalWords<'_>) -> Vec<PasswordIssue> {
        let (min, max) = (self.min_length(), self.max_length());
        if password.chars().nfc().nth(max as usize).is_some() {
            let interpolation = Some(PasswordInterpolation::Max(max));
            return vec![PasswordIssue {
                code: PasswordIssueCode::TooLong,
                interpolation,
            }];
        }
        let password: String = password.nfc().collect();
        let mut issues = Vec::new();
        let mut add = |code, interpolation| {
            issues.push(PasswordIssue {
                code,
                interpolation,
            });
        };
        if password.chars().count() < min as usize {
            let bound = PasswordInterpolation::Min(min);
            add(PasswordIssueCode::TooShort, Some(bound));
        }
        let types = self.min_character_types();
        if password.chars().any(char::is_control) {
            add(PasswordIssueCode::UnsupportedCharacters, None);
        } else if character_types(&password) < types {
            let bound = PasswordInterpolation::Min(types);
            add(PasswordIssueCode::CharacterTypes, Some(bound));
        }
        if self.rejects_pwned() && is_pwned(&password) {
            add(PasswordIssueCode::Pwned, None);
        }
        let restrictions = Restrictions::new(
            self.rejects_repetition_and_sequence(),
            self.rejects_user_info().then_some(about),
            self.rejected_words(),
        );
        for material in restrictions.found_in(&password) {
            let code = match material {
                Material::Repetition => PasswordIssueCode::RestrictedRepetition,
                Material::Sequence => PasswordIssueCode::RestrictedSequence,
                Material::UserInfo => PasswordIssueCode::RestrictedUserInfo,
                Material::Words => PasswordIssueCode::RestrictedWords,
            };
            add(code, None);
        }
        issues
    }

    /// Values that make no sense: the field's name and what to do about it. Settings with findings
    /// are not saved.
    pub fn findings(&self) -> Vec<(&'static str, String)> {
        let (min, max) = (self.min_length(), self.max_length());
        let mut findings = Vec::new();
        if min < 1 {
            let mend = "ask for at least 1 character".to_owned();
            findings.push(("passwordPolicy.length.min", mend));
        }
        if max > MAX {
            let mend = format!("allow at most {MAX} characters");
            findings.push(("passwordPolicy.length.max", mend));
        }
        if max < min {
            let mend = format!("allow at least the {min} characters that are asked for");
            findings.push(("passwordPolicy.length.max", mend));
        }
        if !(1..=4).contains(&self.min_character_types()) {
            let mend = "ask for 1 to 4 kinds of characters".to_owned();
            findings.push(("passwordPolicy.characterTypes.min", mend));
        }
        findings
    }
}

fn character_types(password: &str) -> u32 {
    let is_kind: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        char::is_numeric,
        |it| !it.is_lowercase() && !it.is_uppercase() && !it.is_numeric(),
    ];
    let kinds = is_kind.map(|is_kind| u32::from(password.chars().any(is_kind)));
    kinds.into_iter().sum()
}

/// Whether it is among the hundred thousand most common passwords, as breaches have shown them.
/// Most of that list is in lower case; writing one with capitals makes it no better.
fn is_pwned(password: &str) -> bool {
    let lower = password.to_lowercase();
    is_common_password(&lower) || (lower != password && is_common_password(password))
}

#[cfg(test)]
mod tests;
