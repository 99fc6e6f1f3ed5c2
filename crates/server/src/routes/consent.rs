//! `/consent`: a third-party application asks for access.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_core::{AskedAccess, InteractionId, User};
use moongate_experience::{ConsentError, Experience};
use moongate_oidc::{Parameters, Provider};
use moongate_web::pages::Consent;
use moongate_web::{Access, ApiAccess, Permission, Person};
use url::Url;

use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

const PATH: &str = "/consent";

#[derive(Clone)]
struct Asking {
    site: Site,
    experience: Experience,
    provider: Provider,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Asking {
        site: site.clone(),
        experience: parts.experience.clone(),
        provider: parts.provider.clone(),
    };
    Router::new()
        .route(PATH, get(show).post(submit))
        .with_state(state)
}

async fn show(
    State(state): State<Asking>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let mut visitor = forms::visitor(&state.site, &headers, &fields, PATH);
    let reference = forms::reference(fields.get("interaction"), &visitor);
    let session = visitor.browser.session.as_deref();
    let question = state.experience.consent_question(&reference, session).await;
    let question = match question {
        Ok(question) => question,
        Err(error) => return state.elsewhere(&visitor, &reference.id, &error),
    };
    forms::speak(
        &state.site,
        &mut visitor,
        &question.interaction,
        &question.settings,
    );
    let redirect_uri = &question.interaction.request.redirect_uri;
    let words = AccessWords::of(&question.access);
    let contact = contact(&question.user);
    let view = Consent {
        interaction: question.interaction.id.as_str(),
        app_name: &question.application.name,
        user: person(&question.user, contact.as_deref()),
        access: words.access(),
        redirect_host: &host(redirect_uri),
    };
    let status = StatusCode::OK;
    state.site.page(&visitor, status, &view, Some(redirect_uri))
}

async fn submit(State(state): State<Asking>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let visitor = forms::visitor(&state.site, &headers, &fields, PATH);
    let posted = forms::Posted::new(fields, &visitor);
    let id = posted.reference.id.clone();
    let session = visitor.browser.session.as_deref();
    match posted.field("decision") {
        "allow" => match state.experience.allow(posted.reference, session).await {
            Ok(()) => forms::resume(&state.site, &visitor, &id),
            Err(error) => state.elsewhere(&visitor, &id, &error),
        },
        "deny" => {
            let interaction = match state.experience.deny(posted.reference, session).await {
                Ok(interaction) => interaction,
                Err(error) => return state.elsewhere(&visitor, &id, &error),
            };
            match state.provider.cancelled(interaction).await {
                Err(error) => errors::store(&state.site, &visitor, &error),
                Ok(None) => forms::unknown_session(&state.site, &visitor, &id),
                Ok(Some(answer)) => state.site.answer(&visitor, &answer),
            }
        }
        // No button of the page says anything else: ask again.
        _ => {
            let location = format!("{PATH}?interaction={id}");
            state.site.go(&visitor, &state.site.path(&location))
        }
    }
}

impl Asking {
    fn elsewhere(&self, visitor: &Visitor, id: &InteractionId, error: &ConsentError) -> Response {
        match error {
            ConsentError::NotFound => forms::unknown_session(&self.site, visitor, id),
            ConsentError::AnotherStep => forms::resume(&self.site, visitor, id),
            ConsentError::Store(error) => errors::store(&self.site, visitor, error),
        }
    }
}

/// What is asked for, as pages take it.
pub(super) struct AccessWords<'a> {
    scopes: Vec<&'a str>,
    apis: Vec<ApiAccess<'a>>,
}

impl<'a> AccessWords<'a> {
    pub(super) fn of(asked: &'a AskedAccess) -> Self {
        let apis = asked.apis.iter();
        let apis = apis.map(|(resource, permissions)| ApiAccess {
            name: &resource.name,
            permissions: permissions
                .iter()
                .map(|permission| Permission {
                    name: &permission.name,
                    description: permission.description.as_deref(),
                })
                .collect(),
        });
        Self {
            scopes: asked.scopes.iter().collect(),
            apis: apis.collect(),
        }
    }

    pub(super) fn access(&self) -> Access<'_> {
        Access {
            scopes: &self.scopes,
            apis: &self.apis,
        }
    }
}

/// A number or address of the user that is enough to know it again, and no more.
pub(super) fn contact(user: &User) -> Option<String> {
    let phone = user
        .primary_phone
        .as_ref()
        .map(moongate_core::Phone::masked);
    phone.or_else(|| user.primary_email.as_deref().map(masked_email))
}

pub(super) fn person<'a>(user: &'a User, contact: Option<&'a str>) -> Person<'a> {
    let name = user.name.as_deref().or(user.username.as_deref());
    Person {
        name: name.or(contact.is_none().then_some(user.id.as_str())),
        contact,
    }
}

/// `a***@example.com`.
fn masked_email(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

/// The host that an answer goes to; for an application's own scheme, that.
fn host(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else {
        return String::new();
    };
    match url.host_str().filter(|_| url.origin().is_tuple()) {
        Some(host) => host.to_owned(),
        None => url.scheme().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_but_for_its_first_letter_and_its_domain() {
        assert_eq!(masked_email("alice@example.com"), "a***@example.com");
        assert_eq!(masked_email("李@example.cn"), "李***@example.cn");
    }

    #[test]
    fn the_host_of_a_native_application_is_its_scheme() {
        assert_eq!(host("https://circle.example:8443/cb?x=1"), "circle.example");
        assert_eq!(host("http://127.0.0.1/cb"), "127.0.0.1");
        assert_eq!(host("com.example.circle:/cb"), "com.example.circle");
        assert_eq!(host("com.example.circle://cb"), "com.example.circle");
    }
}
