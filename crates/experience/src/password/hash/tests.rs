//! Each kind of hash against digests of other programs.

use super::*;

// Digests by Python's hashlib, argon2-cffi 25.1 and bcrypt 5.0.
const PASSWORD: &str = "correct horse battery";
const BCRYPT: &str = "$2b$04$b52iYJ0d.73G3i2YBMEMXeNMISQ/12UuAX.w2iB3QWHxGUOT4SpAO";

fn matches(hash: &PasswordHash, password: &str) -> bool {
    let stored = StoredHash::parse(hash.expose()).unwrap();
    let mut area = vec![Block::new(); stored.blocks()];
    stored.matches(password.as_bytes(), &mut area).unwrap()
}

#[track_caller]
fn verifies(algorithm: &str, digest: &str) {
    let hash = import_password_hash(algorithm, digest).unwrap();
    assert!(matches(&hash, PASSWORD), "{digest}");
    assert!(!matches(&hash, "correct horse batterx"), "{digest}");
    assert!(!matches(&hash, ""), "{digest}");
}

#[track_caller]
fn refused(algorithm: &str, digest: &str, error: ImportError) {
    let refusal = import_password_hash(algorithm, digest);
    assert_eq!(refusal, Err(error), "{algorithm} {digest}");
}

#[test]
fn argon2_of_each_kind_verifies() {
    verifies(
        "Argon2i",
        "$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$uaDm3faaWX+75OJV0cQ7rV4nkN1d21eGujRpVjH+l1k",
    );
    verifies(
        "Argon2d",
        "$argon2d$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$8vFOaxb7MiazsbcwIFvlM5W1lYtkP4Gu9CroYzNeg/k",
    );
    verifies(
        "Argon2id",
        "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$3LdjigVfI43W1yLDU7OB9OYHNFyPTzCNyXn74wNMrSU",
    );
}

#[test]
fn argon2_of_the_older_version_verifies_named_or_not() {
    let rest = "m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$dJGlFOWQLOK5pgXzXWJBiXWlObItHn0+kA+ILSge/YI";
    verifies("Argon2i", &format!("$argon2i$v=16${rest}"));
    verifies("Argon2i", &format!("$argon2i${rest}"));
}

#[test]
fn argon2_of_two_lanes_and_a_short_output_verifies() {
    verifies(
        "Argon2id",
        "$argon2id$v=19$m=100,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$BR0rtpvZx4GTvR0Xho7VEmFdYBIWDwVq",
    );
}

#[test]
fn bcrypt_of_each_name_verifies() {
    verifies("Bcrypt", BCRYPT);
    verifies("Bcrypt", &BCRYPT.replace("$2b$", "$2a$"));
    verifies("Bcrypt", &BCRYPT.replace("$2b$", "$2y$"));
}

#[test]
fn bcrypt_reads_72_bytes_as_it_always_did() {
    let digest = "$2b$04$nUTcGVpeCMHU/l/gPX8PTOIDu4/lWYF.WK1L7GQLWAvTFrqBryIEm";
    let hash = import_password_hash("Bcrypt", digest).unwrap();
    assert!(matches(&hash, &"a".repeat(72)));
    assert!(matches(&hash, &("a".repeat(72) + "b")));
    assert!(!matches(&hash, &"a".repeat(71)));
}

#[test]
fn pbkdf2_of_each_function_verifies() {
    let sha1 = "$i=1000,l=20$TmFDbCBhbmQgcGVwcGVy$SKdw8GlFgXNeOLq0GW2cyxPbkRQ";
    verifies("PBKDF2", &format!("$pbkdf2-sha1{sha1}"));
    verifies("PBKDF2", &format!("$pbkdf2{sha1}"));
    verifies(
        "PBKDF2",
        "$pbkdf2-sha256$i=1000,l=32$TmFDbCBhbmQgcGVwcGVy$yDLdLpTPinbG6TBL0Shwe2oAJzr7pD90myf/Sxmm5Qc",
    );
    verifies(
        "PBKDF2",
        "$pbkdf2-sha256$i=1000$TmFDbCBhbmQgcGVwcGVy$yDLdLpTPinbG6TBL0Shwe2oAJzr7pD90myf/Sxmm5Qc=",
    );
    verifies(
        "PBKDF2",
        "$pbkdf2-sha512$i=1000,l=64$TmFDbCBhbmQgcGVwcGVy$kWSFXohHFFmNdVrZZuk4tzGUlT0ldVOu5m5Fzrp1AMYtSpXl9K/N41g/ioarF5+viT5mLynthsX8NaM6RhLJNw",
    );
}

#[test]
fn logtos_legacy_pbkdf2_verifies() {
    verifies(
        "Legacy",
        r#"["pbkdf2", ["salt", "1000", "20", "sha512", "@"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
    );
    verifies(
        "Legacy",
        r#"["pbkdf2Sync", ["salt", 1000, 20, "sha1", "@"], "E0F1B0C80D7CEACB80F38FD50C5F06BACA44E7FC"]"#,
    );
    verifies(
        "Legacy",
        r#"["pbkdf2", ["hex:00ff80", "1000", "40", "sha256", "@"], "6f5036ef4ec969455daa6f2381f77d1ce40593120ea8f61898d8dab14d012c9e4ff16301649b529b"]"#,
    );
}

#[test]
fn what_is_fast_to_guess_is_not_imported() {
    let sha256 = r#"["sha256", ["salt123", "@"], "c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e"]"#;
    let md5 =
        r#"["pbkdf2", ["salt", "1000", "16", "md5", "@"], "00112233445566778899aabbccddeeff"]"#;
    for algorithm in ["SHA1", "SHA256", "MD5", "argon2id", "scrypt", ""] {
        refused(algorithm, "", ImportError::Unsupported);
    }
    refused("Legacy", sha256, ImportError::Unsupported);
    refused("Legacy", md5, ImportError::Unsupported);
    let scrypt = "$pbkdf2-md5$i=1000$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRQ";
    refused("PBKDF2", scrypt, ImportError::Unsupported);
}

#[test]
fn a_digest_of_another_form_is_malformed() {
    let good = "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$3LdjigVfI43W1yLDU7OB9OYHNFyPTzCNyXn74wNMrSU";
    for (from, to) in [
        ("$argon2id$", "$argon2i$"),
        ("$argon2id$", "argon2id$"),
        ("v=19", "v=18"),
        ("m=64", "m=7"),
        ("m=64", "m=+64"),
        ("m=64", "m=99999999999999999999"),
        ("t=2", "t=0"),
        (",p=1", ""),
        ("p=1", "p=0"),
        ("p=1", "p=16777216"),
        ("p=1", "p=1,keyid=1"),
        ("m=64,t=2", "m=64,m=64"),
        ("c2FsdHNhbHRzYWx0c2FsdA", "c2FsdA"),
        ("c2FsdHNhbHRzYWx0c2FsdA", "c2Fs*"),
        ("$3Ldj", "$$3Ldj"),
        ("3LdjigVfI43W1yLDU7OB9OYHNFyPTzCNyXn74wNMrSU", "3LdjigVf"),
    ] {
        let digest = good.replace(from, to);
        refused("Argon2id", &digest, ImportError::Malformed);
    }
    for digest in [
        "",
        "$2b$04$short",
        &BCRYPT.replace("$2b$", "$2x$"),
        &BCRYPT.replace("$04$", "$03$"),
        &BCRYPT.replace("b52i", "b5é"),
        good,
    ] {
        refused("Bcrypt", digest, ImportError::Malformed);
    }
    for digest in [
        "$pbkdf2-sha1$i=0,l=20$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRQ",
        "$pbkdf2-sha1$i=1000,l=21$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRQ",
        "$pbkdf2-sha1$1000$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRQ",
        BCRYPT,
    ] {
        refused("PBKDF2", digest, ImportError::Malformed);
    }
    for digest in [
        "",
        "{}",
        r#"["pbkdf2", "salt", "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
        r#"["pbkdf2", ["salt", "1000", "20", "sha512"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
        r#"["pbkdf2", ["salt", "x", "20", "sha512", "@"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
        r#"["pbkdf2", ["salt", "1000", "21", "sha512", "@"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
        r#"["pbkdf2", ["hex:zz", "1000", "20", "sha512", "@"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c268"]"#,
        r#"["pbkdf2", ["salt", "1000", "20", "sha512", "@"], "73ee37bce23823b641c1c7bb6fe7e3af9b19c26"]"#,
        r#"["pbkdf2", ["salt", "1000", "2", "sha512", "@"], "73ee"]"#,
    ] {
        refused("Legacy", digest, ImportError::Malformed);
    }
}

#[test]
fn a_digest_may_not_cost_more_than_a_sign_in() {
    let argon2 = |m, t| {
        format!(
            "$argon2id$v=19$m={m},t={t},p=1$c2FsdHNhbHRzYWx0c2FsdA$3LdjigVfI43W1yLDU7OB9OYHNFyPTzCNyXn74wNMrSU"
        )
    };
    assert!(import_password_hash("Argon2id", &argon2(262_144, 16)).is_ok());
    refused("Argon2id", &argon2(262_145, 1), ImportError::TooCostly);
    refused("Argon2id", &argon2(64, 17), ImportError::TooCostly);

    assert!(import_password_hash("Bcrypt", &BCRYPT.replace("$04$", "$14$")).is_ok());
    let bcrypt = BCRYPT.replace("$04$", "$15$");
    refused("Bcrypt", &bcrypt, ImportError::TooCostly);

    let pbkdf2 = |i| format!("$pbkdf2-sha1$i={i}$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRQ");
    assert!(import_password_hash("PBKDF2", &pbkdf2(5_000_000_u64)).is_ok());
    refused("PBKDF2", &pbkdf2(5_000_001), ImportError::TooCostly);
    refused("PBKDF2", &pbkdf2(5_000_000_000), ImportError::TooCostly);
    let two_blocks = "$pbkdf2-sha1$i=2500001$c2FsdA$SKdw8GlFgXNeOLq0GW2cyxPbkRRIp3Dw";
    refused("PBKDF2", two_blocks, ImportError::TooCostly);
}

#[test]
fn what_is_made_here_is_as_argon2_itself_makes_it() {
    let params = Params::new(8, 1, 1, None).unwrap();
    let mut area = vec![Block::new(); params.block_count()];
    let hash = make(PASSWORD.as_bytes(), b"saltsaltsaltsalt", &params, &mut area).unwrap();
    assert_eq!(
        hash.expose(),
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$uxWTSOnvlCJwDdrvGjf7x3xvw771mTCJHUN5gdfCrTw"
    );
    let stored = StoredHash::parse(hash.expose()).unwrap();
    assert!(stored.is_made_with(&params));
    assert!(!stored.is_made_with(&Params::new(8, 2, 1, None).unwrap()));
}
