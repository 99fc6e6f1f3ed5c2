//! `/continue/…`: what an account still lacks before its sign-in can end.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_core::SendError;
use moongate_experience::{
    CodeProof, CodeRequest, Flow, FlowError, Identifier, InteractionEvent, Missing, Progress,
    SignInIdentifier, Step, Whereabouts,
};
use moongate_web::Tick;
use moongate_web::pages::{AgreeToTerms, Continue, Lacking, Standing};

use super::identify::Told;
use super::words::{Typed, kinds_of_page, shown, terms};
use super::{Asked, SignIn, UNFIT, add_retry_after, code, errors, event, forms, path_of};

pub(super) const TERMS: &str = "/continue/terms";

/// The pages, each with what it asks for.
const PAGES: [(&str, Missing); 4] = [
    ("/continue/username", Missing::Username),
    ("/continue/email", Missing::Email),
    ("/continue/phone", Missing::Phone),
    ("/continue/email-or-phone", Missing::EmailOrPhone),
];

pub(super) fn routes() -> Router<SignIn> {
    let mut router = Router::new().route(TERMS, get(show_terms).post(submit_terms));
    for (path, missing) in PAGES {
        router = router.route(
            path,
            get(move |state, query, headers| show(missing, state, query, headers))
                .post(move |state, headers, body| submit(missing, state, headers, body)),
        );
    }
    router
}

/// The page that asks for something; passwords have their own.
pub(super) fn path(missing: Missing) -> &'static str {
    let page = PAGES.iter().find(|(_, own)| *own == missing);
    page.map_or(super::new_password::CONTINUE, |(path, _)| path)
}

fn kinds(missing: Missing) -> &'static [SignInIdentifier] {
    match missing {
        Missing::Username | Missing::Password => &[SignInIdentifier::Username],
        Missing::Email => &[SignInIdentifier::Email],
        Missing::Phone => &[SignInIdentifier::Phone],
        Missing::EmailOrPhone => &[SignInIdentifier::Email, SignInIdentifier::Phone],
    }
}

fn standing(at: &Whereabouts) -> Standing {
    if event(at) == InteractionEvent::Register {
        Standing::New
    } else {
        Standing::Existing
    }
}

async fn show(
    missing: Missing,
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = state.asked(path(missing), &query.unwrap_or_default(), &headers);
    let (asked, at) = match state.open(asked).await {
        Ok(open) => open,
        Err(response) => return response,
    };
    if !is_lacking(&at, missing) {
        return state.to(&asked, path_of(&at.step, event(&at)));
    }
    let typed = Typed::new("", "", &asked.visitor);
    state
        .continue_page(&asked, &at, missing, &typed, Told::default())
        .await
}

/// Whether it is known whose account it is, and that it lacks this.
fn is_lacking(at: &Whereabouts, missing: Missing) -> bool {
    let has_identity = at.flow.as_ref().is_some_and(Flow::has_identity);
    has_identity && at.missing.contains(&missing)
}

async fn submit(
    missing: Missing,
    State(state): State<SignIn>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (asked, at) = match state.posted(path(missing), &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    if !is_lacking(&at, missing) {
        return state.to(&asked, path_of(&at.step, event(&at)));
    }
    let typed = Typed::new(
        asked.field("identifier"),
        asked.field("region"),
        &asked.visitor,
    );
    let identifier = match typed.read(kinds(missing)) {
        Ok(identifier) => identifier,
        Err(error) => {
            let told = Told {
                error: Some(error),
                status: UNFIT,
                ..Told::default()
            };
            return state
                .continue_page(&asked, &at, missing, &typed, told)
                .await;
        }
    };
    let kind = identifier.kind();
    let outcome = state.give(&asked, &at, identifier).await;
    match outcome.or_else(|error| state.elsewhere(&asked, error)) {
        Ok(response) => response,
        Err(error) => {
            let told = Told::of(&error, kind);
            state
                .continue_page(&asked, &at, missing, &typed, told)
                .await
        }
    }
}

async fn show_terms(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = state.asked(TERMS, &query.unwrap_or_default(), &headers);
    match state.open(asked).await {
        Err(response) => response,
        Ok((asked, at)) => state.terms_page(&asked, &at, Tick::Open).await,
    }
}

async fn submit_terms(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted(TERMS, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    if asked.field("agree") != "yes" {
        return state.terms_page(&asked, &at, Tick::Missing).await;
    }
    let agreed = state
        .experience
        .agree_to_terms(asked.reference.clone(), asked.browser())
        .await;
    state.ended(&asked, &at, agreed)
}

impl SignIn {
    async fn give(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        identifier: Identifier,
    ) -> Result<Response, FlowError> {
        let event = event(at);
        if let Identifier::Username(name) = identifier {
            let progress = self
                .experience
                .give_username(asked.reference.clone(), name, false, asked.browser())
                .await?;
            return Ok(self.progressed(asked, event, progress));
        }
        let request = CodeRequest {
            recipient: identifier.recipient(),
            event,
            begins: false,
            language: asked.language(),
        };
        let experience = self.experience.clone();
        let reference = asked.reference.clone();
        let sent =
            forms::to_its_end(async move { experience.send_code(reference, request).await }).await;
        match sent {
            Ok(mut sent) => Self::in_background(&mut sent),
            // The code page says so, and offers to try again.
            Err(FlowError::Send(SendError::Failed | SendError::NoConnector)) => {}
            Err(error) => return Err(error),
        }
        Ok(self.to(asked, code::CONTINUE))
    }

    /// The answer to the last step of a sign-in: on, or to a page that tells why not.
    pub(super) fn ended(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        outcome: Result<Progress, FlowError>,
    ) -> Response {
        let outcome = outcome
            .map(|progress| self.progressed(asked, event(at), progress))
            .or_else(|error| self.elsewhere(asked, error));
        match outcome {
            Ok(response) => response,
            Err(error) => {
                let status = errors::page_status(super::problem(&error));
                let fault = moongate_web::pages::Fault::Refused(super::problem(&error));
                errors::page(&self.site, &asked.visitor, status, fault, Vec::new())
            }
        }
    }

    /// The page again that asked for an address or a number which turned out to be no good.
    pub(super) async fn lacking_page(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        code: &CodeProof,
        error: &FlowError,
    ) -> Response {
        let identifier = Identifier::from(code.recipient.clone());
        let text = shown(&identifier);
        let typed = Typed::new(&text, "", &asked.visitor);
        let told = Told::of(error, identifier.kind());
        let missing = match &at.step {
            Step::Complete(missing) => *missing,
            _ => match identifier.kind() {
                SignInIdentifier::Phone => Missing::Phone,
                _ => Missing::Email,
            },
        };
        self.continue_page(asked, at, missing, &typed, told).await
    }

    async fn continue_page(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        missing: Missing,
        typed: &Typed<'_>,
        told: Told,
    ) -> Response {
        let app_name = match self.app_name(&at.interaction).await {
            Ok(name) => name,
            Err(error) => return errors::store(&self.site, &asked.visitor, &error),
        };
        let page_kinds = kinds_of_page(kinds(missing));
        let region = typed.region.code();
        let view = Continue {
            interaction: at.interaction.id.as_str(),
            app_name: &app_name,
            standing: standing(at),
            lacking: match missing {
                Missing::Username | Missing::Password => Lacking::Username,
                Missing::Email => Lacking::Email,
                Missing::Phone => Lacking::Phone,
                Missing::EmailOrPhone => Lacking::EmailOrPhone,
            },
            identifier: typed.field(&page_kinds, &region, &asked.visitor, told.error),
            alert: told.alert,
        };
        let redirect_uri = &at.interaction.request.redirect_uri;
        let visitor = &asked.visitor;
        let mut response = self
            .site
            .page(visitor, told.status, &view, Some(redirect_uri));
        add_retry_after(&mut response, told.alert);
        response
    }

    async fn terms_page(&self, asked: &Asked, at: &Whereabouts, tick: Tick) -> Response {
        let Some(terms) = terms(&at.settings).filter(|_| at.step == Step::AgreeToTerms) else {
            return self.to(asked, path_of(&at.step, event(at)));
        };
        let app_name = match self.app_name(&at.interaction).await {
            Ok(name) => name,
            Err(error) => return errors::store(&self.site, &asked.visitor, &error),
        };
        let view = AgreeToTerms {
            interaction: at.interaction.id.as_str(),
            app_name: &app_name,
            standing: standing(at),
            terms: &terms,
            tick,
        };
        let status = match tick {
            Tick::Missing => UNFIT,
            _ => StatusCode::OK,
        };
        let redirect_uri = &at.interaction.request.redirect_uri;
        self.site
            .page(&asked.visitor, status, &view, Some(redirect_uri))
    }
}

#[cfg(test)]
mod tests {
    use moongate_core::ErrorCode;
    use moongate_web::FieldProblem;

    use super::*;

    #[test]
    fn whatever_is_missing_has_a_page() {
        for missing in [
            Missing::Username,
            Missing::Email,
            Missing::Phone,
            Missing::EmailOrPhone,
            Missing::Password,
        ] {
            assert!(path(missing).starts_with("/continue/"));
        }
    }

    #[test]
    fn a_field_problem_is_no_alert() {
        let told = Told::of(
            &FlowError::Refused(ErrorCode::UserPhoneAlreadyInUse),
            SignInIdentifier::Phone,
        );
        assert!(matches!(told.error, Some(FieldProblem::Refused(_))));
        assert!(told.alert.is_none());
    }
}
