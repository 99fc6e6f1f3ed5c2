//! What a person does for a device (RFC 8628 §3.3): type its code, sign in, compare, decide.
//!
//! Only who has signed in learns whether a code exists, and each user may be wrong a few times
//! only: guessing at codes of strangers' devices leads nowhere (§5.1). The interaction ties the
//! steps to one browser.

use std::time::Duration;

use moongate_core::{
    Application, ApplicationId, AskedAccess, AuthorizationRequest, Consent, DEVICE_TRIES_WINDOW,
    DeviceAuthorization, DeviceState, Grant, GrantId, Interaction, InteractionState,
    MAX_DEVICE_TRIES, RequestedClaims, Session, StoreError, Tx, UnixMillis, User, UserCode,
};

use crate::code_issue::GRANT_TTL;
use crate::token::{DEVICE_CODE, may_use};
use crate::{Begun, Browser, Provider};

/// What became of a code that a person typed.
#[derive(Debug)]
pub enum DeviceBegun {
    /// Sign in first.
    SignIn(Begun),
    /// Decide.
    Decide(Begun),
    /// The code leads nowhere.
    Refused(DeviceRefusal),
}

/// Why a code leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceRefusal {
    /// No device shows it.
    NotFound,
    /// Its ten minutes are over.
    Expired,
    /// Somebody has decided about it.
    Used,
    /// This user was wrong too often.
    TooManyTries {
        /// How long until the next try.
        retry_after: Duration,
    },
}

/// How a device that an interaction is about stands.
#[derive(Debug)]
pub enum DeviceStanding {
    /// Nobody has signed in yet: show the sign-in pages.
    SignIn,
    /// Ask.
    Question(Box<DeviceQuestion>),
    /// The device has its answer.
    Done {
        /// The application's name.
        application: String,
        /// What was decided.
        is_allowed: bool,
    },
    /// The code leads nowhere.
    Refused(DeviceRefusal),
    /// There is nothing to decide in this browser: show the page that says so.
    UnknownSession,
}

/// Somebody is asked whether a device may act.
#[derive(Debug)]
pub struct DeviceQuestion {
    /// The code, to be compared.
    pub user_code: UserCode,
    /// Which application asks.
    pub application: Application,
    /// Who is asked.
    pub user: User,
    /// For what.
    pub access: AskedAccess,
}

impl Provider {
    /// Begins to connect a device, from the code that a person typed.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin_device(
        &self,
        typed: &str,
        browser: &Browser,
    ) -> Result<DeviceBegun, StoreError> {
        let Some(user_code) = UserCode::parse(typed) else {
            return Ok(DeviceBegun::Refused(DeviceRefusal::NotFound));
        };
        if let Some(session) = self.live_session(browser).await? {
            let (device, _) = match self.device_for(&session, &user_code).await? {
                Ok(found) => found,
                Err(refusal) => return Ok(DeviceBegun::Refused(refusal)),
            };
            let request = request(&user_code);
            let begun = self.begin(device.application_id, request, browser, Some(&session));
            return Ok(DeviceBegun::Decide(begun.await?));
        }
        let Some(application_id) = self.application_of(&user_code).await? else {
            return Ok(DeviceBegun::Refused(DeviceRefusal::NotFound));
        };
        let request = request(&user_code);
        let begun = self.begin(application_id, request, browser, None).await?;
        Ok(DeviceBegun::SignIn(begun))
    }

    /// How the device stands that an interaction is about, which has been proved to be this
    /// browser's.
    ///
    /// # Errors
    /// The store's.
    pub async fn device_standing(
        &self,
        interaction: &Interaction,
        browser: &Browser,
    ) -> Result<DeviceStanding, StoreError> {
        let (session, user_code) = match self.who_decides(interaction, browser).await? {
            Ok(found) => found,
            Err(standing) => return Ok(standing),
        };
        let (device, application) = match self.device_for(&session, &user_code).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(DeviceStanding::Refused(refusal)),
        };
        let mut reader = self.store.read().await?;
        let Some(user) = reader.user(&session.user_id).await? else {
            return Ok(DeviceStanding::UnknownSession);
        };
        let access = AskedAccess::load(reader.as_mut(), &device.scopes, &device.resources).await?;
        Ok(DeviceStanding::Question(Box::new(DeviceQuestion {
            user_code,
            application,
            user,
            access,
        })))
    }

    /// The person decides. A second click finds the first one's answer.
    ///
    /// # Errors
    /// The store's.
    pub async fn decide_device(
        &self,
        interaction: Interaction,
        browser: &Browser,
        is_allowed: bool,
    ) -> Result<DeviceStanding, StoreError> {
        let (session, user_code) = match self.who_decides(&interaction, browser).await? {
            Ok(found) => found,
            Err(standing) => return Ok(standing),
        };
        // Counted here, too: nobody has to look at the page first.
        if let Err(refusal) = self.device_for(&session, &user_code).await? {
            return Ok(DeviceStanding::Refused(refusal));
        }
        let decision = Decision {
            interaction,
            session,
            user_code,
            grant_id: GrantId::generate(self.entropy.as_ref()),
            is_allowed,
            now: self.clock.now(),
        };
        self.store
            .write(move |tx| Box::pin(decision.take(tx)))
            .await
    }

    /// Who may decide, about which code; or how the interaction stands instead.
    async fn who_decides(
        &self,
        interaction: &Interaction,
        browser: &Browser,
    ) -> Result<Result<(Session, UserCode), DeviceStanding>, StoreError> {
        let user_code = interaction.request.device_user_code.as_deref();
        let Some(user_code) = user_code.and_then(UserCode::parse) else {
            return Ok(Err(DeviceStanding::UnknownSession));
        };
        let authentication = match &interaction.state {
            InteractionState::Started { .. } => return Ok(Err(DeviceStanding::SignIn)),
            InteractionState::Authenticated(authentication)
            | InteractionState::Consented(authentication)
            | InteractionState::Finished { authentication, .. } => Some(authentication),
            InteractionState::Cancelled => None,
        };
        if matches!(
            interaction.state,
            InteractionState::Finished { .. } | InteractionState::Cancelled
        ) {
            let mut reader = self.store.read().await?;
            let application = reader.application(&interaction.application_id).await?;
            return Ok(Err(DeviceStanding::Done {
                application: application.map(|found| found.name).unwrap_or_default(),
                is_allowed: authentication.is_some(),
            }));
        }
        let session = self.live_session(browser).await?;
        let user_id = authentication.map(|authentication| &authentication.user_id);
        let session = session.filter(|session| Some(&session.user_id) == user_id);
        Ok(session
            .map(|session| (session, user_code))
            .ok_or(DeviceStanding::UnknownSession))
    }

    /// The device that shows a code and waits for an answer, and its application. A code that no
    /// device shows counts against the user.
    async fn device_for(
        &self,
        session: &Session,
        user_code: &UserCode,
    ) -> Result<Result<(DeviceAuthorization, Application), DeviceRefusal>, StoreError> {
        let (user_id, user_code) = (session.user_id.clone(), user_code.clone());
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let (tries, since) = tx
                        .count_device_try(&user_id, now, now.minus(DEVICE_TRIES_WINDOW))
                        .await?;
                    if tries > MAX_DEVICE_TRIES {
                        let retry_after = since.plus(DEVICE_TRIES_WINDOW).since(now);
                        return Ok(Err(DeviceRefusal::TooManyTries { retry_after }));
                    }
                    let found = waiting(tx, &user_code, now).await?;
                    if !matches!(found, Err(DeviceRefusal::NotFound)) {
                        tx.forgive_device_try(&user_id).await?;
                    }
                    Ok(found)
                })
            })
            .await
    }

    /// The application that an interaction begins with before anybody has signed in. The pages do
    /// not name it: whether a code exists must not show in them. So a wrong code gets one, too.
    async fn application_of(
        &self,
        user_code: &UserCode,
    ) -> Result<Option<ApplicationId>, StoreError> {
        let mut reader = self.store.read().await?;
        let device = reader.device_authorization_by_user_code(user_code).await?;
        let applications = reader.applications().await?;
        let any = applications
            .into_iter()
            .find(|application| may_use(application, DEVICE_CODE));
        Ok(device
            .map(|device| device.application_id)
            .or(any.map(|application| application.id)))
    }
}

/// The unit of work of a decision.
struct Decision {
    interaction: Interaction,
    session: Session,
    user_code: UserCode,
    grant_id: GrantId,
    is_allowed: bool,
    now: UnixMillis,
}

impl Decision {
    async fn take(self, tx: &mut dyn Tx) -> Result<DeviceStanding, StoreError> {
        let now = self.now;
        let user_id = self.session.user_id.clone();
        let (mut device, application) = match waiting(tx, &self.user_code, now).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(DeviceStanding::Refused(refusal)),
        };
        let after = if self.is_allowed {
            self.interaction.finished(now).map(|(finished, _)| finished)
        } else {
            self.interaction.denied(now)
        };
        let Ok(interaction) = after else {
            return Ok(DeviceStanding::UnknownSession);
        };
        tx.update_interaction(&interaction).await?;
        if self.is_allowed {
            if application.is_third_party {
                let known = tx.consent(&user_id, &application.id).await?;
                let id = &application.id;
                let consent = known
                    .unwrap_or_else(|| Consent::nothing(user_id.clone(), id.clone(), now))
                    .with(&device.scopes, &device.resources, now);
                tx.put_consent(&consent).await?;
            }
            let grant = Grant {
                id: self.grant_id.clone(),
                user_id,
                application_id: application.id,
                // The device is no part of this browser's session, and outlives it.
                session_id: None,
                sid: None,
                scopes: device.scopes.clone(),
                resources: device.resources.clone(),
                claims: RequestedClaims::default(),
                nonce: None,
                auth_time: self.session.auth_time,
                amr: self.session.amr,
                created_at: now,
                expires_at: now.plus(GRANT_TTL),
                revoked_at: None,
            };
            tx.insert_grant(&grant).await?;
            device.state = DeviceState::Approved {
                grant_id: self.grant_id,
            };
        } else {
            device.state = DeviceState::Denied;
        }
        tx.update_device_authorization(&device).await?;
        Ok(DeviceStanding::Done {
            application: application.name,
            is_allowed: self.is_allowed,
        })
    }
}

/// The device that shows a code and waits for an answer, if its application still uses this flow.
async fn waiting(
    tx: &mut dyn Tx,
    user_code: &UserCode,
    now: UnixMillis,
) -> Result<Result<(DeviceAuthorization, Application), DeviceRefusal>, StoreError> {
    let Some(device) = tx.device_authorization_by_user_code(user_code).await? else {
        return Ok(Err(DeviceRefusal::NotFound));
    };
    if device.state != DeviceState::Pending {
        return Ok(Err(DeviceRefusal::Used));
    }
    if device.is_expired(now) {
        return Ok(Err(DeviceRefusal::Expired));
    }
    let application = tx.application(&device.application_id).await?;
    let application = application.filter(|found| may_use(found, DEVICE_CODE));
    Ok(application
        .map(|application| (device, application))
        .ok_or(DeviceRefusal::NotFound))
}

/// What the pages of an interaction for a device have to know.
fn request(user_code: &UserCode) -> AuthorizationRequest {
    AuthorizationRequest {
        device_user_code: Some(user_code.as_str().to_owned()),
        ..AuthorizationRequest::of_our_page()
    }
}
