//! Who calls the token endpoint (RFC 6749 §2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use moongate_core::{Application, ApplicationId, Secret, StoreError};
use url::form_urlencoded;

use crate::{OidcError, Parameters, Provider, TokenError, TokenRequest};

struct Credentials {
    client_id: String,
    secret: Option<Secret>,
    is_basic: bool,
}

impl Provider {
    /// The application that authenticated itself by exactly one mechanism.
    pub(crate) async fn authenticate_client(
        &self,
        authorization: Option<&str>,
        parameters: &Parameters,
    ) -> Result<Application, TokenError> {
        let credentials = credentials(authorization, parameters)?;
        let failed = || TokenError::Client {
            error: OidcError::new("invalid_client", "client authentication failed"),
            challenge: credentials.is_basic,
        };
        let id = ApplicationId::from(credentials.client_id.as_str());
        let mut reader = self.store.read().await?;
        let application = reader.application(&id).await?.ok_or_else(failed)?;
        match (&credentials.secret, application.kind.is_public()) {
            (None, true) => return Ok(application),
            (None, false) => {
                return Err(TokenError::Request(OidcError::invalid_request(
                    "no client authentication mechanism provided",
                )));
            }
            // A public client has no secret that could be right.
            (Some(_), true) => return Err(failed()),
            (Some(_), false) => {}
        }
        let secrets = reader.application_secrets(&id).await?;
        drop(reader);
        let now = self.clock.now();
        let presented = credentials.secret.as_ref();
        for secret in secrets {
            let stored = secret.open_value(&self.server_keys).map_err(|error| {
                StoreError::Corrupt(format!("application_secrets.value: {error}"))
            })?;
            if Some(&stored) != presented {
                continue;
            }
            if secret.is_expired(now) {
                return Err(TokenError::Request(OidcError::invalid_request(
                    "client secret has expired",
                )));
            }
            return Ok(application);
        }
        Err(failed())
    }
}

/// Who a request says it is from, before anything is proved.
pub(crate) fn claimed_client(request: &TokenRequest<'_>) -> Option<ApplicationId> {
    let basic = request.authorization.and_then(basic).map(|(id, _)| id);
    let posted = request.parameters.get("client_id").map(str::to_owned);
    let id = basic.or(posted)?;
    (!id.contains('\0')).then(|| ApplicationId::from(id))
}

fn credentials(
    authorization: Option<&str>,
    parameters: &Parameters,
) -> Result<Credentials, TokenError> {
    let invalid = |description| TokenError::Request(OidcError::invalid_request(description));
    let posted_secret = parameters.get("client_secret");
    let posted_id = parameters.get("client_id");
    if let Some(header) = authorization {
        if posted_secret.is_some() {
            return Err(invalid(
                "client authentication must only be provided using one mechanism",
            ));
        }
        let (client_id, secret) =
            basic(header).ok_or_else(|| invalid("invalid authorization header value format"))?;
        if posted_id.is_some_and(|posted| posted != client_id) {
            return Err(invalid("mismatch in body and authorization client ids"));
        }
        return Ok(Credentials {
            client_id,
            secret: Some(Secret::new(secret)),
            is_basic: true,
        });
    }
    let client_id =
        posted_id.ok_or_else(|| invalid("no client authentication mechanism provided"))?;
    Ok(Credentials {
        client_id: client_id.to_owned(),
        secret: posted_secret.map(Secret::new),
        is_basic: false,
    })
}

/// Reads `Basic`, both halves form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    let (client_id, secret) = (form_decoded(client_id)?, form_decoded(secret)?);
    (!client_id.is_empty() && !secret.is_empty()).then_some((client_id, secret))
}

fn form_decoded(text: &str) -> Option<String> {
    let decoded = if text.contains(['&', '=']) {
        // Not form-encoded, as many clients send it: take it as it is.
        text.to_owned()
    } else {
        form_urlencoded::parse(text.as_bytes())
            .next()?
            .0
            .into_owned()
    };
    (!decoded.contains('\0')).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Option<(&str, &str)>) {
        let found = basic(header);
        let found = found
            .as_ref()
            .map(|(id, secret)| (id.as_str(), secret.as_str()));
        assert_eq!(found, expected, "{header}");
    }

    #[test]
    fn basic_is_form_encoded() {
        check(
            &format!("Basic {}", STANDARD.encode("app:s%3Aec+ret")),
            Some(("app", "s:ec ret")),
        );
        check(
            &format!("basic {}", STANDARD.encode("app:a=b")),
            Some(("app", "a=b")),
        );
    }

    #[test]
    fn malformed_headers_are_refused_without_fuss() {
        for header in [
            "",
            "Basic",
            "Basic !!!",
            "Bearer x",
            "Basic  ",
            "Basic OjE=",
            "Basic YTo=",
        ] {
            check(header, None);
        }
        check(&format!("Basic {}", STANDARD.encode([0xff, 0xfe])), None);
        check(&format!("Basic {}", STANDARD.encode("a:b%00")), None);
        check(&format!("Basic {}", STANDARD.encode("=\0:x")), None);
    }
}
