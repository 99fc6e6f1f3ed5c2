//! Rules of passwords, lock-outs, codes, block lists and recovery.

use moongate_core::{Channel, EmailAddress};

use super::findings::Findings;
use super::sign_in::connect;
use super::{AvailableConnectors, Rule};
use crate::{ForgotPasswordMethod, SignInExperience};

/// Longest block list, items.
const LONGEST_LIST: usize = 1000;
/// More words would make each check of a password slow.
const MOST_WORDS: usize = 1000;
const LONGEST_WORD: usize = 128;
/// A lock of a year is for ever; administrators suspend.
const LONGEST_LOCK: u32 = 60 * 24 * 365;

pub(super) fn check(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    check_passwords(settings, findings);
    let sentinel = &settings.sentinel_policy;
    let codes = &settings.verification_code_policy;
    for (field, value, range, unit) in [
        (
            "sentinelPolicy.maxAttempts",
            sentinel.max_attempts,
            1..=1000,
            "failures",
        ),
        (
            "sentinelPolicy.lockoutDuration",
            sentinel.lockout_duration,
            1..=LONGEST_LOCK,
            "minutes",
        ),
        (
            "verificationCodePolicy.expirationDuration",
            codes.expiration_duration,
            60..=3600,
            "seconds",
        ),
        (
            "verificationCodePolicy.maxRetryAttempts",
            codes.max_retry_attempts,
            1..=100,
            "tries",
        ),
    ] {
        if value.is_some_and(|value| !range.contains(&value)) {
            let mend = format!("use {} to {} {unit}", range.start(), range.end());
            findings.add(field, Rule::OutOfRange, mend);
        }
    }
    check_block_list(settings, findings);
    check_recovery(settings, connectors, findings);
}

fn check_passwords(settings: &SignInExperience, findings: &mut Findings) {
    let policy = &settings.password_policy;
    for (field, mend) in policy.findings() {
        findings.add(field, Rule::InvalidPasswordPolicy, mend);
    }
    let words = policy.rejected_words();
    let is_word = |word: &String| (1..=LONGEST_WORD).contains(&word.chars().count());
    if words.len() > MOST_WORDS || !words.iter().all(is_word) {
        let mend = format!("name at most {MOST_WORDS} words of 1 to {LONGEST_WORD} characters");
        let field = "passwordPolicy.rejects.words";
        findings.add(field, Rule::InvalidPasswordPolicy, mend);
    }
    // There is no second factor yet, so that a password is all there is.
    let is_enough = settings
        .sign_in
        .methods
        .iter()
        .any(|method| method.password);
    if is_enough && policy.is_short_for_a_single_factor() {
        let mend = "ask for 15 characters, as NIST SP 800-63B-4 does of a password that is the \
                    only factor";
        findings.add("passwordPolicy.length.min", Rule::ShortPasswords, mend);
    }
}

fn check_block_list(settings: &SignInExperience, findings: &mut Findings) {
    let policy = &settings.email_blocklist_policy;
    for (name, list) in [
        ("customAllowlist", &policy.custom_allowlist),
        ("customBlocklist", &policy.custom_blocklist),
    ] {
        let field = format!("emailBlocklistPolicy.{name}");
        let items = list.as_deref().unwrap_or_default();
        if items.len() > LONGEST_LIST {
            let mend = format!("name at most {LONGEST_LIST} items");
            findings.add(&field, Rule::OutOfRange, mend);
            continue;
        }
        for (index, item) in items.iter().enumerate() {
            if !is_item(item) {
                let mend = "write an address, @domain, or either with * for anything";
                let rule = Rule::InvalidCustomEmailBlocklistFormat;
                findings.add(format!("{field}[{index}]"), rule, mend);
            }
        }
    }
}

/// An address, `@domain`, or either with `*`. Stars stand for text, so that an item without them
/// is an address by the same rule as people's own.
fn is_item(item: &str) -> bool {
    let item = item.replace('*', "x");
    let whole = if item.starts_with('@') {
        format!("x{item}")
    } else {
        item
    };
    whole.trim() == whole && EmailAddress::parse(&whole).is_ok()
}

fn check_recovery(
    settings: &SignInExperience,
    connectors: AvailableConnectors,
    findings: &mut Findings,
) {
    let field = "forgotPasswordMethods";
    let methods = settings.forgot_password_methods.as_deref();
    for (index, method) in methods.unwrap_or_default().iter().enumerate() {
        let channel = match method {
            ForgotPasswordMethod::EmailVerificationCode => Channel::Email,
            ForgotPasswordMethod::PhoneVerificationCode => Channel::Sms,
        };
        if !connectors.has(channel) {
            let rule = Rule::ForgotPasswordMethodRequiresConnector(channel);
            findings.add(format!("{field}[{index}]"), rule, connect(channel));
        }
    }
    let can_send = connectors.sms || connectors.email;
    if settings.has_passwords() && methods.is_some_and(<[_]>::is_empty) && can_send {
        let mend = "name a method: whoever forgets the password is locked out as it is";
        findings.add(field, Rule::NoPasswordRecovery, mend);
    }
}
