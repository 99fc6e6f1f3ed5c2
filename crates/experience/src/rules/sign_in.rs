//! Rules of the ways to sign in.

use moongate_core::Channel;

use super::findings::Findings;
use super::{AvailableConnectors, Rule};
use crate::{SignInExperience, SignInIdentifier, SignInMethod};

/// The message that a code for such an identifier travels by.
pub(super) fn channel_of(identifier: SignInIdentifier) -> Option<Channel> {
    match identifier {
        SignInIdentifier::Username => None,
        SignInIdentifier::Email => Some(Channel::Email),
        SignInIdentifier::Phone => Some(Channel::Sms),
    }
}

/// What to do about a missing connector.
pub(super) fn connect(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "configure an SMS connector first",
        Channel::Email => "configure an e-mail connector first",
    }
}

pub(super) fn check(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    let methods = &settings.sign_in.methods;
    for (index, method) in methods.iter().enumerate() {
        let field = format!("signIn.methods[{index}]");
        let is_same = |other: &SignInMethod| other.identifier == method.identifier;
        if methods[..index].iter().any(is_same) {
            let mend = "name each identifier once: only the first method counts";
            findings.add(&field, Rule::DuplicatedSignInMethods, mend);
        }
        check_factors(settings, method, &field, findings);
        match channel_of(method.identifier) {
            Some(channel) if method.verification_code && !connectors.has(channel) => {
                let rule = Rule::EnabledConnectorNotFound(channel);
                findings.add(&field, rule, connect(channel));
            }
            None if method.verification_code => findings.add(
                format!("{field}.verificationCode"),
                Rule::UsernameHasNoVerificationCode,
                "set it to false: no code can be sent to a user name",
            ),
            _ => {}
        }
    }
    if !settings.sign_in_mode.allows_sign_in() {
        return;
    }
    if methods.is_empty() {
        let mend = "add at least one sign-in method, or nobody can sign in";
        findings.add("signIn.methods", Rule::NobodyCanSignIn, mend);
    }
    let takes_password = methods.iter().any(|method| method.password);
    if settings.sign_up.password && !takes_password && !methods.is_empty() {
        let mend = "enable password for a method: new accounts set one, and could not use it";
        findings.add("signIn.methods", Rule::PasswordSignInMustBeEnabled, mend);
    }
    let registers = settings.sign_in_mode.allows_register();
    if registers && !settings.sign_up.password && takes_password {
        let mend = "set signUp.password if new accounts shall have one: as it is, only accounts \
                    that an administrator gave a password sign in so";
        findings.add("signIn.methods", Rule::PasswordSignInWithoutPassword, mend);
    }
}

fn check_factors(
    settings: &SignInExperience,
    method: &SignInMethod,
    field: &str,
    findings: &mut Findings,
) {
    let sign_up = &settings.sign_up;
    let is_username = method.identifier == SignInIdentifier::Username;
    if !method.password && !method.verification_code {
        let mend = if is_username {
            "enable password"
        } else {
            "enable password, verificationCode or both"
        };
        findings.add(field, Rule::AtLeastOneAuthenticationFactor, mend);
    } else if sign_up.verify && !sign_up.password && !method.verification_code && !is_username {
        let mend = "enable verificationCode: accounts are made without a password";
        findings.add(field, Rule::CodeSignInMustBeEnabled, mend);
    }
}
