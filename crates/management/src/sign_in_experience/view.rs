//! The settings in Logto's shape: what this version lacks has the value that a fresh Logto has.

use moongate_experience::{AvailableConnectors, ForgotPasswordMethod, SignInExperience};
use serde_json::{Value, json};

use crate::management::TENANT;
use crate::resources::sign_in_experience::to_value;

/// Logto's fields of the sign-in experience that this version has not.
pub(crate) const LATER: &[&str] = &[
    "adaptiveMfa",
    "captchaPolicy",
    "customContent",
    "customUiAssets",
    "customUiCsp",
    "hideLogtoBranding",
    "id",
    "mfa",
    "passkeySignIn",
    "passwordExpiration",
    "signUpProfileFields",
    "singleSignOnEnabled",
    "socialSignIn",
    "socialSignInConnectorTargets",
    "tenantId",
    "trustedDevice",
    "usernamePolicy",
];

/// What one of them is where nothing was set.
pub(super) fn default_of_later(name: &str) -> Value {
    match name {
        "hideLogtoBranding" | "singleSignOnEnabled" => json!(false),
        "id" => json!("default"),
        "tenantId" => json!(TENANT),
        "customUiAssets" | "signUpProfileFields" => Value::Null,
        "mfa" => json!({ "factors": [], "policy": "UserControlled" }),
        "socialSignInConnectorTargets" => json!([]),
        "usernamePolicy" => json!({
            "caseSensitive": true,
            "minLength": 1,
            "maxLength": 128,
            "allowedChars": {
                "lowercase": true, "uppercase": true, "numbers": true, "underscore": true,
            },
        }),
        _ => json!({}),
    }
}

/// Whether somebody says of a field that this version lacks what is so anyway.
pub(crate) fn is_default_of_later(name: &str, value: &Value) -> bool {
    LATER.contains(&name) && *value == default_of_later(name)
}

/// The settings as an administrator reads them.
pub(super) fn whole(settings: &SignInExperience) -> Value {
    let mut whole = to_value(settings);
    for name in LATER {
        whole[*name] = default_of_later(name);
    }
    whole
}

/// The settings as anybody reads them.
pub(super) fn public(settings: &SignInExperience, connectors: AvailableConnectors) -> Value {
    use ForgotPasswordMethod::{EmailVerificationCode, PhoneVerificationCode};
    let mut public = whole(settings);
    if let Some(fields) = public.as_object_mut() {
        // Which addresses are refused is nobody's to read.
        fields.remove("emailBlocklistPolicy");
        fields.remove("forgotPasswordMethods");
    }
    for name in [
        "socialConnectors",
        "ssoConnectors",
        "customProfileFields",
        "customProfileFieldCatalog",
    ] {
        public[name] = json!([]);
    }
    public["forgotPassword"] = json!({
        "phone": settings.recovers_by(PhoneVerificationCode) && connectors.sms,
        "email": settings.recovers_by(EmailVerificationCode) && connectors.email,
    });
    public["isDevelopmentTenant"] = json!(false);
    public
}
