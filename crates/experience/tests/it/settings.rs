//! Settings that many tests share.

use moongate_experience::{
    ForgotPasswordMethod, SecondaryIdentifier, SignIn, SignInExperience, SignInIdentifier,
    SignInMethod, SignUp, SignUpIdentifier,
};

pub(crate) fn method(identifier: SignInIdentifier, password: bool, code: bool) -> SignInMethod {
    SignInMethod {
        identifier,
        password,
        verification_code: code,
        is_password_primary: password,
    }
}

/// Every way to sign in; accounts need a user name and a password.
pub(crate) fn everything() -> SignInExperience {
    SignInExperience {
        sign_in: SignIn {
            methods: vec![
                method(SignInIdentifier::Username, true, false),
                method(SignInIdentifier::Email, true, true),
                method(SignInIdentifier::Phone, true, true),
            ],
        },
        sign_up: sign_up(&[SignInIdentifier::Username], true, &[]),
        forgot_password_methods: Some(vec![
            ForgotPasswordMethod::EmailVerificationCode,
            ForgotPasswordMethod::PhoneVerificationCode,
        ]),
        ..SignInExperience::fresh()
    }
}

pub(crate) fn sign_up(
    identifiers: &[SignInIdentifier],
    password: bool,
    secondary: &[SignUpIdentifier],
) -> SignUp {
    let is_name = |it: &SignInIdentifier| *it == SignInIdentifier::Username;
    let secondary = secondary.iter().map(|identifier| SecondaryIdentifier {
        identifier: *identifier,
        verify: (*identifier != SignUpIdentifier::Username).then_some(true),
    });
    SignUp {
        identifiers: identifiers.to_vec(),
        password,
        verify: !identifiers.iter().all(is_name),
        secondary_identifiers: secondary.collect(),
    }
}

/// [`everything`], with accounts that need this.
pub(crate) fn registering(
    identifiers: &[SignInIdentifier],
    password: bool,
    secondary: &[SignUpIdentifier],
) -> SignInExperience {
    SignInExperience {
        sign_up: sign_up(identifiers, password, secondary),
        ..everything()
    }
}
