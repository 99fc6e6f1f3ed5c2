//! The only source of randomness, with a stream for each purpose.
//!
//! Separate streams keep tests stable: a new draw for one purpose does not shift the values of
//! another. Key generation and signing draw their own randomness inside the crypto library.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What random bytes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Identifiers of rows; unguessable, but not secret.
    Id,
    /// Verification codes.
    Code,
    /// Bearer values: session and browser cookies, authorization codes, tokens, client secrets.
    Token,
    /// Nonces of sealed fields.
    Seal,
}

/// A source of random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `out` with bytes that nobody else can predict.
    fn fill(&self, stream: Stream, out: &mut [u8]);
}

impl dyn Entropy {
    /// `len` characters of `[0-9a-z]`, each equally likely: identifiers as Logto forms them.
    pub fn id(&self, len: usize) -> String {
        self.pick(Stream::Id, b"0123456789abcdefghijklmnopqrstuvwxyz", len)
    }

    /// `len` decimal digits, each equally likely; leading zeros occur.
    pub fn digits(&self, len: usize) -> String {
        self.pick(Stream::Code, b"0123456789", len)
    }

    /// 32 characters of `[0-9A-Za-z]` (190 bits): a client secret as Logto forms it.
    pub fn client_secret(&self) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        self.pick(Stream::Token, ALPHABET, 32)
    }

    /// 256 random bits as 43 characters of base64url without padding: any bearer value.
    pub fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.fill(Stream::Token, &mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `len` of `letters`, each equally likely: a code that a person types.
    pub fn letters(&self, letters: &[u8], len: usize) -> String {
        self.pick(Stream::Code, letters, len)
    }

    fn pick(&self, stream: Stream, alphabet: &[u8], len: usize) -> String {
        // Bytes past the last whole multiple of the alphabet would favour its first letters.
        let limit = 256 - 256 % alphabet.len();
        let mut picked = String::with_capacity(len);
        let mut bytes = [0; 32];
        while picked.len() < len {
            self.fill(stream, &mut bytes);
            let fair = bytes.iter().map(|byte| usize::from(*byte));
            for byte in fair.filter(|byte| *byte < limit) {
                if picked.len() < len {
                    picked.push(char::from(alphabet[byte % alphabet.len()]));
                }
            }
        }
        picked
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, _: Stream, out: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the injected entropy")]
        aws_lc_rs::rand::fill(out)
            .expect("the operating system's generator never fails once seeded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_codes_are_even_and_have_leading_zeros() {
        let entropy: &dyn Entropy = &SystemEntropy;
        let mut counts = [0u32; 10];
        let mut leading_zero = false;
        for _ in 0..10_000 {
            let code = entropy.digits(6);
            assert_eq!(code.len(), 6);
            leading_zero |= code.starts_with('0');
            for digit in code.bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        assert!(leading_zero);
        let expected = 6000.0;
        let chi_square: f64 = counts
            .iter()
            .map(|count| (f64::from(*count) - expected).powi(2) / expected)
            .sum();
        // Nine degrees of freedom: a fair source exceeds 50 about once in ten million runs.
        assert!(chi_square < 50.0, "chi-square {chi_square}");
    }

    #[test]
    fn tokens_carry_256_bits() {
        let entropy: &dyn Entropy = &SystemEntropy;
        assert_eq!(entropy.token().len(), 43);
        assert_ne!(entropy.token(), entropy.token());
        assert_eq!(entropy.client_secret().len(), 32);
    }
}
