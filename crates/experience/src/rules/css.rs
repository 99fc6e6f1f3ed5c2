//! What style of a tenant's own may say.
//!
//! It is read as browsers read it (CSS Syntax Level 3), comments and escapes included, and refused
//! where it would call another host, or where it does not end what it begins and so would swallow
//! the pages' own. It is not understood beyond that: an unknown property harms nobody.

/// Longest style, bytes.
const LONGEST: usize = 64 * 1024;

/// Functions whose texts are addresses.
const ADDRESSES: [&str; 6] = [
    "url",
    "src",
    "image",
    "image-set",
    "-webkit-image-set",
    "cross-fade",
];

/// What to do about the first thing that is wrong.
pub(super) fn fault(css: &str) -> Option<String> {
    if css.len() > LONGEST {
        return Some(format!("shorten it to {LONGEST} bytes"));
    }
    if css.to_ascii_lowercase().contains("</style") {
        return Some("leave out </style".into());
    }
    let mut reader = Reader {
        rest: css,
        line: 1,
        open: Vec::new(),
    };
    reader
        .read()
        .err()
        .map(|(line, mend)| format!("{mend} (line {line})"))
}

/// What is open: the bracket, and whether the texts in it are addresses.
struct Open {
    closes_with: char,
    holds_addresses: bool,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    open: Vec<Open>,
}

type Fault = (usize, &'static str);

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Fault> {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '/' if self.rest.starts_with("/*") => self.comment()?,
                '"' | '\'' => {
                    let text = self.text(next)?;
                    self.check_address(&text)?;
                }
                '@' => {
                    self.take();
                    if self.name().eq_ignore_ascii_case("import") {
                        return self.refuse("leave out @import: it brings style from elsewhere");
                    }
                }
                '(' | '[' | '{' => {
                    self.take();
                    self.open(next, false);
                }
                ')' | ']' | '}' => {
                    self.take();
                    if self.open.pop().is_none_or(|open| open.closes_with != next) {
                        return self.refuse("close each bracket that is open, and no other");
                    }
                }
                '\0' => return self.refuse("leave out null bytes"),
                _ if is_name(next) || next == '\\' => self.name_or_function()?,
                _ => {
                    self.take();
                }
            }
        }
        if self.open.is_empty() {
            Ok(())
        } else {
            self.refuse("close each bracket that is open")
        }
    }

    fn name_or_function(&mut self) -> Result<(), Fault> {
        let name = self.name().to_ascii_lowercase();
        if !self.rest.starts_with('(') {
            return Ok(());
        }
        self.take();
        let holds_addresses = ADDRESSES.contains(&name.as_str());
        self.open('(', holds_addresses);
        // `url(` reads what is not quoted to its end, brackets and all.
        if name != "url" {
            return Ok(());
        }
        while self.rest.starts_with(char::is_whitespace) {
            self.take();
        }
        if self.rest.starts_with(['"', '\'']) {
            return Ok(());
        }
        let mut address = String::new();
        while let Some(next) = self.rest.chars().next() {
            match next {
                ')' => break,
                '\\' => address.push(self.escaped()),
                '"' | '\'' | '(' => return self.refuse("put the address in quotes"),
                _ => {
                    self.take();
                    address.push(next);
                }
            }
        }
        self.check_address(address.trim())
    }

    /// An address is one of this server's own, or an image or font that stands there itself. Other
    /// texts may become addresses by `var()`, so that none begins as a foreign one does.
    fn check_address(&self, text: &str) -> Result<(), Fault> {
        let expects_one = self.open.iter().any(|open| open.holds_addresses);
        // Browsers drop these before they look at a URL.
        let text: String = text.chars().filter(|it| !it.is_ascii_control()).collect();
        let text = text.trim().to_ascii_lowercase().replace('\\', "/");
        let is_inline = text.starts_with("data:image/") || text.starts_with("data:font/");
        let has_scheme = text
            .split_once(':')
            .is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
        let is_foreign = text.starts_with("//") || text.contains("://");
        if !is_inline && (is_foreign || (expects_one && has_scheme)) {
            return self.refuse("use paths of this server or data:image URLs, no other host");
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Fault> {
        let Some(end) = self.rest[2..].find("*/") else {
            return self.refuse("end the comment");
        };
        let whole = &self.rest[..end + 4];
        self.line += whole.matches('\n').count();
        self.rest = &self.rest[end + 4..];
        Ok(())
    }

    fn text(&mut self, quote: char) -> Result<String, Fault> {
        self.take();
        let mut text = String::new();
        loop {
            match self.rest.chars().next() {
                None | Some('\n' | '\r' | '\u{c}') => {
                    return self.refuse("end the text in quotes on its line");
                }
                Some('\0') => return self.refuse("leave out null bytes"),
                Some('\\') if self.rest[1..].starts_with(['\n', '\r', '\u{c}']) => {
                    self.take();
                    self.take();
                }
                Some('\\') => text.push(self.escaped()),
                Some(next) => {
                    self.take();
                    if next == quote {
                        return Ok(text);
                    }
                    text.push(next);
                }
            }
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(next) = self.rest.chars().next() {
            if next == '\\' {
                name.push(self.escaped());
            } else if is_name(next) {
                self.take();
                name.push(next);
            } else {
                break;
            }
        }
        name
    }

    /// What a backslash and what follows it stand for.
    fn escaped(&mut self) -> char {
        self.take();
        let digits = self
            .rest
            .chars()
            .take(6)
            .take_while(char::is_ascii_hexdigit)
            .count();
        if digits == 0 {
            return self.take().unwrap_or('\u{fffd}');
        }
        let code = u32::from_str_radix(&self.rest[..digits], 16).unwrap_or_default();
        self.rest = &self.rest[digits..];
        if self.rest.starts_with(char::is_whitespace) {
            self.take();
        }
        char::from_u32(code).unwrap_or('\u{fffd}')
    }

    fn open(&mut self, bracket: char, holds_addresses: bool) {
        let closes_with = match bracket {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        self.open.push(Open {
            closes_with,
            holds_addresses,
        });
    }

    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn refuse<T>(&self, mend: &'static str) -> Result<T, Fault> {
        Err((self.line, mend))
    }
}

fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_') || !char.is_ascii()
}

#[cfg(test)]
mod tests;
