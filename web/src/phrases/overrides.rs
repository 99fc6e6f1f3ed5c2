//! A tenant's own words in place of ours, message by message. It refuses what would leave a hole in
//! a page: an unknown key, a text that can't be read, one that names what the page has not got, or
//! leaves out what it must say.

use std::collections::BTreeSet;

use fluent_bundle::{
    FluentArgs, FluentError, FluentResource, FluentValue,
    resolver::{ResolverError, errors::ReferenceKind},
};

use super::{Bundle, Words, bundle, source};
use crate::Language;

/// Why a text can't stand in place of one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// No message of ours has the key.
    #[error("no phrase has this key")]
    UnknownKey,
    /// The text can't be read. It is a pattern of Fluent (<https://projectfluent.org>) with
    /// arguments and forms by number; it refers to no other message.
    #[error("the text can't be read")]
    Malformed,
    /// The text names an argument that the page does not give.
    #[error("this phrase has no {{ ${0} }}")]
    UnknownArgument(String),
    /// The text leaves out an argument without which it is of no use, such as where a code went.
    #[error("{{ ${0} }} is missing")]
    MissingArgument(String),
}

/// Messages that may leave out the name of the app or of this service, which is only decoration
/// there. Where access is given, names stay.
const MAY_LEAVE_NAMES_OUT: &[&str] = &[
    "agree-lead-existing",
    "continue-lead-existing",
    "continue-lead-new",
    "form-post-title",
    "home-title",
    "register-title",
    "setup-done-body",
    "setup-lead",
    "setup-title",
    "sign-in-title",
    "sign-out-body",
    "way-back",
];

/// Arguments that are numbers; every other is a name or a link.
const NUMBERS: &[&str] = &["count", "max", "min"];

/// Numbers that take every form of a number in the languages that we may speak, the last of which
/// is looked for in the text.
const SAMPLES: &[u32] = &[0, 1, 2, 3, 11, 97];

/// Looks whether a text may stand in place of the message of ours with that key, such as
/// `sign-in-title`. A text that is refused here is left out by
/// [`Language::words_with`](crate::Language::words_with).
///
/// # Errors
///
/// Why it may not.
pub fn check_override(key: &str, text: &str) -> Result<(), PhraseError> {
    let expected = arguments(key).ok_or(PhraseError::UnknownKey)?;
    let own = Override::parse(key, text).ok_or(PhraseError::Malformed)?;
    let mut found = BTreeSet::new();
    for sample in SAMPLES {
        let said = own.format(&expected, *sample)?;
        found.extend(
            expected
                .iter()
                .filter(|name| said.contains(&marker(name, *sample)))
                .cloned(),
        );
    }
    let names = ["app", "brand"];
    let missing = expected
        .difference(&found)
        .find(|name| !(names.contains(&name.as_str()) && MAY_LEAVE_NAMES_OUT.contains(&key)));
    match missing {
        Some(name) => Err(PhraseError::MissingArgument(name.clone())),
        None => Ok(()),
    }
}

/// The words of a language with texts of a tenant's in place of ours, by key; those that
/// [`check_override`] refuses are left out.
pub(crate) fn words_with<'t>(
    language: Language,
    overrides: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Words {
    let mut words = Words::parse(language);
    for (key, text) in overrides {
        if check_override(key, text).is_ok()
            && let Some(resource) = resource(key, text)
        {
            words.0.add_resource_overriding(resource);
        }
    }
    words
}

/// Our own texts of a language by key, as [`check_override`] takes them.
pub(crate) fn texts(language: Language) -> Vec<(&'static str, String)> {
    let mut texts: Vec<(&'static str, String)> = Vec::new();
    for line in source(language).lines() {
        if let Some((key, text)) = line.split_once(" = ")
            && key.starts_with(|first: char| first.is_ascii_alphabetic())
        {
            texts.push((key, text.to_owned()));
        } else if let Some((_, text)) = texts.last_mut()
            && !line.is_empty()
            && !line.starts_with('#')
        {
            text.push('\n');
            text.push_str(line);
        }
    }
    texts
}

/// The arguments of a message of ours; `None` where there is no such message.
fn arguments(key: &str) -> Option<BTreeSet<String>> {
    let words = super::words(Language::En);
    let pattern = words.0.get_message(key)?.value()?;
    let mut errors = Vec::new();
    // Given nothing, it complains of everything that it needs.
    words.0.format_pattern(pattern, None, &mut errors);
    Some(errors.iter().filter_map(unknown_argument).collect())
}

fn unknown_argument(error: &FluentError) -> Option<String> {
    match error {
        FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { id })) => {
            Some(id.clone())
        }
        _ => None,
    }
}

/// What stands in for an argument while a text is looked at.
fn marker(name: &str, sample: u32) -> String {
    if NUMBERS.contains(&name) {
        sample.to_string()
    } else {
        format!("\u{f8ff}{name}\u{f8ff}")
    }
}

/// One message with nothing around it.
struct Override<'k> {
    key: &'k str,
    bundle: Bundle,
}

impl<'k> Override<'k> {
    fn parse(key: &'k str, text: &str) -> Option<Self> {
        let mut bundle = bundle(Language::En);
        bundle.add_resource(resource(key, text)?).ok()?;
        let message = bundle.get_message(key)?;
        // A line that begins with a dot would be cut off as an attribute.
        let is_whole = message.value().is_some() && message.attributes().next().is_none();
        is_whole.then_some(Self { key, bundle })
    }

    fn format(&self, arguments: &BTreeSet<String>, sample: u32) -> Result<String, PhraseError> {
        let mut args = FluentArgs::new();
        for name in arguments {
            if NUMBERS.contains(&name.as_str()) {
                args.set(name.clone(), FluentValue::from(sample));
            } else {
                args.set(name.clone(), marker(name, sample));
            }
        }
        let pattern = self
            .bundle
            .get_message(self.key)
            .and_then(|message| message.value())
            .ok_or(PhraseError::Malformed)?;
        let mut errors = Vec::new();
        let said = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        match errors.first() {
            None => Ok(said.into_owned()),
            Some(error) => Err(unknown_argument(error)
                .map_or(PhraseError::Malformed, PhraseError::UnknownArgument)),
        }
    }
}

/// The text as the one message of a resource.
fn resource(key: &str, text: &str) -> Option<FluentResource> {
    // Markers of woven text and control characters are for nobody to write.
    let is_plain = |char: char| {
        !('\u{e000}'..='\u{f8ff}').contains(&char) && (!char.is_control() || char == '\n')
    };
    let text = text.replace("\r\n", "\n");
    if !text.chars().all(is_plain) {
        return None;
    }
    // Every line after the first is indented, so that none begins a message of its own.
    let source = format!("{key} = {}\n", text.trim().replace('\n', "\n    "));
    let resource = FluentResource::try_new(source).ok()?;
    (resource.entries().count() == 1).then_some(resource)
}

#[cfg(test)]
mod tests {
    use maud::Render as _;

    use super::{PhraseError, check_override, texts, words_with};
    use crate::{
        Language,
        phrases::{Phrase, name},
    };

    #[test]
    fn our_own_texts_may_stand_in_place_of_themselves() {
        for language in Language::ALL {
            for (key, text) in texts(*language) {
                assert_eq!(check_override(key, &text), Ok(()), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn a_text_that_would_leave_a_hole_is_refused() {
        fn check(key: &str, text: &str, expected: &Result<(), PhraseError>) {
            assert_eq!(&check_override(key, text), expected, "{key} = {text:?}");
        }
        let unknown = |name: &str| Err(PhraseError::UnknownArgument(name.to_owned()));
        let missing = |name: &str| Err(PhraseError::MissingArgument(name.to_owned()));
        let malformed = || Err(PhraseError::Malformed);
        check("sign-in-title", "Welcome to { $app }!", &Ok(()));
        check("sign-in-title", "Welcome back", &Ok(()));
        check("sign-in-title", "Two\nlines, { $app }", &Ok(()));
        check("consent-title", "Go on?", &missing("app"));
        check("code-sent", "Look for the code", &missing("recipient"));
        check("terms-both", "See { $terms }", &missing("privacy"));
        check("field-too-short", "At least { $min }", &Ok(()));
        check("field-too-short", "More", &missing("min"));
        check(
            "field-too-short",
            "{ $min ->\n[one] One\n*[other] { $min } or more\n}",
            &Ok(()),
        );
        check(
            "field-too-short",
            "{ $min ->\n[one] { $max }\n*[other] { $min }\n}",
            &unknown("max"),
        );
        check("sign-in-title", "Hello { $user }", &unknown("user"));
        check("no-such-key", "Hello", &Err(PhraseError::UnknownKey));
        check("", "Hello", &Err(PhraseError::UnknownKey));
        check("a = b\nsign-in-title", "x", &Err(PhraseError::UnknownKey));
        check("action-cancel", "", &malformed());
        check("action-cancel", "   ", &malformed());
        check("action-cancel", "{", &malformed());
        check("action-cancel", "}", &malformed());
        check("action-cancel", "{ action-continue }", &malformed());
        check("action-cancel", "{ -brand }", &malformed());
        check("action-cancel", "{ DATETIME(1) }", &malformed());
        check("action-cancel", "Stop\n.title = x", &malformed());
        check("action-cancel", "Stop\u{e000}", &malformed());
        check("action-cancel", "Stop\u{7}", &malformed());
        check("action-cancel", "Stop\naction-save = x", &Ok(()));
    }

    #[test]
    fn a_tenant_says_it_in_their_own_words_and_the_rest_in_ours() {
        let words = words_with(
            Language::En,
            [
                ("sign-in-title", "Welcome to { $app }"),
                ("action-cancel", "{ $nothing }"),
                ("no-such-key", "x"),
                ("action-save", "Keep\naction-continue = Steal"),
            ],
        );
        let woven = words.weave(Phrase::SignInTitle, &[("app", name("<b>").render())]);
        assert_eq!(woven.into_string(), "Welcome to <bdi>&lt;b&gt;</bdi>");
        assert_eq!(words.text(Phrase::ActionCancel), "Cancel");
        assert_eq!(words.text(Phrase::ActionContinue), "Continue");
        assert!(words.text(Phrase::ActionSave).starts_with("Keep\n"));
    }
}
