//! Who calls the token endpoint (RFC 6749 §2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use moongate_core::{Application, ApplicationId, Secret, StoreError};
use url::form_urlencoded;

use crate::client_assertion::{ASSERTION_TYPE, AssertionError, subject};
use crate::{OidcError, Parameters, Provider, TokenError, TokenRequest};

struct Credentials {
    client_id: String,
    proof: Proof,
}

/// How a client proves itself.
enum Proof {
    None,
    BasicSecret(Secret),
    PostedSecret(Secret),
    Assertion(String),
}

impl Provider {
    /// The application that authenticated itself by exactly one mechanism.
    pub(crate) async fn authenticate_client(
        &self,
        authorization: Option<&str>,
        parameters: &Parameters,
    ) -> Result<Application, TokenError> {
        let Credentials { client_id, proof } = credentials(authorization, parameters)?;
        let challenge = matches!(proof, Proof::BasicSecret(_));
        let failed = || TokenError::Client {
            error: OidcError::new("invalid_client", "client authentication failed"),
            challenge,
        };
        let id = ApplicationId::from(client_id);
        let application = self.store.read().await?.application(&id).await?;
        let application = application.ok_or_else(failed)?;
        match proof {
            Proof::None if application.kind.is_public() => Ok(application),
            Proof::None => Err(TokenError::Request(OidcError::invalid_request(
                "no client authentication mechanism provided",
            ))),
            // A public client has nothing that could prove it.
            _ if application.kind.is_public() => Err(failed()),
            Proof::BasicSecret(secret) | Proof::PostedSecret(secret) => {
                if self.has_secret(&id, &secret).await? {
                    Ok(application)
                } else {
                    Err(failed())
                }
            }
            Proof::Assertion(assertion) => {
                match self.check_assertion(&application, &assertion).await {
                    Ok(()) => Ok(application),
                    Err(AssertionError::Refused(reason)) => {
                        tracing::info!(application = %id, reason, "a client assertion was refused");
                        Err(failed())
                    }
                    Err(AssertionError::Store(error)) => Err(error.into()),
                }
            }
        }
    }

    /// Whether a secret is one of the application's, and in force.
    async fn has_secret(&self, id: &ApplicationId, presented: &Secret) -> Result<bool, TokenError> {
        let secrets = self.store.read().await?.application_secrets(id).await?;
        let now = self.clock.now();
        for secret in secrets {
            let stored = secret.open_value(&self.server_keys).map_err(|error| {
                StoreError::Corrupt(format!("application_secrets.value: {error}"))
            })?;
            if stored != *presented {
                continue;
            }
            if secret.is_expired(now) {
                return Err(TokenError::Request(OidcError::invalid_request(
                    "client secret has expired",
                )));
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// Who a request says it is from, before anything is proved.
pub(crate) fn claimed_client(request: &TokenRequest<'_>) -> Option<ApplicationId> {
    let basic = request.authorization.and_then(basic).map(|(id, _)| id);
    let posted = request.parameters.get("client_id").map(str::to_owned);
    let asserted = || subject(request.parameters.get("client_assertion")?);
    let id = basic.or(posted).or_else(asserted)?;
    (!id.contains('\0')).then(|| ApplicationId::from(id))
}

fn credentials(
    authorization: Option<&str>,
    parameters: &Parameters,
) -> Result<Credentials, TokenError> {
    let invalid = |description| TokenError::Request(OidcError::invalid_request(description));
    let posted_id = parameters.get("client_id");
    let posted_secret = parameters.get("client_secret");
    let assertion = parameters.get("client_assertion");
    let mechanisms = [
        authorization.is_some(),
        posted_secret.is_some(),
        assertion.is_some(),
    ];
    if mechanisms.into_iter().filter(|is_used| *is_used).count() > 1 {
        return Err(invalid(
            "client authentication must only be provided using one mechanism",
        ));
    }
    if let Some(header) = authorization {
        let (client_id, secret) =
            basic(header).ok_or_else(|| invalid("invalid authorization header value format"))?;
        if posted_id.is_some_and(|posted| posted != client_id) {
            return Err(invalid("mismatch in body and authorization client ids"));
        }
        return Ok(Credentials {
            client_id,
            proof: Proof::BasicSecret(Secret::new(secret)),
        });
    }
    if let Some(assertion) = assertion {
        if parameters.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(invalid("client_assertion_type must be jwt-bearer's"));
        }
        let client_id = subject(assertion)
            .filter(|id| !id.contains('\0'))
            .ok_or_else(|| invalid("client_assertion must be a signed JWT with a sub"))?;
        if posted_id.is_some_and(|posted| posted != client_id) {
            return Err(invalid("mismatch in body and assertion client ids"));
        }
        return Ok(Credentials {
            client_id,
            proof: Proof::Assertion(assertion.to_owned()),
        });
    }
    let client_id =
        posted_id.ok_or_else(|| invalid("no client authentication mechanism provided"))?;
    Ok(Credentials {
        client_id: client_id.to_owned(),
        proof: match posted_secret {
            Some(secret) => Proof::PostedSecret(Secret::new(secret)),
            None => Proof::None,
        },
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
