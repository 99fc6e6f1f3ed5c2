//! Passwords of users, as administrators set and check them. No policy is asked, as in Logto: who
//! may set any password may also change the policy. Nothing is counted against the user either.

use moongate_core::{ErrorCode, PasswordHash, Secret, User, UserId};
use moongate_experience::{ImportError, Verification, import_password_hash};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{found, refuse_if_any};
use crate::resources::finding::Findings;
use crate::users::NewUser;
use crate::{Management, ManagementError, UserView};

/// A longer input is nobody's password, and would never be compared.
const LONGEST_PASSWORD: usize = 4096;

/// A password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserPassword {
    /// 1 to 4096 bytes.
    #[schema(value_type = String)]
    pub password: Secret,
}

impl Management {
    /// Sets the password of a user. Their sessions stay; an administrator who wants them ended
    /// ends them.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn set_user_password(
        &self,
        id: UserId,
        body: &UserPassword,
    ) -> Result<UserView, ManagementError> {
        let mut findings = Findings::default();
        check_password(&mut findings, &body.password);
        refuse_if_any(findings)?;
        found(self.store.read().await?.user(&id).await?)?;
        let hash = self
            .passwords
            .hash(&body.password, self.entropy.as_ref())
            .await?;
        let user = self
            .change_user(id, move |user| {
                user.password_hash = Some(hash);
                Ok(())
            })
            .await?;
        Ok(UserView::new(user))
    }

    /// Checks a password of a user.
    ///
    /// # Errors
    /// [`ErrorCode::SessionInvalidCredentials`] if it is not theirs, or they have none.
    pub async fn verify_user_password(
        &self,
        id: &UserId,
        body: &UserPassword,
    ) -> Result<(), ManagementError> {
        let user: User = found(self.store.read().await?.user(id).await?)?;
        let hash = user.password_hash.as_ref();
        match self.passwords.verify(&body.password, hash).await? {
            Verification::Wrong => Err(ErrorCode::SessionInvalidCredentials.into()),
            Verification::Right | Verification::RightButOutdated => Ok(()),
        }
    }

    /// The hash of a new user's password: of the password itself, or brought along from elsewhere.
    pub(crate) async fn new_password_hash(
        &self,
        body: &NewUser,
    ) -> Result<Option<PasswordHash>, ManagementError> {
        let mut findings = Findings::default();
        match (
            &body.password,
            &body.password_digest,
            &body.password_algorithm,
        ) {
            (Some(_), Some(_), _) => Err(ErrorCode::UserPasswordAndDigest.into()),
            (Some(password), None, None) => {
                check_password(&mut findings, password);
                refuse_if_any(findings)?;
                let hash = self.passwords.hash(password, self.entropy.as_ref()).await?;
                Ok(Some(hash))
            }
            (None, Some(_), None) => Err(ErrorCode::UserPasswordAlgorithmRequired.into()),
            (None, Some(digest), Some(algorithm)) => {
                match import_password_hash(algorithm, digest.expose()) {
                    Ok(hash) => Ok(Some(hash)),
                    Err(ImportError::Unsupported) => {
                        Err(ErrorCode::PasswordUnsupportedEncryptionMethod.into())
                    }
                    Err(error @ (ImportError::Malformed | ImportError::TooCostly)) => {
                        findings.add("passwordDigest", error.to_string(), "");
                        refuse_if_any(findings)?;
                        Ok(None)
                    }
                }
            }
            (_, None, Some(_)) => {
                findings.add("passwordAlgorithm", "belongs to a passwordDigest", "");
                refuse_if_any(findings)?;
                Ok(None)
            }
            (None, None, None) => Ok(None),
        }
    }
}

fn check_password(findings: &mut Findings, password: &Secret) {
    if !(1..=LONGEST_PASSWORD).contains(&password.expose().len()) {
        let problem = format!("must have 1 to {LONGEST_PASSWORD} bytes");
        findings.add("password", problem, "");
    }
}
