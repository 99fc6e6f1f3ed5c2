//! The phrases are whole: every language has every message, with the same arguments, and none
//! that nobody uses; every error code has words.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use maud::html;
use moongate_core::ErrorCode;

use super::{Phrase, name, source, words};
use crate::Language;

/// Codes of Logto's that our APIs answer with, or will, and that have no `ErrorCode` yet.
const CODES: &[&str] = &[
    "connector.authorization_failed",
    "connector.insufficient_request_parameters",
    "connector.invalid_auth_code",
    "connector.invalid_certificate",
    "connector.invalid_metadata",
    "connector.invalid_request_parameters",
    "connector.invalid_response",
    "connector.more_than_one_email",
    "connector.more_than_one_sms",
    "connector.not_found_with_connector_id",
    "connector.not_implemented",
    "connector.rate_limit_exceeded",
    "connector.social_auth_code_invalid",
    "connector.social_invalid_access_token",
    "connector.social_invalid_id_token",
    "connector.template_not_found",
    "connector.unexpected_type",
    "connector.usage_limit_exceeded",
    "entity.create_failed",
    "entity.db_constraint_violated",
    "entity.invalid_input",
    "entity.not_exists",
    "entity.not_exists_with_id",
    "entity.value_too_long",
    "oidc.aborted",
    "oidc.access_denied",
    "oidc.consent_required",
    "oidc.insufficient_scope",
    "oidc.interaction_required",
    "oidc.invalid_client",
    "oidc.invalid_client_metadata",
    "oidc.invalid_grant",
    "oidc.invalid_issuer",
    "oidc.invalid_redirect_uri",
    "oidc.invalid_scope",
    "oidc.invalid_target",
    "oidc.invalid_token",
    "oidc.login_required",
    "oidc.other",
    "oidc.server_error",
    "oidc.temporarily_unavailable",
    "oidc.unauthorized_client",
    "oidc.unsupported_grant_type",
    "oidc.unsupported_response_mode",
    "oidc.unsupported_response_type",
    "request.general",
    "session.identity_conflict",
    "session.insufficient_info",
    "session.interaction_not_found",
    "session.verification_failed",
    "session.verification_session_not_found",
    "sign_in_experiences.adaptive_mfa_requires_mfa",
    "sign_in_experiences.adaptive_mfa_requires_non_skippable_policy",
    "sign_in_experiences.at_least_one_authentication_factor",
    "sign_in_experiences.backup_code_cannot_be_enabled_alone",
    "sign_in_experiences.code_sign_in_must_be_enabled",
    "sign_in_experiences.duplicated_mfa_factors",
    "sign_in_experiences.duplicated_sign_up_identifiers",
    "sign_in_experiences.email_verification_code_cannot_be_used_for_mfa",
    "sign_in_experiences.email_verification_code_cannot_be_used_for_sign_in",
    "sign_in_experiences.enabled_connector_not_found",
    "sign_in_experiences.forgot_password_method_requires_connector",
    "sign_in_experiences.invalid_custom_email_blocklist_format",
    "sign_in_experiences.missing_sign_up_identifiers",
    "sign_in_experiences.non_adaptive_mfa_requires_skippable_policy",
    "sign_in_experiences.password_expiration_invalid_period_days",
    "sign_in_experiences.password_expiration_not_enabled",
    "sign_in_experiences.password_expiration_requires_forgot_password",
    "sign_in_experiences.passwordless_requires_verify",
    "sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa",
    "sign_in_experiences.phone_verification_code_cannot_be_used_for_sign_in",
    "sign_in_experiences.unsupported_default_language",
    "sign_in_experiences.username_policy_case_conflicts_exist",
    "user.missing_profile",
    "verification_code.email_mismatch",
    "verification_code.phone_email_empty",
    "verification_code.phone_mismatch",
];

/// Codes that have words with a wait in them, too.
const CODES_WITH_WAIT: &[&str] = &[
    "request.message_rate_limited",
    "session.verification_blocked_too_many_attempts",
];

/// Each message of a language with the arguments it names.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut key = String::new();
    for line in source(language).lines() {
        if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            key = line.split(" =").next().unwrap().to_owned();
            let earlier = messages.insert(key.clone(), BTreeSet::new());
            assert_eq!(earlier, None, "{language:?} repeats {key}");
        }
        if line.starts_with('#') {
            continue;
        }
        for argument in line.split("{ $").skip(1) {
            let argument = argument.split([' ', '}']).next().unwrap();
            messages.get_mut(&key).unwrap().insert(argument.to_owned());
        }
    }
    messages
}

fn expected_keys() -> BTreeSet<String> {
    let own = ErrorCode::ALL.iter().map(|code| code.as_str());
    let error = |code: &str| format!("error-{}", code.replace('.', "-"));
    Phrase::ALL
        .iter()
        .map(|phrase| phrase.key().to_owned())
        .chain(own.chain(CODES.iter().copied()).map(error))
        .chain(
            CODES_WITH_WAIT
                .iter()
                .map(|code| format!("{}-after", error(code))),
        )
        .collect()
}

#[test]
fn every_language_has_every_message_and_no_other() {
    for language in Language::ALL {
        let keys: BTreeSet<_> = messages(*language).into_keys().collect();
        let expected = expected_keys();
        let missing: Vec<_> = expected.difference(&keys).collect();
        let unused: Vec<_> = keys.difference(&expected).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "{language:?}: missing {missing:?}, unused {unused:?}"
        );
    }
}

#[test]
fn languages_name_the_same_arguments() {
    let english = messages(Language::En);
    for language in Language::ALL {
        assert_eq!(messages(*language), english, "{language:?}");
    }
}

#[test]
fn every_error_code_has_words_in_every_language() {
    for language in Language::ALL {
        let words = language.words();
        for code in ErrorCode::ALL
            .iter()
            .map(|code| code.as_str())
            .chain(CODES.iter().copied())
        {
            let text = words.error(code).unwrap_or_default();
            assert!(!text.is_empty(), "{language:?}: {code}");
            assert!(!text.contains('{') || code == "oidc.other", "{text}");
        }
        for code in CODES_WITH_WAIT {
            let text = words.error_after(code, Duration::from_secs(45)).unwrap();
            assert!(text.contains("45") && !text.contains('{'), "{text}");
        }
    }
}

#[test]
fn an_unknown_oidc_code_has_general_words_and_another_has_none() {
    let words = words(Language::En);
    assert_eq!(
        words.error("oidc.brand_new").unwrap(),
        "An OpenID Connect error occurred: brand_new."
    );
    for code in [
        "",
        "brand.new",
        "oidc",
        "..",
        "request.message_rate_limited-after",
        "a b",
    ] {
        assert_eq!(words.error(code), None, "{code:?}");
        assert_eq!(words.error_after(code, Duration::ZERO), None, "{code:?}");
    }
}

#[test]
fn a_length_of_time_is_told_in_one_unit_and_rounded_up() {
    fn check(length: Duration, english: &str, chinese: &str) {
        assert_eq!(words(Language::En).duration(length), english);
        assert_eq!(words(Language::ZhCn).duration(length), chinese);
    }
    check(Duration::ZERO, "0 seconds", "0 秒");
    check(Duration::from_millis(1), "one second", "1 秒");
    check(Duration::from_secs(119), "119 seconds", "119 秒");
    check(Duration::from_secs(121), "3 minutes", "3 分钟");
    check(Duration::from_hours(1), "60 minutes", "60 分钟");
    check(Duration::from_secs(7201), "3 hours", "3 小时");
    check(Duration::from_hours(24), "24 hours", "24 小时");
}

#[test]
fn woven_text_is_escaped_and_woven_markup_is_kept() {
    let words = words(Language::En);
    let woven = words.weave(
        Phrase::ConsentScopes,
        &[("app", html! { b { (name("<i>\u{e000}{ $x }")) } })],
    );
    assert_eq!(
        woven.into_string(),
        "If you allow it, <b><bdi>&lt;i&gt;\u{e000}{ $x }</bdi></b> can:"
    );
}
