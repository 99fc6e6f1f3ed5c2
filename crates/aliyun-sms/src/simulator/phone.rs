//! Phone numbers as Aliyun reads them, and as people type them into a search.

/// Reads one number of `PhoneNumbers` as strictly as SendSms does and gives it with `+` and
/// digits. Mainland numbers: 11 digits, bare or after `+`, `86`, `+86` or `0086`; all others:
/// country code and number, 7 to 15 digits, no `+`.
pub(super) fn parse(text: &str) -> Option<String> {
    let after_prefix = ["+86", "0086", "86", "+", ""]
        .into_iter()
        .filter_map(|prefix| text.strip_prefix(prefix))
        .find(|rest| is_mainland(rest));
    if let Some(mainland) = after_prefix {
        return Some(format!("+86{mainland}"));
    }
    let is_plausible = match text.as_bytes() {
        // Country code 1 (North America): eleven digits in all, and the mainland's are taken.
        [b'1', second, ..] => text.len() == 11 && *second == b'2',
        [b'0', ..] | [b'8', b'6', ..] => false,
        _ => (7..=15).contains(&text.len()),
    };
    let is_international = is_plausible && text.bytes().all(|byte| byte.is_ascii_digit());
    is_international.then(|| format!("+{text}"))
}

/// The number in any spelling (full-width digits, spaces, hyphens, brackets, `00` or `+` before
/// the country code) with `+` and digits; `None` if it is no number at all.
pub(super) fn any_spelling(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' | '+' => plain.push(c),
            '０'..='９' => {
                let digit = u32::from(c) - u32::from('０');
                plain.extend(char::from_digit(digit, 10));
            }
            '＋' => plain.push('+'),
            _ if is_filler(c) => {}
            _ => return None,
        }
    }
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let digits = digits.strip_prefix("00").unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The same reading as above, so that a number is found however it was sent.
    Some(if is_mainland(digits) {
        format!("+86{digits}")
    } else {
        format!("+{digits}")
    })
}

/// What people write between digits, and the invisible marks that copying from a list of contacts
/// brings along.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || "-.()（）－".contains(c)
        || matches!(c, '‐'..='―' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
}

/// `+` and digits in groups that a person reads easily.
pub(super) fn for_reading(phone: &str) -> String {
    match phone.strip_prefix("+86") {
        Some(mainland) if is_mainland(mainland) => format!(
            "+86 {} {} {}",
            &mainland[..3],
            &mainland[3..7],
            &mainland[7..]
        ),
        _ => phone.to_owned(),
    }
}

/// Eleven digits that a mainland mobile number can have.
fn is_mainland(digits: &str) -> bool {
    digits.len() == 11
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.starts_with('1')
        && digits.as_bytes()[1] >= b'3'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_sendsms_takes_them() {
        let check = |input: &str, expected: Option<&str>| {
            assert_eq!(parse(input).as_deref(), expected, "{input}");
        };
        for spelling in [
            "13800138000",
            "+13800138000",
            "8613800138000",
            "+8613800138000",
            "008613800138000",
        ] {
            check(spelling, Some("+8613800138000"));
        }
        check("85261234567", Some("+85261234567"));
        check("12025550123", Some("+12025550123"));
        for wrong in [
            "",
            "1380013800",
            "138001380000",
            "8612345",
            "8612800138000",
            "+85261234567",
            "0085261234567",
            "138 0013 8000",
            "１３８００１３８０００",
            "abc",
            "1234567890123456",
            "+",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn numbers_as_people_type_them() {
        for spelling in [
            "13800138000",
            "138 0013 8000",
            "+86 138-0013-8000",
            " 8613800138000",
            "0086 138 0013 8000",
            "＋８６１３８００１３８０００",
            "　１３８　００１３　８０００",
            "(+86) 13800138000",
            "\u{202d}+8613800138000\u{202c}",
        ] {
            assert_eq!(
                any_spelling(spelling).as_deref(),
                Some("+8613800138000"),
                "{spelling}"
            );
        }
        assert_eq!(
            any_spelling("+852 6123 4567").as_deref(),
            Some("+85261234567")
        );
        assert_eq!(
            any_spelling("1 (202) 555-0123").as_deref(),
            Some("+12025550123")
        );
        for wrong in ["", " ", "+", "00", "abc", "138x", "1+2", "++1"] {
            assert_eq!(any_spelling(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_as_people_read_them() {
        assert_eq!(for_reading("+8613800138000"), "+86 138 0013 8000");
        assert_eq!(for_reading("+85261234567"), "+85261234567");
    }
}
