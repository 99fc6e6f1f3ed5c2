//! The kinds of hash that verify here: Argon2, bcrypt and PBKDF2, each as one text.
//!
//! It makes none but Argon2id, and refuses what is fast to guess (bare SHA or MD5 digests) and
//! what would cost more than a sign-in may. Nothing here waits or bounds memory; the pool does.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use moongate_core::{PasswordHash, Secret};
use pbkdf2::pbkdf2_hmac;
use serde::Deserialize;

/// The base64 of PHC strings, which has no padding; other programs may write it.
const B64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// 256 MiB: a sign-in may not ask for more.
const MAX_ARGON2_KIB: u32 = 256 * 1024;
const MAX_ARGON2_PASSES: u32 = 16;
const MAX_BCRYPT_COST: u32 = 14;
/// Iterations of HMAC, over all blocks of the output.
const MAX_PBKDF2_ITERATIONS: u64 = 5_000_000;
/// Of a hash that is made here.
pub(super) const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;
const MAX_SALT_BYTES: usize = 1024;
/// With fewer bytes, passwords other than the right one begin to match.
const MIN_OUTPUT_BYTES: usize = 16;
const MAX_OUTPUT_BYTES: usize = 1024;

/// Why a hash from elsewhere can't be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Passwords hashed so can't be verified here.
    #[error("password hashes of this algorithm can't be imported")]
    Unsupported,
    /// The digest is not what its algorithm writes.
    #[error("the password digest does not have its algorithm's form")]
    Malformed,
    /// Verifying it would take too much time or memory.
    #[error("the password digest has parameters too costly to verify")]
    TooCostly,
}

/// Takes over the hash of a password as another system made it.
///
/// `algorithm` is one of Logto's names: `Argon2i`, `Argon2d` and `Argon2id` (the digest is a PHC
/// string), `Bcrypt` (`$2a$`, `$2b$` or `$2y$`), and `Legacy`, whose digest is a JSON text such as
/// `["pbkdf2", ["salt", "1000", "20", "sha512", "@"], "…hex…"]`, the salt in hexadecimal after
/// `hex:`. Ours besides: `PBKDF2`, a PHC string such as `$pbkdf2-sha256$i=600000,l=32$salt$hash`.
///
/// bcrypt reads the first 72 bytes of a password alone. Such a hash is verified as it was made;
/// it is outdated, and once the password is hashed anew all of it counts.
///
/// # Errors
/// [`ImportError::Unsupported`] for any other algorithm, Logto's `SHA1`, `SHA256` and `MD5` and
/// its other legacy expressions among them: a stolen copy of those is guessed at billions a
/// second, and until the person's next sign-in we would keep it. [`ImportError::Malformed`]
/// and [`ImportError::TooCostly`] for the digest.
pub fn import_password_hash(algorithm: &str, digest: &str) -> Result<PasswordHash, ImportError> {
    let (text, is_kind) = match algorithm {
        "Argon2i" | "Argon2d" | "Argon2id" => {
            let ident = format!("${}$", algorithm.to_lowercase());
            (digest.to_owned(), digest.starts_with(&ident))
        }
        "Bcrypt" => (digest.to_owned(), digest.starts_with("$2")),
        "PBKDF2" => (digest.to_owned(), digest.starts_with("$pbkdf2")),
        "Legacy" => (from_legacy(digest)?, true),
        _ => return Err(ImportError::Unsupported),
    };
    if !is_kind {
        return Err(ImportError::Malformed);
    }
    StoredHash::parse(&text)?;
    Ok(PasswordHash::new(text))
}

/// A hash's text, taken apart. Parsing admits nothing too costly to verify. (No `Debug`: these
/// are the secrets that [`PasswordHash`] hides.)
pub(super) enum StoredHash {
    Argon2(Argon2Hash),
    /// The text itself, which the library takes apart again.
    Bcrypt(PasswordHash),
    Pbkdf2(Pbkdf2Hash),
}

pub(super) struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

pub(super) struct Pbkdf2Hash {
    prf: Prf,
    iterations: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// The function that PBKDF2 iterates: HMAC over a digest.
#[derive(Clone, Copy)]
enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl StoredHash {
    /// Takes a stored or imported text apart.
    pub(super) fn parse(text: &str) -> Result<Self, ImportError> {
        if text.starts_with("$argon2") {
            parse_argon2(text).map(Self::Argon2)
        } else if text.starts_with("$pbkdf2") {
            parse_pbkdf2(text).map(Self::Pbkdf2)
        } else {
            check_bcrypt(text).map(|()| Self::Bcrypt(PasswordHash::new(text)))
        }
    }

    /// How many blocks of work area verifying it needs.
    pub(super) fn blocks(&self) -> usize {
        match self {
            Self::Argon2(hash) => hash.params.block_count(),
            Self::Bcrypt(_) | Self::Pbkdf2(_) => 0,
        }
    }

    /// Whether [`make`] with these parameters would write it, salt aside.
    pub(super) fn is_made_with(&self, params: &Params) -> bool {
        let Self::Argon2(hash) = self else {
            return false;
        };
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        hash.algorithm == Algorithm::Argon2id
            && hash.version == Version::V0x13
            && costs(&hash.params) == costs(params)
            && hash.salt.len() >= SALT_BYTES
            && hash.output.len() >= OUTPUT_BYTES
    }

    /// Whether it is that password's hash; `area` has at least [`Self::blocks`] blocks.
    ///
    /// # Errors
    /// [`ImportError::Malformed`] if the library will not compute it after all.
    pub(super) fn matches(&self, password: &[u8], area: &mut [Block]) -> Result<bool, ImportError> {
        let (computed, output) = match self {
            Self::Bcrypt(hash) => {
                return bcrypt::verify(password, hash.expose()).map_err(|_| ImportError::Malformed);
            }
            Self::Argon2(hash) => {
                let mut computed = vec![0; hash.output.len()];
                Argon2::new(hash.algorithm, hash.version, hash.params.clone())
                    .hash_password_into_with_memory(password, &hash.salt, &mut computed, area)
                    .map_err(|_| ImportError::Malformed)?;
                (computed, &hash.output)
            }
            Self::Pbkdf2(hash) => (hash.compute(password), &hash.output),
        };
        // A secret compares in constant time.
        Ok(Secret::new(B64.encode(computed)) == Secret::new(B64.encode(output)))
    }
}

impl Pbkdf2Hash {
    fn compute(&self, password: &[u8]) -> Vec<u8> {
        let mut computed = vec![0; self.output.len()];
        let function = match self.prf {
            Prf::Sha1 => pbkdf2_hmac::<sha1::Sha1>,
            Prf::Sha256 => pbkdf2_hmac::<sha2::Sha256>,
            Prf::Sha512 => pbkdf2_hmac::<sha2::Sha512>,
        };
        function(password, &self.salt, self.iterations, &mut computed);
        computed
    }
}

/// The Argon2id hash of a password, as text; `area` has at least `params.block_count()` blocks.
///
/// # Errors
/// What the library says, which it does for none of our presets.
pub(super) fn make(
    password: &[u8],
    salt: &[u8; SALT_BYTES],
    params: &Params,
    area: &mut [Block],
) -> Result<PasswordHash, argon2::Error> {
    let mut output = [0; OUTPUT_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, &mut output, area)?;
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    let (salt, output) = (B64.encode(salt), B64.encode(output));
    let text = format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${output}");
    Ok(PasswordHash::new(text))
}

/// The fields of a PHC string: `$ident[$v=version]$name=value,…$salt$output`.
struct Phc<'text> {
    ident: &'text str,
    version: Option<u64>,
    params: Vec<(&'text str, u64)>,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl<'text> Phc<'text> {
    fn parse(text: &'text str) -> Option<Self> {
        let mut fields = text.strip_prefix('$')?.split('$').peekable();
        let ident = fields.next()?;
        let version = fields.next_if(|field| field.starts_with("v="));
        let params = fields.next()?.split(',').map(|param| {
            let (name, value) = param.split_once('=')?;
            Some((name, decimal(value)?))
        });
        let phc = Self {
            ident,
            version: match version {
                Some(field) => Some(decimal(&field[2..])?),
                None => None,
            },
            params: params.collect::<Option<_>>()?,
            salt: B64.decode(fields.next()?).ok()?,
            output: B64.decode(fields.next()?).ok()?,
        };
        let lengths_fit = phc.salt.len() <= MAX_SALT_BYTES
            && (MIN_OUTPUT_BYTES..=MAX_OUTPUT_BYTES).contains(&phc.output.len());
        (fields.next().is_none() && lengths_fit).then_some(phc)
    }

    fn param(&self, name: &str) -> Option<u64> {
        let found = self.params.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| *value)
    }
}

fn decimal(text: &str) -> Option<u64> {
    // `parse` alone would take a sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn parse_argon2(text: &str) -> Result<Argon2Hash, ImportError> {
    let phc = Phc::parse(text).ok_or(ImportError::Malformed)?;
    let algorithm = match phc.ident {
        "argon2i" => Algorithm::Argon2i,
        "argon2d" => Algorithm::Argon2d,
        "argon2id" => Algorithm::Argon2id,
        _ => return Err(ImportError::Malformed),
    };
    let version = match phc.version {
        // Argon2 1.2 and earlier wrote none.
        None | Some(16) => Version::V0x10,
        Some(19) => Version::V0x13,
        Some(_) => return Err(ImportError::Malformed),
    };
    let [m, t, p] = ["m", "t", "p"].map(|name| phc.param(name).and_then(|it| it.try_into().ok()));
    // Key identifiers and associated data are not supported: nobody's passwords have them.
    let (Some(m), Some(t), Some(p), 3) = (m, t, p, phc.params.len()) else {
        return Err(ImportError::Malformed);
    };
    if m > MAX_ARGON2_KIB || t > MAX_ARGON2_PASSES {
        return Err(ImportError::TooCostly);
    }
    let params = Params::new(m, t, p, Some(phc.output.len()));
    if phc.salt.len() < argon2::MIN_SALT_LEN {
        return Err(ImportError::Malformed);
    }
    Ok(Argon2Hash {
        algorithm,
        version,
        params: params.map_err(|_| ImportError::Malformed)?,
        salt: phc.salt,
        output: phc.output,
    })
}

fn parse_pbkdf2(text: &str) -> Result<Pbkdf2Hash, ImportError> {
    let phc = Phc::parse(text).ok_or(ImportError::Malformed)?;
    let (prf, block) = match phc.ident {
        "pbkdf2" | "pbkdf2-sha1" => (Prf::Sha1, 20),
        "pbkdf2-sha256" => (Prf::Sha256, 32),
        "pbkdf2-sha512" => (Prf::Sha512, 64),
        _ => return Err(ImportError::Unsupported),
    };
    let length = phc.param("l");
    let known = 1 + usize::from(length.is_some());
    let length_fits = length.is_none_or(|length| length == phc.output.len() as u64);
    let iterations = match phc.param("i") {
        Some(iterations) if phc.version.is_none() && phc.params.len() == known && length_fits => {
            iterations
        }
        _ => return Err(ImportError::Malformed),
    };
    let blocks = phc.output.len().div_ceil(block) as u64;
    if iterations.saturating_mul(blocks) > MAX_PBKDF2_ITERATIONS {
        return Err(ImportError::TooCostly);
    }
    match u32::try_from(iterations) {
        Ok(iterations) if iterations > 0 => Ok(Pbkdf2Hash {
            prf,
            iterations,
            salt: phc.salt,
            output: phc.output,
        }),
        _ => Err(ImportError::Malformed),
    }
}

fn check_bcrypt(text: &str) -> Result<(), ImportError> {
    // `$2x$` marks hashes of a defective program.
    let known = ["$2a$", "$2b$", "$2y$"];
    let parts: bcrypt::HashParts = text.parse().map_err(|_| ImportError::Malformed)?;
    match parts.get_cost() {
        _ if known.iter().all(|prefix| !text.starts_with(prefix)) => Err(ImportError::Malformed),
        ..4 => Err(ImportError::Malformed),
        4..=MAX_BCRYPT_COST => Ok(()),
        _ => Err(ImportError::TooCostly),
    }
}

/// Logto's legacy expression as a PHC string. Its arguments are texts; numbers do as well.
fn from_legacy(digest: &str) -> Result<String, ImportError> {
    let (function, arguments, output): (String, Vec<LegacyArgument>, String) =
        serde_json::from_str(digest).map_err(|_| ImportError::Malformed)?;
    if !matches!(function.as_str(), "pbkdf2" | "pbkdf2Sync") {
        return Err(ImportError::Unsupported);
    }
    let arguments: Vec<String> = arguments.into_iter().map(LegacyArgument::text).collect();
    let [salt, iterations, length, digest, password] = arguments.as_slice() else {
        return Err(ImportError::Malformed);
    };
    if !matches!(digest.as_str(), "sha1" | "sha256" | "sha512") {
        return Err(ImportError::Unsupported);
    }
    let salt = match salt.strip_prefix("hex:") {
        Some(hex) => from_hex(hex).ok_or(ImportError::Malformed)?,
        None => salt.clone().into_bytes(),
    };
    let output = from_hex(&output).ok_or(ImportError::Malformed)?;
    if password != "@" || decimal(iterations).is_none() || decimal(length).is_none() {
        return Err(ImportError::Malformed);
    }
    let (salt, output) = (B64.encode(salt), B64.encode(output));
    Ok(format!(
        "$pbkdf2-{digest}$i={iterations},l={length}${salt}${output}"
    ))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LegacyArgument {
    Number(u64),
    Text(String),
}

impl LegacyArgument {
    fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests;
