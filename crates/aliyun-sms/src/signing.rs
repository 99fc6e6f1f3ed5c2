//! Signature version 1.0 of Aliyun's RPC style: HMAC-SHA1 over a canonical string.
//!
//! Pure: parameters in, text out; no clock, no network. `SignatureMethod` is `HMAC-SHA1`,
//! `SignatureVersion` is `1.0`. Source: Alibaba Cloud, "Request syntax and signature method of
//! RPC style" (signature version 1.0).
//!
//! ```
//! use moongate_aliyun_sms::signing::{self, Parameters};
//!
//! let parameters = Parameters::from([("Action".into(), "SendSms".into())]);
//! let text = signing::string_to_sign("POST", &parameters);
//! assert_eq!(text, "POST&%2F&Action%3DSendSms");
//! let signature = signing::sign(&"testSecret".into(), &text);
//! assert!(signing::verify(&"testSecret".into(), &text, &signature));
//! ```

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::AccessKeySecret;

/// The parameters of a request, plain (not encoded), from query and form alike. The map keeps
/// them in byte order of their names, which is the order in which they are signed.
pub type Parameters = BTreeMap<String, String>;

/// Encodes `text` as both rounds of the canonical string need it: UTF-8, all but
/// `A-Z a-z 0-9 - _ . ~` as `%XX` with upper-case digits (RFC 3986 §2.3). A space is `%20`.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 0xf)]));
        }
    }
    encoded
}

/// The parameters as `name=value` joined with `&`, sorted and encoded; a parameter called
/// `Signature` is left out, an empty value is not.
pub fn canonical_query(parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(name, _)| name.as_str() != "Signature")
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    pairs.join("&")
}

/// What is signed: method, path (always `/`) and the canonical query, encoded once more.
/// `method` is the HTTP method in upper case: GET and POST sign differently.
pub fn string_to_sign(method: &str, parameters: &Parameters) -> String {
    format!(
        "{method}&{}&{}",
        percent_encode("/"),
        percent_encode(&canonical_query(parameters))
    )
}

/// The value of the `Signature` parameter: base64 with padding, not percent-encoded.
pub fn sign(secret: &AccessKeySecret, string_to_sign: &str) -> String {
    STANDARD.encode(mac(secret, string_to_sign).finalize().into_bytes())
}

/// Whether `signature` (base64) signs the string, compared in constant time.
pub fn verify(secret: &AccessKeySecret, string_to_sign: &str, signature: &str) -> bool {
    STANDARD
        .decode(signature)
        .is_ok_and(|bytes| mac(secret, string_to_sign).verify_slice(&bytes).is_ok())
}

fn mac(secret: &AccessKeySecret, string_to_sign: &str) -> Hmac<Sha1> {
    // The ampersand belongs to the key: a relic of OAuth 1.0's empty token secret.
    let key = format!("{}&", secret.expose());
    let mut mac =
        Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unreserved_characters_stay() {
        let check = |input: &str, expected: &str| assert_eq!(percent_encode(input), expected);
        check("AZaz09-_.~", "AZaz09-_.~");
        check(" *+'()!", "%20%2A%2B%27%28%29%21");
        check("/:&=%#?@", "%2F%3A%26%3D%25%23%3F%40");
        check("月", "%E6%9C%88");
        check("😀\r\n", "%F0%9F%98%80%0D%0A");
        check("", "");
    }

    #[test]
    fn names_sort_by_bytes_and_the_signature_itself_is_not_signed() {
        let parameters = Parameters::from([
            ("b".into(), "2".into()),
            ("Signature".into(), "x".into()),
            ("a".into(), "1".into()),
            ("Z".into(), String::new()),
            ("SignatureType".into(), String::new()),
        ]);
        assert_eq!(
            canonical_query(&parameters),
            "SignatureType=&Z=&a=1&b=2",
            "upper case before lower case"
        );
    }

    #[test]
    fn a_signature_that_is_no_base64_or_too_short_is_refused() {
        let secret = AccessKeySecret::new("testSecret");
        let signature = sign(&secret, "text");
        assert!(verify(&secret, "text", &signature));
        for wrong in ["", "!!!!", &signature[..24], &sign(&secret, "other")] {
            assert!(!verify(&secret, "text", wrong), "{wrong}");
        }
    }
}
