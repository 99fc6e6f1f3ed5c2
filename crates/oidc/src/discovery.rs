//! The discovery document: what is served, and nothing that is not.

use serde_json::json;

use crate::claims::{CLAIMS_SUPPORTED, SCOPES_SUPPORTED};

/// The document as JSON bytes, computed once (OpenID Connect Discovery §3, RFC 8414 §2).
pub(crate) fn document(issuer: &str) -> Vec<u8> {
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "introspection_endpoint": format!("{issuer}/token/introspection"),
        "revocation_endpoint": format!("{issuer}/token/revocation"),
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": false,
        "backchannel_logout_session_supported": false,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": false,
        "claims_supported": CLAIMS_SUPPORTED,
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "id_token_signing_alg_values_supported": ["ES384", "RS256"],
        "prompt_values_supported": ["none", "login", "consent"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code"],
        "scopes_supported": SCOPES_SUPPORTED,
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none"],
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
        let bytes = document("http://localhost:3001/oidc");
        let read: CoreProviderMetadata = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read.issuer().as_str(), "http://localhost:3001/oidc");
        assert_eq!(
            read.token_endpoint().unwrap().as_str(),
            "http://localhost:3001/oidc/token"
        );
    }
}
