//! The OpenAPI document: what the routes say of themselves, and what is the same for all of them.

use http::Method;
use moongate_management::{Operation, Requirement};
use utoipa::ToSchema as _;
use utoipa::openapi::path::{Operation as Described, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Server};

use super::error::ApiErrorBody;

const BEARER: &str = "bearer";

/// A document without paths.
pub(super) fn empty() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Moongate Management API")
        .description(Some(
            "Get an access token at /oidc/token with grant_type=client_credentials, the \
             Management API's indicator as resource and scope=all, as a machine-to-machine \
             application that holds the role \"Logto Management API access\".",
        ))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// The document with what every operation shares: the bearer token, and the shape of refusals.
pub(super) fn whole(mut document: OpenApi, endpoint: &str) -> OpenApi {
    document.servers = Some(vec![Server::new(endpoint)]);
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let mut schemas = vec![(
        ApiErrorBody::name().into_owned(),
        <ApiErrorBody as utoipa::PartialSchema>::schema(),
    )];
    ApiErrorBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for item in document.paths.paths.values_mut() {
        for (_, described) in slots(item) {
            if let Some(described) = described {
                complete(described);
            }
        }
    }
    document
}

fn complete(described: &mut Described) {
    let name = described.operation_id.as_deref();
    let requirement = name.and_then(Operation::parse).map(Operation::requirement);
    for response in described.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            // OpenAPI 3.1 §4.8.17 wants one.
            response.description = "Done.".into();
        }
    }
    let mut refusal = |status: &str, description: &str| {
        let name = ApiErrorBody::name();
        let content = Content::new(Some(Ref::from_schema_name(name)));
        let mut response = Response::new(description);
        response
            .content
            .insert("application/json".into(), RefOr::T(content));
        let responses = &mut described.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert(RefOr::T(response));
    };
    refusal("4XX", "The request is refused; the code says why.");
    refusal("5XX", "The server failed, or is busy.");
    if let Some(Requirement::Scope(scope)) = requirement {
        refusal("401", "There is no access token, or it is not good here.");
        refusal("403", "The access token lacks the scope.");
        described.security = Some(vec![SecurityRequirement::new(BEARER, [scope])]);
    } else {
        described.security = Some(vec![SecurityRequirement::default()]);
    }
}

/// Every operation of a document, with path and method.
pub(super) fn operations(document: &OpenApi) -> Vec<(&str, Method, &Described)> {
    let mut all = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, described) in [
            (Method::GET, &item.get),
            (Method::POST, &item.post),
            (Method::PUT, &item.put),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ] {
            all.extend(described.as_ref().map(|it| (path.as_str(), method, it)));
        }
    }
    all
}

fn slots(item: &mut PathItem) -> [(Method, Option<&mut Described>); 5] {
    [
        (Method::GET, item.get.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ]
}
