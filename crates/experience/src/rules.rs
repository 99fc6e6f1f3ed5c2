//! The rules between the fields of the settings, Logto's and our own.
//!
//! Each finding names the field, the rule and what to do. A document with findings is not saved.

use std::fmt;

use crate::{SignInExperience, SignInIdentifier};

/// Which kinds of connector are configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvailableConnectors {
    /// Whether text messages can be sent.
    pub sms: bool,
}

/// A rule that settings can break; the names of those that Logto has are Logto's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// An identifier stands twice in the list.
    DuplicatedSignUpIdentifiers,
    /// A phone or e-mail identifier is not verified at sign-up.
    PasswordlessRequiresVerify,
    /// A connector that the settings need is not configured.
    EnabledConnectorNotFound,
    /// A sign-in method has neither password nor verification code.
    AtLeastOneAuthenticationFactor,
    /// Without passwords, each method needs verification codes.
    CodeSignInMustBeEnabled,
    /// A sign-up identifier can't sign in again.
    SignUpIdentifierCannotSignIn,
    /// Nobody could sign in or register at all.
    NobodyCanSignIn,
    /// The language is not one that the pages have.
    UnsupportedDefaultLanguage,
    /// This version does not have it yet.
    NotAvailableYet,
}

impl Rule {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicatedSignUpIdentifiers => "duplicated_sign_up_identifiers",
            Self::PasswordlessRequiresVerify => "passwordless_requires_verify",
            Self::EnabledConnectorNotFound => "enabled_connector_not_found",
            Self::AtLeastOneAuthenticationFactor => "at_least_one_authentication_factor",
            Self::CodeSignInMustBeEnabled => "code_sign_in_must_be_enabled",
            Self::SignUpIdentifierCannotSignIn => "sign_up_identifier_cannot_sign_in",
            Self::NobodyCanSignIn => "nobody_can_sign_in",
            Self::UnsupportedDefaultLanguage => "unsupported_default_language",
            Self::NotAvailableYet => "not_available_yet",
        }
    }
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, such as `signIn.methods[0]`.
    pub field: String,
    /// What is broken.
    pub rule: Rule,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} (sign_in_experiences.{})",
            self.field,
            self.mend,
            self.rule.as_str()
        )
    }
}

impl SignInExperience {
    /// Every rule that these settings break, in the order of the fields.
    pub fn findings(&self, connectors: AvailableConnectors) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.check_sign_up(connectors, &mut findings);
        self.check_sign_in(connectors, &mut findings);
        self.check_language(&mut findings);
        findings
    }

    fn check_sign_up(&self, connectors: AvailableConnectors, findings: &mut Vec<Finding>) {
        let sign_up = &self.sign_up;
        for (index, identifier) in sign_up.identifiers.iter().enumerate() {
            let field = format!("signUp.identifiers[{index}]");
            if sign_up.identifiers[..index].contains(identifier) {
                findings.push(Finding {
                    field: field.clone(),
                    rule: Rule::DuplicatedSignUpIdentifiers,
                    mend: "name each identifier once".into(),
                });
            }
            check_identifier(*identifier, &field, connectors, findings);
            let can_sign_in = self
                .sign_in
                .methods
                .iter()
                .any(|method| method.identifier == *identifier);
            if self.sign_in_mode.allows_sign_in() && !can_sign_in {
                findings.push(Finding {
                    field,
                    rule: Rule::SignUpIdentifierCannotSignIn,
                    mend: "add a sign-in method for it, or nobody who registers can come back"
                        .into(),
                });
            }
        }
        let needs_verification = sign_up
            .identifiers
            .iter()
            .any(|identifier| *identifier != SignInIdentifier::Username);
        if needs_verification && !sign_up.verify {
            findings.push(Finding {
                field: "signUp.verify".into(),
                rule: Rule::PasswordlessRequiresVerify,
                mend: "set it to true: a phone number or an e-mail address must be verified".into(),
            });
        }
        if sign_up.password {
            findings.push(not_yet("signUp.password", "passwords"));
        }
        if self.sign_in_mode.allows_register() && sign_up.identifiers.is_empty() {
            findings.push(Finding {
                field: "signUp.identifiers".into(),
                rule: Rule::NobodyCanSignIn,
                mend: "name at least one identifier, or set signInMode to \"SignIn\"".into(),
            });
        }
    }

    fn check_sign_in(&self, connectors: AvailableConnectors, findings: &mut Vec<Finding>) {
        for (index, method) in self.sign_in.methods.iter().enumerate() {
            let field = format!("signIn.methods[{index}]");
            check_identifier(method.identifier, &field, connectors, findings);
            if !method.password && !method.verification_code {
                findings.push(Finding {
                    field: field.clone(),
                    rule: Rule::AtLeastOneAuthenticationFactor,
                    mend: "enable verificationCode".into(),
                });
            } else if !method.verification_code
                && self.sign_up.verify
                && !self.sign_up.password
                && method.identifier != SignInIdentifier::Username
            {
                findings.push(Finding {
                    field: field.clone(),
                    rule: Rule::CodeSignInMustBeEnabled,
                    mend: "enable verificationCode: accounts are made without a password".into(),
                });
            }
            if method.password {
                findings.push(not_yet(&field, "passwords"));
            }
        }
        if self.sign_in_mode.allows_sign_in() && self.sign_in.methods.is_empty() {
            findings.push(Finding {
                field: "signIn.methods".into(),
                rule: Rule::NobodyCanSignIn,
                mend: "add at least one sign-in method".into(),
            });
        }
    }

    fn check_language(&self, findings: &mut Vec<Finding>) {
        if !["en", "zh-CN"].contains(&self.language_info.fallback_language.as_str()) {
            findings.push(Finding {
                field: "languageInfo.fallbackLanguage".into(),
                rule: Rule::UnsupportedDefaultLanguage,
                mend: "use \"en\" or \"zh-CN\"".into(),
            });
        }
    }
}

fn check_identifier(
    identifier: SignInIdentifier,
    field: &str,
    connectors: AvailableConnectors,
    findings: &mut Vec<Finding>,
) {
    match identifier {
        SignInIdentifier::Phone if !connectors.sms => findings.push(Finding {
            field: field.into(),
            rule: Rule::EnabledConnectorNotFound,
            mend: "configure an SMS connector first".into(),
        }),
        SignInIdentifier::Phone => {}
        SignInIdentifier::Email => findings.push(not_yet(field, "e-mail addresses")),
        SignInIdentifier::Username => findings.push(not_yet(field, "usernames")),
    }
}

fn not_yet(field: &str, what: &str) -> Finding {
    Finding {
        field: field.into(),
        rule: Rule::NotAvailableYet,
        mend: format!("{what} come with a later version; use phone and verification code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SignInMethod, SignInMode};

    const SMS: AvailableConnectors = AvailableConnectors { sms: true };

    #[track_caller]
    fn check(change: impl FnOnce(&mut SignInExperience), expected: &[(&str, Rule)]) {
        let mut settings = SignInExperience::default();
        change(&mut settings);
        let found = settings.findings(SMS);
        let found: Vec<_> = found.iter().map(|f| (f.field.as_str(), f.rule)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_default_breaks_no_rule() {
        check(|_| {}, &[]);
    }

    #[test]
    fn a_phone_needs_an_sms_connector() {
        let found = SignInExperience::default().findings(AvailableConnectors { sms: false });
        assert!(
            found
                .iter()
                .all(|f| f.rule == Rule::EnabledConnectorNotFound)
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_phone_must_be_verified() {
        check(
            |settings| settings.sign_up.verify = false,
            &[("signUp.verify", Rule::PasswordlessRequiresVerify)],
        );
    }

    #[test]
    fn a_method_needs_a_factor() {
        check(
            |settings| settings.sign_in.methods[0].verification_code = false,
            &[("signIn.methods[0]", Rule::AtLeastOneAuthenticationFactor)],
        );
    }

    #[test]
    fn whoever_registers_can_come_back() {
        check(
            |settings| settings.sign_in.methods.clear(),
            &[
                ("signUp.identifiers[0]", Rule::SignUpIdentifierCannotSignIn),
                ("signIn.methods", Rule::NobodyCanSignIn),
            ],
        );
    }

    #[test]
    fn an_identifier_stands_once() {
        check(
            |settings| settings.sign_up.identifiers.push(SignInIdentifier::Phone),
            &[("signUp.identifiers[1]", Rule::DuplicatedSignUpIdentifiers)],
        );
    }

    #[test]
    fn registration_needs_an_identifier() {
        check(
            |settings| settings.sign_up.identifiers.clear(),
            &[("signUp.identifiers", Rule::NobodyCanSignIn)],
        );
        check(
            |settings| {
                settings.sign_up.identifiers.clear();
                settings.sign_in_mode = SignInMode::SignIn;
            },
            &[],
        );
    }

    #[test]
    fn what_is_not_there_yet_is_refused_rather_than_unheeded() {
        check(
            |settings| {
                settings.sign_in.methods.push(SignInMethod {
                    identifier: SignInIdentifier::Username,
                    password: true,
                    verification_code: false,
                    is_password_primary: true,
                });
            },
            &[
                ("signIn.methods[1]", Rule::NotAvailableYet),
                ("signIn.methods[1]", Rule::NotAvailableYet),
            ],
        );
    }

    #[test]
    fn the_fallback_language_must_exist() {
        check(
            |settings| settings.language_info.fallback_language = "tlh".into(),
            &[(
                "languageInfo.fallbackLanguage",
                Rule::UnsupportedDefaultLanguage,
            )],
        );
    }
}
