//! The account that the simulator plays: who may send, under which names, which texts.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::phone;
use crate::AccessKeySecret;

/// An Aliyun account as the simulator knows it. In a TOML file, a key that is left out keeps its
/// built-in value; an unknown one is refused.
///
/// ```
/// use moongate_aliyun_sms::simulator::Account;
///
/// let account = Account::from_toml(r#"
///     sign_names = ["书店"]
///     [[templates]]
///     code = "SMS_154950909"
///     text = "验证码${code}，请勿告知他人。"
/// "#)?;
/// assert_eq!(account.access_key_id, "LTAI5tMoongateSimulator");
/// assert_eq!(account.templates[0].name, None);
/// # Ok::<(), moongate_aliyun_sms::simulator::AccountError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// AccessKeyId.
    pub access_key_id: String,
    /// AccessKeySecret.
    pub access_key_secret: AccessKeySecret,
    /// The approved sign names (签名), without brackets.
    pub sign_names: Vec<String>,
    /// The approved templates (模板).
    pub templates: Vec<Template>,
    /// If not empty, the account is still in its trial and only these numbers can be reached.
    pub bound_numbers: Vec<String>,
}

/// An approved template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `SMS_` and digits.
    pub code: String,
    /// The text, with variables such as `${code}`. One with a variable `code` is a verification
    /// template, and gets the stricter checks of such.
    pub text: String,
    /// What the console calls it; for people only.
    #[serde(default)]
    pub name: Option<String>,
}

/// The account that is built in: what a program of ours is set up with when it is developed.
impl Default for Account {
    fn default() -> Self {
        let template = |code: &str, name: &str, purpose: &str| Template {
            code: code.to_owned(),
            name: Some(name.to_owned()),
            text: format!("您的{purpose}验证码为${{code}}，10分钟内有效，请勿告知他人。"),
        };
        Self {
            access_key_id: "LTAI5tMoongateSimulator".to_owned(),
            access_key_secret: AccessKeySecret::new("MoongateSimulatorSecret"),
            sign_names: vec!["月亮门".to_owned()],
            templates: vec![
                template("SMS_200000001", "Register", "注册"),
                template("SMS_200000002", "SignIn", "登录"),
                template("SMS_200000003", "ForgotPassword", "找回密码"),
                template("SMS_200000004", "Generic", "身份"),
            ],
            bound_numbers: Vec::new(),
        }
    }
}

/// Why an account file is refused; the message names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("line {line}, `{key}`: {reason}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What stands before the `=` in that line, or the line's beginning.
        key: String,
        /// What is wrong, in the parser's words.
        reason: String,
    },
    /// A value that an Aliyun account can't have.
    #[error("`{key}`: {reason}")]
    Value {
        /// The key, such as `templates[2].text`.
        key: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl Account {
    /// Reads and checks an account file.
    ///
    /// # Errors
    /// [`AccountError`], naming the key.
    pub fn from_toml(text: &str) -> Result<Self, AccountError> {
        let account: Self = toml::from_str(text).map_err(|error| syntax_error(text, &error))?;
        account.check()?;
        Ok(account)
    }

    /// Checks the values.
    ///
    /// # Errors
    /// [`AccountError::Value`], naming the key.
    pub fn check(&self) -> Result<(), AccountError> {
        let refuse = |key: String, reason| Err(AccountError::Value { key, reason });
        for (key, value) in [
            ("access_key_id", self.access_key_id.as_str()),
            ("access_key_secret", self.access_key_secret.expose()),
        ] {
            if value.is_empty() {
                return refuse(key.to_owned(), "is empty");
            }
        }
        for (index, name) in self.sign_names.iter().enumerate() {
            if name.is_empty() || name.contains(['【', '】']) {
                return refuse(
                    format!("sign_names[{index}]"),
                    "is empty or has brackets; Aliyun adds 【】 by itself",
                );
            }
        }
        let mut codes = BTreeSet::new();
        for (index, template) in self.templates.iter().enumerate() {
            if template.code.is_empty() || !codes.insert(&template.code) {
                return refuse(
                    format!("templates[{index}].code"),
                    "is empty, or another template has it",
                );
            }
            if template.text.is_empty() || template.parts().is_none() {
                return refuse(
                    format!("templates[{index}].text"),
                    "is empty, or has a variable that is not like ${name}",
                );
            }
        }
        for (index, number) in self.bound_numbers.iter().enumerate() {
            if phone::any_spelling(number).is_none() {
                return refuse(format!("bound_numbers[{index}]"), "is no phone number");
            }
        }
        Ok(())
    }

    /// The template of that code.
    pub fn template(&self, code: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.code == code)
    }
}

/// A piece of a template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text as it is.
    Text(&'a str),
    /// The name of a variable.
    Variable(&'a str),
}

impl Template {
    /// The text in pieces; `None` if a variable has no end or a bad name.
    pub(super) fn parts(&self) -> Option<Vec<Part<'_>>> {
        let mut parts = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((before, from)) = rest.split_once("${") {
            let (name, after) = from.split_once('}')?;
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                return None;
            }
            parts.push(Part::Text(before));
            parts.push(Part::Variable(name));
            rest = after;
        }
        parts.push(Part::Text(rest));
        Some(parts)
    }
}

fn syntax_error(text: &str, error: &toml::de::Error) -> AccountError {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let content = text.lines().nth(line - 1).unwrap_or_default();
    // Never the value: it may be the secret.
    let key = content.split('=').next().unwrap_or_default().trim();
    AccountError::Syntax {
        line,
        key: key.chars().take(60).collect(),
        reason: error.message().replace('\n', ", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_account_is_sound() {
        let account = Account::default();
        account.check().unwrap();
        assert_eq!(account.access_key_id, "LTAI5tMoongateSimulator");
        assert_eq!(account.sign_names, ["月亮门"]);
        let names: Vec<_> = account
            .templates
            .iter()
            .filter_map(|t| t.name.as_deref())
            .collect();
        assert_eq!(names, ["Register", "SignIn", "ForgotPassword", "Generic"]);
        assert_eq!(
            account.template("SMS_200000002").unwrap().text,
            "您的登录验证码为${code}，10分钟内有效，请勿告知他人。"
        );
        assert_eq!(Account::from_toml("").unwrap(), account);
    }

    #[test]
    fn a_whole_file_replaces_everything() {
        let account = Account::from_toml(
            r#"
            access_key_id = "id"
            access_key_secret = "hidden"
            sign_names = ["甲", "乙"]
            bound_numbers = ["+86 138 0013 8000"]
            [[templates]]
            code = "SMS_1"
            name = "only"
            text = "${a}-${b_2}"
            "#,
        )
        .unwrap();
        assert_eq!(account.templates.len(), 1);
        assert_eq!(account.access_key_secret.expose(), "hidden");
        assert!(!format!("{account:?}").contains("hidden"));
    }

    #[test]
    fn a_refusal_names_the_key() {
        let check = |text: &str, expected: &str| {
            let error = Account::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check(
            "sign_name = [\"a\"]",
            "line 1, `sign_name`: unknown field `sign_name`",
        );
        check(
            "\nsign_names = 5",
            "line 2, `sign_names`: invalid type: integer `5`",
        );
        check("access_key_id = \"\"", "`access_key_id`: is empty");
        check("access_key_secret = \"\"", "`access_key_secret`: is empty");
        check("sign_names = [\"a\", \"【b】\"]", "`sign_names[1]`: ");
        check(
            "bound_numbers = [\"me\"]",
            "`bound_numbers[0]`: is no phone number",
        );
        check(
            "[[templates]]\ntext = \"a\"",
            "line 1, `[[templates]]`: missing field `code`",
        );
        check(
            "[[templates]]\ncode = \"SMS_1\"\ntext = \"a\"\nkind = 1",
            "line 4, `kind`: unknown field `kind`",
        );
        for text in ["${", "${}", "${a b}", "${code", ""] {
            check(
                &format!("[[templates]]\ncode = \"SMS_1\"\ntext = \"{text}\""),
                "`templates[0].text`: ",
            );
        }
        check(
            "[[templates]]\ncode = \"A\"\ntext = \"a\"\n[[templates]]\ncode = \"A\"\ntext = \"b\"",
            "`templates[1].code`: ",
        );
    }

    #[test]
    fn a_secret_of_the_wrong_type_is_not_printed() {
        let error = Account::from_toml("access_key_secret = { plain = \"hidden\" }").unwrap_err();
        assert!(!error.to_string().contains("hidden"), "{error}");
    }
}
