//! What an application may be registered with: the rules of each field, and of the whole. Resource
//! files and the Management API obey the same ones.

use moongate_core::{
    Application, ApplicationType, CustomClientMetadata, ErrorCode, OidcClientMetadata,
    SigningAlgorithm,
};
use serde_json::Value;
use url::Url;

use crate::redirect_uri;
use crate::resources::fields::{Fields, Known};
use crate::resources::finding::Findings;

const DAY: u32 = 86_400;
const LONGEST_URL: usize = 2048;

const OIDC_FIELDS: Known<'static> = Known {
    now: &[
        "redirectUris",
        "postLogoutRedirectUris",
        "backchannelLogoutUri",
        "backchannelLogoutSessionRequired",
        "logoUri",
    ],
    later: &[],
};

const CUSTOM_FIELDS: Known<'static> = Known {
    now: &[
        "corsAllowedOrigins",
        "idTokenTtl",
        "refreshTokenTtlInDays",
        "refreshTokenTtl",
        "alwaysIssueRefreshToken",
        "rotateRefreshToken",
        "allowTokenExchange",
        "isDeviceFlow",
        "maxAllowedGrants",
        "requirePkce",
        "idTokenSignedResponseAlg",
        "requirePushedAuthorizationRequests",
        "dpopBoundAccessTokens",
        "jwks",
        "jwksUri",
    ],
    later: &[],
};

/// Reads `oidcClientMetadata`, noting everything that is wrong.
pub(crate) fn oidc_client_metadata(
    path: &str,
    value: &Value,
    findings: &mut Findings,
) -> Option<OidcClientMetadata> {
    let mut fields = Fields::new(path, value, OIDC_FIELDS, findings)?;
    Some(OidcClientMetadata {
        redirect_uris: texts(&mut fields, "redirectUris", redirect_uri::check),
        post_logout_redirect_uris: texts(
            &mut fields,
            "postLogoutRedirectUris",
            redirect_uri::check,
        ),
        backchannel_logout_uri: url(&mut fields, "backchannelLogoutUri"),
        backchannel_logout_session_required: fields.bool("backchannelLogoutSessionRequired"),
        logo_uri: url(&mut fields, "logoUri"),
    })
}

/// Reads `customClientMetadata`, noting everything that is wrong.
pub(crate) fn custom_client_metadata(
    path: &str,
    value: &Value,
    findings: &mut Findings,
) -> Option<CustomClientMetadata> {
    let mut fields = Fields::new(path, value, CUSTOM_FIELDS, findings)?;
    let algorithm = fields.text("idTokenSignedResponseAlg", 16);
    let id_token_signed_response_alg = algorithm.and_then(|name| {
        let algorithm = SigningAlgorithm::parse(&name);
        if algorithm.is_none() {
            fields.refuse(
                "idTokenSignedResponseAlg",
                format!("there is no algorithm {name:?}"),
                "use ES384, ES256, EdDSA or RS256",
            );
        }
        algorithm
    });
    let jwks = jwks(&mut fields);
    let jwks_uri = url(&mut fields, "jwksUri");
    if jwks.is_some() && jwks_uri.is_some() {
        // OpenID Connect Registration §2.
        fields.refuse("jwksUri", "stands beside jwks", "leave one of them out");
    }
    Some(CustomClientMetadata {
        cors_allowed_origins: texts(&mut fields, "corsAllowedOrigins", origin),
        id_token_ttl: fields.number("idTokenTtl", 60..=30 * DAY, "seconds"),
        refresh_token_ttl_in_days: fields.number("refreshTokenTtlInDays", 1..=180, "days"),
        refresh_token_ttl: fields.number("refreshTokenTtl", 60..=180 * DAY, "seconds"),
        always_issue_refresh_token: fields.bool("alwaysIssueRefreshToken"),
        rotate_refresh_token: fields.bool("rotateRefreshToken"),
        allow_token_exchange: fields.bool("allowTokenExchange"),
        is_device_flow: fields.bool("isDeviceFlow"),
        max_allowed_grants: fields.number("maxAllowedGrants", 1..=1_000_000, "grants"),
        require_pkce: fields.bool("requirePkce"),
        id_token_signed_response_alg,
        require_pushed_authorization_requests: fields.bool("requirePushedAuthorizationRequests"),
        dpop_bound_access_tokens: fields.bool("dpopBoundAccessTokens"),
        jwks,
        jwks_uri,
    })
}

/// A rule of the whole that an application breaks, with the field to change.
pub(crate) fn broken_rule(
    application: &Application,
    before: Option<&Application>,
) -> Option<(&'static str, ErrorCode)> {
    let custom = &application.custom_client_metadata;
    let uses_devices = |it: &Application| it.custom_client_metadata.is_device_flow == Some(true);
    if application.is_third_party && application.kind == ApplicationType::MachineToMachine {
        return Some(("isThirdParty", ErrorCode::ApplicationInvalidThirdPartyType));
    }
    let device_flow = "customClientMetadata.isDeviceFlow";
    if before.is_some_and(|before| uses_devices(before) != uses_devices(application)) {
        return Some((device_flow, ErrorCode::ApplicationDeviceFlowNotChangeable));
    }
    if uses_devices(application) && application.kind != ApplicationType::Native {
        return Some((device_flow, ErrorCode::ApplicationDeviceFlowNativeOnly));
    }
    if application.is_third_party && custom.allow_token_exchange == Some(true) {
        return Some((
            "customClientMetadata.allowTokenExchange",
            ErrorCode::ApplicationThirdPartyCannotExchangeTokens,
        ));
    }
    None
}

/// A list of texts that pass `check`, none twice.
fn texts(
    fields: &mut Fields<'_>,
    name: &str,
    check: impl Fn(&str) -> Result<(), &'static str>,
) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (index, value) in fields.list(name).unwrap_or_default().iter().enumerate() {
        let place = format!("{name}[{index}]");
        let Some(text) = value.as_str() else {
            fields.refuse(&place, "expected a string", "");
            continue;
        };
        if let Err(problem) = check(text) {
            fields.refuse(&place, problem, "");
        } else if texts.iter().any(|known| known == text) {
            fields.refuse(&place, "stands in the list already", "");
        } else {
            texts.push(text.to_owned());
        }
    }
    texts
}

/// An address that this server or a browser opens. Whether the server may open it is decided when
/// it does, after the name is resolved.
fn url(fields: &mut Fields<'_>, name: &str) -> Option<String> {
    let text = fields.text(name, LONGEST_URL)?;
    let is_url = Url::parse(&text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if !is_url {
        fields.refuse(
            name,
            "must be a URL such as https://example.com/path, without fragment or user",
            "",
        );
    }
    is_url.then_some(text)
}

/// An origin as a browser writes it in `Origin` (RFC 6454 §6.2).
fn origin(text: &str) -> Result<(), &'static str> {
    let written = Url::parse(text).ok().map(|url| url.origin());
    match written {
        Some(origin) if origin.is_tuple() && origin.ascii_serialization() == text => Ok(()),
        _ => Err("must be an origin such as https://example.com, without path or slash"),
    }
}

/// Public keys (RFC 7517 §5). A private key would be given away.
fn jwks(fields: &mut Fields<'_>) -> Option<Value> {
    let value = fields.get("jwks")?;
    let keys = value.get("keys").and_then(Value::as_array);
    let Some(keys) = keys.filter(|keys| (1..=20).contains(&keys.len())) else {
        fields.refuse("jwks", "must be an object with 1 to 20 \"keys\"", "");
        return None;
    };
    for (index, key) in keys.iter().enumerate() {
        let place = format!("jwks.keys[{index}]");
        let private = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"];
        if private.iter().any(|member| key.get(member).is_some()) {
            fields.refuse(
                &place,
                "holds its private part",
                "give the public key alone",
            );
        } else if !matches!(
            key.get("kty").and_then(Value::as_str),
            Some("EC" | "OKP" | "RSA")
        ) {
            fields.refuse(&place, "is no public key of kty EC, OKP or RSA", "");
        }
    }
    Some(value.clone())
}
