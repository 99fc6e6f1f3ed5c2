//! Every combination of the settings that decide how people sign in.

use moongate_experience::{
    AgreeToTermsPolicy, AvailableConnectors, ForgotPasswordMethod, Severity, SignIn,
    SignInExperience, SignInIdentifier, SignInMethod, SignInMode, SignUpIdentifier,
};

use crate::settings::{method, sign_up};

const MODES: [SignInMode; 3] = [
    SignInMode::SignInAndRegister,
    SignInMode::SignIn,
    SignInMode::Register,
];

const SECONDARY: [&[SignUpIdentifier]; 7] = [
    &[],
    &[SignUpIdentifier::Username],
    &[SignUpIdentifier::Email],
    &[SignUpIdentifier::Phone],
    &[SignUpIdentifier::EmailOrPhone],
    &[SignUpIdentifier::Email, SignUpIdentifier::Phone],
    &[SignUpIdentifier::Phone, SignUpIdentifier::Username],
];

const TERMS: [AgreeToTermsPolicy; 3] = [
    AgreeToTermsPolicy::Automatic,
    AgreeToTermsPolicy::ManualRegistrationOnly,
    AgreeToTermsPolicy::Manual,
];

fn recoveries() -> [Option<Vec<ForgotPasswordMethod>>; 5] {
    use ForgotPasswordMethod::{EmailVerificationCode, PhoneVerificationCode};
    [
        None,
        Some(vec![]),
        Some(vec![EmailVerificationCode]),
        Some(vec![PhoneVerificationCode]),
        Some(vec![EmailVerificationCode, PhoneVerificationCode]),
    ]
}

/// The identifiers of a set of three.
fn identifiers(bits: usize) -> Vec<SignInIdentifier> {
    let all = SignInIdentifier::ALL.into_iter().enumerate();
    all.filter(|(index, _)| bits & (1 << index) != 0)
        .map(|(_, identifier)| identifier)
        .collect()
}

/// A user name by password or not at all; the others by password, by code, by both or not at all.
fn methods(bits: usize) -> Vec<SignInMethod> {
    let (name, email, phone) = (bits & 1, bits >> 1 & 3, bits >> 3 & 3);
    let name = (name == 1).then(|| method(SignInIdentifier::Username, true, false));
    let by = |identifier, bits: usize| {
        (bits != 0).then(|| method(identifier, bits & 1 != 0, bits & 2 != 0))
    };
    let email = by(SignInIdentifier::Email, email);
    let phone = by(SignInIdentifier::Phone, phone);
    [name, email, phone].into_iter().flatten().collect()
}

/// How many there are: modes, sets of identifiers, with a password or not, secondary identifiers,
/// methods, ways to recover, policies on terms.
pub(crate) const COUNT: usize = 3 * 8 * 2 * 7 * 32 * 5 * 3;

/// The one of that number, below [`COUNT`].
pub(crate) fn combination(number: usize) -> SignInExperience {
    let mut rest = number;
    let mut digit = |base: usize| {
        let digit = rest % base;
        rest /= base;
        digit
    };
    let sign_in = SignIn {
        methods: methods(digit(32)),
    };
    SignInExperience {
        sign_in,
        sign_up: sign_up(&identifiers(digit(8)), digit(2) == 1, SECONDARY[digit(7)]),
        sign_in_mode: MODES[digit(3)],
        forgot_password_methods: recoveries()[digit(5)].clone(),
        agree_to_terms_policy: TERMS[digit(3)],
        terms_of_use_url: Some("https://a.example/terms".into()),
        ..SignInExperience::fresh()
    }
}

/// Whether anybody may save them, through the API at the least.
pub(crate) fn is_allowed(settings: &SignInExperience) -> bool {
    let connectors = AvailableConnectors {
        sms: true,
        email: true,
    };
    let findings = settings.findings(connectors);
    findings.iter().all(|it| it.severity != Severity::Refused)
}

/// Whether an account may begin with that identifier.
pub(crate) fn registers(settings: &SignInExperience, kind: SignInIdentifier) -> bool {
    let required = settings.sign_up.required();
    required.iter().any(|it| match it {
        SignUpIdentifier::Username => kind == SignInIdentifier::Username,
        SignUpIdentifier::Email => kind == SignInIdentifier::Email,
        SignUpIdentifier::Phone => kind == SignInIdentifier::Phone,
        SignUpIdentifier::EmailOrPhone => kind != SignInIdentifier::Username,
    })
}

/// Whether the account has whatever these settings require of one.
pub(crate) fn is_complete(settings: &SignInExperience, user: &moongate_core::User) -> bool {
    let required = settings.sign_up.required();
    let (email, phone) = (user.primary_email.is_some(), user.primary_phone.is_some());
    let has = required.iter().all(|it| match it {
        SignUpIdentifier::Username => user.username.is_some(),
        SignUpIdentifier::Email => email,
        SignUpIdentifier::Phone => phone,
        SignUpIdentifier::EmailOrPhone => email || phone,
    });
    has && (!settings.sign_up.password || user.password_hash.is_some())
}
