//! From settings and identifiers to what pages take: kinds of fields, hints, problems, terms.

use moongate_core::{ErrorCode, Region, SendError, User};
use moongate_experience::{
    FlowError, ForgotPasswordMethod, Identifier, IdentifierError, PasswordInterpolation,
    PasswordIssue, PasswordIssueCode, PasswordPolicy, ProfileDraft, SignInExperience,
    SignInIdentifier,
};
use moongate_web::{
    Country, FieldProblem, IdentifierField, IdentifierKind, PasswordHint, PasswordProblem, Terms,
};

use super::problem;
use crate::site::Visitor;

/// Values past this are nobody's identifier, and not shown again.
const LONGEST_SHOWN: usize = 254;

/// By what one may sign in here, in the order of the settings; fewer if the application wants so.
pub(super) fn sign_in_kinds(
    settings: &SignInExperience,
    asked_for: &[String],
) -> Vec<SignInIdentifier> {
    if !settings.sign_in_mode.allows_sign_in() {
        return Vec::new();
    }
    let methods = settings.sign_in.methods.iter();
    wanted(methods.map(|method| method.identifier).collect(), asked_for)
}

/// By what an account may begin here. A user name, where accounts need one, comes first.
pub(super) fn register_kinds(
    settings: &SignInExperience,
    asked_for: &[String],
) -> Vec<SignInIdentifier> {
    if !settings.sign_in_mode.allows_register() {
        return Vec::new();
    }
    let identifiers = &settings.sign_up.identifiers;
    if identifiers.contains(&SignInIdentifier::Username) {
        return vec![SignInIdentifier::Username];
    }
    wanted(identifiers.clone(), asked_for)
}

/// By what a forgotten password may be recovered here.
pub(super) fn recovery_kinds(settings: &SignInExperience) -> Vec<SignInIdentifier> {
    if !settings.has_passwords() || !settings.sign_in_mode.allows_sign_in() {
        return Vec::new();
    }
    let mut kinds = Vec::new();
    for (method, kind) in [
        (
            ForgotPasswordMethod::EmailVerificationCode,
            SignInIdentifier::Email,
        ),
        (
            ForgotPasswordMethod::PhoneVerificationCode,
            SignInIdentifier::Phone,
        ),
    ] {
        if settings.recovers_by(method) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Those that the application asks for, if they leave any.
fn wanted(kinds: Vec<SignInIdentifier>, asked_for: &[String]) -> Vec<SignInIdentifier> {
    let is_wanted = |kind: &SignInIdentifier| asked_for.iter().any(|name| name == kind.as_str());
    let some: Vec<_> = kinds.iter().copied().filter(is_wanted).collect();
    if some.is_empty() { kinds } else { some }
}

/// What was typed into a field for an identifier, to be read and to be shown again.
pub(crate) struct Typed<'a> {
    pub(crate) text: &'a str,
    pub(crate) region: Region,
}

impl<'a> Typed<'a> {
    pub(crate) fn new(text: &'a str, region: &str, visitor: &Visitor) -> Self {
        Self {
            text,
            region: Region::parse(region).unwrap_or(visitor.region),
        }
    }

    pub(crate) fn read(&self, kinds: &[SignInIdentifier]) -> Result<Identifier, FieldProblem> {
        Identifier::read(self.text, kinds, self.region).map_err(|error| match error {
            IdentifierError::Empty => FieldProblem::Missing,
            IdentifierError::Malformed(SignInIdentifier::Phone) => {
                ErrorCode::UserInvalidPhone.into()
            }
            IdentifierError::Malformed(_) => FieldProblem::Malformed,
        })
    }

    pub(crate) fn field<'f>(
        &'f self,
        kinds: &'f [IdentifierKind],
        region: &'f str,
        visitor: &Visitor,
        error: Option<FieldProblem>,
    ) -> IdentifierField<'f> {
        IdentifierField {
            kinds,
            value: if self.text.len() <= LONGEST_SHOWN {
                self.text
            } else {
                ""
            },
            countries: Country::all(visitor.language),
            region,
            error,
        }
    }
}

pub(crate) fn kinds_of_page(kinds: &[SignInIdentifier]) -> Vec<IdentifierKind> {
    let kinds = kinds.iter().map(|kind| match kind {
        SignInIdentifier::Username => IdentifierKind::Username,
        SignInIdentifier::Email => IdentifierKind::Email,
        SignInIdentifier::Phone => IdentifierKind::Phone,
    });
    kinds.collect()
}

/// An identifier as its owner wrote it, or nearly so.
pub(crate) fn shown(identifier: &Identifier) -> String {
    match identifier {
        Identifier::Username(name) => name.clone(),
        Identifier::Email(email) => email.as_str().to_owned(),
        Identifier::Phone(phone) => phone.e164(),
    }
}

/// What a password manager keeps a password under: of the account to come, or of the known one.
pub(crate) fn account_name(user: Option<&User>, draft: &ProfileDraft) -> String {
    let draft_phone = draft.phone.as_ref().map(moongate_core::Phone::e164);
    let draft_email = draft.email.as_ref().map(|it| it.as_str().to_owned());
    let of_user = |user: &User| {
        let phone = user.primary_phone.as_ref().map(moongate_core::Phone::e164);
        user.username
            .clone()
            .or_else(|| user.primary_email.clone())
            .or(phone)
    };
    draft
        .username
        .clone()
        .or(draft_email)
        .or(draft_phone)
        .or_else(|| user.and_then(of_user))
        .unwrap_or_default()
}

/// What a new password must keep to.
pub(crate) fn password_hints(policy: &PasswordPolicy) -> Vec<PasswordHint> {
    let mut hints = vec![PasswordHint::Length {
        min: policy.min_length(),
    }];
    if policy.min_character_types() > 1 {
        hints.push(PasswordHint::CharacterTypes {
            min: policy.min_character_types(),
        });
    }
    if policy.rejects_pwned() {
        hints.push(PasswordHint::NotPwned);
    }
    hints
}

/// What is wrong with a new password, if that is what an error says.
pub(crate) fn password_problems(error: &FlowError) -> Option<Vec<PasswordProblem>> {
    match error {
        FlowError::PasswordRejected(issues) => Some(issues.iter().map(password_problem).collect()),
        FlowError::Refused(ErrorCode::UserSamePassword) => {
            Some(vec![PasswordProblem::SameAsBefore])
        }
        _ => None,
    }
}

fn password_problem(issue: &PasswordIssue) -> PasswordProblem {
    let bound = match issue.interpolation {
        Some(PasswordInterpolation::Min(bound) | PasswordInterpolation::Max(bound)) => bound,
        None => 0,
    };
    match issue.code {
        PasswordIssueCode::TooShort => PasswordProblem::TooShort { min: bound },
        PasswordIssueCode::TooLong => PasswordProblem::TooLong { max: bound },
        PasswordIssueCode::CharacterTypes => PasswordProblem::CharacterTypes { min: bound },
        PasswordIssueCode::UnsupportedCharacters => PasswordProblem::UnsupportedCharacters,
        PasswordIssueCode::Pwned => PasswordProblem::Pwned,
        PasswordIssueCode::RestrictedRepetition => PasswordProblem::Repetition,
        PasswordIssueCode::RestrictedSequence => PasswordProblem::Sequence,
        PasswordIssueCode::RestrictedUserInfo => PasswordProblem::UserInfo,
        PasswordIssueCode::RestrictedWords => PasswordProblem::Words,
    }
}

/// What is wrong with an identifier that was given, if that is what an error says.
pub(crate) fn identifier_problem(
    error: &FlowError,
    kind: SignInIdentifier,
) -> Option<FieldProblem> {
    match error {
        FlowError::Send(SendError::BadAddress) => Some(match kind {
            SignInIdentifier::Phone => ErrorCode::UserInvalidPhone.into(),
            _ => FieldProblem::Malformed,
        }),
        FlowError::Refused(ErrorCode::GuardInvalidInput) if kind == SignInIdentifier::Username => {
            Some(FieldProblem::UsernameCharacters)
        }
        FlowError::UserNotExist(_)
        | FlowError::Refused(
            ErrorCode::UserUsernameAlreadyInUse
            | ErrorCode::UserEmailAlreadyInUse
            | ErrorCode::UserPhoneAlreadyInUse
            | ErrorCode::SessionEmailNotAllowed
            | ErrorCode::SessionEmailSubaddressingNotAllowed,
        ) => Some(problem(error).into()),
        _ => None,
    }
}

/// The texts that one agrees to.
pub(super) fn terms(settings: &SignInExperience) -> Option<Terms> {
    let terms = settings.terms_of_use_url.clone();
    let privacy = settings.privacy_policy_url.clone();
    match (terms, privacy) {
        (Some(terms), Some(privacy)) => Some(Terms::Both { terms, privacy }),
        (Some(terms), None) => Some(Terms::TermsOnly(terms)),
        (None, Some(privacy)) => Some(Terms::PrivacyOnly(privacy)),
        (None, None) => None,
    }
}
