//! The settings document of the sign-in experience, with Logto's field names.
//!
//! One document for the tenant. What its fields mean is here and below; the rules between them are
//! in [`crate::rules`]. What a later version brings is not accepted yet, so that no saved setting
//! goes unheeded.

mod look;
mod methods;
mod policies;

use std::collections::BTreeMap;

use moongate_core::{Reader, StoreError};
use serde::{Deserialize, Serialize};

pub use look::{Branding, Color, LanguageInfo};
pub use methods::{
    SecondaryIdentifier, SignIn, SignInIdentifier, SignInMethod, SignInMode, SignUp,
    SignUpIdentifier,
};
pub use policies::{
    AgreeToTermsPolicy, EmailBlocklistPolicy, ForgotPasswordMethod, SentinelPolicy,
    VerificationCodePolicy,
};

use crate::PasswordPolicy;

/// The document's key in the store.
pub const SIGN_IN_EXPERIENCE: &str = "sign-in-experience";

/// The settings of the sign-in experience. The default is a fresh Logto's: user name and password,
/// for sign-in and registration, which need no connector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignInExperience {
    /// Colours.
    pub color: Color,
    /// Logos.
    pub branding: Branding,
    /// Languages.
    pub language_info: LanguageInfo,
    /// The tenant's own words: by language tag, then by the key of ours that they stand for. Logto
    /// keeps them apart from the settings; here they are drafted and rolled back with them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_phrases: BTreeMap<String, BTreeMap<String, String>>,
    /// Where the terms of use are.
    pub terms_of_use_url: Option<String>,
    /// Where the privacy policy is.
    pub privacy_policy_url: Option<String>,
    /// When people are asked to agree to them.
    pub agree_to_terms_policy: AgreeToTermsPolicy,
    /// How a person signs in.
    pub sign_in: SignIn,
    /// How an account is made.
    pub sign_up: SignUp,
    /// Whether people may sign in, register, or both.
    pub sign_in_mode: SignInMode,
    /// Style for our pages, in CSS.
    pub custom_css: Option<String>,
    /// Which passwords people may choose.
    pub password_policy: PasswordPolicy,
    /// Where people who are lost can write to.
    pub support_email: Option<String>,
    /// Where people who are lost find help.
    pub support_website_url: Option<String>,
    /// Where a browser goes that opens a page without a sign-in going on.
    pub unknown_session_redirect_url: Option<String>,
    /// After how many failures an identifier is locked, and for how long.
    pub sentinel_policy: SentinelPolicy,
    /// Which addresses can't register.
    pub email_blocklist_policy: EmailBlocklistPolicy,
    /// How long a code lives and how many tries it bears.
    pub verification_code_policy: VerificationCodePolicy,
    /// What a forgotten password is recovered by; `null` means by whatever can be sent.
    pub forgot_password_methods: Option<Vec<ForgotPasswordMethod>>,
}

impl SignInExperience {
    /// The stored settings, or the default before the first save.
    ///
    /// # Errors
    /// The store's; [`StoreError::Corrupt`] if the document can't be read.
    pub async fn load(reader: &mut dyn Reader) -> Result<Self, StoreError> {
        match reader.document(SIGN_IN_EXPERIENCE).await? {
            None => Ok(Self::fresh()),
            Some(document) => serde_json::from_str(&document.body)
                .map_err(|error| StoreError::Corrupt(format!("documents.body: {error}"))),
        }
    }

    /// The settings of a tenant that never saved any. Other than the default, they offer no
    /// recovery of a password that nothing could be sent for.
    pub fn fresh() -> Self {
        Self {
            forgot_password_methods: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// Phone number and verification code alone, for sign-in and registration.
    pub fn phone_and_code() -> Self {
        Self {
            sign_up: SignUp {
                identifiers: vec![SignInIdentifier::Phone],
                password: false,
                verify: true,
                secondary_identifiers: Vec::new(),
            },
            sign_in: SignIn {
                methods: vec![SignInMethod {
                    identifier: SignInIdentifier::Phone,
                    password: false,
                    verification_code: true,
                    is_password_primary: false,
                }],
            },
            ..Self::fresh()
        }
    }

    /// How an identifier of that kind signs in, if it does.
    pub fn method(&self, identifier: SignInIdentifier) -> Option<&SignInMethod> {
        let mut methods = self.sign_in.methods.iter();
        methods.find(|method| method.identifier == identifier)
    }

    /// Whether a forgotten password is recovered by that method.
    pub fn recovers_by(&self, method: ForgotPasswordMethod) -> bool {
        let methods = self.forgot_password_methods.as_ref();
        methods.is_none_or(|methods| methods.contains(&method))
    }

    /// Whether an identifier of that kind signs in, or belongs to every new account.
    pub fn uses(&self, identifier: SignInIdentifier) -> bool {
        let takes = |required: &SignUpIdentifier| match required {
            SignUpIdentifier::Username => identifier == SignInIdentifier::Username,
            SignUpIdentifier::Email => identifier == SignInIdentifier::Email,
            SignUpIdentifier::Phone => identifier == SignInIdentifier::Phone,
            SignUpIdentifier::EmailOrPhone => identifier != SignInIdentifier::Username,
        };
        self.method(identifier).is_some() || self.sign_up.required().iter().any(takes)
    }

    /// Whether somebody's password can prove who they are at all.
    pub fn has_passwords(&self) -> bool {
        self.sign_up.password || self.sign_in.methods.iter().any(|method| method.password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_named() {
        let error = serde_json::from_str::<SignInExperience>(r#"{"signin":{}}"#).unwrap_err();
        assert!(error.to_string().contains("signin"), "{error}");
    }

    #[test]
    fn names_are_logtos() {
        let json = serde_json::to_value(SignInExperience::fresh()).unwrap();
        assert_eq!(json["signInMode"], "SignInAndRegister");
        assert_eq!(json["signIn"]["methods"][0]["isPasswordPrimary"], true);
        assert_eq!(json["signUp"]["identifiers"][0], "username");
        assert_eq!(json["languageInfo"]["fallbackLanguage"], "en");
        assert_eq!(json["agreeToTermsPolicy"], "Automatic");
        assert_eq!(json["passwordPolicy"], serde_json::json!({}));
        assert_eq!(json["forgotPasswordMethods"], serde_json::json!([]));
        assert_eq!(json["sentinelPolicy"], serde_json::json!({}));
    }

    #[test]
    fn a_document_of_the_first_version_is_read() {
        let old = r#"{"signInMode":"SignIn","signUp":{"identifiers":["phone"],"password":false,
            "verify":true},"signIn":{"methods":[{"identifier":"phone","password":false,
            "verificationCode":true,"isPasswordPrimary":false}]},"languageInfo":{"autoDetect":true,
            "fallbackLanguage":"en"},"termsOfUseUrl":null,"privacyPolicyUrl":null}"#;
        let settings: SignInExperience = serde_json::from_str(old).unwrap();
        assert_eq!(settings.sign_up, SignInExperience::phone_and_code().sign_up);
        assert_eq!(settings.sign_in_mode, SignInMode::SignIn);
    }
}
