//! The first administrator makes their account by a link that the server prints: there is no
//! default password anywhere (OWASP ASVS 5, 6.3.2).
//!
//! A link is good for half an hour, once, and only while nobody holds the role of administrators.
//! The store keeps its SHA-256 alone, and a new link voids the one before.

use std::sync::Arc;
use std::time::Duration;

use moongate_core::{
    Clock, Entropy, ErrorCode, PasswordHash, Role, RoleId, Secret, Session, Store, StoreError, Tx,
    UnixMillis, User, UserId, has_administrator, token_hash,
};
use thiserror::Error;

use crate::flow::identify::taken;
use crate::flow::password::About;
use crate::flow::session::replace_session;
use crate::{Browser, Experience, FlowError, SignInExperience, SignInIdentifier, is_username};

/// How long a link is good: half an hour.
pub const SETUP_LINK_TTL: Duration = Duration::from_mins(30);

const PURPOSE: &str = "first-administrator";

/// Why nobody becomes the first administrator.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The link is wrong, or too old.
    #[error("the link is wrong or too old")]
    InvalidLink,
    /// There is an administrator already.
    #[error("there is an administrator already")]
    Used,
    /// What was typed is refused.
    #[error(transparent)]
    Flow(FlowError),
}

impl<E: Into<FlowError>> From<E> for SetupError {
    fn from(error: E) -> Self {
        Self::Flow(error.into())
    }
}

/// A new link's token, which voids the one before; `None` if there is an administrator.
///
/// # Errors
/// The store's.
pub async fn new_setup_link(
    store: &dyn Store,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
) -> Result<Option<Secret>, StoreError> {
    let token = entropy.token();
    let (hash, now) = (token_hash(&token), clock.now());
    let is_needed = store
        .write(move |tx| {
            Box::pin(async move {
                tx.delete_links(PURPOSE).await?;
                if has_administrator(&mut *tx, None).await? {
                    return Ok::<_, StoreError>(false);
                }
                let until = now.plus(SETUP_LINK_TTL);
                tx.insert_link(&hash, PURPOSE, "", until).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(is_needed.then(|| Secret::new(token)))
}

/// Whether a first administrator is still to be made.
///
/// # Errors
/// The store's.
pub async fn needs_setup(store: &dyn Store) -> Result<bool, StoreError> {
    let mut reader = store.read().await?;
    Ok(!has_administrator(reader.as_mut(), None).await?)
}

/// Whether the first administrator, who has a user name and a password alone, can sign in again
/// once the session is over.
pub fn first_administrator_signs_in(settings: &SignInExperience) -> bool {
    let method = settings.method(SignInIdentifier::Username);
    method.is_some_and(|method| method.password)
}

/// The same by the settings that are stored.
///
/// # Errors
/// The store's.
pub async fn first_administrator_can_return(store: &dyn Store) -> Result<bool, StoreError> {
    let mut reader = store.read().await?;
    let settings = SignInExperience::load(reader.as_mut()).await?;
    Ok(first_administrator_signs_in(&settings))
}

impl Experience {
    /// The settings that the account will have to keep to, if the link is good.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn open_setup_link(&self, token: &str) -> Result<SignInExperience, SetupError> {
        let mut reader = self.store.read().await?;
        if has_administrator(reader.as_mut(), None).await? {
            return Err(SetupError::Used);
        }
        let hash = token_hash(token);
        let link = reader.link(&hash, PURPOSE, self.clock.now()).await?;
        link.ok_or(SetupError::InvalidLink)?;
        Ok(SignInExperience::load(reader.as_mut()).await?)
    }

    /// Makes the first administrator, who is signed in; gives the session cookie.
    ///
    /// # Errors
    /// [`SetupError`]. The link stays good where only what was typed is refused.
    pub async fn make_first_administrator(
        &self,
        token: &str,
        username: &str,
        password: Secret,
        browser: Browser,
    ) -> Result<String, SetupError> {
        // Before anything is hashed: nobody without a link makes the server work.
        let settings = self.open_setup_link(token).await?;
        if !is_username(username) {
            return Err(FlowError::Refused(ErrorCode::GuardInvalidInput).into());
        }
        let about = About {
            username: Some(username.to_owned()),
            ..About::default()
        };
        let hash = self.choose(&settings, &password, &about).await?;
        let unit = Making {
            link: token_hash(token),
            username: username.to_owned(),
            hash,
            browser,
            entropy: Arc::clone(&self.entropy),
            now: self.clock.now(),
        };
        self.store
            .write(move |tx| Box::pin(async move { unit.run(tx).await }))
            .await
    }
}

/// The unit of work: an error undoes all of it, the use of the link too.
struct Making {
    link: [u8; 32],
    username: String,
    hash: PasswordHash,
    browser: Browser,
    entropy: Arc<dyn Entropy>,
    now: UnixMillis,
}

impl Making {
    async fn run(self, tx: &mut dyn Tx) -> Result<String, SetupError> {
        let (entropy, now) = (self.entropy.as_ref(), self.now);
        // First, so that of two at once the second waits here and finds it used.
        let link = tx.use_link(&self.link, PURPOSE, now).await?;
        if has_administrator(&mut *tx, None).await? {
            return Err(SetupError::Used);
        }
        link.ok_or(SetupError::InvalidLink)?;
        let user = User {
            username: Some(self.username),
            password_hash: Some(self.hash),
            ..User::new(UserId::generate(entropy), None, now).signed_in(now)
        };
        if !tx.insert_user(&user).await? {
            return Err(FlowError::Refused(taken(SignInIdentifier::Username)).into());
        }
        tx.add_default_roles_to_user(&user.id).await?;
        let role = RoleId::from(Role::ADMINISTRATOR);
        tx.add_role_to_user(&user.id, &role).await?;
        let amr = vec!["pwd".to_owned()];
        let (session, cookie) = Session::start(entropy, user.id, amr, now);
        let session = session.in_browser(self.browser.user_agent.as_deref());
        let present = self.browser.session_cookie.as_deref().map(token_hash);
        replace_session(tx, entropy, &session, present, now).await?;
        Ok(cookie)
    }
}
