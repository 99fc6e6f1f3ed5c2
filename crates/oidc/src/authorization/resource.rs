//! Check: the API resources exist, and which of the scopes are theirs.

use std::collections::BTreeSet;

use moongate_core::{Application, ResourceScope, ResourceScopes, Scopes, StoreError};

use crate::claims::SCOPES_SUPPORTED;
use crate::issue::UNKNOWN_RESOURCE;
use crate::{OidcError, Parameters, Provider};

/// More resources than this are not looked up for one request.
const MOST_RESOURCES: usize = 16;

/// What is asked for, sorted out.
pub(crate) struct Asked {
    /// Scopes that are known: ours, and those of the resources.
    pub(crate) scopes: Scopes,
    /// The resources that were named, or the default one, each with those scopes that it has.
    pub(crate) resources: ResourceScopes,
}

/// Finds the resources (RFC 8707 §2; `resource` may be repeated or hold a list with commas, as in
/// Logto) and drops scopes that nobody knows. A third-party application may ask for what it is
/// allowed to ask for alone.
pub(crate) async fn check(
    provider: &Provider,
    parameters: &Parameters,
    application: &Application,
    asks_for_consent: bool,
) -> Result<Result<Asked, OidcError>, StoreError> {
    let asked = Scopes::from(parameters.get("scope").unwrap_or_default());
    let named: BTreeSet<&str> = parameters
        .all("resource")
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .collect();
    if named.len() > MOST_RESOURCES {
        let description = format!("at most {MOST_RESOURCES} resources may be named");
        return Ok(Err(OidcError::new("invalid_target", description)));
    }
    let mut reader = provider.store.read().await?;
    let mut found = Vec::new();
    for indicator in &named {
        match reader.resource_by_indicator(indicator).await? {
            Some(resource) => found.push(resource),
            None => return Ok(Err(OidcError::new("invalid_target", UNKNOWN_RESOURCE))),
        }
    }
    if named.is_empty() {
        found.extend(reader.default_resource().await?);
    }
    let allowed = &application.consent_scopes;
    let may_give = |scope: &ResourceScope| {
        !application.is_third_party || allowed.resource_scopes.contains(&scope.id)
    };
    let mut resources = ResourceScopes::new();
    let mut theirs = Vec::new();
    for resource in found {
        let defined = reader.resource_scopes(&resource.id).await?;
        if application.is_third_party && !defined.iter().any(may_give) {
            // Its users would not learn of it, since there is nothing to ask them about.
            if named.is_empty() {
                continue;
            }
            return Ok(Err(OidcError::new("invalid_target", UNKNOWN_RESOURCE)));
        }
        let wanted = asked.filtered(|scope| {
            let own = defined.iter().find(|own| own.name == scope);
            own.is_some_and(may_give)
        });
        theirs.extend(defined.into_iter().map(|own| own.name));
        resources.insert(resource.indicator, wanted);
    }
    // Offline access needs consent asked for (OpenID Connect Core §11); else it goes silently.
    let scopes = asked.filtered(|scope| {
        let is_known = SCOPES_SUPPORTED.contains(&scope) || theirs.iter().any(|own| own == scope);
        is_known && (scope != "offline_access" || asks_for_consent)
    });
    let may_ask = |scope: &str| {
        matches!(scope, "openid" | "offline_access")
            || allowed.user_scopes.iter().any(|own| own == scope)
            || resources.values().any(|wanted| wanted.contains(scope))
    };
    let bad = scopes.iter().find(|scope| !may_ask(scope));
    if let Some(bad) = bad.filter(|_| application.is_third_party) {
        let description = format!("requested scope is not allowed: {bad}");
        return Ok(Err(OidcError::new("invalid_scope", description)));
    }
    Ok(Ok(Asked { scopes, resources }))
}
