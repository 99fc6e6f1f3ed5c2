//! Puts the rules of a foreign stylesheet under one selector, by the syntax of CSS alone (CSS
//! Syntax Level 3 §5): it knows where rules begin and end, and nothing of what they say.

/// The stylesheet under `selector`, with everything closed that it leaves open.
pub(super) fn scoped(selector: &str, css: &str) -> String {
    let (mut beside, mut nested) = (String::new(), String::new());
    for rule in rules(css) {
        let place = match Placement::of(&rule) {
            Placement::Nested => &mut nested,
            Placement::Beside => &mut beside,
            Placement::Nowhere => continue,
        };
        place.push_str(rule.trim());
        place.push('\n');
    }
    if !nested.is_empty() {
        nested = format!("{selector} {{\n{nested}}}\n");
    }
    beside + &nested
}

/// Where a rule goes.
enum Placement {
    /// Under the selector.
    Nested,
    /// Beside it: it has no elements to be under.
    Beside,
    /// It stands only at the start of a file, or nobody knows what it does.
    Nowhere,
}

impl Placement {
    fn of(rule: &str) -> Self {
        let Some(name) = rule.trim_start().strip_prefix('@') else {
            return Self::Nested;
        };
        let end = name.find(|char: char| !char.is_ascii_alphanumeric() && char != '-');
        let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
        match name.as_str() {
            "media" | "supports" | "container" | "layer" | "scope" | "starting-style"
                if rule.contains('{') =>
            {
                Self::Nested
            }
            "font-face"
            | "keyframes"
            | "-webkit-keyframes"
            | "property"
            | "counter-style"
            | "font-feature-values"
            | "font-palette-values"
            | "page"
            | "view-transition"
            | "position-try" => Self::Beside,
            _ => Self::Nowhere,
        }
    }
}

/// The top-level rules, without the comments between them; the last is closed if it was open.
fn rules(css: &str) -> Vec<String> {
    let mut rules = Vec::new();
    let mut rule = String::new();
    // The closers of what is open, innermost last.
    let mut open: Vec<char> = Vec::new();
    let mut chars = css.chars().filter(|char| *char != '\0').peekable();
    while let Some(char) = chars.next() {
        match char {
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for inside in chars.by_ref() {
                    if last == '*' && inside == '/' {
                        break;
                    }
                    last = inside;
                }
                // A comment parts words as a space would.
                rule.push(' ');
                continue;
            }
            '\\' => {
                rule.push(char);
                // A stroke that ends the text would escape whatever we put after it.
                rule.push(chars.next().unwrap_or('\u{fffd}'));
                continue;
            }
            '"' | '\'' => {
                push_string(&mut rule, char, &mut chars);
                continue;
            }
            '{' => open.push('}'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            // A brace that closes nothing would close what we opened.
            '}' if open.is_empty() => continue,
            '}' | ')' | ']' if open.last() == Some(&char) => {
                open.pop();
            }
            _ => {}
        }
        rule.push(char);
        if open.is_empty() && (char == '}' || char == ';') {
            rules.push(std::mem::take(&mut rule));
        }
    }
    if !rule.trim().is_empty() {
        let is_statement = open.is_empty();
        rule.extend(open.into_iter().rev());
        // A selector without a block is no rule, and would swallow what comes after it.
        rule.push_str(if is_statement { ";" } else { "" });
        rules.push(rule);
    }
    rules.retain(|rule| rule.trim_start().starts_with('@') || rule.contains('{'));
    rules
}

/// A string with its quotes; one that a line end cuts off is closed there, as browsers read it.
fn push_string(
    rule: &mut String,
    quote: char,
    chars: &mut std::iter::Peekable<impl Iterator<Item = char>>,
) {
    rule.push(quote);
    while let Some(char) = chars.next_if(|char| *char != '\n') {
        rule.push(char);
        if char == quote {
            return;
        }
        if char == '\\' {
            rule.push(chars.next().unwrap_or('\u{fffd}'));
        }
    }
    rule.push(quote);
}

#[cfg(test)]
mod tests {
    use super::scoped;

    fn check(css: &str, expected: &str) {
        assert_eq!(scoped(".p", css), expected, "{css:?}");
    }

    #[test]
    fn rules_go_under_the_selector_and_what_has_no_elements_beside_it() {
        check("", "");
        check("  /* only words */ ", "");
        check(
            "a{b:c} @media (x) { d { e: f } }\n/* g */ & { h: i }",
            ".p {\na{b:c}\n@media (x) { d { e: f } }\n& { h: i }\n}\n",
        );
        check(
            "@Font-Face { src: url(a.woff2) } @keyframes k { to { b: c } } a { b: c }",
            "@Font-Face { src: url(a.woff2) }\n@keyframes k { to { b: c } }\n.p {\na { b: c }\n}\n",
        );
        check(
            "@import 'x'; @charset \"utf-8\"; @layer a; @unknown { x } a { b: c }",
            ".p {\na { b: c }\n}\n",
        );
    }

    #[test]
    fn nothing_gets_out_from_under_the_selector() {
        check("} body { a: b }", ".p {\nbody { a: b }\n}\n");
        check(
            "a { b: c } } } d { e: f }",
            ".p {\na { b: c }\nd { e: f }\n}\n",
        );
        check("a { b: c", ".p {\na { b: c}\n}\n");
        check(
            "@media (x) { a { b: url(",
            ".p {\n@media (x) { a { b: url()}}\n}\n",
        );
        check(
            "a { b: \"}\" } c { d: e }",
            ".p {\na { b: \"}\" }\nc { d: e }\n}\n",
        );
        check(
            "a { b: '}\n} c { d: e }",
            ".p {\na { b: '}'\n}\nc { d: e }\n}\n",
        );
        check("a { b: \"\\\"}\" }", ".p {\na { b: \"\\\"}\" }\n}\n");
        check("a { /* } */ b: c }", ".p {\na {   b: c }\n}\n");
        check("a { b: c } /* d { e: f }", ".p {\na { b: c }\n}\n");
        check(
            "a { ( } ) b: c } d { e: f }",
            ".p {\na { ( } ) b: c }\nd { e: f }\n}\n",
        );
        check("a { b: c } d", ".p {\na { b: c }\n}\n");
        check("a { b: c\\", ".p {\na { b: c\\\u{fffd}}\n}\n");
        check("a { b: \"c\\", ".p {\na { b: \"c\\\u{fffd}\"}\n}\n");
        check("a;b{c:d}", ".p {\nb{c:d}\n}\n");
    }
}
