//! The settings document of the sign-in experience, with Logto's field names.
//!
//! One document for the tenant; its rules are in [`crate::settings_rules`]. What a later version
//! brings is not accepted yet, so that no saved setting goes unheeded.

use moongate_core::{Reader, StoreError};
use serde::{Deserialize, Serialize};

/// The document's key in the store.
pub const SIGN_IN_EXPERIENCE: &str = "sign-in-experience";

/// Whether people may sign in, register, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInMode {
    /// Accounts are made by administrators alone.
    SignIn,
    /// New accounts alone.
    Register,
    /// Both; the default.
    #[default]
    SignInAndRegister,
}

impl SignInMode {
    /// Whether an unknown identifier may become an account.
    pub fn allows_register(self) -> bool {
        !matches!(self, Self::SignIn)
    }

    /// Whether a known identifier may sign in.
    pub fn allows_sign_in(self) -> bool {
        !matches!(self, Self::Register)
    }
}

/// What a person can be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInIdentifier {
    /// A name of one's own choosing.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

/// How an account is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignUp {
    /// Which identifiers an account needs.
    pub identifiers: Vec<SignInIdentifier>,
    /// Whether a password is set at registration.
    pub password: bool,
    /// Whether the identifier is verified; must be for phone and e-mail.
    pub verify: bool,
}

impl Default for SignUp {
    fn default() -> Self {
        Self {
            identifiers: vec![SignInIdentifier::Phone],
            password: false,
            verify: true,
        }
    }
}

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInMethod {
    /// By what.
    pub identifier: SignInIdentifier,
    /// Whether a password proves it.
    #[serde(default)]
    pub password: bool,
    /// Whether a verification code proves it.
    #[serde(default)]
    pub verification_code: bool,
    /// Whether the password comes first where both do.
    #[serde(default)]
    pub is_password_primary: bool,
}

/// The ways to sign in, in the order shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignIn {
    /// The ways.
    pub methods: Vec<SignInMethod>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            methods: vec![SignInMethod {
                identifier: SignInIdentifier::Phone,
                password: false,
                verification_code: true,
                is_password_primary: false,
            }],
        }
    }
}

/// The languages of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LanguageInfo {
    /// Whether the browser's preference counts.
    pub auto_detect: bool,
    /// The language otherwise.
    pub fallback_language: String,
}

impl Default for LanguageInfo {
    fn default() -> Self {
        Self {
            auto_detect: true,
            fallback_language: "en".into(),
        }
    }
}

/// The settings of the sign-in experience. The default is phone number and verification code,
/// for sign-in and registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignInExperience {
    /// Whether people may sign in, register, or both.
    pub sign_in_mode: SignInMode,
    /// How an account is made.
    pub sign_up: SignUp,
    /// How a person signs in.
    pub sign_in: SignIn,
    /// Languages.
    pub language_info: LanguageInfo,
    /// Where the terms of use are.
    pub terms_of_use_url: Option<String>,
    /// Where the privacy policy is.
    pub privacy_policy_url: Option<String>,
}

impl SignInExperience {
    /// The stored settings, or the default before the first save.
    ///
    /// # Errors
    /// The store's; [`StoreError::Corrupt`] if the document can't be read.
    pub async fn load(reader: &mut dyn Reader) -> Result<Self, StoreError> {
        match reader.document(SIGN_IN_EXPERIENCE).await? {
            None => Ok(Self::default()),
            Some(document) => serde_json::from_str(&document.body)
                .map_err(|error| StoreError::Corrupt(format!("documents.body: {error}"))),
        }
    }

    /// Whether a phone number and a verification code sign in or register.
    pub fn allows_phone_code(&self) -> bool {
        let signs_in =
            self.sign_in.methods.iter().any(|method| {
                method.identifier == SignInIdentifier::Phone && method.verification_code
            });
        let registers = self.sign_in_mode.allows_register()
            && self.sign_up.identifiers.contains(&SignInIdentifier::Phone);
        (self.sign_in_mode.allows_sign_in() && signs_in) || registers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_phone_and_code() {
        assert!(SignInExperience::default().allows_phone_code());
    }

    #[test]
    fn an_unknown_field_is_named() {
        let error = serde_json::from_str::<SignInExperience>(r#"{"signin":{}}"#).unwrap_err();
        assert!(error.to_string().contains("signin"), "{error}");
    }

    #[test]
    fn names_are_logtos() {
        let json = serde_json::to_value(SignInExperience::default()).unwrap();
        assert_eq!(json["signInMode"], "SignInAndRegister");
        assert_eq!(json["signIn"]["methods"][0]["verificationCode"], true);
        assert_eq!(json["signUp"]["identifiers"][0], "phone");
        assert_eq!(json["languageInfo"]["fallbackLanguage"], "en");
    }
}
