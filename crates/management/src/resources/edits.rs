//! What was taken out of a list or a text, and what was put in, for people to read.

use std::fmt::{self, Display};

/// With more pairs than these, a difference is not looked for: everything is shown as replaced.
const MOST_PAIRS: usize = 4_000_000;
/// Lines shown around a changed one.
const CONTEXT: usize = 3;

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Keep,
    Remove,
    Add,
}

impl Edit {
    fn sign(self) -> char {
        match self {
            Self::Keep => ' ',
            Self::Remove => '-',
            Self::Add => '+',
        }
    }
}

/// Writes the items that went and came, each on a line of its own.
pub(super) fn write_list<T: PartialEq + Display>(
    f: &mut fmt::Formatter<'_>,
    before: &[T],
    after: &[T],
) -> fmt::Result {
    for (edit, item) in edits(before, after) {
        if edit != Edit::Keep {
            write!(f, "\n      {} {item}", edit.sign())?;
        }
    }
    Ok(())
}

/// Writes the lines that went and came as a unified difference does, with those around them.
/// Control characters are escaped, since they would be the terminal's to obey.
pub(super) fn write_text(f: &mut fmt::Formatter<'_>, before: &str, after: &str) -> fmt::Result {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let edits = edits(&before, &after);
    let is_near = |index: usize| {
        let from = index.saturating_sub(CONTEXT);
        let to = (index + CONTEXT + 1).min(edits.len());
        edits[from..to].iter().any(|(edit, _)| *edit != Edit::Keep)
    };
    let (mut old, mut new) = (1, 1);
    let mut was_shown = false;
    for (index, (edit, line)) in edits.iter().enumerate() {
        let is_shown = is_near(index);
        if is_shown && !was_shown {
            write!(f, "\n      @@ -{old} +{new} @@")?;
        }
        if is_shown {
            write!(f, "\n      {} {}", edit.sign(), Plain(line))?;
        }
        was_shown = is_shown;
        old += usize::from(*edit != Edit::Add);
        new += usize::from(*edit != Edit::Remove);
    }
    Ok(())
}

/// Text without control characters.
struct Plain<'a>(&'a str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            if char.is_control() && char != '\t' {
                write!(f, "{}", char.escape_default())?;
            } else {
                write!(f, "{char}")?;
            }
        }
        Ok(())
    }
}

/// The shortest way from one to the other: what stays stays in its order.
fn edits<'a, T: PartialEq>(before: &'a [T], after: &'a [T]) -> Vec<(Edit, &'a T)> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (head, old) = before.split_at(same);
    let new = &after[same..];
    let same = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old, tail) = old.split_at(old.len() - same);
    let new = &new[..new.len() - same];

    let keep = |items: &'a [T]| items.iter().map(|item| (Edit::Keep, item));
    let mut edits: Vec<_> = keep(head).collect();
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        edits.extend(old.iter().map(|item| (Edit::Remove, item)));
        edits.extend(new.iter().map(|item| (Edit::Add, item)));
    } else {
        edits.extend(between(old, new));
    }
    edits.extend(keep(tail));
    edits
}

/// By the longest common subsequence.
fn between<'a, T: PartialEq>(old: &'a [T], new: &'a [T]) -> Vec<(Edit, &'a T)> {
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            longest[row * width + column] = if old[row] == new[column] {
                longest[(row + 1) * width + column + 1] + 1
            } else {
                longest[(row + 1) * width + column].max(longest[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut edits = Vec::new();
    while row < old.len() || column < new.len() {
        if row < old.len() && column < new.len() && old[row] == new[column] {
            edits.push((Edit::Keep, &old[row]));
            (row, column) = (row + 1, column + 1);
        } else if row < old.len()
            && (column == new.len()
                || longest[(row + 1) * width + column] >= longest[row * width + column + 1])
        {
            edits.push((Edit::Remove, &old[row]));
            row += 1;
        } else {
            edits.push((Edit::Add, &new[column]));
            column += 1;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text<'a>(&'a str, &'a str);

    impl Display for Text<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_text(f, self.0, self.1)
        }
    }

    struct List<'a>(&'a [i32], &'a [i32]);

    impl Display for List<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_list(f, self.0, self.1)
        }
    }

    #[track_caller]
    fn check(shown: &impl Display, expected: &[&str]) {
        let shown = shown.to_string();
        let lines: Vec<_> = shown.lines().skip(1).map(|line| &line[6..]).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn of_a_list_only_what_changed_is_shown() {
        check(&List(&[1, 2, 3], &[1, 3, 4]), &["- 2", "+ 4"]);
        check(&List(&[], &[1]), &["+ 1"]);
        check(&List(&[1, 2], &[2, 1]), &["- 1", "+ 1"]);
        check(&List(&[1], &[1]), &[]);
    }

    #[test]
    fn of_a_text_what_is_around_it_too() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14";
        check(
            &Text(before, after),
            &[
                "@@ -2 +2 @@",
                "  2",
                "  3",
                "  4",
                "- 5",
                "+ five",
                "  6",
                "  7",
                "  8",
                "@@ -11 +11 @@",
                "  11",
                "  12",
                "  13",
                "+ 14",
            ],
        );
        check(&Text("", "a\u{1b}[31m"), &["@@ -1 +1 @@", "+ a\\u{1b}[31m"]);
    }

    #[test]
    fn what_is_too_long_to_compare_is_replaced() {
        let long = |first: i32| (first..first + 3000).collect::<Vec<_>>();
        let (before, after) = (long(0), long(10_000));
        let edits = edits(&before, &after);
        assert_eq!(edits.len(), 6000);
        assert_eq!(edits[0].0, Edit::Remove);
        assert_eq!(edits[5999].0, Edit::Add);
    }
}
