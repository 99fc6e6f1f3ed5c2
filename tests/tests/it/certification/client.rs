//! The suite's clients, and the authorization requests that they make.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use moongate_core::testing::{SeededEntropy, server_keys};
use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, ConsentScopes,
    CustomClientMetadata, OidcClientMetadata, Secret, SigningAlgorithm, UnixMillis,
};
use serde_json::Map;
use url::form_urlencoded;

/// How a client proves at the token endpoint who it is (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Authentication {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

/// A client of the suite: confidential, without PKCE, with ID tokens by RS256.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: &'static str,
    pub(super) authentication: Authentication,
    pub(super) redirect_uri: &'static str,
    pub(super) post_logout_redirect_uri: &'static str,
    pub(super) backchannel_logout_uri: &'static str,
    secret: &'static str,
}

/// The client of nearly every module.
pub(super) const FIRST: Client = Client {
    id: "certification-1",
    authentication: Authentication::Basic,
    redirect_uri: "https://rp.example.net/test/a/moongate/callback",
    post_logout_redirect_uri: "https://rp.example.net/test/a/moongate/post_logout_redirect",
    backchannel_logout_uri: "https://rp.example.net/test/a/moongate/backchannel_logout",
    // Characters that both ways of sending it have to encode.
    secret: "the first secret/of+the suite&100%",
};

/// The client that authenticates itself by post; its redirect URI has a query.
pub(super) const SECOND: Client = Client {
    id: "certification-2",
    authentication: Authentication::Post,
    redirect_uri: "https://rp.example.net/test/a/moongate/callback?dummy1=lorem&dummy2=ipsum",
    post_logout_redirect_uri: "https://rp.example.net/test/a/moongate/post_logout_redirect2",
    backchannel_logout_uri: "https://rp.example.net/test/a/moongate/backchannel_logout2",
    secret: "the second secret/of+the suite&100%",
};

impl Client {
    /// The client as it is registered, with its secret.
    pub(super) fn registration(&self, now: UnixMillis) -> (Application, ApplicationSecret) {
        let application = Application {
            id: ApplicationId::from(self.id),
            name: format!("Conformance suite, {}", self.id),
            description: None,
            kind: ApplicationType::Traditional,
            oidc_client_metadata: OidcClientMetadata {
                redirect_uris: vec![self.redirect_uri.to_owned()],
                post_logout_redirect_uris: vec![self.post_logout_redirect_uri.to_owned()],
                backchannel_logout_uri: Some(self.backchannel_logout_uri.to_owned()),
                backchannel_logout_session_required: Some(true),
                ..OidcClientMetadata::default()
            },
            custom_client_metadata: CustomClientMetadata {
                id_token_signed_response_alg: Some(SigningAlgorithm::RS256),
                ..CustomClientMetadata::default()
            },
            is_third_party: false,
            consent_scopes: ConsentScopes::default(),
            custom_data: Map::new(),
            created_at: now,
        };
        let name = "Conformance";
        let sealed_value = ApplicationSecret::seal_value(
            &server_keys(),
            &SeededEntropy::new(3),
            &application.id,
            name,
            &Secret::new(self.secret),
        );
        let secret = ApplicationSecret {
            application_id: application.id.clone(),
            name: name.into(),
            sealed_value,
            reference: None,
            created_at: now,
            expires_at: None,
        };
        (application, secret)
    }

    /// The `Authorization` header of `client_secret_basic`, both halves form-encoded (RFC 6749
    /// §2.3.1), and the fields of `client_secret_post`: one of the two.
    pub(super) fn credentials(&self) -> (Option<String>, Vec<(&'static str, &'static str)>) {
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        match self.authentication {
            Authentication::Basic => {
                let pair = format!("{}:{}", encoded(self.id), encoded(self.secret));
                (Some(format!("Basic {}", STANDARD.encode(pair))), Vec::new())
            }
            Authentication::Post => (
                None,
                vec![("client_id", self.id), ("client_secret", self.secret)],
            ),
        }
    }
}

/// An authorization request (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) client: Client,
    pairs: Vec<(String, String)>,
}

impl Request {
    /// A request for a code with the scope `openid`, and with the suite's state and nonce.
    pub(super) fn new(client: Client, name: &str) -> Self {
        let pairs = [
            ("client_id", client.id),
            ("redirect_uri", client.redirect_uri),
            ("scope", "openid"),
            ("state", &format!("state {name} ~+/=&%20")),
            ("nonce", &format!("nonce {name} ~+/=&%20")),
            ("response_type", "code"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            pairs: pairs.to_vec(),
            client,
        }
    }

    /// The request with that parameter, in place of one of the same name.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        match self.pairs.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => value.clone_into(own),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The request without that parameter.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(own, _)| own != name);
        self
    }

    /// The request with its parameters in the opposite order.
    pub(super) fn reversed(mut self) -> Self {
        self.pairs.reverse();
        self
    }

    /// A parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The parameters as a query or a form.
    pub(super) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.pairs)
            .finish()
    }
}
