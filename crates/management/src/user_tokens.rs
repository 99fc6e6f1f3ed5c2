//! Tokens that stand for a user in a token exchange: personal access tokens, which the user's
//! scripts keep, and subject tokens, with which an application may act as the user once.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{
    ErrorCode, PersonalAccessToken, SealedField, SubjectToken, UnixMillis, UserId, token_hash,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::application_secrets::check_expiry;
use crate::error::{found, refuse_if_any};
use crate::management::{TENANT, check_text};
use crate::resources::finding::Findings;
use crate::{Management, ManagementError, Reveal};

const LONGEST_NAME: usize = 256;
/// How long a subject token can be exchanged.
const SUBJECT_TOKEN_TTL: Duration = Duration::from_mins(10);

/// A personal access token, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessTokenView {
    tenant_id: &'static str,
    user_id: String,
    /// Unique for the user.
    name: String,
    /// The token; absent where secrets are shown once, and after the server's key was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Milliseconds since 1970.
    created_at: i64,
    /// Milliseconds since 1970; never if `null`.
    expires_at: Option<i64>,
}

/// A personal access token to be made; its value is generated.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPersonalAccessToken {
    /// Unique for the user.
    pub name: String,
    /// Milliseconds since 1970, in the future; never if absent.
    pub expires_at: Option<i64>,
}

/// A subject token to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSubjectToken {
    /// Whom it stands for.
    pub user_id: String,
    /// Whatever its maker notes.
    #[schema(value_type = Option<Object>)]
    pub context: Option<Map<String, Value>>,
}

/// A subject token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubjectTokenView {
    /// Good once.
    subject_token: String,
    /// Seconds.
    expires_in: u64,
}

impl Management {
    /// The personal access tokens of a user, oldest first, expired ones included.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn personal_access_tokens(
        &self,
        id: &UserId,
    ) -> Result<Vec<PersonalAccessTokenView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.user(id).await?)?;
        let tokens = reader.personal_access_tokens(id).await?;
        Ok(tokens.iter().map(|token| self.token_view(token)).collect())
    }

    /// Makes a personal access token.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_personal_access_token(
        &self,
        id: UserId,
        body: NewPersonalAccessToken,
    ) -> Result<PersonalAccessTokenView, ManagementError> {
        check_name(&body.name)?;
        let now = self.clock.now();
        let expires_at = body.expires_at.map(UnixMillis);
        check_expiry(expires_at, now)?;
        let value = format!("pat_{}", self.entropy.client_secret());
        let hash = token_hash(&value);
        let token = PersonalAccessToken {
            user_id: id,
            name: body.name.trim().to_owned(),
            hash,
            sealed_value: self.keys.seal(
                &*self.entropy,
                sealed_field(&row(&hash)),
                value.as_bytes(),
            ),
            created_at: now,
            expires_at,
        };
        let view = PersonalAccessTokenView {
            value: Some(value),
            ..view(&token)
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx.user(&token.user_id).await?)?;
                    if !tx.insert_personal_access_token(&token).await? {
                        return Err(ErrorCode::UserPersonalAccessTokenNameExists.into());
                    }
                    Ok::<_, ManagementError>(())
                })
            })
            .await?;
        Ok(view)
    }

    /// Renames a personal access token.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn rename_personal_access_token(
        &self,
        id: UserId,
        name: String,
        new_name: String,
    ) -> Result<PersonalAccessTokenView, ManagementError> {
        check_name(&new_name)?;
        let token = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let tokens = tx.personal_access_tokens(&id).await?;
                    let mut token = found(tokens.into_iter().find(|it| it.name == name))?;
                    new_name.trim().clone_into(&mut token.name);
                    if token.name != name {
                        tx.delete_personal_access_token(&id, &name).await?;
                        if !tx.insert_personal_access_token(&token).await? {
                            return Err(ErrorCode::UserPersonalAccessTokenNameExists.into());
                        }
                    }
                    Ok::<_, ManagementError>(token)
                })
            })
            .await?;
        Ok(self.token_view(&token))
    }

    /// Removes a personal access token.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_personal_access_token(
        &self,
        id: UserId,
        name: String,
    ) -> Result<(), ManagementError> {
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let removed = tx.delete_personal_access_token(&id, &name).await?;
                    Ok::<_, ManagementError>(removed)
                })
            })
            .await?;
        found(removed.then_some(()))
    }

    /// Makes a subject token.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_subject_token(
        &self,
        body: NewSubjectToken,
    ) -> Result<SubjectTokenView, ManagementError> {
        let value = format!("sub_{}", self.entropy.client_secret());
        let now = self.clock.now();
        let token = SubjectToken {
            hash: token_hash(&value),
            user_id: UserId::from(body.user_id),
            context: body.context.unwrap_or_default(),
            created_at: now,
            expires_at: now.plus(SUBJECT_TOKEN_TTL),
            consumed_at: None,
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx.user(&token.user_id).await?)?;
                    tx.insert_subject_token(&token).await?;
                    Ok::<_, ManagementError>(())
                })
            })
            .await?;
        Ok(SubjectTokenView {
            subject_token: value,
            expires_in: SUBJECT_TOKEN_TTL.as_secs(),
        })
    }

    fn token_view(&self, token: &PersonalAccessToken) -> PersonalAccessTokenView {
        let view = view(token);
        if self.reveal == Reveal::Once {
            return view;
        }
        let row = row(&token.hash);
        let value = self.keys.open(sealed_field(&row), &token.sealed_value);
        PersonalAccessTokenView {
            value: value.ok().and_then(|value| String::from_utf8(value).ok()),
            ..view
        }
    }
}

fn view(token: &PersonalAccessToken) -> PersonalAccessTokenView {
    PersonalAccessTokenView {
        tenant_id: TENANT,
        user_id: token.user_id.to_string(),
        name: token.name.clone(),
        value: None,
        created_at: token.created_at.0,
        expires_at: token.expires_at.map(|at| at.0),
    }
}

fn check_name(name: &str) -> Result<(), ManagementError> {
    let mut findings = Findings::default();
    check_text(&mut findings, "name", name, LONGEST_NAME);
    refuse_if_any(findings)
}

/// The hash, which stays when the token is renamed.
fn row(hash: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(hash)
}

fn sealed_field(row: &str) -> SealedField<'_> {
    SealedField {
        table: "personal_access_tokens",
        column: "value",
        row,
    }
}
