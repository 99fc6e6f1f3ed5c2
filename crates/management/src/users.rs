//! Users: made, changed, searched, suspended, removed.

use moongate_core::{
    EmailAddress, ErrorCode, Phone, Profile, Reader, Region, Secret, Tx, UnixMillis, User,
    UserFilter, UserId, end_access,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use crate::administrators::refuse_last_administrator;
use crate::error::{found, refuse_if_any};
use crate::management::{check_note, check_text};
use crate::resources::finding::Findings;
use crate::{Listed, Management, ManagementError, Page, Patch};

const LONGEST_NAME: usize = 128;
const LONGEST_URL: usize = 2048;
const LONGEST_CLAIM: usize = 2048;

/// A user, as the API tells of one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The subject of every token about this user.
    id: String,
    username: Option<String>,
    primary_email: Option<String>,
    /// Digits, country calling code first.
    primary_phone: Option<String>,
    name: Option<String>,
    avatar: Option<String>,
    #[schema(value_type = Object)]
    custom_data: Map<String, Value>,
    /// Always empty: there is no social sign-in.
    #[schema(value_type = Object)]
    identities: Map<String, Value>,
    /// Milliseconds since 1970.
    last_sign_in_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    profile: Profile,
    /// The application through which the account was made.
    application_id: Option<String>,
    /// Always `null`.
    #[schema(value_type = Option<String>)]
    cimd_client_id: Option<String>,
    is_suspended: bool,
    /// Whether the user can sign in by password.
    pub has_password: bool,
}

impl UserView {
    pub(crate) fn new(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username,
            primary_email: user.primary_email,
            primary_phone: user.primary_phone.map(|phone| phone.digits().to_owned()),
            name: user.name,
            avatar: user.avatar,
            custom_data: user.custom_data,
            identities: Map::new(),
            last_sign_in_at: user.last_sign_in_at.map(|at| at.0),
            created_at: user.created_at.0,
            updated_at: user.updated_at.0,
            profile: user.profile,
            application_id: user.application_id.map(|id| id.to_string()),
            cimd_client_id: None,
            is_suspended: user.is_suspended,
            has_password: user.password_hash.is_some(),
        }
    }
}

/// A user to be made. Nothing is required.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewUser {
    /// A letter or `_`, then letters, digits and `_`.
    pub username: Option<String>,
    /// Taken as verified.
    pub primary_email: Option<String>,
    /// Digits, country calling code first; taken as verified.
    pub primary_phone: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// URL of a picture.
    pub avatar: Option<String>,
    /// Whatever administrators and applications keep about the user.
    #[schema(value_type = Option<Object>)]
    pub custom_data: Option<Map<String, Value>>,
    /// Further standard claims.
    pub profile: Option<Profile>,
    /// Not held against the policy; 1 to 4096 bytes.
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret>,
    /// A password's hash from elsewhere, in place of a password.
    #[schema(value_type = Option<String>)]
    pub password_digest: Option<Secret>,
    /// What made the hash: `Argon2i`, `Argon2d`, `Argon2id`, `Bcrypt`, `PBKDF2` or `Legacy`.
    pub password_algorithm: Option<String>,
}

/// What of a user changes. What is absent stays, `null` clears, objects are replaced whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserChange {
    /// A letter or `_`, then letters, digits and `_`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub username: Patch<String>,
    /// Taken as verified.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub primary_email: Patch<String>,
    /// Digits, country calling code first; taken as verified.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub primary_phone: Patch<String>,
    /// Name to show.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub name: Patch<String>,
    /// URL of a picture.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub avatar: Patch<String>,
    /// Whatever administrators and applications keep about the user.
    #[schema(value_type = Option<Object>)]
    pub custom_data: Option<Map<String, Value>>,
    /// Further standard claims.
    pub profile: Option<Profile>,
}

/// What users sign in with and are called, checked.
#[derive(Default)]
struct Names {
    username: Patch<String>,
    primary_email: Patch<String>,
    primary_phone: Patch<Phone>,
    name: Patch<String>,
    avatar: Patch<String>,
    custom_data: Option<Map<String, Value>>,
    profile: Option<Profile>,
}

impl Management {
    /// Users, newest first.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn users(
        &self,
        filter: &UserFilter,
        page: Page,
    ) -> Result<Listed<UserView>, ManagementError> {
        let mut reader = self.store.read().await?;
        users_page(&mut *reader, filter, page).await
    }

    /// One user.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user(&self, id: &UserId) -> Result<UserView, ManagementError> {
        let mut reader = self.store.read().await?;
        Ok(UserView::new(found(reader.user(id).await?)?))
    }

    /// Makes a user, who gets the default roles.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_user(&self, body: NewUser) -> Result<UserView, ManagementError> {
        let password_hash = self.new_password_hash(&body).await?;
        let patch = |it: Option<String>| it.map_or(Patch::Keep, Patch::Set);
        let names = Names::check(UserChange {
            username: patch(body.username),
            primary_email: patch(body.primary_email),
            primary_phone: patch(body.primary_phone),
            name: patch(body.name),
            avatar: patch(body.avatar),
            custom_data: body.custom_data,
            profile: body.profile,
        })?;
        let now = self.clock.now();
        let nobody = User {
            password_hash,
            ..User::new(UserId::generate(&*self.entropy), None, now)
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    names.are_free(tx, &nobody.id).await?;
                    let user = names.over(nobody, now);
                    if !tx.insert_user(&user).await? {
                        return Err(ErrorCode::EntityUniqueIntegrityViolation.into());
                    }
                    tx.add_default_roles_to_user(&user.id).await?;
                    Ok::<_, ManagementError>(UserView::new(user))
                })
            })
            .await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_user(
        &self,
        id: UserId,
        change: UserChange,
    ) -> Result<UserView, ManagementError> {
        let names = Names::check(change)?;
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let user = found(tx.user(&id).await?)?;
                    names.are_free(tx, &id).await?;
                    let user = names.over(user, now);
                    tx.update_user(&user).await?;
                    Ok::<_, ManagementError>(UserView::new(user))
                })
            })
            .await
    }

    /// Lays fields over the custom data of a user, one level deep.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn merge_user_custom_data(
        &self,
        id: UserId,
        more: Map<String, Value>,
    ) -> Result<Map<String, Value>, ManagementError> {
        let user = self
            .change_user(id, move |user| {
                user.custom_data.extend(more);
                Ok(())
            })
            .await?;
        Ok(user.custom_data)
    }

    /// The custom data of a user.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_custom_data(
        &self,
        id: &UserId,
    ) -> Result<Map<String, Value>, ManagementError> {
        let mut reader = self.store.read().await?;
        Ok(found(reader.user(id).await?)?.custom_data)
    }

    /// Lays claims over the profile of a user, one level deep; `null` clears one.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn merge_user_profile(
        &self,
        id: UserId,
        more: Map<String, Value>,
    ) -> Result<Profile, ManagementError> {
        let user = self
            .change_user(id, move |user| {
                let profile = serde_json::to_value(&user.profile);
                let mut claims = match profile.expect("plain structs are JSON") {
                    Value::Object(claims) => claims,
                    _ => Map::new(),
                };
                claims.extend(more);
                let mut findings = Findings::default();
                match serde_json::from_value(Value::Object(claims)) {
                    Ok(profile) => user.profile = profile,
                    Err(error) => findings.add("", error.to_string(), ""),
                }
                check_profile(&mut findings, "", &user.profile);
                refuse_if_any(findings)
            })
            .await?;
        Ok(user.profile)
    }

    /// Suspends a user, whose sessions and grants end at once, or lets them in again. `caller` is
    /// the subject of whoever asks, who can't suspend themselves.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn suspend_user(
        &self,
        id: UserId,
        is_suspended: bool,
        caller: &str,
    ) -> Result<UserView, ManagementError> {
        if is_suspended && id.as_str() == caller {
            return Err(ErrorCode::AuthForbidden.into());
        }
        let management = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut user = found(tx.user(&id).await?)?;
                    if is_suspended {
                        refuse_last_administrator(tx, &id).await?;
                    }
                    user.is_suspended = is_suspended;
                    user.updated_at = management.clock.now();
                    tx.update_user(&user).await?;
                    if is_suspended {
                        end_access(tx, &*management.entropy, &id, management.clock.now()).await?;
                    }
                    Ok::<_, ManagementError>(UserView::new(user))
                })
            })
            .await
    }

    /// Removes a user; sessions, grants and tokens go along. `caller` is the subject of whoever
    /// asks.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_user(&self, id: UserId, caller: &str) -> Result<(), ManagementError> {
        if id.as_str() == caller {
            return Err(ErrorCode::UserCannotDeleteSelf.into());
        }
        let management = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx.user(&id).await?)?;
                    refuse_last_administrator(tx, &id).await?;
                    // Applications are told, as of any other end of a session.
                    end_access(tx, &*management.entropy, &id, management.clock.now()).await?;
                    tx.delete_user(&id).await?;
                    Ok::<_, ManagementError>(())
                })
            })
            .await
    }

    pub(crate) async fn change_user(
        &self,
        id: UserId,
        change: impl FnOnce(&mut User) -> Result<(), ManagementError> + Send + 'static,
    ) -> Result<User, ManagementError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut user = found(tx.user(&id).await?)?;
                    change(&mut user)?;
                    user.updated_at = now;
                    tx.update_user(&user).await?;
                    Ok(user)
                })
            })
            .await
    }
}

impl Names {
    fn check(change: UserChange) -> Result<Self, ManagementError> {
        let mut findings = Findings::default();
        if let Some(name) = change.username.as_set() {
            check_username(&mut findings, name);
        }
        let primary_email = match change.primary_email {
            Patch::Set(email) => {
                check_text(&mut findings, "primaryEmail", &email, LONGEST_NAME);
                // One spelling, so that others are not other accounts.
                if let Ok(address) = EmailAddress::parse(&email) {
                    Patch::Set(address.as_str().to_owned())
                } else {
                    findings.add("primaryEmail", "must be an e-mail address", "");
                    Patch::Keep
                }
            }
            other => other,
        };
        if let Some(name) = change.name.as_set() {
            check_note(&mut findings, "name", name, LONGEST_NAME);
        }
        if let Some(avatar) = change.avatar.as_set() {
            check_note(&mut findings, "avatar", avatar, LONGEST_URL);
            let is_url = |url: Url| matches!(url.scheme(), "http" | "https");
            if !Url::parse(avatar).is_ok_and(is_url) {
                findings.add("avatar", "must be an http or https URL", "");
            }
        }
        if let Some(profile) = &change.profile {
            check_profile(&mut findings, "profile", profile);
        }
        refuse_if_any(findings)?;
        let primary_phone = match change.primary_phone {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(digits) => {
                let number = format!("+{}", digits.trim().trim_start_matches('+'));
                // With the country code in front, the region plays no part.
                let phone = Phone::parse(&number, Region::CHINA);
                Patch::Set(phone.map_err(|_| ErrorCode::UserInvalidPhone)?)
            }
        };
        Ok(Self {
            username: change.username,
            primary_email,
            primary_phone,
            name: change.name,
            avatar: change.avatar,
            custom_data: change.custom_data,
            profile: change.profile,
        })
    }

    /// That nobody else signs in with any of it.
    async fn are_free(&self, tx: &mut dyn Tx, own: &UserId) -> Result<(), ManagementError> {
        let is_taken = |other: Option<User>| other.is_some_and(|other| other.id != *own);
        if let Some(username) = self.username.as_set()
            && is_taken(tx.user_by_username(username).await?)
        {
            return Err(ErrorCode::UserUsernameAlreadyInUse.into());
        }
        if let Some(email) = self.primary_email.as_set()
            && is_taken(tx.user_by_email(email).await?)
        {
            return Err(ErrorCode::UserEmailAlreadyInUse.into());
        }
        if let Some(phone) = self.primary_phone.as_set()
            && is_taken(tx.user_by_phone(phone).await?)
        {
            return Err(ErrorCode::UserPhoneAlreadyInUse.into());
        }
        Ok(())
    }

    fn over(self, user: User, now: UnixMillis) -> User {
        User {
            username: self.username.over(user.username),
            primary_email: self.primary_email.over(user.primary_email),
            primary_phone: self.primary_phone.over(user.primary_phone),
            name: self.name.over(user.name),
            avatar: self.avatar.over(user.avatar),
            custom_data: self.custom_data.unwrap_or(user.custom_data),
            profile: self.profile.unwrap_or(user.profile),
            updated_at: now,
            ..user
        }
    }
}

pub(crate) async fn users_page(
    reader: &mut dyn Reader,
    filter: &UserFilter,
    page: Page,
) -> Result<Listed<UserView>, ManagementError> {
    let users = reader.users(filter, page.offset(), page.size()).await?;
    Ok(Listed {
        items: users.into_iter().map(UserView::new).collect(),
        total: reader.count_users(filter).await?,
    })
}

fn check_username(findings: &mut Findings, name: &str) {
    check_text(findings, "username", name, LONGEST_NAME);
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let begins_well = |char: char| char.is_ascii_alphabetic() || char == '_';
    if !name.chars().all(fits) || !name.starts_with(begins_well) {
        let problem = "must be a letter or _, then letters, digits and _";
        findings.add("username", problem, "");
    }
}

fn check_profile(findings: &mut Findings, path: &str, profile: &Profile) {
    let value = serde_json::to_value(profile).expect("plain structs are JSON");
    check_claims(findings, path, &value);
}

fn check_claims(findings: &mut Findings, path: &str, value: &Value) {
    match value {
        Value::String(text) => check_claim(findings, path, text),
        Value::Object(fields) => {
            for (name, value) in fields {
                check_claims(findings, &crate::resources::fields::join(path, name), value);
            }
        }
        _ => {}
    }
}

/// An address has lines (OpenID Connect Core §5.1.1); nothing else has control characters.
fn check_claim(findings: &mut Findings, path: &str, text: &str) {
    let is_address = path.contains("address.");
    let text = if is_address {
        &text.replace(['\r', '\n'], " ")
    } else {
        text
    };
    check_note(findings, path, text, LONGEST_CLAIM);
}
