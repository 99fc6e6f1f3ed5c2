//! What a first page asks for and where it leads, by the settings alone: the same for whoever signs
//! in and for whoever looks at a draft.

use moongate_experience::{AgreeToTermsPolicy, SignInExperience, SignInIdentifier, SignInMethod};
use moongate_web::pages::{NextStep, Screen};
use moongate_web::{Agreement, Terms, Tick};

use super::words::{recovery_kinds, register_kinds, sign_in_kinds};

/// By what one goes on from a first page; fewer if the application wants so.
pub(super) fn kinds_by(
    screen: Screen,
    settings: &SignInExperience,
    wanted: &[String],
) -> Vec<SignInIdentifier> {
    match screen {
        Screen::SignIn => sign_in_kinds(settings, wanted),
        Screen::Register => register_kinds(settings, wanted),
        Screen::ForgotPassword => recovery_kinds(settings),
    }
}

/// What comes after a first page.
pub(super) fn next_step(
    screen: Screen,
    settings: &SignInExperience,
    kinds: &[SignInIdentifier],
) -> NextStep {
    match screen {
        Screen::SignIn if password_is_here(settings, kinds) => NextStep::PasswordHere,
        Screen::SignIn
            if kinds.iter().any(|kind| {
                let method = settings.method(*kind);
                method.is_some_and(SignInMethod::begins_with_password)
            }) =>
        {
            NextStep::Another
        }
        Screen::Register if kinds == [SignInIdentifier::Username] => NextStep::Another,
        _ => NextStep::Code,
    }
}

/// How a first page has people agree to the terms.
pub(super) fn agreement(
    screen: Screen,
    policy: AgreeToTermsPolicy,
    terms: Option<&Terms>,
    tick: Tick,
) -> Agreement<'_> {
    match terms {
        None => Agreement::None,
        Some(_) if screen == Screen::ForgotPassword => Agreement::None,
        Some(terms) if asks_to_agree(screen, policy) => Agreement::Asked { terms, tick },
        Some(terms) => Agreement::Implied(terms),
    }
}

/// The first page that a first page leads to besides.
pub(super) fn other(screen: Screen) -> Screen {
    match screen {
        Screen::SignIn => Screen::Register,
        Screen::Register | Screen::ForgotPassword => Screen::SignIn,
    }
}

/// Whether the password stands on the first page: where nothing else signs anybody in.
pub(super) fn password_is_here(settings: &SignInExperience, kinds: &[SignInIdentifier]) -> bool {
    kinds.iter().all(|kind| {
        let method = settings.method(*kind);
        method.is_some_and(|it| it.password && !it.verification_code)
    })
}

/// Whether people are asked on this page to agree to the terms.
pub(super) fn asks_to_agree(screen: Screen, policy: AgreeToTermsPolicy) -> bool {
    match (policy, screen) {
        (AgreeToTermsPolicy::Automatic, _) | (_, Screen::ForgotPassword) => false,
        (AgreeToTermsPolicy::ManualRegistrationOnly, screen) => screen == Screen::Register,
        (AgreeToTermsPolicy::Manual, _) => true,
    }
}
