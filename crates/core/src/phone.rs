//! Phone numbers, as people write them and as we keep them.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const LONGEST_INPUT: usize = 64;

/// A country or territory by its ISO 3166-1 alpha-2 code, one that has phone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(rlibphonenumber::Region);

impl Region {
    /// Mainland China.
    pub const CHINA: Self = Self(rlibphonenumber::Region::CN);

    /// The United States.
    pub const UNITED_STATES: Self = Self(rlibphonenumber::Region::US);

    /// The region of a two-letter code in any case, if it has phone numbers.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let region = rlibphonenumber::Region::from_code(&code.to_ascii_uppercase()).ok()?;
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .map(|_| Self(region))
    }

    /// The two-letter code.
    pub fn code(self) -> String {
        self.0.as_region_str().to_string()
    }

    /// The country calling code, such as 86.
    pub fn calling_code(self) -> i32 {
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(self.0)
            .unwrap_or_default()
    }

    /// Every region that has phone numbers, by code.
    pub fn all() -> Vec<Self> {
        let mut regions: Vec<_> = PHONE_NUMBER_UTIL
            .get_supported_regions()
            .map(Self)
            .collect();
        regions.sort_unstable_by_key(|region| region.code());
        regions
    }
}

/// Why a text is no phone number that a code can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing was written.
    #[error("no phone number given")]
    Empty,
    /// Not a number that exists in the numbering plans.
    #[error("not a valid phone number")]
    Invalid,
    /// A number that takes no text messages: landline, premium rate, toll-free, pager …
    #[error("not a mobile number")]
    NotMobile,
}

/// A mobile number: country calling code and national number, digits only (E.164 without `+`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone([personal data])")
    }
}

impl Phone {
    /// Reads a number in any way people write or paste one: with or without country code (`+86`,
    /// `0086`, `86`), spaces, dashes, brackets, full-width digits, invisible marks. What has no
    /// country code is taken to be in `region`.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn parse(input: &str, region: Region) -> Result<Self, PhoneError> {
        let text = normalised(input)?;
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        let mut error = PhoneError::Invalid;
        for candidate in candidates(&text) {
            let Ok(number) = PHONE_NUMBER_UTIL.parse(&candidate, Some(region.0)) else {
                continue;
            };
            if !number.is_valid() {
                continue;
            }
            match number.get_type() {
                PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => {
                    return Ok(Self(digits(&number)));
                }
                _ => error = PhoneError::NotMobile,
            }
        }
        Err(error)
    }

    /// A number that the store kept: digits only, checked when it was parsed.
    pub fn from_stored(digits: String) -> Self {
        Self(digits)
    }

    /// Digits only, country calling code first: `8613800138000`.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// E.164: `+8613800138000`.
    pub fn e164(&self) -> String {
        format!("+{}", self.0)
    }

    /// The region whose numbering plan it belongs to. Hong Kong and Macao are not mainland China.
    pub fn region(&self) -> Option<Region> {
        let number = PHONE_NUMBER_UTIL.parse(self.e164(), None).ok()?;
        number.get_region_code().map(Region)
    }

    /// Whether it is a number of mainland China.
    pub fn is_mainland_china(&self) -> bool {
        self.region() == Some(Region::CHINA)
    }

    /// Enough to recognise one's own number, too little to learn another's: `+86 138 **** 8000`.
    pub fn masked(&self) -> String {
        let national_from = PHONE_NUMBER_UTIL
            .parse(self.e164(), None)
            .map_or(0, |number| number.country_code.to_string().len())
            .min(self.0.len());
        let (calling_code, national) = self.0.split_at(national_from);
        let shown_head = if national.len() >= 10 { 3 } else { 1 };
        let shown_tail = if national.len() >= 9 { 4 } else { 2 };
        let head = &national[..shown_head.min(national.len())];
        let tail = &national[national.len().saturating_sub(shown_tail)..];
        format!("+{calling_code} {head} **** {tail}")
    }
}

fn digits(number: &PhoneNumber) -> String {
    let e164 = number.format_as(rlibphonenumber::PhoneNumberFormat::E164);
    e164.trim_start_matches('+').to_owned()
}

/// ASCII digits and at most one leading `+`; separators gone. Anything else is no number: an
/// extension or a vanity word would make two spellings of one subscriber two accounts.
fn normalised(input: &str) -> Result<String, PhoneError> {
    let input = input.trim();
    if input.len() > LONGEST_INPUT {
        return Err(PhoneError::Invalid);
    }
    let input = match input.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &input[4..],
        _ => input,
    };
    let mut text = String::new();
    for char in input.chars() {
        match char {
            '0'..='9' => text.push(char),
            '\u{FF10}'..='\u{FF19}' => {
                let digit = u32::from(char) - 0xFF10;
                text.extend(char::from_digit(digit, 10));
            }
            '+' | '\u{FF0B}' if text.is_empty() => text.push('+'),
            _ if is_separator(char) => {}
            _ => return Err(PhoneError::Invalid),
        }
    }
    Ok(text)
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '-' | '.' | '/' | '(' | ')' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}')
        // Dashes and the minus sign.
        || matches!(char, '\u{2010}'..='\u{2015}' | '\u{2212}')
        // Directional and zero-width marks that contact applications copy along.
        || matches!(char, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The readings of a text, likeliest first: as written; with `00` as the international prefix;
/// with a country code that lacks its `+`. The last needs twelve digits: eleven that begin with 1
/// are a mistyped mainland number, not an American one.
fn candidates(text: &str) -> Vec<String> {
    let mut readings = vec![text.to_owned()];
    if let Some(rest) = text.strip_prefix("00") {
        readings.push(format!("+{rest}"));
    } else if !text.starts_with(['+', '0']) && text.len() > 11 {
        readings.push(format!("+{text}"));
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, region: &str, expected: &str) {
        let phone = Phone::parse(input, Region::parse(region).unwrap());
        assert_eq!(phone.as_ref().map(Phone::digits), Ok(expected));
    }

    #[track_caller]
    fn refused(input: &str, region: &str, expected: PhoneError) {
        let phone = Phone::parse(input, Region::parse(region).unwrap());
        assert_eq!(phone, Err(expected), "{input}");
    }

    #[test]
    fn every_spelling_of_a_mainland_number_is_one_number() {
        for spelling in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+8613800138000",
            "+86 138 0013 8000",
            "(+86) 138 0013 8000",
            "008613800138000",
            "0086 138-0013-8000",
            "8613800138000",
            "１３８００１３８０００",
            "＋８６　１３８　００１３　８０００",
            "\u{202A}+86 138 0013 8000\u{202C}",
            "tel:+8613800138000",
            "  13800138000\t",
            "86 138 0013 8000",
        ] {
            check(spelling, "CN", "8613800138000");
        }
    }

    #[test]
    fn a_country_code_wins_over_the_selector() {
        check("+86 138 0013 8000", "US", "8613800138000");
        check("0086 138 0013 8000", "US", "8613800138000");
        check("8613800138000", "GB", "8613800138000");
        check("+1 (415) 555-2671", "CN", "14155552671");
    }

    #[test]
    fn a_national_prefix_goes() {
        check("07400 123456", "GB", "447400123456");
        check("06 12 34 56 78", "FR", "33612345678");
        check("6123 4567", "HK", "85261234567");
    }

    #[test]
    fn numbers_that_do_not_exist_are_refused() {
        refused("", "CN", PhoneError::Empty);
        refused(" \u{200B} ", "CN", PhoneError::Empty);
        refused("1380013800", "CN", PhoneError::Invalid);
        refused("138001380001", "CN", PhoneError::Invalid);
        refused("12345678901", "CN", PhoneError::Invalid);
        refused("14400138000", "CN", PhoneError::Invalid);
        refused("+999 123456789", "CN", PhoneError::Invalid);
        refused("hello", "CN", PhoneError::Invalid);
        refused("13800138000x5", "CN", PhoneError::Invalid);
        refused("13800138000<script>", "CN", PhoneError::Invalid);
        refused("1380013+8000", "CN", PhoneError::Invalid);
        refused(&"1".repeat(200), "CN", PhoneError::Invalid);
    }

    #[test]
    fn landlines_and_premium_numbers_take_no_codes() {
        refused("010 6554 0000", "CN", PhoneError::NotMobile);
        refused("+44 909 879 0000", "CN", PhoneError::NotMobile);
        refused("+1 800 555 0199", "US", PhoneError::NotMobile);
    }

    #[test]
    fn hong_kong_and_macao_are_overseas() {
        assert!(
            Phone::parse("13800138000", Region::CHINA)
                .unwrap()
                .is_mainland_china()
        );
        for overseas in ["+85261234567", "+85366123456", "+886912345678"] {
            assert!(
                !Phone::parse(overseas, Region::CHINA)
                    .unwrap()
                    .is_mainland_china()
            );
        }
    }

    #[test]
    fn a_mask_keeps_the_middle_secret() {
        let phone = Phone::parse("13812345678", Region::CHINA).unwrap();
        assert_eq!(phone.masked(), "+86 138 **** 5678");
        let phone = Phone::parse("+85261234567", Region::CHINA).unwrap();
        assert_eq!(phone.masked(), "+852 6 **** 67");
    }

    #[test]
    fn debug_shows_nothing() {
        let phone = Phone::parse("13812345678", Region::CHINA).unwrap();
        assert!(!format!("{phone:?}").contains("138"));
    }

    #[test]
    fn regions_are_read_strictly() {
        assert_eq!(Region::parse("cn"), Some(Region::CHINA));
        for bad in ["", "C", "CHN", "ZZ", "1!", "中国", "AQ"] {
            assert_eq!(Region::parse(bad), None, "{bad}");
        }
        assert!(Region::all().len() > 200);
        assert_eq!(Region::CHINA.calling_code(), 86);
    }
}
