//! The answer that travels to the application's redirect URI.

use moongate_core::{Application, Interaction, ResponseMode, StoreError};
use url::form_urlencoded;

use crate::{OidcError, Provider};

/// Parameters for a redirect URI, and how they travel.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// The application's name, for a page on the way.
    pub application: String,
    /// A registered address.
    pub redirect_uri: String,
    /// How the parameters travel.
    pub mode: ResponseMode,
    /// Names and values; may hold a code.
    pub parameters: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("AuthorizationResponse")
            .field("application", &self.application)
            .field("redirect_uri", &self.redirect_uri)
            .field("mode", &self.mode)
            .field("parameters", &names)
            .finish()
    }
}

impl AuthorizationResponse {
    /// Where to send the browser; `None` if the parameters travel in a form.
    pub fn location(&self) -> Option<String> {
        let separator = match self.mode {
            ResponseMode::FormPost => return None,
            ResponseMode::Fragment => '#',
            ResponseMode::Query if self.redirect_uri.ends_with(['?', '&']) => {
                return Some(format!("{}{}", self.redirect_uri, self.encoded()));
            }
            ResponseMode::Query if self.redirect_uri.contains('?') => '&',
            ResponseMode::Query => '?',
        };
        Some(format!(
            "{}{separator}{}",
            self.redirect_uri,
            self.encoded()
        ))
    }

    fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.parameters)
            .finish()
    }
}

impl Provider {
    /// An answer with `state` and `iss` (RFC 9207 §2) added.
    pub(crate) fn response(
        &self,
        application: &Application,
        redirect_uri: String,
        mode: ResponseMode,
        state: Option<&str>,
        mut parameters: Vec<(&'static str, String)>,
    ) -> AuthorizationResponse {
        if let Some(state) = state {
            parameters.push(("state", state.to_owned()));
        }
        parameters.push(("iss", self.issuer.clone()));
        AuthorizationResponse {
            application: application.name.clone(),
            redirect_uri,
            mode,
            parameters,
        }
    }

    /// An error as an answer (RFC 6749 §4.1.2.1).
    pub(crate) fn refusal(
        &self,
        application: &Application,
        redirect_uri: String,
        mode: ResponseMode,
        state: Option<&str>,
        error: OidcError,
    ) -> AuthorizationResponse {
        let parameters = vec![
            ("error", error.error.to_owned()),
            ("error_description", error.description),
        ];
        self.response(application, redirect_uri, mode, state, parameters)
    }

    /// The answer to an application whose user turned back; `None` if the application is gone.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancelled(
        &self,
        interaction: Interaction,
    ) -> Result<Option<AuthorizationResponse>, StoreError> {
        let mut reader = self.store.read().await?;
        let application = reader.application(&interaction.application_id).await?;
        let request = interaction.request;
        Ok(application.map(|application| {
            self.refusal(
                &application,
                request.redirect_uri,
                request.response_mode,
                request.state.as_deref(),
                OidcError::new("access_denied", "the user turned back"),
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(redirect_uri: &str, mode: ResponseMode, expected: Option<&str>) {
        let response = AuthorizationResponse {
            application: "App".into(),
            redirect_uri: redirect_uri.into(),
            mode,
            parameters: vec![("code", "a b&c".into())],
        };
        assert_eq!(response.location().as_deref(), expected);
    }

    #[test]
    fn parameters_join_what_the_address_has() {
        use ResponseMode::{FormPost, Fragment, Query};
        check(
            "https://a.example/cb",
            Query,
            Some("https://a.example/cb?code=a+b%26c"),
        );
        check(
            "https://a.example/cb?x=1",
            Query,
            Some("https://a.example/cb?x=1&code=a+b%26c"),
        );
        check(
            "https://a.example/cb?",
            Query,
            Some("https://a.example/cb?code=a+b%26c"),
        );
        check(
            "https://a.example/cb",
            Fragment,
            Some("https://a.example/cb#code=a+b%26c"),
        );
        check(
            "com.example:/cb",
            Query,
            Some("com.example:/cb?code=a+b%26c"),
        );
        check("https://a.example/cb", FormPost, None);
    }
}
