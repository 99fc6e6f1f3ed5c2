//! Packages that we build in two versions, each with the reason why it can't be helped. What is
//! not here fails, and so does an entry that is no longer true.

/// Names that share a reason.
pub(super) struct Duplicates {
    /// Why there are two, and what would end it.
    pub(super) reason: &'static str,
    /// The packages.
    pub(super) names: &'static [&'static str],
}

/// What the graph of the shipped target may hold twice.
pub(super) const ALLOWED: &[Duplicates] = &[
    Duplicates {
        reason: "openidconnect 4.1 stands on RustCrypto's generation of digest 0.10 (with rsa 0.9, \
                 rand 0.8); ours, sqlx's and its own elliptic curves on that of digest 0.11",
        names: &[
            "block-buffer",
            "const-oid",
            "cpufeatures",
            "crypto-common",
            "der",
            "digest",
            "hmac",
            "pem-rfc7468",
            "pkcs8",
            "sha2",
            "signature",
            "spki",
        ],
    },
    Duplicates {
        reason: "three generations of rand: openidconnect's 0.8, tower-sessions-core's 0.9, \
                 sqlx-postgres's 0.10",
        names: &["getrandom", "rand", "rand_chacha", "rand_core"],
    },
    Duplicates {
        reason: "figment 0.10 reads TOML with toml 0.8, config and the simulator with toml 1",
        names: &["serde_spanned", "toml", "toml_datetime", "winnow"],
    },
    Duplicates {
        reason: "reqwest 0.13 has tower-http 0.6 for redirects, we have 0.7 for `CsrfLayer`",
        names: &["tower-http"],
    },
    Duplicates {
        reason: "hyper-util and reqwest are at base64 0.23; openidconnect and sqlx, and so we, at \
                 0.22",
        names: &["base64"],
    },
    Duplicates {
        reason: "oauth2 (below openidconnect) and rlibphonenumber still derive errors with \
                 thiserror 1",
        names: &["thiserror", "thiserror-impl"],
    },
    Duplicates {
        reason: "aws-lc-rs reads public keys by their parts (`ring-io`) with untrusted 0.7, \
                 rustls-webpki its certificates with 0.9",
        names: &["untrusted"],
    },
    Duplicates {
        reason: "procedural macros are moving from syn 2 to syn 3; none of it is in the binary",
        names: &["syn"],
    },
    Duplicates {
        reason: "rlibphonenumber compiles its metadata's schema in its build script, with protox; \
                 none of it is in the binary but dashmap's hashbrown",
        names: &[
            "foldhash",
            "hashbrown",
            "itertools",
            "logos",
            "logos-codegen",
            "logos-derive",
        ],
    },
];
