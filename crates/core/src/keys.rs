//! The server's own keys: sealing of secrets at rest, and keyed hashes.
//!
//! There may be several root keys: the first seals and hashes, all open and verify, so that a key
//! can be replaced without losing what the old one sealed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use crate::{Entropy, Stream};

const FORMAT: u8 = 1;
const KEY_ID_LEN: usize = 4;

/// A keyed hash, HMAC-SHA-256.
pub type Mac = [u8; 32];

/// What a keyed hash is for; no two purposes share a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacPurpose {
    /// Verification codes.
    Code,
    /// Addresses in counters and look-ups that need not be read back.
    Address,
}

/// Why keys can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeysError {
    /// No key at all.
    #[error("no key found: expected 32 bytes in base64, one key a line")]
    Empty,
    /// A line is not a key; counted from 1.
    #[error("line {0} is not 32 bytes in base64")]
    Malformed(usize),
}

/// Why a sealed field can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnsealError {
    /// It was sealed under a key that this server does not have.
    #[error("sealed under a key that is not among the server's keys")]
    UnknownKey,
    /// It was altered, or moved here from another row.
    #[error("not what was sealed for this row")]
    Tampered,
}

/// Where a sealed field belongs; bound into the seal, so that a value moved elsewhere won't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedField<'a> {
    /// Table name.
    pub table: &'a str,
    /// Column name.
    pub column: &'a str,
    /// The row's identifier.
    pub row: &'a str,
}

impl SealedField<'_> {
    fn associated_data(&self) -> Vec<u8> {
        [self.table, self.column, self.row].join("\0").into_bytes()
    }
}

struct RootKey {
    id: [u8; KEY_ID_LEN],
    sealing: LessSafeKey,
    code: [u8; 32],
    address: [u8; 32],
}

/// The server's key ring.
pub struct ServerKeys(Vec<RootKey>);

impl std::fmt::Debug for ServerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServerKeys([secret] × {})", self.0.len())
    }
}

impl ServerKeys {
    /// Reads keys from text: one key a line, 32 bytes in base64; `#` begins a comment.
    ///
    /// # Errors
    /// [`KeysError`] says what is wrong and where, without the text.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let root: [u8; 32] = STANDARD
                .decode(line)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(KeysError::Malformed(index + 1))?;
            keys.push(RootKey::new(&root));
        }
        if keys.is_empty() {
            return Err(KeysError::Empty);
        }
        Ok(Self(keys))
    }

    /// A line for a fresh key, as [`ServerKeys::parse`] reads it.
    pub fn generate_line(entropy: &dyn Entropy) -> String {
        let mut root = [0; 32];
        entropy.fill(Stream::Token, &mut root);
        STANDARD.encode(root)
    }

    /// Seals `plain` for `field`: AES-256-GCM, a random nonce in front.
    pub fn seal(&self, entropy: &dyn Entropy, field: SealedField<'_>, plain: &[u8]) -> Vec<u8> {
        let key = self.current();
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(Stream::Seal, &mut nonce);
        let mut body = plain.to_vec();
        key.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(field.associated_data()),
                &mut body,
            )
            .expect("AES-GCM seals anything under 64 GiB");
        let mut sealed = Vec::with_capacity(1 + KEY_ID_LEN + NONCE_LEN + body.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        sealed
    }

    /// Opens what [`ServerKeys::seal`] sealed for the same field.
    ///
    /// # Errors
    /// [`UnsealError`].
    pub fn open(&self, field: SealedField<'_>, sealed: &[u8]) -> Result<Vec<u8>, UnsealError> {
        let (format, rest) = sealed.split_first().ok_or(UnsealError::Tampered)?;
        if *format != FORMAT || rest.len() < KEY_ID_LEN + NONCE_LEN {
            return Err(UnsealError::Tampered);
        }
        let (id, rest) = rest.split_at(KEY_ID_LEN);
        let (nonce, body) = rest.split_at(NONCE_LEN);
        let mut body = body.to_vec();
        let key = self.0.iter().find(|key| key.id == *id);
        let key = key.ok_or(UnsealError::UnknownKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| UnsealError::Tampered)?;
        let plain = key
            .sealing
            .open_in_place(nonce, Aad::from(field.associated_data()), &mut body)
            .map_err(|_| UnsealError::Tampered)?;
        Ok(plain.to_vec())
    }

    /// The keyed hash of `parts`, each set apart from the next.
    pub fn mac(&self, purpose: MacPurpose, parts: &[&str]) -> Mac {
        self.current().mac(purpose, parts)
    }

    /// Whether `mac` is the keyed hash of `parts` under any of the keys, in constant time.
    pub fn verify_mac(&self, purpose: MacPurpose, parts: &[&str], mac: &Mac) -> bool {
        self.0.iter().any(|key| {
            let expected = key.mac(purpose, parts);
            aws_lc_rs::constant_time::verify_slices_are_equal(&expected, mac).is_ok()
        })
    }

    fn current(&self) -> &RootKey {
        self.0.first().expect("a key ring is never empty")
    }
}

impl RootKey {
    fn new(root: &[u8; 32]) -> Self {
        let sealing =
            UnboundKey::new(&AES_256_GCM, &derive(root, "seal")).expect("AES-256 takes 32 bytes");
        let [a, b, c, d, ..] = derive(root, "key-id");
        Self {
            id: [a, b, c, d],
            sealing: LessSafeKey::new(sealing),
            code: derive(root, "code"),
            address: derive(root, "address"),
        }
    }

    fn mac(&self, purpose: MacPurpose, parts: &[&str]) -> Mac {
        let key = match purpose {
            MacPurpose::Code => &self.code,
            MacPurpose::Address => &self.address,
        };
        let mut mac = keyed(key);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

/// One key for each use, by HMAC as a pseudo-random function (NIST SP 800-108).
fn derive(root: &[u8; 32], label: &str) -> [u8; 32] {
    let mut mac = keyed(root);
    mac.update(b"moongate/");
    mac.update(label.as_bytes());
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SeededEntropy, server_keys};

    const FIELD: SealedField<'_> = SealedField {
        table: "connectors",
        column: "secrets",
        row: "a",
    };

    fn other_keys() -> ServerKeys {
        ServerKeys::parse(&STANDARD.encode([9; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let keys = server_keys();
        let sealed = keys.seal(&SeededEntropy::new(1), FIELD, b"hello");
        assert!(!sealed.windows(5).any(|window| window == b"hello"));
        assert_eq!(keys.open(FIELD, &sealed), Ok(b"hello".to_vec()));
    }

    #[test]
    fn a_value_moved_to_another_row_does_not_open() {
        let keys = server_keys();
        let sealed = keys.seal(&SeededEntropy::new(1), FIELD, b"hello");
        let moved = SealedField { row: "b", ..FIELD };
        assert_eq!(keys.open(moved, &sealed), Err(UnsealError::Tampered));
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let keys = server_keys();
        let mut sealed = keys.seal(&SeededEntropy::new(1), FIELD, b"hello");
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(keys.open(FIELD, &sealed), Err(UnsealError::Tampered));
        assert_eq!(keys.open(FIELD, &[]), Err(UnsealError::Tampered));
        assert_eq!(keys.open(FIELD, &[FORMAT, 1]), Err(UnsealError::Tampered));
    }

    #[test]
    fn a_foreign_key_is_named_as_the_reason() {
        let sealed = other_keys().seal(&SeededEntropy::new(1), FIELD, b"hello");
        assert_eq!(
            server_keys().open(FIELD, &sealed),
            Err(UnsealError::UnknownKey)
        );
    }

    #[test]
    fn an_old_key_behind_a_new_one_still_opens_and_verifies() {
        let old_line = STANDARD.encode([9; 32]);
        let sealed = other_keys().seal(&SeededEntropy::new(1), FIELD, b"hello");
        let mac = other_keys().mac(MacPurpose::Code, &["123456"]);
        let ring = ServerKeys::parse(&format!("{}\n{old_line}", STANDARD.encode([7; 32]))).unwrap();
        assert_eq!(ring.open(FIELD, &sealed), Ok(b"hello".to_vec()));
        assert!(ring.verify_mac(MacPurpose::Code, &["123456"], &mac));
        assert!(!ring.verify_mac(MacPurpose::Address, &["123456"], &mac));
    }

    #[test]
    fn parts_are_set_apart() {
        let keys = server_keys();
        assert_ne!(
            keys.mac(MacPurpose::Code, &["ab", "c"]),
            keys.mac(MacPurpose::Code, &["a", "bc"])
        );
    }

    #[test]
    fn bad_key_text_names_the_line_and_not_the_text() {
        let text = format!("# comment\n{}\nshort", STANDARD.encode([7; 32]));
        assert_eq!(
            ServerKeys::parse(&text).map(|_| ()).unwrap_err(),
            KeysError::Malformed(3)
        );
        assert_eq!(
            ServerKeys::parse("\n#").map(|_| ()).unwrap_err(),
            KeysError::Empty
        );
    }
}
