//! Rules of how accounts are made.

use moongate_core::Channel;

use super::findings::Findings;
use super::sign_in::connect;
use super::{AvailableConnectors, Rule};
use crate::{SignInExperience, SignInIdentifier, SignInMode, SignUpIdentifier};

pub(super) fn check(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    check_primary(settings, connectors, findings);
    check_secondary(settings, connectors, findings);
    let sign_up = &settings.sign_up;
    let has = |identifier| sign_up.identifiers.contains(&identifier);
    let is_reached = has(SignInIdentifier::Email) || has(SignInIdentifier::Phone);
    if is_reached && !sign_up.verify {
        let mend = "set it to true: a phone number or an e-mail address must be verified";
        findings.add("signUp.verify", Rule::PasswordlessRequiresVerify, mend);
    }
    if settings.sign_in_mode.allows_register() && sign_up.identifiers.is_empty() {
        let mend = match settings.sign_in_mode {
            SignInMode::Register => "name at least one identifier, or nobody can register",
            _ => "name at least one identifier, or set signInMode to \"SignIn\"",
        };
        findings.add("signUp.identifiers", Rule::NobodyCanRegister, mend);
    }
    // With a phone number or an address beside it, a code signs in.
    if has(SignInIdentifier::Username) && !is_reached && !sign_up.password {
        let mend = "set it to true: a user name alone proves nothing";
        findings.add("signUp.password", Rule::UsernameRequiresPassword, mend);
    }
}

fn check_primary(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    let identifiers = &settings.sign_up.identifiers;
    for (index, identifier) in identifiers.iter().enumerate() {
        let field = format!("signUp.identifiers[{index}]");
        if identifiers[..index].contains(identifier) {
            let mend = "name each identifier once";
            findings.add(&field, Rule::DuplicatedSignUpIdentifiers, mend);
        }
        let own = match identifier {
            SignInIdentifier::Username => SignUpIdentifier::Username,
            SignInIdentifier::Email => SignUpIdentifier::Email,
            SignInIdentifier::Phone => SignUpIdentifier::Phone,
        };
        check_connectors(own, &field, connectors, findings);
        if settings.sign_in_mode.allows_sign_in() && settings.method(*identifier).is_none() {
            let mend = "add a sign-in method for it, or who registers with it can't come back";
            findings.add(&field, Rule::MissSignUpIdentifierInSignIn, mend);
        }
    }
}

fn check_secondary(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    let sign_up = &settings.sign_up;
    let secondary = &sign_up.secondary_identifiers;
    if sign_up.identifiers.is_empty() && !secondary.is_empty() {
        let mend = "name one among the identifiers first, or leave these out";
        let rule = Rule::MissingSignUpIdentifiers;
        findings.add("signUp.secondaryIdentifiers", rule, mend);
    }
    let primary = sign_up.primary();
    for (index, item) in secondary.iter().enumerate() {
        let field = format!("signUp.secondaryIdentifiers[{index}]");
        let earlier = secondary[..index].iter().map(|it| it.identifier);
        if primary
            .iter()
            .copied()
            .chain(earlier)
            .any(|it| collide(it, item.identifier))
        {
            let mend = "leave it out: an account needs it already";
            findings.add(&field, Rule::DuplicatedSignUpIdentifiers, mend);
        }
        check_connectors(item.identifier, &field, connectors, findings);
        if item.identifier != SignUpIdentifier::Username && item.verify != Some(true) {
            let mend = "set it to true: a phone number or an e-mail address must be verified";
            let field = format!("{field}.verify");
            findings.add(field, Rule::PasswordlessRequiresVerify, mend);
        }
    }
}

/// Whether two can't both be asked for.
fn collide(one: SignUpIdentifier, other: SignUpIdentifier) -> bool {
    use SignUpIdentifier::{Email, EmailOrPhone, Phone};
    one == other
        || matches!(
            (one, other),
            (EmailOrPhone, Email | Phone) | (Email | Phone, EmailOrPhone)
        )
}

fn check_connectors(
    identifier: SignUpIdentifier,
    field: &str,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    let needed: &[Channel] = match identifier {
        SignUpIdentifier::Username => &[],
        SignUpIdentifier::Email => &[Channel::Email],
        SignUpIdentifier::Phone => &[Channel::Sms],
        SignUpIdentifier::EmailOrPhone => &[Channel::Email, Channel::Sms],
    };
    for channel in needed.iter().filter(|it| !connectors.has(**it)) {
        let rule = Rule::EnabledConnectorNotFound(*channel);
        findings.add(field, rule, connect(*channel));
    }
}
