//! Check: the `claims` parameter can be read (OpenID Connect Core §5.5).

use moongate_core::{Application, RequestedClaims};
use serde_json::{Map, Value};

use crate::claims::CLAIMS_SUPPORTED;
use crate::{OidcError, Parameters};

/// The single claims that are asked for, and the only subject who may answer, if one is named.
///
/// Claims that nobody knows are ignored, and so is whether one is essential: what there is is
/// given (§5.5.1). A third-party application gets claims by its scopes alone, which its users
/// consent to.
pub(crate) fn check(
    parameters: &Parameters,
    application: &Application,
) -> Result<(RequestedClaims, Option<String>), OidcError> {
    let Some(text) = parameters.get("claims") else {
        return Ok((RequestedClaims::default(), None));
    };
    let refused = || {
        OidcError::invalid_request(
            "claims parameter must be a JSON object with userinfo or id_token members",
        )
    };
    let claims: Map<String, Value> = serde_json::from_str(text).map_err(|_| refused())?;
    let member = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members.clone()),
        Some(_) => Err(refused()),
    };
    let (userinfo, id_token) = (member("userinfo")?, member("id_token")?);
    let expected_sub = [&id_token, &userinfo]
        .into_iter()
        .find_map(|members| members.get("sub")?.get("value")?.as_str())
        .map(str::to_owned);
    if application.is_third_party {
        return Ok((RequestedClaims::default(), expected_sub));
    }
    let known = |members: &Map<String, Value>| {
        let names = members.keys().map(String::as_str);
        names
            .filter(|name| CLAIMS_SUPPORTED.contains(name))
            .map(str::to_owned)
            .collect()
    };
    let requested = RequestedClaims {
        userinfo: known(&userinfo),
        id_token: known(&id_token),
    };
    Ok((requested, expected_sub))
}
