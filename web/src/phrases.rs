//! Every word that people read, by message, from `phrases/*.ftl`. The texts are parsed once; a
//! test keeps the languages complete and free of unused messages.

use std::{fmt, sync::LazyLock, time::Duration};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use maud::{Markup, PreEscaped, Render, html};
use unic_langid::LanguageIdentifier;

use crate::Language;

mod overrides;
#[cfg(test)]
mod tests;

pub use overrides::{PhraseError, check_override};
pub(crate) use overrides::{texts, words_with};

type Bundle = FluentBundle<FluentResource>;

/// Declares the messages that pages use, each with its key in the phrases.
macro_rules! phrases {
    ($($name:ident => $key:literal,)*) => {
        /// A message that pages use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Phrase { $($name,)* }

        impl Phrase {
            /// Every message; only the tests walk them, so that the compiler finds unused ones.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key in the phrases.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

phrases! {
    AccountAdd => "account-add",
    AccountAddWhat => "account-add-what",
    AccountChange => "account-change",
    AccountChangeWhat => "account-change-what",
    AccountEmail => "account-email",
    AccountLabel => "account-label",
    AccountName => "account-name",
    AccountNone => "account-none",
    AccountOthersEnded => "account-others-ended",
    AccountPasswordChanged => "account-password-changed",
    AccountPasswordSet => "account-password-set",
    AccountPhone => "account-phone",
    AccountRemove => "account-remove",
    AccountRemoveWhat => "account-remove-what",
    AccountRemoved => "account-removed",
    AccountSaved => "account-saved",
    AccountSessionEnded => "account-session-ended",
    AccountSignOut => "account-sign-out",
    AccountTitle => "account-title",
    AccountUsername => "account-username",
    ActionCancel => "action-cancel",
    ActionContinue => "action-continue",
    ActionSave => "action-save",
    ActionSignIn => "action-sign-in",
    AgreeBoth => "agree-both",
    AgreeCreate => "agree-create",
    AgreeLeadExisting => "agree-lead-existing",
    AgreeMissing => "agree-missing",
    AgreePrivacy => "agree-privacy",
    AgreeTerms => "agree-terms",
    AgreeTitle => "agree-title",
    BackToSignIn => "back-to-sign-in",
    CodeAuto => "code-auto",
    CodeChangeAddress => "code-change-address",
    CodeChangeNumber => "code-change-number",
    CodeFailedBody => "code-failed-body",
    CodeFailedTitle => "code-failed-title",
    CodeLabel => "code-label",
    CodeLead => "code-lead",
    CodeResend => "code-resend",
    CodeResendReady => "code-resend-ready",
    CodeResendWait => "code-resend-wait",
    CodeResent => "code-resent",
    CodeSent => "code-sent",
    CodeSpentBody => "code-spent-body",
    CodeSpentTitle => "code-spent-title",
    CodeTitleEmail => "code-title-email",
    CodeTitleSms => "code-title-sms",
    CodeTryAgain => "code-try-again",
    CodeUsePassword => "code-use-password",
    ConnectionLost => "connection-lost",
    ConsentAccount => "consent-account",
    ConsentAccountBoth => "consent-account-both",
    ConsentAllow => "consent-allow",
    ConsentApi => "consent-api",
    ConsentDeny => "consent-deny",
    ConsentHost => "consent-host",
    ConsentScopes => "consent-scopes",
    ConsentTitle => "consent-title",
    ContinueEmail => "continue-email",
    ContinueEmailOrPhone => "continue-email-or-phone",
    ContinueLeadExisting => "continue-lead-existing",
    ContinueLeadNew => "continue-lead-new",
    ContinuePhone => "continue-phone",
    ContinueUsername => "continue-username",
    DetailApplication => "detail-application",
    DetailDescription => "detail-description",
    DetailError => "detail-error",
    DetailRedirectUri => "detail-redirect-uri",
    DetailRequest => "detail-request",
    DeviceAllowedBody => "device-allowed-body",
    DeviceAllowedTitle => "device-allowed-title",
    DeviceConfirmCode => "device-confirm-code",
    DeviceConfirmTitle => "device-confirm-title",
    DeviceConfirmWarning => "device-confirm-warning",
    DeviceDeniedBody => "device-denied-body",
    DeviceDeniedTitle => "device-denied-title",
    DeviceLabel => "device-label",
    DeviceLead => "device-lead",
    DeviceTitle => "device-title",
    DurationHours => "duration-hours",
    DurationMinutes => "duration-minutes",
    DurationSeconds => "duration-seconds",
    EditEmail => "edit-email",
    EditName => "edit-name",
    EditPhone => "edit-phone",
    EditUsername => "edit-username",
    EmailLead => "email-lead",
    FaultAppRequestBody => "fault-app-request-body",
    FaultAppRequestTitle => "fault-app-request-title",
    FaultBlockedBody => "fault-blocked-body",
    FaultBlockedTitle => "fault-blocked-title",
    FaultBusyBody => "fault-busy-body",
    FaultBusyTitle => "fault-busy-title",
    FaultInternalBody => "fault-internal-body",
    FaultInternalTitle => "fault-internal-title",
    FaultNotFoundBody => "fault-not-found-body",
    FaultNotFoundTitle => "fault-not-found-title",
    FaultPostLogoutBody => "fault-post-logout-body",
    FaultPostLogoutTitle => "fault-post-logout-title",
    FaultRedirectUriBody => "fault-redirect-uri-body",
    FaultRedirectUriTitle => "fault-redirect-uri-title",
    FaultRefusedTitle => "fault-refused-title",
    FieldMalformed => "field-malformed",
    FieldMalformedEmail => "field-malformed-email",
    FieldMissing => "field-missing",
    FieldTooLong => "field-too-long",
    FieldTooShort => "field-too-short",
    FieldUsernameCharacters => "field-username-characters",
    FieldWrongPassword => "field-wrong-password",
    ForgotLead => "forgot-lead",
    ForgotLink => "forgot-link",
    ForgotTitle => "forgot-title",
    FormPostBody => "form-post-body",
    FormPostTitle => "form-post-title",
    HomeBody => "home-body",
    HomeDiscovery => "home-discovery",
    HomeLead => "home-lead",
    HomeTitle => "home-title",
    InsecureHttp => "insecure-http",
    KindEmail => "kind-email",
    KindPhone => "kind-phone",
    KindUsername => "kind-username",
    KindsThree => "kinds-three",
    KindsTwo => "kinds-two",
    LanguageSwitch => "language-switch",
    ListSeparator => "list-separator",
    Moment => "moment",
    MonthApr => "month-apr",
    MonthAug => "month-aug",
    MonthDec => "month-dec",
    MonthFeb => "month-feb",
    MonthJan => "month-jan",
    MonthJul => "month-jul",
    MonthJun => "month-jun",
    MonthMar => "month-mar",
    MonthMay => "month-may",
    MonthNov => "month-nov",
    MonthOct => "month-oct",
    MonthSep => "month-sep",
    NewPasswordLeadAccount => "new-password-lead-account",
    NewPasswordLeadContinue => "new-password-lead-continue",
    NewPasswordLeadReset => "new-password-lead-reset",
    NewPasswordSave => "new-password-save",
    NewPasswordTitle => "new-password-title",
    NewPasswordTitleAgain => "new-password-title-again",
    NoticePasswordReset => "notice-password-reset",
    OtherRegister => "other-register",
    OtherRegisterLink => "other-register-link",
    OtherSignIn => "other-sign-in",
    OtherSignInLink => "other-sign-in-link",
    PasswordChangeAccount => "password-change-account",
    PasswordCharacterTypes => "password-character-types",
    PasswordCurrentLabel => "password-current-label",
    PasswordHintLength => "password-hint-length",
    PasswordHintPwned => "password-hint-pwned",
    PasswordHintSequence => "password-hint-sequence",
    PasswordHintTypes => "password-hint-types",
    PasswordHintUserInfo => "password-hint-user-info",
    PasswordLabel => "password-label",
    PasswordNewLabel => "password-new-label",
    PasswordPwned => "password-pwned",
    PasswordRepetition => "password-repetition",
    PasswordSameAsBefore => "password-same-as-before",
    PasswordSequence => "password-sequence",
    PasswordShow => "password-show",
    PasswordTooLong => "password-too-long",
    PasswordTooShort => "password-too-short",
    PasswordUnsupportedCharacters => "password-unsupported-characters",
    PasswordUseCode => "password-use-code",
    PasswordUserInfo => "password-user-info",
    PasswordWords => "password-words",
    PhoneLead => "phone-lead",
    PreviewAdvice => "preview-advice",
    PreviewBoth => "preview-both",
    PreviewDark => "preview-dark",
    PreviewDesktop => "preview-desktop",
    PreviewEveryLanguage => "preview-every-language",
    PreviewEveryPage => "preview-every-page",
    PreviewEveryWidth => "preview-every-width",
    PreviewFindings => "preview-findings",
    PreviewLanguage => "preview-language",
    PreviewLead => "preview-lead",
    PreviewLight => "preview-light",
    PreviewNext => "preview-next",
    PreviewPage => "preview-page",
    PreviewPhone => "preview-phone",
    PreviewPrevious => "preview-previous",
    PreviewRefused => "preview-refused",
    PreviewRefusedInFiles => "preview-refused-in-files",
    PreviewScheme => "preview-scheme",
    PreviewShow => "preview-show",
    PreviewTablet => "preview-tablet",
    PreviewTitle => "preview-title",
    PreviewWidth => "preview-width",
    PrivacyName => "privacy-name",
    PrivacyOnly => "privacy-only",
    RegionLabel => "region-label",
    RegionLabelMaybe => "region-label-maybe",
    RegisterTitle => "register-title",
    ScopeAddress => "scope-address",
    ScopeCustomData => "scope-custom-data",
    ScopeEmail => "scope-email",
    ScopeIdentities => "scope-identities",
    ScopeOfflineAccess => "scope-offline-access",
    ScopeOpenid => "scope-openid",
    ScopeOrganizationRoles => "scope-organization-roles",
    ScopeOrganizations => "scope-organizations",
    ScopeOther => "scope-other",
    ScopePhone => "scope-phone",
    ScopeProfile => "scope-profile",
    ScopeRoles => "scope-roles",
    SessionAgent => "session-agent",
    SessionAgentUnknown => "session-agent-unknown",
    SessionApps => "session-apps",
    SessionEnd => "session-end",
    SessionEndOthers => "session-end-others",
    SessionSince => "session-since",
    SessionThis => "session-this",
    SessionsTitle => "sessions-title",
    SetupCreate => "setup-create",
    SetupDoneBody => "setup-done-body",
    SetupDoneTitle => "setup-done-title",
    SetupInvalidBody => "setup-invalid-body",
    SetupInvalidTitle => "setup-invalid-title",
    SetupLead => "setup-lead",
    SetupNoReturn => "setup-no-return",
    SetupTitle => "setup-title",
    SetupUsedBody => "setup-used-body",
    SetupUsedTitle => "setup-used-title",
    SignInTitle => "sign-in-title",
    SignOutBody => "sign-out-body",
    SignOutBodyApp => "sign-out-body-app",
    SignOutConfirm => "sign-out-confirm",
    SignOutStay => "sign-out-stay",
    SignOutTitle => "sign-out-title",
    SignedOutBody => "signed-out-body",
    SignedOutTitle => "signed-out-title",
    StepUpCode => "step-up-code",
    StepUpLead => "step-up-lead",
    StepUpTitle => "step-up-title",
    SupportLead => "support-lead",
    SupportWebsite => "support-website",
    TermsBoth => "terms-both",
    TermsName => "terms-name",
    TermsOnly => "terms-only",
    UnknownSessionBody => "unknown-session-body",
    UnknownSessionTitle => "unknown-session-title",
    WayBack => "way-back",
    WayOnRegister => "way-on-register",
    WayOnSignIn => "way-on-sign-in",
}

/// The words of one language, where a tenant has own ones among ours.
pub struct Words(Bundle);

/// The words of a language, parsed at first use.
pub(crate) fn words(language: Language) -> &'static Words {
    static EN: LazyLock<Words> = LazyLock::new(|| Words::parse(Language::En));
    static ZH_CN: LazyLock<Words> = LazyLock::new(|| Words::parse(Language::ZhCn));
    match language {
        Language::En => &EN,
        Language::ZhCn => &ZH_CN,
    }
}

/// The text of a language's phrases.
fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../phrases/en.ftl"),
        Language::ZhCn => include_str!("../phrases/zh-CN.ftl"),
    }
}

/// A bundle that knows the language and no message.
fn bundle(language: Language) -> Bundle {
    let locale: LanguageIdentifier = language
        .tag()
        .parse()
        .expect("the tags are well-formed, and tested");
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Names stand in `<bdi>` instead of between invisible marks, which would spoil titles.
    bundle.set_use_isolating(false);
    bundle
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Words")
            .field(&self.0.locales)
            .finish()
    }
}

impl Words {
    fn parse(language: Language) -> Self {
        let resource = FluentResource::try_new(source(language).to_owned())
            .expect("the phrases are part of the build and tested to parse");
        let mut bundle = bundle(language);
        bundle
            .add_resource(resource)
            .expect("the phrases are part of the build and tested to repeat no key");
        Self(bundle)
    }

    /// The words for an error code such as `verification_code.expired`. Any `oidc.` code has
    /// words, if only general ones; another that we do not know has none.
    pub fn error(&self, code: &str) -> Option<String> {
        if let Some(text) = error_key(code).and_then(|key| self.format(&key, &FluentArgs::new())) {
            return Some(text);
        }
        let name = code.strip_prefix("oidc.")?;
        let mut args = FluentArgs::new();
        args.set("code", name.to_owned());
        self.format("error-oidc-other", &args)
    }

    /// The words for an error that goes away with time, such as `request.message_rate_limited`,
    /// where they tell how long: `None` for codes that have no such words.
    pub fn error_after(&self, code: &str, wait: Duration) -> Option<String> {
        let mut args = FluentArgs::new();
        args.set("wait", self.duration(wait));
        self.format(&format!("{}-after", error_key(code)?), &args)
    }

    /// A length of time in one unit, rounded up: "45 seconds", "12 minutes", "3 hours".
    pub(crate) fn duration(&self, length: Duration) -> String {
        let seconds = length.as_secs() + u64::from(length.subsec_nanos() > 0);
        let (phrase, count) = match seconds {
            0..120 => (Phrase::DurationSeconds, seconds),
            120..7200 => (Phrase::DurationMinutes, seconds.div_ceil(60)),
            _ => (Phrase::DurationHours, seconds.div_ceil(3600)),
        };
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        self.format(phrase.key(), &args).unwrap_or_default()
    }

    /// A message without arguments.
    pub(crate) fn text(&self, phrase: Phrase) -> String {
        self.with(phrase, &[])
    }

    /// A message with plain text put in, for titles and attributes.
    pub(crate) fn with(&self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        self.format(phrase.key(), &args)
            .expect("every phrase is tested to be in every language")
    }

    /// A message with a number put in, for those that have a form for one and another for more.
    pub(crate) fn with_number(&self, phrase: Phrase, name: &'static str, number: u32) -> String {
        let mut args = FluentArgs::new();
        args.set(name, FluentValue::from(number));
        self.format(phrase.key(), &args)
            .expect("every phrase is tested to be in every language")
    }

    /// A message with markup put in, for running text. The text itself is escaped.
    pub(crate) fn weave(&self, phrase: Phrase, values: &[(&'static str, Markup)]) -> Markup {
        let mut args = FluentArgs::new();
        for ((name, _), marker) in values.iter().zip('\u{e000}'..) {
            args.set(*name, marker.to_string());
        }
        let text = self
            .format(phrase.key(), &args)
            .expect("every phrase is tested to be in every language");
        let mut woven = String::with_capacity(text.len());
        let mut rest = text.as_str();
        // Only our own markers are in the text: no value from outside is put in as text here.
        while let Some((at, marker)) = rest
            .char_indices()
            .find(|(_, char)| ('\u{e000}'..='\u{f8ff}').contains(char))
        {
            rest[..at].render_to(&mut woven);
            let index = u32::from(marker) - 0xe000;
            if let Some((_, markup)) = usize::try_from(index).ok().and_then(|i| values.get(i)) {
                woven.push_str(&markup.0);
            }
            rest = &rest[at + marker.len_utf8()..];
        }
        rest.render_to(&mut woven);
        PreEscaped(woven)
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        // An argument that is missing shows as `{$name}`; the tests look for that.
        let mut errors = Vec::new();
        Some(
            self.0
                .format_pattern(pattern, Some(args), &mut errors)
                .into_owned(),
        )
    }
}

/// A name from outside, isolated so that its writing direction touches nothing around it.
pub(crate) fn name(text: &str) -> Markup {
    html! { bdi { (text) } }
}

/// The phrase key of an error code, where it has the shape of one: `a.b_c` is `error-a-b_c`.
fn error_key(code: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    code.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(plain))
        .then(|| format!("error-{}", code.replace('.', "-")))
}
