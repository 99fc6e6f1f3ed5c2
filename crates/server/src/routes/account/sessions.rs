//! `/account/sessions/…` and `/account/sign-out`: sessions end.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use moongate_core::SessionId;
use moongate_web::pages::Fault;

use super::{AccountPages, Here, PATH, Saved, errors, forms};

/// Where nobody is signed in any more.
const SIGNED_OUT: &str = "/oidc/session/end/success";

pub(super) fn routes() -> Router<AccountPages> {
    Router::new()
        .route("/account/sign-out", post(sign_out).get(back))
        .route("/account/sessions/sign-out", post(end).get(back))
        .route(
            "/account/sessions/sign-out-others",
            post(end_others).get(back),
        )
}

/// The address of a form, loaded again as a page.
pub(super) async fn back(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    let visitor = state.site.visitor(&headers, None, PATH);
    state.site.go(&visitor, &state.site.path(PATH))
}

async fn sign_out(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    match state.experience.sign_out(&here.session_cookie).await {
        Ok(()) => state.signed_out(&here),
        Err(error) => match state.failed(&here, error, None).await {
            Err(response) => response,
            Ok(_) => state.to(&here, PATH),
        },
    }
}

async fn end(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let id = here.field("session");
    let id = SessionId::from(if forms::is_id(id) { id } else { "" });
    let ended = state
        .experience
        .end_account_session(&here.session_cookie, id)
        .await;
    match ended {
        Ok(true) => state.signed_out(&here),
        Ok(false) => {
            state.session_ended.notify_one();
            state.saved(&here, Saved::Session)
        }
        Err(error) => match state.failed(&here, error, None).await {
            Err(response) => response,
            // Gone, or somebody else's: nobody learns which.
            Ok(_) => errors::page(
                &state.site,
                &here.visitor,
                StatusCode::NOT_FOUND,
                Fault::NotFound,
                Vec::new(),
            ),
        },
    }
}

async fn end_others(
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    match state
        .experience
        .end_other_sessions(&here.session_cookie)
        .await
    {
        Ok(()) => {
            state.session_ended.notify_one();
            state.saved(&here, Saved::OtherSessions)
        }
        Err(error) => match state.failed(&here, error, None).await {
            Err(response) => response,
            Ok(_) => state.to(&here, PATH),
        },
    }
}

impl AccountPages {
    fn signed_out(&self, here: &Here) -> Response {
        self.session_ended.notify_one();
        let mut response = self.to(here, SIGNED_OUT);
        let cookie = self.site.cookies().clear_session();
        cookie.add_to(response.headers_mut());
        response
    }
}
