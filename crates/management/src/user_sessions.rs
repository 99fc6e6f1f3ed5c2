//! Where a user is signed in, and what they allowed applications: seen and ended.

use std::collections::BTreeMap;

use moongate_core::{
    ErrorCode, Grant, GrantId, Session, SessionId, Tx, UnixMillis, UserId, end_session,
    revoke_consent,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::found;
use crate::{Management, ManagementError};

/// The sessions of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionsView {
    sessions: Vec<SessionView>,
}

/// A browser in which a user is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    payload: SessionPayload,
    account_id: String,
    /// Milliseconds since 1970.
    expires_at: i64,
}

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionPayload {
    /// The identifier by which the session is read and ended.
    uid: String,
    kind: &'static str,
    account_id: String,
    /// Seconds since 1970.
    iat: i64,
    /// Seconds since 1970.
    exp: i64,
    /// When the user last proved to be present, seconds since 1970.
    login_ts: i64,
    /// How (RFC 8176).
    amr: Vec<String>,
    /// The applications that know the session.
    authorizations: BTreeMap<String, SessionAuthorization>,
}

/// An application that knows a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionAuthorization {
    /// The claim `sid`.
    sid: String,
}

/// The grants of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantsView {
    grants: Vec<GrantView>,
}

/// What a user allowed an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// The identifier by which the grant is ended.
    id: String,
    payload: GrantPayload,
    /// Milliseconds since 1970.
    expires_at: i64,
}

/// What is kept of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantPayload {
    jti: String,
    kind: &'static str,
    account_id: String,
    client_id: String,
    /// Seconds since 1970.
    iat: i64,
    /// Seconds since 1970.
    exp: i64,
    /// Scopes about the user.
    openid: GrantScope,
    /// Scopes of API resources, by indicator.
    resources: BTreeMap<String, String>,
}

/// Scopes, separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantScope {
    scope: String,
}

/// Whose grants are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantOwner {
    /// Those of our own applications.
    FirstParty,
    /// Those of somebody else's.
    ThirdParty,
}

/// What becomes of the grants that a session made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RevokeGrants {
    /// Those without `offline_access` end, as at a sign-out.
    #[default]
    Online,
    /// Those of our own applications end, too.
    FirstParty,
    /// All end.
    All,
}

impl Management {
    /// The sessions of a user, newest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_sessions(&self, id: &UserId) -> Result<SessionsView, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.user(id).await?)?;
        let mut sessions = Vec::new();
        for session in reader.sessions_of_user(id, self.clock.now()).await? {
            let sids = reader.sids_of_session(&session.id).await?;
            sessions.push(view(session, sids));
        }
        Ok(SessionsView { sessions })
    }

    /// One session of a user.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_session(
        &self,
        id: &UserId,
        session_id: &SessionId,
    ) -> Result<SessionView, ManagementError> {
        let mut reader = self.store.read().await?;
        let session = reader.session(session_id).await?;
        let session = of_user(session, id, self.clock.now())?;
        let sids = reader.sids_of_session(session_id).await?;
        Ok(view(session, sids))
    }

    /// Ends a session of a user; the applications that want to be told are.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn end_user_session(
        &self,
        id: UserId,
        session_id: SessionId,
        revoke: RevokeGrants,
    ) -> Result<(), ManagementError> {
        let now = self.clock.now();
        let management = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let session = of_user(tx.session(&session_id).await?, &id, now)?;
                    for grant in tx.grants_of_user(&id, now).await? {
                        if grant.session_id.as_ref() != Some(&session_id) {
                            continue;
                        }
                        let goes = match revoke {
                            RevokeGrants::Online => false,
                            RevokeGrants::All => true,
                            RevokeGrants::FirstParty => !is_third_party(tx, &grant).await?,
                        };
                        if goes {
                            tx.revoke_grant(&grant.id, now).await?;
                        }
                    }
                    end_session(tx, &*management.entropy, &session, now).await?;
                    Ok(())
                })
            })
            .await
    }

    /// What a user allowed applications and has not ended, oldest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_grants(
        &self,
        id: &UserId,
        owner: Option<GrantOwner>,
    ) -> Result<GrantsView, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.user(id).await?)?;
        let mut grants = Vec::new();
        for grant in reader.grants_of_user(id, self.clock.now()).await? {
            let application = reader.application(&grant.application_id).await?;
            let is_third_party = application.is_some_and(|it| it.is_third_party);
            let is_meant = match owner {
                None => true,
                Some(GrantOwner::FirstParty) => !is_third_party,
                Some(GrantOwner::ThirdParty) => is_third_party,
            };
            if is_meant {
                grants.push(grant_view(grant));
            }
        }
        Ok(GrantsView { grants })
    }

    /// Ends a grant, and so all that was issued from it. A third-party application has to ask for
    /// consent again.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn revoke_user_grant(
        &self,
        id: UserId,
        grant_id: GrantId,
    ) -> Result<(), ManagementError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let grant = tx.grant(&grant_id).await?;
                    let is_theirs = |it: &Grant| it.user_id == id && it.is_alive(now);
                    let grant = found(grant.filter(is_theirs))?;
                    if is_third_party(tx, &grant).await? {
                        // Consent is for the application, so that all of its grants end.
                        revoke_consent(tx, &id, &grant.application_id, now).await?;
                    }
                    Ok(tx.revoke_grant(&grant_id, now).await?)
                })
            })
            .await
    }
}

async fn is_third_party(tx: &mut dyn Tx, grant: &Grant) -> Result<bool, ManagementError> {
    let application = tx.application(&grant.application_id).await?;
    Ok(application.is_some_and(|it| it.is_third_party))
}

/// Another user's session is as good as none.
fn of_user(
    session: Option<Session>,
    id: &UserId,
    now: UnixMillis,
) -> Result<Session, ManagementError> {
    session
        .filter(|session| session.user_id == *id && !session.is_expired(now))
        .ok_or_else(|| ErrorCode::OidcSessionNotFound.into())
}

fn view(session: Session, sids: Vec<(moongate_core::ApplicationId, String)>) -> SessionView {
    SessionView {
        account_id: session.user_id.to_string(),
        expires_at: session.expires_at.0,
        payload: SessionPayload {
            uid: session.id.to_string(),
            kind: "Session",
            account_id: session.user_id.to_string(),
            iat: session.created_at.seconds(),
            exp: session.expires_at.seconds(),
            login_ts: session.auth_time.seconds(),
            amr: session.amr,
            authorizations: sids
                .into_iter()
                .map(|(id, sid)| (id.to_string(), SessionAuthorization { sid }))
                .collect(),
        },
    }
}

fn grant_view(grant: Grant) -> GrantView {
    GrantView {
        id: grant.id.to_string(),
        expires_at: grant.expires_at.0,
        payload: GrantPayload {
            jti: grant.id.to_string(),
            kind: "Grant",
            account_id: grant.user_id.to_string(),
            client_id: grant.application_id.to_string(),
            iat: grant.created_at.seconds(),
            exp: grant.expires_at.seconds(),
            openid: GrantScope {
                scope: grant.scopes.to_string(),
            },
            resources: grant
                .resources
                .into_iter()
                .map(|(indicator, scopes)| (indicator, scopes.to_string()))
                .collect(),
        },
    }
}
