//! Takes personal data and secrets out of a provider's text before anybody keeps it.
//!
//! Aliyun's messages are for a person who debugs: one of them quotes the whole signed string,
//! phone number and code included. What leaves this module may stand in a log.

/// Messages longer than this (in characters) are cut.
const MESSAGE_LIMIT: usize = 300;

/// Aliyun starts to quote the request after these words.
const QUOTATION: &str = "string to sign";

/// `message` in one line, cut where it quotes the request, without the `private` values and
/// without any run of five or more digits.
pub(crate) fn message<'a>(message: &str, private: impl Iterator<Item = &'a str>) -> String {
    let lower = message.to_ascii_lowercase();
    let mut text = match lower.find(QUOTATION) {
        // ASCII lower-casing keeps every byte's place.
        Some(start) => message[..start + QUOTATION.len()].to_owned(),
        None => message.to_owned(),
    };
    for value in private.filter(|value| value.len() >= 4) {
        text = text.replace(value, "[redacted]");
    }
    let text = without_numbers(&text);
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MESSAGE_LIMIT)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// `text` if it reads like an identifier of the provider (printable ASCII without spaces, at
/// most 64 characters), else `None`.
pub(crate) fn identifier(text: &str) -> Option<String> {
    let is_tame =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
    is_tame.then(|| text.to_owned())
}

/// Replaces every run of five or more digits, full-width ones too: phone numbers and codes are
/// such, limits ("Permits:5") are not.
pub(crate) fn without_numbers(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_digit(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        clean.push_str(before);
        clean.push_str(if run.chars().count() >= 5 {
            "[number]"
        } else {
            run
        });
        rest = after;
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_may_keep() {
        let check = |input: &str, expected: &str| {
            assert_eq!(message(input, ["wxyz", "1"].into_iter()), expected);
        };
        check("触发分钟级流控Permits:1", "触发分钟级流控Permits:1");
        check("bad number 13800138000.", "bad number [number].");
        check("bad number １３８００１３８０００", "bad number [number]");
        check(
            "code wxyz refused\nFORGED LINE",
            "code [redacted] refused FORGED LINE",
        );
        check(
            "not matched. server String To Sign is:POST&%2F&PhoneNumbers%3D138",
            "not matched. server String To Sign",
        );
        assert_eq!(
            message(&"很".repeat(999), [].into_iter()).chars().count(),
            MESSAGE_LIMIT
        );
    }

    #[test]
    fn an_identifier_is_short_and_printable() {
        assert_eq!(
            identifier("507517905893843184^0").as_deref(),
            Some("507517905893843184^0")
        );
        for text in ["", "a b", "a\nb", "编号", &"x".repeat(65)] {
            assert_eq!(identifier(text), None, "{text}");
        }
    }
}
