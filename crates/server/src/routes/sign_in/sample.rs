//! The pages that settings really lead to, with sample data, for whoever looks at a draft. Nobody
//! signs in here, and nothing is stored.

use std::time::Duration;

use moongate_core::Region;
use moongate_experience::{AgreeToTermsPolicy, SignInExperience, SignInIdentifier};
use moongate_web::pages::{
    AgreeToTerms, Channel, Code, CodePurpose, CodeState, Identify, NewPassword, NewPasswordPurpose,
    NextStep, Password, Screen, Standing,
};
use moongate_web::{Country, IdentifierField, Language, Tick, View};

use super::first_page::{agreement, kinds_by, next_step, other};
use super::words::{kinds_of_page, password_hints, recovery_kinds, terms};

const INTERACTION: &str = "sample";
const APP: &str = "Bookstore";

/// The pages that settings may lead to, in the order in which people come to them.
pub(crate) const LIVE_PAGES: [&str; 7] = [
    "live-sign-in",
    "live-register",
    "live-password",
    "live-code",
    "live-new-password",
    "live-terms",
    "live-forgot-password",
];

/// Gives the page of that name to `show`; nothing if these settings lead to none.
pub(crate) fn live_page<R>(
    name: &str,
    settings: &SignInExperience,
    language: Language,
    region: Region,
    show: impl FnOnce(&dyn View) -> R,
) -> Option<R> {
    let first = |screen, show| first_page(screen, settings, language, region, show);
    match name {
        "live-sign-in" => first(Screen::SignIn, show),
        "live-register" => first(Screen::Register, show),
        "live-forgot-password" => first(Screen::ForgotPassword, show),
        "live-password" => password(settings, show),
        "live-code" => code(settings, show),
        "live-new-password" => settings.has_passwords().then(|| {
            show(&NewPassword {
                purpose: if settings.sign_up.password
                    && !kinds(Screen::Register, settings).is_empty()
                {
                    NewPasswordPurpose::Register(INTERACTION)
                } else {
                    NewPasswordPurpose::Reset(INTERACTION)
                },
                identifier: "alice",
                hints: &password_hints(&settings.password_policy),
                issues: &[],
                alert: None,
            })
        }),
        "live-terms" => agree(settings, show),
        _ => None,
    }
}

fn kinds(screen: Screen, settings: &SignInExperience) -> Vec<SignInIdentifier> {
    kinds_by(screen, settings, &[])
}

fn first_page<R>(
    screen: Screen,
    settings: &SignInExperience,
    language: Language,
    region: Region,
    show: impl FnOnce(&dyn View) -> R,
) -> Option<R> {
    let own = kinds(screen, settings);
    if own.is_empty() {
        return None;
    }
    let texts = terms(settings);
    let policy = settings.agree_to_terms_policy;
    let view = Identify {
        screen,
        interaction: INTERACTION,
        app_name: APP,
        identifier: IdentifierField {
            kinds: &kinds_of_page(&own),
            value: "",
            countries: Country::all(language),
            region: &region.code(),
            error: None,
        },
        next: next_step(screen, settings, &own),
        notice: None,
        alert: None,
        password_error: None,
        agreement: agreement(screen, policy, texts.as_ref(), Tick::Open),
        offers_other: !kinds(other(screen), settings).is_empty(),
        offers_recovery: screen == Screen::SignIn && !recovery_kinds(settings).is_empty(),
    };
    Some(show(&view))
}

/// The password on a page of its own, where it stands on no other.
fn password<R>(settings: &SignInExperience, show: impl FnOnce(&dyn View) -> R) -> Option<R> {
    let own = kinds(Screen::SignIn, settings);
    if next_step(Screen::SignIn, settings, &own) == NextStep::PasswordHere {
        return None;
    }
    let mut methods = own.iter().filter_map(|kind| settings.method(*kind));
    let method = methods.find(|method| method.password)?;
    let view = Password {
        interaction: INTERACTION,
        app_name: APP,
        identifier: match method.identifier {
            SignInIdentifier::Username => "alice",
            SignInIdentifier::Email => "alice@bookstore.example",
            SignInIdentifier::Phone => "+86 138 1234 5678",
        },
        error: None,
        alert: None,
        offers_code: method.verification_code && method.identifier != SignInIdentifier::Username,
        offers_recovery: !recovery_kinds(settings).is_empty(),
    };
    Some(show(&view))
}

/// The code of a sign-in, else of a registration.
fn code<R>(settings: &SignInExperience, show: impl FnOnce(&dyn View) -> R) -> Option<R> {
    let sign_in = kinds(Screen::SignIn, settings).into_iter().filter(|kind| {
        let method = settings.method(*kind);
        method.is_some_and(|it| it.verification_code)
    });
    let mut kinds = sign_in.chain(kinds(Screen::Register, settings));
    let kind = kinds.find(|kind| *kind != SignInIdentifier::Username)?;
    let is_phone = kind == SignInIdentifier::Phone;
    let view = Code {
        purpose: CodePurpose::SignIn(INTERACTION),
        channel: if is_phone {
            Channel::Sms
        } else {
            Channel::Email
        },
        masked: if is_phone {
            "+86 138 **** 5678"
        } else {
            "a****e@bookstore.example"
        },
        state: CodeState::Open {
            error: None,
            resent: false,
        },
        resend_after: Duration::from_secs(58),
        alert: None,
        offers_password: settings.method(kind).is_some_and(|it| it.password),
    };
    Some(show(&view))
}

fn agree<R>(settings: &SignInExperience, show: impl FnOnce(&dyn View) -> R) -> Option<R> {
    if settings.agree_to_terms_policy == AgreeToTermsPolicy::Automatic {
        return None;
    }
    let view = AgreeToTerms {
        interaction: INTERACTION,
        app_name: APP,
        standing: Standing::New,
        terms: &terms(settings)?,
        tick: Tick::Open,
    };
    Some(show(&view))
}

#[cfg(test)]
mod tests {
    use moongate_experience::{ForgotPasswordMethod, SignInMethod, SignInMode};

    use super::*;

    fn titles(settings: &SignInExperience) -> Vec<&'static str> {
        let is_there =
            |name: &&str| live_page(name, settings, Language::En, Region::CHINA, |_| ()).is_some();
        LIVE_PAGES.into_iter().filter(is_there).collect()
    }

    #[test]
    fn pages_are_those_that_the_settings_lead_to() {
        let mut settings = SignInExperience::fresh();
        assert_eq!(
            titles(&settings),
            ["live-sign-in", "live-register", "live-new-password"]
        );

        settings.sign_in_mode = SignInMode::SignIn;
        settings.sign_in.methods = vec![SignInMethod {
            identifier: SignInIdentifier::Email,
            password: true,
            verification_code: true,
            is_password_primary: true,
        }];
        settings.forgot_password_methods = Some(vec![ForgotPasswordMethod::EmailVerificationCode]);
        settings.agree_to_terms_policy = AgreeToTermsPolicy::Manual;
        settings.terms_of_use_url = Some("https://bookstore.example/terms".into());
        assert_eq!(
            titles(&settings),
            [
                "live-sign-in",
                "live-password",
                "live-code",
                "live-new-password",
                "live-terms",
                "live-forgot-password",
            ]
        );
    }
}
