//! The device grant (RFC 8628 §3.4): a device asks until somebody has decided.

use moongate_core::{Application, DeviceState, StoreError, Tx, UnixMillis, token_hash};

use crate::issue::{Accepted, Fresh, Redeemed, Refusal, issue_refresh_token};
use crate::token::{required, single_resource};
use crate::{Parameters, Provider, TokenError, TokenResponse};

impl Provider {
    pub(crate) async fn redeem_device_code(
        &self,
        application: Application,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let poll = DevicePoll {
            hash: token_hash(required(parameters, "device_code")?),
            resource: single_resource(parameters)?,
            application: application.clone(),
            dpop_jkt,
            fresh: self.fresh(),
            now: self.clock.now(),
        };
        let redeemed: Redeemed = self
            .store
            .write(move |tx| Box::pin(poll.redeem(tx)))
            .await
            .map_err(TokenError::Store)?;
        self.respond(&application, redeemed).await
    }
}

/// The unit of work of one question.
struct DevicePoll {
    hash: [u8; 32],
    resource: Option<String>,
    application: Application,
    dpop_jkt: Option<String>,
    fresh: Fresh,
    now: UnixMillis,
}

impl DevicePoll {
    async fn redeem(self, tx: &mut dyn Tx) -> Result<Redeemed, StoreError> {
        let refused = |reason| Ok(Err(Refusal::Grant(reason)));
        let named = |error, description| Ok(Err(Refusal::Named(error, description)));
        let now = self.now;
        let Some(mut device) = tx.device_authorization(&self.hash).await? else {
            return refused("unknown device code");
        };
        if device.application_id != self.application.id {
            return refused("device code of another client");
        }
        let grant_id = match &device.state {
            DeviceState::Redeemed { grant_id } => {
                // As with an authorization code: two parties hold it.
                tx.revoke_grant(grant_id, now).await?;
                return refused("device code was used before");
            }
            _ if device.is_expired(now) => {
                return named("expired_token", "device code has expired");
            }
            DeviceState::Denied => {
                return named("access_denied", "the End-User refused the device");
            }
            DeviceState::Pending => {
                let (device, is_too_soon) = device.polled(now);
                tx.update_device_authorization(&device).await?;
                return if is_too_soon {
                    named("slow_down", "wait five seconds longer before you ask again")
                } else {
                    named("authorization_pending", "the End-User has yet to decide")
                };
            }
            DeviceState::Approved { grant_id } => grant_id.clone(),
        };
        let grant = tx.grant(&grant_id).await?;
        let Some(grant) = grant.filter(|grant| grant.is_alive(now)) else {
            return refused("grant is gone");
        };
        let user = tx.user(&grant.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return refused("user is gone or suspended");
        };
        device.state = DeviceState::Redeemed { grant_id };
        tx.update_device_authorization(&device).await?;
        let refresh_token = issue_refresh_token(
            tx,
            &self.application,
            &grant,
            self.dpop_jkt.as_deref(),
            self.fresh.refresh_token,
            now,
        )
        .await?;
        let accepted = Accepted {
            scopes: grant.scopes.clone(),
            grant,
            user,
            resource: self.resource,
            dpop_jkt: self.dpop_jkt,
        };
        accepted
            .issue(tx, self.fresh.access_token, refresh_token, now)
            .await
    }
}
