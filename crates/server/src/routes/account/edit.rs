//! `/account/name`, `/account/username`, `/account/email` and `/account/phone`: one value is
//! changed or taken away.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{ErrorCode, Recipient, SendError};
use moongate_experience::{FlowError, Identifier, SignInIdentifier, WantedChange};
use moongate_web::pages::{AccountEdit, AccountEditValue};
use moongate_web::{FieldProblem, IdentifierField, IdentifierKind, Problem};

use super::super::sign_in::words::{Typed, identifier_problem, kinds_of_page, shown};
use super::super::sign_in::{add_retry_after, problem};
use super::{AccountPages, Here, Saved, code, errors, forms, path_of, sessions};

const NAME: &str = "/account/name";

/// Longest name, in characters.
const LONGEST_NAME: u32 = 128;

pub(super) fn routes() -> Router<AccountPages> {
    let mut router = Router::new()
        .route(NAME, get(show_name).post(submit_name))
        .route(
            "/account/name/remove",
            post(remove_name).get(sessions::back),
        );
    for kind in SignInIdentifier::ALL {
        let path = path_of(kind);
        router = router.route(
            path,
            get(move |state, headers| show(kind, state, headers))
                .post(move |state, headers, body| submit(kind, state, headers, body)),
        );
    }
    for kind in [SignInIdentifier::Email, SignInIdentifier::Phone] {
        router = router.route(
            &format!("{}/remove", path_of(kind)),
            post(move |state, headers, body| remove(kind, state, headers, body))
                .get(sessions::back),
        );
    }
    router
}

/// What is wrong with a value, or beside it.
#[derive(Clone, Copy, Default)]
struct Told {
    error: Option<FieldProblem>,
    alert: Option<Problem>,
    status: StatusCode,
}

impl Told {
    fn of(error: &FlowError, kind: SignInIdentifier) -> Self {
        let field = identifier_problem(error, kind);
        Self {
            error: field,
            alert: field.is_none().then(|| problem(error)),
            status: errors::status(error.code()),
        }
    }

    fn field(error: FieldProblem) -> Self {
        let code = match error {
            FieldProblem::Refused(problem) => problem.code,
            _ => ErrorCode::GuardInvalidInput,
        };
        Self {
            error: Some(error),
            alert: None,
            status: errors::status(code),
        }
    }
}

async fn show_name(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    match state.here(NAME, "", &headers).await {
        Err(response) => response,
        Ok(here) => {
            let name = here.account.user.name.as_deref().unwrap_or_default();
            state.name_page(&here, name, Told::default())
        }
    }
}

async fn submit_name(
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = match state.posted(NAME, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let typed = here.field("name");
    state.change_name(&here, typed, Saved::Value).await
}

async fn remove_name(
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match state.posted(super::PATH, &body, &headers).await {
        Err(response) => response,
        Ok(here) => state.change_name(&here, "", Saved::Removed).await,
    }
}

async fn show(
    kind: SignInIdentifier,
    State(state): State<AccountPages>,
    headers: HeaderMap,
) -> Response {
    let here = match state.here(path_of(kind), "", &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    if let Err(response) = state.open(&here, kind).await {
        return response;
    }
    let present = match kind {
        SignInIdentifier::Username => here.account.user.username.clone(),
        // These are to be typed whole: what is linked already is no news.
        SignInIdentifier::Email | SignInIdentifier::Phone => None,
    };
    let typed = present.unwrap_or_default();
    state.edit_page(&here, kind, &typed, Told::default())
}

async fn submit(
    kind: SignInIdentifier,
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = match state.posted(path_of(kind), &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    if let Err(response) = state.open(&here, kind).await {
        return response;
    }
    let text = here.field("identifier");
    let typed = Typed::new(text, here.field("region"), &here.visitor);
    let error = match typed.read(&[kind]) {
        Err(error) => return state.edit_page(&here, kind, text, Told::field(error)),
        Ok(Identifier::Username(name)) => {
            let changed = state
                .experience
                .change_username(&here.session_cookie, &name)
                .await;
            match changed {
                Ok(()) => return state.saved(&here, Saved::Value),
                Err(error) => error,
            }
        }
        Ok(Identifier::Email(email)) => match state.link(&here, Recipient::Email(email)).await {
            Ok(()) => return state.to(&here, code::PATH),
            Err(error) => error,
        },
        Ok(Identifier::Phone(phone)) => match state.link(&here, Recipient::Phone(phone)).await {
            Ok(()) => return state.to(&here, code::PATH),
            Err(error) => error,
        },
    };
    let wanted = Some(WantedChange::Identifier(kind));
    match state.failed(&here, error, wanted).await {
        Err(response) => response,
        // The page of the code says so, from what is stored.
        Ok(FlowError::Send(SendError::Failed | SendError::NoConnector)) => {
            state.to(&here, code::PATH)
        }
        Ok(error) => state.edit_page(&here, kind, text, Told::of(&error, kind)),
    }
}

async fn remove(
    kind: SignInIdentifier,
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = match state.posted(super::PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let removed = state
        .experience
        .remove_identifier(&here.session_cookie, kind)
        .await;
    match removed {
        Ok(()) => state.saved(&here, Saved::Removed),
        Err(error) => {
            let wanted = Some(WantedChange::Remove(kind));
            match state.failed(&here, error, wanted).await {
                Err(response) => response,
                Ok(error) => state.overview(&here, Some(problem(&error))).await,
            }
        }
    }
}

impl AccountPages {
    /// Whether an identifier of that kind may be chosen here, by somebody who proved lately who
    /// they are; otherwise where to go.
    async fn open(&self, here: &Here, kind: SignInIdentifier) -> Result<(), Response> {
        match self.may_choose(&here.account, kind).await {
            Err(error) => Err(errors::store(&self.site, &here.visitor, &error)),
            Ok(false) => Err(self.to(here, super::PATH)),
            Ok(true) if here.account.is_fresh => Ok(()),
            Ok(true) => Err(self.prove(here, WantedChange::Identifier(kind)).await),
        }
    }

    async fn link(
        &self,
        here: &Here,
        recipient: Recipient,
    ) -> Result<(), moongate_experience::AccountError> {
        let experience = self.experience.clone();
        let (cookie, language) = (here.session_cookie.clone(), here.language());
        forms::to_its_end(async move { experience.link(&cookie, recipient, &language).await }).await
    }

    async fn change_name(&self, here: &Here, name: &str, saved: Saved) -> Response {
        let changed = self
            .experience
            .change_name(&here.session_cookie, name)
            .await;
        let Err(error) = changed else {
            return self.saved(here, saved);
        };
        if let Err(response) = self.failed(here, error, None).await {
            return response;
        }
        let longest = usize::try_from(LONGEST_NAME).unwrap_or(usize::MAX);
        let error = if name.trim().chars().count() > longest {
            FieldProblem::TooLong { max: LONGEST_NAME }
        } else {
            FieldProblem::Malformed
        };
        self.name_page(here, name, Told::field(error))
    }

    fn name_page(&self, here: &Here, value: &str, told: Told) -> Response {
        let value = AccountEditValue::Name {
            value,
            error: told.error,
        };
        self.value_page(here, value, told)
    }

    /// The verified address or number is another account's.
    pub(super) fn taken_page(
        &self,
        here: &Here,
        recipient: &Recipient,
        error: &FlowError,
    ) -> Response {
        let identifier = Identifier::from(recipient.clone());
        let kind = identifier.kind();
        self.edit_page(here, kind, &shown(&identifier), Told::of(error, kind))
    }

    fn edit_page(&self, here: &Here, kind: SignInIdentifier, text: &str, told: Told) -> Response {
        let visitor = &here.visitor;
        let typed = Typed::new(text, here.field("region"), visitor);
        let kinds: Vec<IdentifierKind> = kinds_of_page(&[kind]);
        let region = typed.region.code();
        let field: IdentifierField<'_> = typed.field(&kinds, &region, visitor, told.error);
        let value = match kind {
            SignInIdentifier::Username => AccountEditValue::Username(field),
            SignInIdentifier::Email => AccountEditValue::Email(field),
            SignInIdentifier::Phone => AccountEditValue::Phone(field),
        };
        self.value_page(here, value, told)
    }

    fn value_page(&self, here: &Here, value: AccountEditValue<'_>, told: Told) -> Response {
        let view = AccountEdit {
            value,
            alert: told.alert,
        };
        let mut response = self.site.page(&here.visitor, told.status, &view, None);
        add_retry_after(&mut response, told.alert);
        response
    }
}
