//! Licence expressions (SPDX 2.3, annex D), and whether ours are enough to satisfy one. deny.toml
//! says the same for users of cargo-deny.

/// Licences under which we take what we build on.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// Exceptions that only grant more.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Why this licence will not do, or nothing where it will.
pub(super) fn refuse(expression: &str) -> Option<String> {
    if expression.is_empty() {
        return Some("names no licence".to_owned());
    }
    let tokens = tokens(expression);
    let mut rest = tokens.as_slice();
    match any(&mut rest) {
        Some(true) if rest.is_empty() => None,
        Some(false) if rest.is_empty() => {
            Some(format!("its licence is not one of ours: {expression}"))
        }
        _ => Some(format!("its licence is no valid expression: {expression}")),
    }
}

/// Words and parentheses. The slash is how older manifests say OR.
fn tokens(expression: &str) -> Vec<String> {
    let mut spaced = String::new();
    for character in expression.chars() {
        match character {
            '(' | ')' => spaced.extend([' ', character, ' ']),
            '/' => spaced.push_str(" OR "),
            _ => spaced.push(character),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// `all (OR all)*`: whether one of them is satisfied; nothing where it can't be read.
fn any(rest: &mut &[String]) -> Option<bool> {
    let mut satisfied = all(rest)?;
    while take(rest, "OR") {
        satisfied |= all(rest)?;
    }
    Some(satisfied)
}

/// `one (AND one)*`: AND binds closer than OR.
fn all(rest: &mut &[String]) -> Option<bool> {
    let mut satisfied = one(rest)?;
    while take(rest, "AND") {
        satisfied &= one(rest)?;
    }
    Some(satisfied)
}

/// A licence, perhaps WITH an exception, or an expression in parentheses.
fn one(rest: &mut &[String]) -> Option<bool> {
    if take(rest, "(") {
        let satisfied = any(rest)?;
        return take(rest, ")").then_some(satisfied);
    }
    let licence = word(rest)?;
    let mut satisfied = ALLOWED.contains(&licence.as_str());
    if take(rest, "WITH") {
        satisfied &= EXCEPTIONS.contains(&word(rest)?.as_str());
    }
    Some(satisfied)
}

fn take(rest: &mut &[String], token: &str) -> bool {
    match rest.split_first() {
        Some((first, tail)) if first == token => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

fn word(rest: &mut &[String]) -> Option<String> {
    let (first, tail) = rest.split_first()?;
    if matches!(first.as_str(), "(" | ")" | "AND" | "OR" | "WITH") {
        return None;
    }
    *rest = tail;
    Some(first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ours_satisfy_passes() {
        for expression in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "Unlicense OR MIT",
            "Apache-2.0 OR GPL-2.0-only",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "ISC AND (Apache-2.0 OR ISC OR OpenSSL) AND MIT",
            "((MIT))",
            "GPL-3.0-only AND MIT OR ISC",
        ] {
            assert_eq!(refuse(expression), None, "{expression}");
        }
    }

    #[test]
    fn what_they_do_not_satisfy_is_refused() {
        for expression in [
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "ISC AND OpenSSL",
            "Apache-2.0 WITH Classpath-exception-2.0",
            "GPL-2.0-only WITH LLVM-exception",
            "MIT AND (GPL-3.0-only OR LGPL-3.0-only)",
        ] {
            let why = refuse(expression).unwrap();
            assert!(why.contains("not one of ours"), "{expression}: {why}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused_whatever_it_names() {
        for expression in [
            "MIT OR",
            "(MIT",
            "MIT)",
            "OR",
            "MIT Apache-2.0",
            "MIT WITH",
            "()",
        ] {
            let why = refuse(expression).unwrap();
            assert!(why.contains("no valid expression"), "{expression}: {why}");
        }
        assert!(refuse("").unwrap().contains("no licence"));
    }
}
