//! What a third-party application may ask its users for.

use moongate_core::{Application, ApplicationId, ErrorCode, Resource, ScopeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api_resources::{ResourceView, ScopeView};
use crate::error::{found, found_application, refuse_if_any};
use crate::resources::finding::Findings;
use crate::{Management, ManagementError};

/// Scopes about the user that an application can ask for (Logto's `UserScope`).
pub(crate) const USER_SCOPES: [&str; 9] = [
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
    "urn:logto:scope:organizations",
    "urn:logto:scope:organization_roles",
];

/// What an application may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "Logto's names")]
pub struct UserConsentScopesView {
    /// Scopes about the user.
    user_scopes: Vec<String>,
    /// Permissions of API resources.
    resource_scopes: Vec<ConsentResourceView>,
    /// Always empty: there are no organizations.
    #[schema(value_type = Vec<Object>)]
    organization_scopes: [(); 0],
    /// Always empty: there are no organizations.
    #[schema(value_type = Vec<Object>)]
    organization_resource_scopes: [(); 0],
}

/// One API resource with those of its permissions that may be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConsentResourceView {
    resource: ResourceView,
    scopes: Vec<ScopeView>,
}

/// What an application may ask for beside what it may already.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewUserConsentScopes {
    /// Scopes about the user.
    pub user_scopes: Vec<String>,
    /// Identifiers of permissions of API resources.
    pub resource_scopes: Vec<String>,
    /// Must be empty: there are no organizations.
    pub organization_scopes: Vec<String>,
    /// Must be empty: there are no organizations.
    pub organization_resource_scopes: Vec<String>,
}

impl Management {
    /// What a third-party application may ask for.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn user_consent_scopes(
        &self,
        id: &ApplicationId,
    ) -> Result<UserConsentScopesView, ManagementError> {
        let mut reader = self.store.read().await?;
        let application = found_application(reader.application(id).await?)?;
        let allowed = application.consent_scopes;
        let mut resource_scopes = Vec::new();
        for resource in reader.resources().await? {
            let mut scopes = reader.resource_scopes(&resource.id).await?;
            scopes.retain(|scope| allowed.resource_scopes.contains(&scope.id));
            if !scopes.is_empty() {
                resource_scopes.push(ConsentResourceView {
                    resource: ResourceView::new(resource),
                    scopes: scopes.into_iter().map(ScopeView::new).collect(),
                });
            }
        }
        Ok(UserConsentScopesView {
            user_scopes: allowed.user_scopes,
            resource_scopes,
            organization_scopes: [],
            organization_resource_scopes: [],
        })
    }

    /// Lets a third-party application ask for more.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn add_user_consent_scopes(
        &self,
        id: ApplicationId,
        body: NewUserConsentScopes,
    ) -> Result<(), ManagementError> {
        if !body.organization_scopes.is_empty() || !body.organization_resource_scopes.is_empty() {
            return Err(ErrorCode::ApplicationUserConsentScopesNotFound.into());
        }
        let mut findings = Findings::default();
        for (index, scope) in body.user_scopes.iter().enumerate() {
            check_user_scope(&mut findings, &format!("userScopes[{index}]"), scope);
        }
        refuse_if_any(findings)?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut application = third_party(tx.application(&id).await?)?;
                    let allowed = &mut application.consent_scopes;
                    for scope in body.user_scopes {
                        if !allowed.user_scopes.contains(&scope) {
                            allowed.user_scopes.push(scope);
                        }
                    }
                    for scope in body.resource_scopes.into_iter().map(ScopeId::from) {
                        let known = tx.resource_scope(&scope).await?;
                        let known = known.ok_or(ErrorCode::ApplicationUserConsentScopesNotFound)?;
                        if known.resource_id.as_str() == Resource::MANAGEMENT_API {
                            let code = ErrorCode::ApplicationConsentManagementApiScopesNotAllowed;
                            return Err(code.into());
                        }
                        if !allowed.resource_scopes.contains(&scope) {
                            allowed.resource_scopes.push(scope);
                        }
                    }
                    Ok(tx.put_application(&application).await?)
                })
            })
            .await
    }

    /// Lets a third-party application no longer ask for something. What users allowed stays
    /// allowed; tokens no longer get it.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn remove_user_consent_scope(
        &self,
        id: ApplicationId,
        kind: String,
        scope: String,
    ) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut application = found_application(tx.application(&id).await?)?;
                    let allowed = &mut application.consent_scopes;
                    let before = allowed.clone();
                    match kind.as_str() {
                        "user-scopes" => allowed.user_scopes.retain(|it| *it != scope),
                        "resource-scopes" => {
                            allowed.resource_scopes.retain(|it| it.as_str() != scope);
                        }
                        _ => {}
                    }
                    if *allowed == before {
                        return Err(ErrorCode::EntityNotFound.into());
                    }
                    Ok(tx.put_application(&application).await?)
                })
            })
            .await
    }
}

/// Notes a scope that no claims belong to.
pub(crate) fn check_user_scope(findings: &mut Findings, path: &str, scope: &str) {
    if !USER_SCOPES.contains(&scope) {
        let mend = format!("the scopes are {}", USER_SCOPES.join(", "));
        findings.add(path, "there is no such scope about users", mend);
    }
}

fn third_party(application: Option<Application>) -> Result<Application, ManagementError> {
    let application = found(application)?;
    if !application.is_third_party {
        return Err(ErrorCode::ApplicationThirdPartyOnly.into());
    }
    Ok(application)
}
