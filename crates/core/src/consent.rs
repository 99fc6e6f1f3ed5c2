//! What a user allowed a third-party application, remembered over its grants; and what a person
//! who is asked has to know.

use crate::{
    ApplicationId, Reader, Resource, ResourceScope, ResourceScopes, Scopes, StoreError,
    USER_SCOPES, UnixMillis, UserId,
};

/// What one user allowed one application so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who allowed it.
    pub user_id: UserId,
    /// Whom.
    pub application_id: ApplicationId,
    /// Scopes about the user, and the names of those of `resources`.
    pub scopes: Scopes,
    /// Permissions of API resources.
    pub resources: ResourceScopes,
    /// When something was last allowed.
    pub updated_at: UnixMillis,
}

impl Consent {
    /// Nothing is allowed yet.
    pub fn nothing(user_id: UserId, application_id: ApplicationId, now: UnixMillis) -> Self {
        Self {
            user_id,
            application_id,
            scopes: Scopes::default(),
            resources: ResourceScopes::new(),
            updated_at: now,
        }
    }

    /// Whether nothing of what is asked for is new.
    pub fn covers(&self, scopes: &Scopes, resources: &ResourceScopes) -> bool {
        let known = |(indicator, asked): (&String, &Scopes)| {
            let allowed = self.resources.get(indicator);
            allowed.is_some_and(|allowed| asked.first_outside(allowed).is_none())
        };
        scopes.first_outside(&self.scopes).is_none() && resources.iter().all(known)
    }

    /// What is allowed once this is allowed too.
    #[must_use]
    pub fn with(mut self, scopes: &Scopes, resources: &ResourceScopes, now: UnixMillis) -> Self {
        self.scopes = self.scopes.and(scopes);
        for (indicator, asked) in resources {
            let allowed = self.resources.entry(indicator.clone()).or_default();
            *allowed = allowed.and(asked);
        }
        self.updated_at = now;
        self
    }
}

/// What an application asks for, as a page puts it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAccess {
    /// Scopes about the user, in order.
    pub scopes: Scopes,
    /// APIs, each with the permissions that are asked for.
    pub apis: Vec<(Resource, Vec<ResourceScope>)>,
}

impl AskedAccess {
    /// Finds the APIs and the words of their permissions.
    ///
    /// # Errors
    /// The store's.
    pub async fn load<R: Reader + ?Sized>(
        reader: &mut R,
        scopes: &Scopes,
        resources: &ResourceScopes,
    ) -> Result<Self, StoreError> {
        let mut apis = Vec::new();
        for (indicator, asked) in resources {
            // One that was removed in the meantime gives nothing.
            let Some(resource) = reader.resource_by_indicator(indicator).await? else {
                continue;
            };
            let mut permissions = reader.resource_scopes(&resource.id).await?;
            permissions.retain(|permission| asked.contains(&permission.name));
            if !permissions.is_empty() {
                apis.push((resource, permissions));
            }
        }
        Ok(Self {
            scopes: scopes.filtered(|scope| USER_SCOPES.contains(&scope)),
            apis,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_allowed_is_not_asked_for_again() {
        let scopes = Scopes::from("openid profile");
        let orders = ResourceScopes::from([("https://orders".into(), Scopes::from("read"))]);
        let consent = Consent {
            user_id: UserId::from("alice"),
            application_id: ApplicationId::from("circle"),
            scopes: Scopes::from("openid"),
            resources: ResourceScopes::new(),
            updated_at: UnixMillis(1),
        };
        assert!(!consent.covers(&scopes, &orders));
        assert!(!consent.covers(&Scopes::from("openid"), &orders));
        let consent = consent.with(&scopes, &orders, UnixMillis(2));
        assert!(consent.covers(&scopes, &orders));
        let more = ResourceScopes::from([("https://orders".into(), Scopes::from("read write"))]);
        assert!(!consent.covers(&scopes, &more));
    }
}
