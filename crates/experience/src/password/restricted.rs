//! What a password may not mostly consist of: repetitions, sequences, given words, and what is
//! known about its owner.
//!
//! Logto's rule: a password may contain such material, if at least three other characters (of a
//! very short one: all but one) remain. It says which kinds were found, never which words.

use unicode_normalization::UnicodeNormalization as _;

/// What is known about the person who chooses a password.
#[derive(Debug, Clone, Copy, Default)]
pub struct PersonalWords<'a> {
    /// Their full name.
    pub name: Option<&'a str>,
    /// Their user name.
    pub username: Option<&'a str>,
    /// Their e-mail address.
    pub email: Option<&'a str>,
    /// Their phone number, however it is written.
    pub phone: Option<&'a str>,
}

/// A kind of restricted material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Material {
    Repetition,
    Sequence,
    UserInfo,
    Words,
}

/// Runs of fewer characters are no repetition, no sequence and no personal word.
const SHORTEST: usize = 3;
/// How much of a phone number has to turn up: fewer digits are as likely a date.
const SHORTEST_PHONE: usize = 6;
/// With more characters than these besides, a password is as good as without the material.
const TOLERANCE: usize = 3;

/// What people type along: digits, the alphabet, the rows and the columns of a keyboard.
const SEQUENCES: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik",
    "9ol",
];

/// Which material to look for.
pub(super) struct Restrictions {
    repetition_and_sequence: bool,
    personal: Vec<Vec<char>>,
    phone: Vec<char>,
    words: Vec<Vec<char>>,
}

impl Restrictions {
    pub(super) fn new(
        repetition_and_sequence: bool,
        about: Option<&PersonalWords<'_>>,
        words: &[String],
    ) -> Self {
        let phone = about.and_then(|about| about.phone).unwrap_or_default();
        Self {
            repetition_and_sequence,
            personal: about.map(personal).unwrap_or_default(),
            phone: phone.chars().filter(char::is_ascii_digit).collect(),
            words: words.iter().map(|word| folded(word)).collect(),
        }
    }

    /// The kinds that a password has too much of, all together; none of them if enough of it is
    /// something else.
    pub(super) fn found_in(&self, password: &str) -> Vec<Material> {
        let password = folded(password);
        let mut covered = vec![false; password.len()];
        let mut found = Vec::new();
        for start in 0..password.len() {
            for (material, length) in self.lengths(&password[start..]) {
                if length > 0 {
                    covered[start..start + length].fill(true);
                    if !found.contains(&material) {
                        found.push(material);
                    }
                }
            }
        }
        let covered = covered.into_iter().filter(|covered| *covered).count();
        if covered > password.len().saturating_sub(TOLERANCE).max(1) {
            return found;
        }
        Vec::new()
    }

    /// How much of each kind is at the beginning of `rest`.
    fn lengths(&self, rest: &[char]) -> [(Material, usize); 4] {
        let (repetition, sequence) = if self.repetition_and_sequence {
            (repetition(rest), sequence(rest))
        } else {
            (0, 0)
        };
        let phone = run_within(rest, &self.phone, SHORTEST_PHONE);
        [
            (Material::Repetition, repetition),
            (Material::Sequence, sequence),
            (Material::UserInfo, phone.max(longest(rest, &self.personal))),
            (Material::Words, longest(rest, &self.words)),
        ]
    }
}

/// The words by which a person is known, but for the phone number.
fn personal(about: &PersonalWords<'_>) -> Vec<Vec<char>> {
    let name = about.name.unwrap_or_default();
    let email = about.email.unwrap_or_default();
    let local_part = email.rsplit_once('@').map_or(email, |(local, _)| local);
    let joined: String = name.split_whitespace().collect();
    let mut words = vec![
        folded(name),
        folded(&joined),
        folded(about.username.unwrap_or_default()),
        folded(email),
        folded(local_part),
    ];
    words.extend(name.split_whitespace().map(folded));
    words.retain(|word| word.len() >= SHORTEST);
    words
}

/// The characters without regard to case and spelling; each stays one character.
fn folded(text: &str) -> Vec<char> {
    let lower = |character: char| character.to_lowercase().next().unwrap_or(character);
    text.nfc().map(lower).collect()
}

fn repetition(rest: &[char]) -> usize {
    let same = rest.iter().take_while(|character| **character == rest[0]);
    at_least(SHORTEST, same.count())
}

fn sequence(rest: &[char]) -> usize {
    let runs = SEQUENCES.iter().map(|sequence| {
        let up: Vec<char> = sequence.chars().collect();
        let down: Vec<char> = sequence.chars().rev().collect();
        run_within(rest, &up, SHORTEST).max(run_within(rest, &down, SHORTEST))
    });
    runs.max().unwrap_or(0)
}

/// How many characters at the beginning of `rest` follow each other in `text` as well.
fn run_within(rest: &[char], text: &[char], shortest: usize) -> usize {
    let runs = (0..text.len()).map(|start| {
        let pairs = rest.iter().zip(&text[start..]);
        pairs.take_while(|(left, right)| left == right).count()
    });
    at_least(shortest, runs.max().unwrap_or(0))
}

fn longest(rest: &[char], words: &[Vec<char>]) -> usize {
    let found = words.iter().filter(|word| rest.starts_with(word));
    found.map(Vec::len).max().unwrap_or(0)
}

fn at_least(shortest: usize, length: usize) -> usize {
    if length < shortest { 0 } else { length }
}
