//! One table for each rule: what breaks it, and what does not.

use super::*;
use crate::{
    AgreeToTermsPolicy, ForgotPasswordMethod, SecondaryIdentifier, SignInIdentifier, SignInMethod,
    SignInMode, SignUpIdentifier,
};

const ALL: AvailableConnectors = AvailableConnectors {
    sms: true,
    email: true,
};
const NONE: AvailableConnectors = AvailableConnectors {
    sms: false,
    email: false,
};

fn found(settings: &SignInExperience, connectors: AvailableConnectors) -> Vec<(String, Rule)> {
    let findings = settings.findings(connectors).into_iter();
    let refused = findings.filter(|finding| finding.severity > Severity::Advice);
    refused.map(|it| (it.field, it.rule)).collect()
}

/// Phone and code, changed so, has exactly these findings that somebody refuses.
#[track_caller]
fn check(change: impl FnOnce(&mut SignInExperience), expected: &[(&str, Rule)]) {
    let mut settings = SignInExperience::phone_and_code();
    change(&mut settings);
    let expected: Vec<_> = expected
        .iter()
        .map(|(field, rule)| ((*field).to_owned(), *rule))
        .collect();
    assert_eq!(found(&settings, ALL), expected);
}

/// User name and password, changed so, has exactly this advice.
#[track_caller]
fn advised(change: impl FnOnce(&mut SignInExperience), expected: &[(&str, Rule)]) {
    let mut settings = SignInExperience::fresh();
    settings.password_policy = serde_json::from_str(r#"{"length":{"min":15}}"#).unwrap();
    settings.forgot_password_methods = None;
    change(&mut settings);
    let found = settings.findings(ALL);
    assert!(found.iter().all(|it| it.severity == Severity::Advice));
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.field.as_str(), it.rule))
        .collect();
    assert_eq!(found, expected);
}

fn method(identifier: SignInIdentifier, password: bool, code: bool) -> SignInMethod {
    SignInMethod {
        identifier,
        password,
        verification_code: code,
        is_password_primary: password,
    }
}

fn secondary(identifier: SignUpIdentifier, verify: Option<bool>) -> SecondaryIdentifier {
    SecondaryIdentifier { identifier, verify }
}

#[test]
fn what_comes_with_the_server_breaks_no_rule() {
    assert_eq!(found(&SignInExperience::fresh(), NONE), []);
    assert_eq!(found(&SignInExperience::default(), NONE), []);
    check(|_| {}, &[]);
}

#[test]
fn one_sentence_says_where_what_and_which_rule() {
    let mut settings = SignInExperience::phone_and_code();
    settings.sign_up.verify = false;
    let finding = &settings.findings(ALL)[0];
    assert_eq!(
        finding.to_string(),
        "signUp.verify: set it to true: a phone number or an e-mail address must be verified \
         (sign_in_experiences.passwordless_requires_verify)"
    );
    assert_eq!(finding.section(), "signUp");
    assert_eq!(
        format!("sign_in_experiences.{}", finding.rule.as_str()),
        finding.rule.code().as_str()
    );
}

#[test]
fn what_logto_has_no_code_for_is_a_malformed_field() {
    assert_eq!(Rule::InvalidColor.code(), ErrorCode::GuardInvalidInput);
    for rule in [
        Rule::AtLeastOneAuthenticationFactor,
        Rule::CodeSignInMustBeEnabled,
        Rule::DuplicatedSignUpIdentifiers,
        Rule::EnabledConnectorNotFound(Channel::Sms),
        Rule::ForgotPasswordMethodRequiresConnector(Channel::Email),
        Rule::InvalidCustomEmailBlocklistFormat,
        Rule::MissingSignUpIdentifiers,
        Rule::PasswordlessRequiresVerify,
        Rule::UnsupportedDefaultLanguage,
    ] {
        assert_eq!(rule.severity(), Severity::Refused);
        let name = format!("sign_in_experiences.{}", rule.as_str());
        assert_eq!(rule.code().as_str(), name);
    }
}

#[test]
fn what_is_sent_needs_a_connector() {
    let sms = Rule::EnabledConnectorNotFound(Channel::Sms);
    let email = Rule::EnabledConnectorNotFound(Channel::Email);
    let phone = SignInExperience::phone_and_code();
    assert_eq!(
        found(&phone, NONE),
        [
            ("signIn.methods[0]".to_owned(), sms),
            ("signUp.identifiers[0]".to_owned(), sms),
        ]
    );
    let both = SignUpIdentifier::EmailOrPhone;
    let mut settings = SignInExperience::fresh();
    settings.sign_up.secondary_identifiers = vec![secondary(both, Some(true))];
    settings
        .sign_in
        .methods
        .push(method(SignInIdentifier::Email, true, false));
    let field = "signUp.secondaryIdentifiers[0]".to_owned();
    assert_eq!(
        found(&settings, NONE),
        [(field.clone(), email), (field.clone(), sms)]
    );
    let only_sms = AvailableConnectors {
        sms: true,
        email: false,
    };
    assert_eq!(found(&settings, only_sms), [(field, email)]);
}

#[test]
fn an_identifier_stands_once() {
    let rule = Rule::DuplicatedSignUpIdentifiers;
    check(
        |settings| settings.sign_up.identifiers.push(SignInIdentifier::Phone),
        &[("signUp.identifiers[1]", rule)],
    );
    for other in [SignUpIdentifier::Phone, SignUpIdentifier::EmailOrPhone] {
        check(
            |settings| settings.sign_up.secondary_identifiers = vec![secondary(other, Some(true))],
            &[("signUp.secondaryIdentifiers[0]", rule)],
        );
    }
    let email = secondary(SignUpIdentifier::Email, Some(true));
    check(
        |settings| settings.sign_up.secondary_identifiers = vec![email],
        &[],
    );
    check(
        |settings| settings.sign_up.secondary_identifiers = vec![email, email],
        &[("signUp.secondaryIdentifiers[1]", rule)],
    );
}

#[test]
fn phone_and_e_mail_are_verified() {
    let rule = Rule::PasswordlessRequiresVerify;
    check(
        |settings| settings.sign_up.verify = false,
        &[("signUp.verify", rule)],
    );
    for verify in [None, Some(false)] {
        let email = secondary(SignUpIdentifier::Email, verify);
        check(
            |settings| settings.sign_up.secondary_identifiers = vec![email],
            &[("signUp.secondaryIdentifiers[0].verify", rule)],
        );
    }
    let username = secondary(SignUpIdentifier::Username, None);
    check(
        |settings| settings.sign_up.secondary_identifiers = vec![username],
        &[],
    );
}

#[test]
fn secondary_identifiers_follow_a_primary_one() {
    let email = secondary(SignUpIdentifier::Email, Some(true));
    check(
        |settings| {
            settings.sign_up.identifiers.clear();
            settings.sign_up.secondary_identifiers = vec![email];
            settings.sign_in_mode = SignInMode::SignIn;
        },
        &[(
            "signUp.secondaryIdentifiers",
            Rule::MissingSignUpIdentifiers,
        )],
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
fn without_passwords_every_method_needs_codes() {
    let email = method(SignInIdentifier::Email, true, false);
    check(
        |settings| settings.sign_in.methods.push(email),
        &[("signIn.methods[1]", Rule::CodeSignInMustBeEnabled)],
    );
    let username = method(SignInIdentifier::Username, true, false);
    check(|settings| settings.sign_in.methods.push(username), &[]);
}

#[test]
fn whoever_registers_can_come_back() {
    check(
        |settings| settings.sign_in.methods.clear(),
        &[
            ("signIn.methods", Rule::NobodyCanSignIn),
            ("signUp.identifiers[0]", Rule::MissSignUpIdentifierInSignIn),
        ],
    );
    check(
        |settings| {
            settings.sign_in.methods.clear();
            settings.sign_in_mode = SignInMode::Register;
        },
        &[],
    );
}

#[test]
fn registration_needs_an_identifier() {
    for (mode, expected) in [
        (
            SignInMode::SignInAndRegister,
            &[("signUp.identifiers", Rule::NobodyCanRegister)][..],
        ),
        (
            SignInMode::Register,
            &[("signUp.identifiers", Rule::NobodyCanRegister)],
        ),
        (SignInMode::SignIn, &[]),
    ] {
        check(
            |settings| {
                settings.sign_up.identifiers.clear();
                settings.sign_in_mode = mode;
            },
            expected,
        );
    }
}

#[test]
fn combinations_that_nobody_can_use_are_refused_in_files() {
    let username = method(SignInIdentifier::Username, true, true);
    check(
        |settings| settings.sign_in.methods.push(username),
        &[(
            "signIn.methods[1].verificationCode",
            Rule::UsernameHasNoVerificationCode,
        )],
    );
    check(
        |settings| {
            settings
                .sign_in
                .methods
                .push(settings.sign_in.methods[0].clone());
        },
        &[("signIn.methods[1]", Rule::DuplicatedSignInMethods)],
    );
    check(
        |settings| settings.sign_up.password = true,
        &[("signIn.methods", Rule::PasswordSignInMustBeEnabled)],
    );
    check(
        |settings| {
            *settings = SignInExperience::fresh();
            settings.sign_up.password = false;
        },
        &[("signUp.password", Rule::UsernameRequiresPassword)],
    );
    for rule in [
        Rule::UsernameHasNoVerificationCode,
        Rule::DuplicatedSignInMethods,
        Rule::PasswordSignInMustBeEnabled,
        Rule::UsernameRequiresPassword,
        Rule::NobodyCanSignIn,
        Rule::NobodyCanRegister,
        Rule::MissSignUpIdentifierInSignIn,
    ] {
        assert_eq!(rule.severity(), Severity::RefusedInFiles);
    }
}

#[test]
fn recovery_needs_its_connector() {
    let mut settings = SignInExperience::fresh();
    settings.forgot_password_methods = Some(vec![
        ForgotPasswordMethod::PhoneVerificationCode,
        ForgotPasswordMethod::EmailVerificationCode,
    ]);
    let rule = Rule::ForgotPasswordMethodRequiresConnector;
    assert_eq!(
        found(&settings, NONE),
        [
            ("forgotPasswordMethods[0]".to_owned(), rule(Channel::Sms)),
            ("forgotPasswordMethods[1]".to_owned(), rule(Channel::Email)),
        ]
    );
    assert_eq!(found(&settings, ALL), []);
}

#[test]
fn colours_are_hexadecimal() {
    for (color, is_right) in [
        ("#abc", true),
        ("#ABCDEF", true),
        ("#abcd", false),
        ("abc", false),
        ("#ggg", false),
        ("red", false),
        ("", false),
        ("#ab\u{e9}", false),
    ] {
        let expected = [("color.primaryColor", Rule::InvalidColor)];
        check(
            |settings| settings.color.primary_color = color.into(),
            if is_right { &[] } else { &expected },
        );
    }
}

#[test]
fn addresses_are_web_pages() {
    for (url, is_right) in [
        ("https://example.com", true),
        ("http://localhost:3000/terms?a=b#c", true),
        ("https://例子.广告/条款", true),
        ("HTTPS://[::1]:8443/x", true),
        ("https://example.com.", true),
        ("javascript:alert(1)", false),
        ("data:image/png;base64,AAAA", false),
        ("//example.com", false),
        ("/terms", false),
        ("https://", false),
        ("https://a@b.example", false),
        ("https://a b.example", false),
        ("https://a.example/ x", false),
        ("https://a.example/\"x", false),
        ("https://a.example;b", false),
        ("https://a..example", false),
        ("https://a.example:0", false),
        ("https://a.example:99999", false),
        ("https://*.example", false),
        ("https://a.example\\b", false),
        ("https://a.example\n", false),
        ("", false),
    ] {
        let expected = [("termsOfUseUrl", Rule::InvalidUrl)];
        check(
            |settings| settings.terms_of_use_url = Some(url.into()),
            if is_right { &[] } else { &expected },
        );
    }
    let long = format!("https://example.com/{}", "a".repeat(2048));
    check(
        |settings| settings.support_website_url = Some(long),
        &[("supportWebsiteUrl", Rule::InvalidUrl)],
    );
}

#[test]
fn logos_are_web_addresses_or_images() {
    for (url, is_right) in [
        ("https://example.com/logo.svg", true),
        ("data:image/svg+xml;base64,PHN2Zy8+", true),
        ("data:image/png;base64,iVBORw0KGgo=", true),
        ("data:image/png,abc", false),
        ("data:image/png;base64,", false),
        ("data:image/png;base64,a b", false),
        ("data:text/html;base64,AAAA", false),
        ("data:image/xml;base64,AAAA", false),
        ("logo.png", false),
    ] {
        let expected = [("branding.favicon", Rule::InvalidUrl)];
        check(
            |settings| settings.branding.favicon = Some(url.into()),
            if is_right { &[] } else { &expected },
        );
    }
    let long = format!("data:image/png;base64,{}", "A".repeat(64 * 1024));
    check(
        |settings| settings.branding.logo_url = Some(long),
        &[("branding.logoUrl", Rule::InvalidUrl)],
    );
}

#[test]
fn the_fallback_language_has_phrases() {
    for (tag, is_right) in [("zh-CN", true), ("en", true), ("tlh", false), ("", false)] {
        let expected = [(
            "languageInfo.fallbackLanguage",
            Rule::UnsupportedDefaultLanguage,
        )];
        check(
            |settings| settings.language_info.fallback_language = tag.into(),
            if is_right { &[] } else { &expected },
        );
    }
}

#[test]
fn support_has_an_address() {
    check(
        |settings| settings.support_email = Some("help@example.com".into()),
        &[],
    );
    check(
        |settings| settings.support_email = Some("help".into()),
        &[("supportEmail", Rule::InvalidEmailAddress)],
    );
}

#[test]
fn numbers_have_their_range() {
    for (policy, field) in [
        (
            r#"{"sentinelPolicy":{"maxAttempts":0}}"#,
            "sentinelPolicy.maxAttempts",
        ),
        (
            r#"{"sentinelPolicy":{"lockoutDuration":0}}"#,
            "sentinelPolicy.lockoutDuration",
        ),
        (
            r#"{"verificationCodePolicy":{"expirationDuration":59}}"#,
            "verificationCodePolicy.expirationDuration",
        ),
        (
            r#"{"verificationCodePolicy":{"expirationDuration":3601}}"#,
            "verificationCodePolicy.expirationDuration",
        ),
        (
            r#"{"verificationCodePolicy":{"maxRetryAttempts":101}}"#,
            "verificationCodePolicy.maxRetryAttempts",
        ),
    ] {
        let settings: SignInExperience = serde_json::from_str(policy).unwrap();
        assert_eq!(
            found(&settings, ALL),
            [(field.to_owned(), Rule::OutOfRange)]
        );
    }
    let fits = r#"{"sentinelPolicy":{"maxAttempts":1,"lockoutDuration":1},
        "verificationCodePolicy":{"expirationDuration":60,"maxRetryAttempts":100}}"#;
    let settings: SignInExperience = serde_json::from_str(fits).unwrap();
    assert_eq!(found(&settings, ALL), []);
}

#[test]
fn a_password_policy_makes_sense() {
    for (policy, field) in [
        (r#"{"length":{"min":0}}"#, "passwordPolicy.length.min"),
        (
            r#"{"length":{"min":9,"max":8}}"#,
            "passwordPolicy.length.max",
        ),
        (
            r#"{"characterTypes":{"min":5}}"#,
            "passwordPolicy.characterTypes.min",
        ),
        (
            r#"{"rejects":{"words":[""]}}"#,
            "passwordPolicy.rejects.words",
        ),
    ] {
        check(
            |settings| settings.password_policy = serde_json::from_str(policy).unwrap(),
            &[(field, Rule::InvalidPasswordPolicy)],
        );
    }
}

#[test]
fn block_lists_name_addresses_domains_and_stars() {
    for (item, is_right) in [
        ("a@spam.example", true),
        ("@spam.example", true),
        ("*@*.example", true),
        ("@*.spam.example", true),
        ("spam*@spam.example", true),
        ("spam.example", false),
        ("@", false),
        ("a@b@c.example", false),
        ("@spam", false),
        (" @spam.example", false),
        ("", false),
    ] {
        let list = Some(vec!["@fine.example".to_owned(), item.to_owned()]);
        let expected = [(
            "emailBlocklistPolicy.customBlocklist[1]",
            Rule::InvalidCustomEmailBlocklistFormat,
        )];
        check(
            |settings| settings.email_blocklist_policy.custom_blocklist = list,
            if is_right { &[] } else { &expected },
        );
    }
    check(
        |settings| {
            settings.email_blocklist_policy.custom_allowlist =
                Some(vec!["@fine.example".into(); 1001]);
        },
        &[("emailBlocklistPolicy.customAllowlist", Rule::OutOfRange)],
    );
}

#[test]
fn advice_is_given_to_who_looks_for_it() {
    advised(|_| {}, &[]);
    advised(
        |settings| settings.password_policy = crate::PasswordPolicy::default(),
        &[("passwordPolicy.length.min", Rule::ShortPasswords)],
    );
    advised(
        |settings| settings.agree_to_terms_policy = AgreeToTermsPolicy::Manual,
        &[("agreeToTermsPolicy", Rule::TermsWithoutUrl)],
    );
    advised(
        |settings| {
            settings.agree_to_terms_policy = AgreeToTermsPolicy::Manual;
            settings.privacy_policy_url = Some("https://example.com".into());
        },
        &[],
    );
    advised(
        |settings| settings.branding.logo_url = Some("https://example.com/a.png".into()),
        &[("branding.darkLogoUrl", Rule::DarkLogoMissing)],
    );
    advised(
        |settings| {
            settings.branding.logo_url = Some("https://example.com/a.png".into());
            settings.color.is_dark_mode_enabled = false;
        },
        &[],
    );
    advised(
        |settings| settings.forgot_password_methods = Some(Vec::new()),
        &[("forgotPasswordMethods", Rule::NoPasswordRecovery)],
    );
    advised(
        |settings| {
            let password = settings.sign_in.methods[0].clone();
            *settings = SignInExperience {
                sign_up: SignInExperience::phone_and_code().sign_up,
                password_policy: settings.password_policy.clone(),
                forgot_password_methods: None,
                ..SignInExperience::phone_and_code()
            };
            settings.sign_in.methods.push(password);
        },
        &[("signIn.methods", Rule::PasswordSignInWithoutPassword)],
    );
}
