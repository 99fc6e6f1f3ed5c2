//! Who holds which roles: users and machine-to-machine applications, seen from both sides.

use moongate_core::{
    ApplicationId, ErrorCode, Role, RoleId, RoleType, StoreError, Tx, UserFilter, UserId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::administrators::refuse_last_administrator;
use crate::applications::{ApplicationView, may_hold};
use crate::error::{found, found_application};
use crate::listing::is_like;
use crate::roles::{RoleFilter, RoleView, is_built_in};
use crate::users::{UserView, users_page};
use crate::{Listed, Management, ManagementError, Page};

/// Roles to be given, by identifiers, by names, or both.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    try_from = "WrittenAssignment"
)]
pub struct RoleAssignment {
    /// Identifiers.
    pub role_ids: Vec<String>,
    /// Names.
    pub role_names: Vec<String>,
}

/// The same as it is written: one of the two is there, so that a forgotten field takes no role
/// away.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenAssignment {
    role_ids: Option<Vec<String>>,
    role_names: Option<Vec<String>>,
}

impl TryFrom<WrittenAssignment> for RoleAssignment {
    type Error = &'static str;

    fn try_from(written: WrittenAssignment) -> Result<Self, &'static str> {
        if written.role_ids.is_none() && written.role_names.is_none() {
            return Err("roleIds or roleNames is required");
        }
        Ok(Self {
            role_ids: written.role_ids.unwrap_or_default(),
            role_names: written.role_names.unwrap_or_default(),
        })
    }
}

/// What came of an assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentView {
    /// Every role that was named.
    role_ids: Vec<String>,
    /// Those of them that are new.
    added_role_ids: Vec<String>,
}

/// Whether roles are added to those held, or take their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assign {
    /// They are added.
    Add,
    /// They take the place of all.
    Replace,
}

/// Whoever holds roles.
enum Holder {
    User(UserId),
    Application(ApplicationId),
}

impl Holder {
    async fn held(&self, tx: &mut dyn Tx) -> Result<Vec<Role>, StoreError> {
        match self {
            Self::User(id) => tx.roles_of_user(id).await,
            Self::Application(id) => tx.roles_of_application(id).await,
        }
    }

    async fn give(&self, tx: &mut dyn Tx, role: &RoleId) -> Result<bool, StoreError> {
        match self {
            Self::User(id) => tx.add_role_to_user(id, role).await,
            Self::Application(id) => tx.add_role_to_application(id, role).await,
        }
    }

    async fn take(&self, tx: &mut dyn Tx, role: &RoleId) -> Result<bool, StoreError> {
        match self {
            Self::User(id) => tx.remove_role_from_user(id, role).await,
            Self::Application(id) => tx.remove_role_from_application(id, role).await,
        }
    }

    /// Gives roles that this holder may have.
    async fn assign(
        &self,
        tx: &mut dyn Tx,
        roles: &[Role],
        assign: Assign,
    ) -> Result<RoleAssignmentView, ManagementError> {
        if assign == Assign::Replace {
            for held in self.held(tx).await? {
                if roles.iter().all(|role| role.id != held.id) {
                    if let Self::User(id) = self
                        && is_built_in(&held.id)
                    {
                        refuse_last_administrator(tx, id).await?;
                    }
                    self.take(tx, &held.id).await?;
                }
            }
        }
        let mut added = Vec::new();
        for role in roles {
            if self.give(tx, &role.id).await? {
                added.push(role.id.to_string());
            }
        }
        Ok(RoleAssignmentView {
            role_ids: roles.iter().map(|role| role.id.to_string()).collect(),
            added_role_ids: added,
        })
    }
}

impl Management {
    /// The roles that a user holds, oldest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_roles(
        &self,
        id: &UserId,
        filter: &RoleFilter,
        page: Option<Page>,
    ) -> Result<Listed<RoleView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.user(id).await?)?;
        let mut roles = reader.roles_of_user(id).await?;
        roles.retain(|role| filter.keeps(role));
        Ok(Listed::of(roles, page).map(RoleView::new))
    }

    /// Gives a user roles.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn assign_user_roles(
        &self,
        id: UserId,
        assignment: RoleAssignment,
        assign: Assign,
    ) -> Result<RoleAssignmentView, ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx.user(&id).await?)?;
                    let roles = named_roles(tx, assignment).await?;
                    if roles.iter().any(|role| role.kind != RoleType::User) {
                        return Err(ErrorCode::UserInvalidRoleType.into());
                    }
                    Holder::User(id).assign(tx, &roles, assign).await
                })
            })
            .await
    }

    /// Takes a role from a user.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn remove_user_role(&self, id: UserId, role: RoleId) -> Result<(), ManagementError> {
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if is_built_in(&role) {
                        refuse_last_administrator(tx, &id).await?;
                    }
                    Ok::<_, ManagementError>(tx.remove_role_from_user(&id, &role).await?)
                })
            })
            .await?;
        found(removed.then_some(()))
    }

    /// The roles that an application holds, oldest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn application_roles(
        &self,
        id: &ApplicationId,
        filter: &RoleFilter,
        page: Option<Page>,
    ) -> Result<Listed<RoleView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found_application(reader.application(id).await?)?;
        let mut roles = reader.roles_of_application(id).await?;
        roles.retain(|role| filter.keeps(role));
        Ok(Listed::of(roles, page).map(RoleView::new))
    }

    /// Gives an application roles.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn assign_application_roles(
        &self,
        id: ApplicationId,
        assignment: RoleAssignment,
        assign: Assign,
    ) -> Result<RoleAssignmentView, ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let application = found_application(tx.application(&id).await?)?;
                    let roles = named_roles(tx, assignment).await?;
                    for role in &roles {
                        may_hold(&application, role)?;
                    }
                    Holder::Application(id).assign(tx, &roles, assign).await
                })
            })
            .await
    }

    /// Takes a role from an application.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn remove_application_role(
        &self,
        id: ApplicationId,
        role: RoleId,
    ) -> Result<(), ManagementError> {
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, ManagementError>(tx.remove_role_from_application(&id, &role).await?)
                })
            })
            .await?;
        found(removed.then_some(()))
    }

    /// The users who hold a role, newest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn role_users(
        &self,
        id: &RoleId,
        search: Option<String>,
        page: Option<Page>,
    ) -> Result<Listed<UserView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.role(id).await?)?;
        let filter = UserFilter {
            search,
            with_role: Some(id.clone()),
            ..UserFilter::default()
        };
        users_page(&mut *reader, &filter, page.unwrap_or_default()).await
    }

    /// Gives users a role; all of them or none.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn add_role_users(
        &self,
        id: RoleId,
        user_ids: Vec<String>,
    ) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let role = found(tx.role(&id).await?)?;
                    if role.kind != RoleType::User {
                        return Err(ErrorCode::UserInvalidRoleType.into());
                    }
                    for user in user_ids.into_iter().map(UserId::from) {
                        let known = tx.user(&user).await?;
                        known.ok_or(ErrorCode::EntityRelationForeignKeyNotFound)?;
                        if !tx.add_role_to_user(&user, &id).await? {
                            return Err(ErrorCode::RoleUserExists.into());
                        }
                    }
                    Ok::<_, ManagementError>(())
                })
            })
            .await
    }

    /// The applications that hold a role, newest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn role_applications(
        &self,
        id: &RoleId,
        search: Option<&str>,
        page: Option<Page>,
    ) -> Result<Listed<ApplicationView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.role(id).await?)?;
        let mut applications = reader.applications_of_role(id).await?;
        applications.reverse();
        applications.retain(|it| is_like(search, &[it.id.as_str(), &it.name]));
        Ok(Listed::of(applications, page).map(ApplicationView::new))
    }

    /// Gives applications a role; all of them or none.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn add_role_applications(
        &self,
        id: RoleId,
        application_ids: Vec<String>,
    ) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let role = found(tx.role(&id).await?)?;
                    for application in application_ids.into_iter().map(ApplicationId::from) {
                        let known = tx.application(&application).await?;
                        let known = known.ok_or(ErrorCode::EntityRelationForeignKeyNotFound)?;
                        may_hold(&known, &role)?;
                        if !tx.add_role_to_application(&application, &id).await? {
                            return Err(ErrorCode::RoleApplicationExists.into());
                        }
                    }
                    Ok::<_, ManagementError>(())
                })
            })
            .await
    }
}

/// The roles of an assignment, each once.
async fn named_roles(
    tx: &mut dyn Tx,
    assignment: RoleAssignment,
) -> Result<Vec<Role>, ManagementError> {
    let mut roles: Vec<Role> = Vec::new();
    for id in assignment.role_ids.into_iter().map(RoleId::from) {
        let role = tx.role(&id).await?;
        roles.push(role.ok_or(ErrorCode::EntityRelationForeignKeyNotFound)?);
    }
    for name in assignment.role_names {
        let role = tx.role_by_name(&name).await?;
        roles.push(role.ok_or(ErrorCode::EntityRelationForeignKeyNotFound)?);
    }
    let mut seen = Vec::new();
    roles.retain(|role| {
        let is_new = !seen.contains(&role.id);
        seen.push(role.id.clone());
        is_new
    });
    Ok(roles)
}
