//! The discovery document: what is served, and nothing that is not.

use moongate_core::SigningAlgorithm;
use serde_json::json;

use crate::claims::{ACR_VALUES, CLAIMS_SUPPORTED, SCOPES_SUPPORTED};
use crate::jwk::FOREIGN_ALGORITHMS;
use crate::token::GRANT_TYPES;

/// How clients of the token endpoint may prove themselves.
const AUTH_METHODS: [&str; 4] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "none",
];

/// The document as JSON bytes, computed once (OpenID Connect Discovery §3, RFC 8414 §2, and the
/// specifications of what is named). The default signing algorithm comes first.
pub(crate) fn document(issuer: &str, default_algorithm: SigningAlgorithm) -> Vec<u8> {
    let mut algorithms = SigningAlgorithm::ALL;
    algorithms.sort_by_key(|algorithm| *algorithm != default_algorithm);
    let algorithms = algorithms.map(SigningAlgorithm::as_str);
    // Introspection and pushed requests need a client that can prove itself.
    let proving = &AUTH_METHODS[..3];
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "device_authorization_endpoint": format!("{issuer}/device/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "introspection_endpoint": format!("{issuer}/token/introspection"),
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": FOREIGN_ALGORITHMS,
        "revocation_endpoint": format!("{issuer}/token/revocation"),
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": FOREIGN_ALGORITHMS,
        "pushed_authorization_request_endpoint": format!("{issuer}/request"),
        "require_pushed_authorization_requests": false,
        "acr_values_supported": ACR_VALUES,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "claims_supported": CLAIMS_SUPPORTED,
        "code_challenge_methods_supported": ["S256"],
        "display_values_supported": ["page", "popup", "touch"],
        "dpop_signing_alg_values_supported": FOREIGN_ALGORITHMS,
        "grant_types_supported": GRANT_TYPES,
        "id_token_signing_alg_values_supported": algorithms,
        "prompt_values_supported": ["none", "login", "consent"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code"],
        "scopes_supported": SCOPES_SUPPORTED,
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": FOREIGN_ALGORITHMS,
        "ui_locales_supported": ["en", "zh-CN"],
    });
    serde_json::to_vec(&document).expect("a literal document serialises")
}

#[cfg(test)]
mod tests {
    use super::*;
    use openidconnect::core::CoreProviderMetadata;

    #[test]
    fn an_independent_reader_understands_it() {
        let bytes = document("http://localhost:3001/oidc", SigningAlgorithm::ES384);
        let read: CoreProviderMetadata = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read.issuer().as_str(), "http://localhost:3001/oidc");
        assert_eq!(
            read.token_endpoint().unwrap().as_str(),
            "http://localhost:3001/oidc/token"
        );
    }
}
