//! Proof Key for Code Exchange, S256 alone (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Whether `verifier` is the secret behind an S256 `challenge` (RFC 7636 §4.6).
pub(crate) fn proves(verifier: &str, challenge: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let expected = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    well_formed
        && aws_lc_rs::constant_time::verify_slices_are_equal(
            expected.as_bytes(),
            challenge.as_bytes(),
        )
        .is_ok()
}

/// Whether a challenge can be the S256 of anything: 43 characters of base64url.
pub(crate) fn is_challenge(challenge: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(challenge)
        .is_ok_and(|hash| hash.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_rfcs_example_proves() {
        assert!(proves(VERIFIER, CHALLENGE));
        assert!(is_challenge(CHALLENGE));
    }

    #[test]
    fn nothing_else_does() {
        assert!(!proves(
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
            CHALLENGE
        ));
        assert!(!proves("", CHALLENGE));
        assert!(!proves(&"a".repeat(129), CHALLENGE));
        assert!(!is_challenge("short"));
    }
}
