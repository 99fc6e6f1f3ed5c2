//! `/api/*`: the Management API. Bearer tokens, JSON, no cookies; so no CSRF layer either.
//!
//! Each file has the routes of one topic. A handler reads what it was given, calls one use case of
//! `moongate-management` and answers. To add a route: the use case, its operation in the table
//! there, a handler with `#[utoipa::path]` here, and its line in [`collected`]; the guard, the
//! OpenAPI document and the tests that walk every route then know it.

mod answer;
mod application_roles;
mod application_secrets;
mod applications;
mod consent_scopes;
mod document;
pub(super) mod error;
pub(super) mod extract;
pub(super) mod guard;
mod oidc_keys;
mod resources;
mod role_holders;
mod roles;
mod sentinel_activities;
mod sign_in_exp;
mod system;
mod user_roles;
mod user_sessions;
mod user_tokens;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use moongate_management::Management;
use moongate_oidc::Provider;
use utoipa_axum::router::OpenApiRouter;

use self::guard::Guard;
use super::Parts;
use crate::settings::Settings;

/// What handlers reach the world through.
#[derive(Clone)]
struct Api {
    management: Management,
    provider: Provider,
    /// The URL of this deployment, without a slash at the end.
    endpoint: Arc<str>,
    /// The OpenAPI document, JSON.
    document: Arc<[u8]>,
}

pub(super) fn routes(settings: &Settings, parts: &Parts) -> Router {
    let (router, document) = collected().split_for_parts();
    let document = document::whole(document, &settings.endpoint_text());
    let guard = Guard::new(
        parts.provider.clone(),
        parts.management.clone(),
        &settings.management_resource,
        &settings.endpoint_text(),
        &settings.base_path(),
        &document,
    );
    let api = Api {
        management: parts.management.clone(),
        provider: parts.provider.clone(),
        endpoint: settings.endpoint_text().into(),
        document: serde_json::to_vec(&document)
            .expect("the document is plain JSON")
            .into(),
    };
    router
        .route("/api", any(guard::not_found))
        .route("/api/{*path}", any(guard::not_found))
        .method_not_allowed_fallback(guard::not_found)
        .layer(from_fn_with_state(guard, guard::guard))
        .with_state(api)
}

/// Every route with its description.
fn collected() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(document::empty())
        .merge(system::routes())
        .merge(applications::routes())
        .merge(application_secrets::routes())
        .merge(application_roles::routes())
        .merge(consent_scopes::routes())
        .merge(resources::routes())
        .merge(roles::routes())
        .merge(role_holders::routes())
        .merge(sign_in_exp::routes())
        .merge(users::routes())
        .merge(user_roles::routes())
        .merge(user_sessions::routes())
        .merge(user_tokens::routes())
        .merge(sentinel_activities::routes())
        .merge(oidc_keys::routes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use moongate_management::Operation;

    use super::*;

    #[test]
    fn the_table_and_the_document_name_the_same_operations() {
        let document = collected().into_openapi();
        let described: Vec<_> = document::operations(&document)
            .iter()
            .map(|(_, _, described)| described.operation_id.clone().unwrap_or_default())
            .collect();
        let set: BTreeSet<&str> = described.iter().map(String::as_str).collect();
        assert_eq!(set.len(), described.len(), "an operation stands twice");
        let table: BTreeSet<_> = Operation::TABLE.iter().map(|it| it.as_str()).collect();
        assert_eq!(set, table);
    }
}
