//! The fields that several pages ask for: an identifier, a password, a new password. They know how
//! browsers and password managers fill them in, and what can be wrong with them; never whether it
//! is.

use maud::{Markup, html};
use moongate_core::ErrorCode;

use crate::{
    Chrome, Country, Problem, components,
    phrases::{Phrase, Words},
};

/// A kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// A user name.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

/// A field for an identifier: `identifier`, and beside it `region` where it may be a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentifierField<'a> {
    /// What it may be, in the order to name them. At least one.
    pub kinds: &'a [IdentifierKind],
    /// What was typed, kept after an error; else empty, or the hint that the app gave.
    pub value: &'a str,
    /// The countries to choose from, in order. Shown where it may be a phone number.
    pub countries: &'a [Country],
    /// The code of the chosen country.
    pub region: &'a str,
    /// What is wrong with it.
    pub error: Option<FieldProblem>,
}

/// What is wrong with what was typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProblem {
    /// Nothing was typed.
    Missing,
    /// It is nothing that the field takes, such as no e-mail address.
    Malformed,
    /// The text is too short.
    TooShort {
        /// The fewest characters.
        min: u32,
    },
    /// The text is too long.
    TooLong {
        /// The most characters.
        max: u32,
    },
    /// The user name has characters that it can't have.
    UsernameCharacters,
    /// It is not the password of the account, which is known by then: where it is not, the answer
    /// is [`ErrorCode::SessionInvalidCredentials`], which tells nobody whether there is one.
    WrongPassword,
    /// It was refused for a reason that has words of its own.
    Refused(Problem),
}

/// What a new password must keep to, said before it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordHint {
    /// So many characters at least.
    Length {
        /// The fewest characters.
        min: u32,
    },
    /// Characters of so many of the four types: lower case, upper case, digits, others.
    CharacterTypes {
        /// The fewest types.
        min: u32,
    },
    /// None that is known from leaks.
    NotPwned,
    /// None like `aaaa` or `1234`.
    NoRepetitionOrSequence,
    /// Nothing of the user's own name, address or number.
    NoUserInfo,
}

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Too few characters; the empty password, too.
    TooShort {
        /// The fewest characters.
        min: u32,
    },
    /// Too many characters.
    TooLong {
        /// The most characters.
        max: u32,
    },
    /// Too few types of characters.
    CharacterTypes {
        /// The fewest types.
        min: u32,
    },
    /// Characters that can't be kept.
    UnsupportedCharacters,
    /// Known from leaks.
    Pwned,
    /// One character over and over.
    Repetition,
    /// A run such as `1234` or `qwerty`.
    Sequence,
    /// The user's own name, address or number.
    UserInfo,
    /// A word that the tenant does not allow.
    Words,
    /// The present password.
    SameAsBefore,
}

/// How browsers fill an identifier in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// It is what a password belongs to, here or on the next page: password managers fill it in.
    Account,
    /// It is a name, address or number of the person's own, from what the browser knows of them.
    Person,
}

impl From<Problem> for FieldProblem {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<ErrorCode> for FieldProblem {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.into())
    }
}

impl IdentifierKind {
    fn name(self) -> Phrase {
        match self {
            Self::Username => Phrase::KindUsername,
            Self::Email => Phrase::KindEmail,
            Self::Phone => Phrase::KindPhone,
        }
    }
}

impl FieldProblem {
    /// The words for it, in a field for one of `kinds`.
    fn words(self, words: &Words, kinds: &[IdentifierKind]) -> String {
        match self {
            Self::Missing => words.text(Phrase::FieldMissing),
            Self::Malformed => match kinds {
                [IdentifierKind::Email] => words.text(Phrase::FieldMalformedEmail),
                [IdentifierKind::Phone] => Problem::from(ErrorCode::UserInvalidPhone).words(words),
                _ => words.text(Phrase::FieldMalformed),
            },
            Self::TooShort { min } => words.with_number(Phrase::FieldTooShort, "min", min),
            Self::TooLong { max } => words.with_number(Phrase::FieldTooLong, "max", max),
            Self::UsernameCharacters => words.text(Phrase::FieldUsernameCharacters),
            Self::WrongPassword => words.text(Phrase::FieldWrongPassword),
            Self::Refused(problem) => problem.words(words),
        }
    }

    /// The words for it, in a field for anything else than an identifier.
    pub(crate) fn plain_words(self, words: &Words) -> String {
        self.words(words, &[])
    }
}

impl PasswordHint {
    fn words(self, words: &Words) -> String {
        match self {
            Self::Length { min } => words.with_number(Phrase::PasswordHintLength, "min", min),
            Self::CharacterTypes { min } => {
                words.with_number(Phrase::PasswordHintTypes, "min", min)
            }
            Self::NotPwned => words.text(Phrase::PasswordHintPwned),
            Self::NoRepetitionOrSequence => words.text(Phrase::PasswordHintSequence),
            Self::NoUserInfo => words.text(Phrase::PasswordHintUserInfo),
        }
    }
}

impl PasswordProblem {
    fn words(self, words: &Words) -> String {
        match self {
            Self::TooShort { min } => words.with_number(Phrase::PasswordTooShort, "min", min),
            Self::TooLong { max } => words.with_number(Phrase::PasswordTooLong, "max", max),
            Self::CharacterTypes { min } => {
                words.with_number(Phrase::PasswordCharacterTypes, "min", min)
            }
            Self::UnsupportedCharacters => words.text(Phrase::PasswordUnsupportedCharacters),
            Self::Pwned => words.text(Phrase::PasswordPwned),
            Self::Repetition => words.text(Phrase::PasswordRepetition),
            Self::Sequence => words.text(Phrase::PasswordSequence),
            Self::UserInfo => words.text(Phrase::PasswordUserInfo),
            Self::Words => words.text(Phrase::PasswordWords),
            Self::SameAsBefore => words.text(Phrase::PasswordSameAsBefore),
        }
    }
}

impl<'a> IdentifierField<'a> {
    /// A field that takes no phone number, with nothing wrong.
    pub fn without_region(kinds: &'a [IdentifierKind], value: &'a str) -> Self {
        Self {
            kinds,
            value,
            countries: &[],
            region: "",
            error: None,
        }
    }

    /// What the field asks for: "E-mail or phone number".
    fn label(&self, words: &Words) -> String {
        let names: Vec<_> = self
            .kinds
            .iter()
            .map(|kind| words.text(kind.name()))
            .collect();
        let label = match names.as_slice() {
            [first, second] => words.with(
                Phrase::KindsTwo,
                &[("first", first.as_str()), ("second", second.as_str())],
            ),
            [first, second, third, ..] => words.with(
                Phrase::KindsThree,
                &[
                    ("first", first.as_str()),
                    ("second", second.as_str()),
                    ("third", third.as_str()),
                ],
            ),
            [only] => only.clone(),
            [] => String::new(),
        };
        sentence_case(&label)
    }

    /// The field with its label, and the region's beside it.
    pub(crate) fn render(&self, chrome: &Chrome, filling: Filling, autofocus: bool) -> Markup {
        let words = chrome.words();
        let error = self.error.map(|error| error.words(words, self.kinds));
        let is_phone = self.kinds == [IdentifierKind::Phone];
        let field = html! {
            div.field {
                label for="identifier" { (self.label(words)) }
                (self.input(filling, error.is_some(), autofocus))
            }
        };
        html! {
            @if self.kinds.contains(&IdentifierKind::Phone) {
                div.joined {
                    // A number is read after its country; anything else is typed at once.
                    @if is_phone { (self.region(chrome, Phrase::RegionLabel)) (field) }
                    @else { (field) (self.region(chrome, Phrase::RegionLabelMaybe)) }
                }
            } @else { (field) }
            (components::field_error("identifier-error", error.as_deref()))
        }
    }

    fn input(&self, filling: Filling, has_error: bool, autofocus: bool) -> Markup {
        let (kind, inputmode, own) = match self.kinds {
            [IdentifierKind::Phone] => ("tel", Some("tel"), "tel"),
            // `type="email"` refuses addresses with letters beyond ASCII.
            [IdentifierKind::Email] => ("text", Some("email"), "email"),
            _ => ("text", None, "username"),
        };
        let autocomplete = match filling {
            Filling::Account => "username",
            Filling::Person => own,
        };
        html! {
            input #identifier type=(kind) name="identifier" value=(self.value)
                inputmode=[inputmode] autocomplete=(autocomplete) autocapitalize="none"
                spellcheck="false" maxlength="256" required autofocus[autofocus] dir="ltr"
                aria-invalid=[has_error.then_some("true")]
                aria-describedby=[has_error.then_some("identifier-error")];
        }
    }

    fn region(&self, chrome: &Chrome, label: Phrase) -> Markup {
        html! {
            div.field {
                label for="region" { (chrome.text(label)) }
                select #region name="region" autocomplete="country" {
                    @for country in self.countries {
                        option value=(country.region) selected[country.region == self.region] {
                            (country.name) " +" (country.calling_code)
                        }
                    }
                }
            }
        }
    }
}

/// The account that a password belongs to, in a field that password managers read and nobody
/// writes: without it they keep a password that they can offer nowhere.
pub(crate) fn shown_identifier(chrome: &Chrome, identifier: &str) -> Markup {
    html! {
        div.field {
            label for="username" { (chrome.text(Phrase::AccountLabel)) }
            input #username .shown type="text" value=(identifier) autocomplete="username" readonly
                dir="ltr";
        }
    }
}

/// The field for a password that exists. It has no greatest length, here as for new ones: a browser
/// would cut what is longer, and say nothing.
pub(crate) fn present_password(
    chrome: &Chrome,
    id: &str,
    label: Phrase,
    error: Option<FieldProblem>,
    autofocus: bool,
) -> Markup {
    let error = error.map(|error| error.plain_words(chrome.words()));
    let error_id = format!("{id}-error");
    html! {
        div.field {
            label for=(id) { (chrome.text(label)) }
            div.secret dir="ltr" {
                input id=(id) type="password" name=(id) autocomplete="current-password"
                    required autofocus[autofocus] dir="ltr"
                    aria-invalid=[error.as_ref().map(|_| "true")]
                    aria-describedby=[error.as_ref().map(|_| error_id.as_str())];
                (show_toggle(chrome, id))
            }
        }
        (components::field_error(&error_id, error.as_deref()))
    }
}

/// The field for a password to be, with what it must keep to and what is wrong with it. There is no
/// second one to repeat it: it can be shown instead.
pub(crate) fn new_password(
    chrome: &Chrome,
    hints: &[PasswordHint],
    issues: &[PasswordProblem],
    autofocus: bool,
) -> Markup {
    let words = chrome.words();
    let described_by = match (issues.is_empty(), hints.is_empty()) {
        (true, true) => None,
        (true, false) => Some("password-hints"),
        (false, true) => Some("password-error"),
        (false, false) => Some("password-error password-hints"),
    };
    html! {
        div.field {
            label for="password" { (words.text(Phrase::PasswordNewLabel)) }
            div.secret dir="ltr" {
                input #password type="password" name="password" autocomplete="new-password"
                    required autofocus[autofocus] dir="ltr"
                    aria-invalid=[(!issues.is_empty()).then_some("true")]
                    aria-describedby=[described_by];
                (show_toggle(chrome, "password"))
            }
        }
        @if !issues.is_empty() {
            div.field-error #password-error role="alert" {
                @for issue in issues { p { (issue.words(words)) } }
            }
        }
        @if !hints.is_empty() {
            ul.hints #password-hints {
                @for hint in hints { li { (hint.words(words)) } }
            }
        }
    }
}

/// Shows what is typed, where the script runs. It stands at the end of the line as the password
/// runs, which is from left to right.
fn show_toggle(chrome: &Chrome, id: &str) -> Markup {
    html! {
        button.show type="button" hidden data-show=(id) aria-controls=(id) aria-pressed="false"
            aria-label=(chrome.text(Phrase::PasswordShow)) {
            svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
                path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z" {}
                circle cx="12" cy="12" r="3" {}
                path.slash d="m4 4 16 16" {}
            }
        }
    }
}

/// With a capital at the start, where the script has any.
fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
