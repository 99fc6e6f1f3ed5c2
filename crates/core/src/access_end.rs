//! How access ends: a session, all that a user has, what a user allowed an application.
//!
//! Each is part of a unit of work that the caller has begun, so that whoever is to be told of it
//! is noted together with the end itself. Telling them is the provider's, later.

use std::collections::BTreeSet;

use crate::{
    ApplicationId, Entropy, LogoutDelivery, LogoutDeliveryId, Session, StoreError, Tx, UnixMillis,
    UserId,
};

/// Ends a session: its grants without offline access end with it, and each application that knows
/// it and wants to be told will be (OpenID Connect Back-Channel Logout 1.0 §2.5). `false`, and
/// nobody is told, if it was gone.
///
/// # Errors
/// The store's.
pub async fn end_session(
    tx: &mut dyn Tx,
    entropy: &dyn Entropy,
    session: &Session,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    // Locked first: whoever issues from it has finished, or finds it gone. Of two who end it at
    // once, one is told that it was there.
    if tx.session(&session.id).await?.is_none() {
        return Ok(false);
    }
    let known = tx.sids_of_session(&session.id).await?;
    tx.revoke_online_grants(&session.id, now).await?;
    tx.delete_session(&session.id).await?;
    for (application_id, sid) in known {
        let user_id = &session.user_id;
        tell(tx, entropy, application_id, user_id, Some(sid), now).await?;
    }
    Ok(true)
}

/// Ends all that a user has: every session, and every grant, offline access included. For users
/// who are suspended, deleted, or want to be signed out everywhere. Applications that hold grants
/// are told even if no session of theirs is left.
///
/// # Errors
/// The store's.
pub async fn end_access(
    tx: &mut dyn Tx,
    entropy: &dyn Entropy,
    user_id: &UserId,
    now: UnixMillis,
) -> Result<(), StoreError> {
    // Locked first, as whoever issues to the user does.
    tx.user(user_id).await?;
    let mut told = BTreeSet::new();
    for session in tx.sessions_of_user(user_id, now).await? {
        let known = tx.sids_of_session(&session.id).await?;
        told.extend(known.into_iter().map(|(application_id, _)| application_id));
        end_session(tx, entropy, &session, now).await?;
    }
    for grant in tx.grants_of_user(user_id, now).await? {
        tx.revoke_grant(&grant.id, now).await?;
        if told.insert(grant.application_id.clone()) {
            tell(tx, entropy, grant.application_id, user_id, None, now).await?;
        }
    }
    Ok(())
}

/// Forgets what a user allowed an application, and revokes what was issued because of it. `false`
/// if nothing was allowed.
///
/// # Errors
/// The store's.
pub async fn revoke_consent(
    tx: &mut dyn Tx,
    user_id: &UserId,
    application_id: &ApplicationId,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    // The user is locked first, as whoever issues because of the consent does.
    tx.user(user_id).await?;
    let was_allowed = tx.delete_consent(user_id, application_id).await?;
    for grant in tx.grants_of_user(user_id, now).await? {
        if grant.application_id == *application_id {
            tx.revoke_grant(&grant.id, now).await?;
        }
    }
    Ok(was_allowed)
}

/// Notes that an application is to be told, if it has an address for that.
async fn tell(
    tx: &mut dyn Tx,
    entropy: &dyn Entropy,
    application_id: ApplicationId,
    user_id: &UserId,
    sid: Option<String>,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let application = tx.application(&application_id).await?;
    let wants_it = application
        .is_some_and(|found| found.oidc_client_metadata.backchannel_logout_uri.is_some());
    if !wants_it {
        return Ok(());
    }
    tx.insert_logout_delivery(&LogoutDelivery {
        id: LogoutDeliveryId::generate(entropy),
        application_id,
        user_id: user_id.clone(),
        sid,
        attempts: 0,
        next_attempt_at: now,
        created_at: now,
    })
    .await
}
