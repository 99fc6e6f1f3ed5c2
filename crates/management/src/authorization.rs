//! Who may do what: the one table of the Management API.
//!
//! An operation that is not in it does not exist, and a route that has no operation is not
//! answered: what somebody forgot is refused, not allowed.

use moongate_core::Scopes;

/// The scope that allows everything (Logto's).
pub const ALL: &str = "all";

/// What a caller must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing: anybody may.
    Nothing,
    /// An access token for the Management API with that scope.
    Scope(&'static str),
}

impl Requirement {
    /// Whether a verified access token for the Management API is enough.
    pub fn is_met_by(self, scopes: &Scopes) -> bool {
        match self {
            Self::Nothing => true,
            Self::Scope(scope) => scopes.contains(scope),
        }
    }
}

macro_rules! operations {
    ($($requirement:expr => [$($name:ident,)+],)+) => {
        /// One thing that can be done; its name is the `operationId` of the OpenAPI document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "an operation is described where its route is")]
        pub enum Operation { $($($name,)+)+ }

        impl Operation {
            /// Every operation.
            pub const TABLE: &[Self] = &[$($(Self::$name,)+)+];

            /// What a caller must hold.
            pub fn requirement(self) -> Requirement {
                match self { $($(Self::$name)|+ => $requirement,)+ }
            }

            /// The name.
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$name => stringify!($name),)+)+ }
            }
        }
    };
}

operations! {
    Requirement::Nothing => [
        GetStatus,
        GetSwaggerJson,
        GetWellKnownSignInExp,
        GetWellKnownExperience,
    ],
    Requirement::Scope(ALL) => [
        ListApplications,
        CreateApplication,
        GetApplication,
        UpdateApplication,
        DeleteApplication,
        UpdateApplicationCustomData,
        ListApplicationSecrets,
        CreateApplicationSecret,
        UpdateApplicationSecret,
        DeleteApplicationSecret,
        DeleteApplicationLegacySecret,
        ListApplicationRoles,
        AssignApplicationRoles,
        ReplaceApplicationRoles,
        DeleteApplicationRole,
        ListApplicationUserConsentScopes,
        CreateApplicationUserConsentScope,
        DeleteApplicationUserConsentScope,
        ListResources,
        CreateResource,
        GetResource,
        UpdateResource,
        UpdateResourceIsDefault,
        DeleteResource,
        ListResourceScopes,
        CreateResourceScope,
        UpdateResourceScope,
        DeleteResourceScope,
        ListRoles,
        CreateRole,
        GetRole,
        UpdateRole,
        DeleteRole,
        ListRoleScopes,
        CreateRoleScope,
        DeleteRoleScope,
        ListRoleUsers,
        CreateRoleUser,
        DeleteRoleUser,
        ListRoleApplications,
        CreateRoleApplication,
        DeleteRoleApplication,
        ListUsers,
        CreateUser,
        GetUser,
        UpdateUser,
        DeleteUser,
        ListUserCustomData,
        UpdateUserCustomData,
        UpdateUserProfile,
        UpdateUserPassword,
        VerifyUserPassword,
        GetUserHasPassword,
        UpdateUserIsSuspended,
        ListUserRoles,
        AssignUserRoles,
        ReplaceUserRoles,
        DeleteUserRole,
        ListUserSessions,
        GetUserSession,
        DeleteUserSession,
        ListUserGrants,
        DeleteUserGrant,
        ListUserPersonalAccessTokens,
        CreateUserPersonalAccessToken,
        RenameUserPersonalAccessToken,
        DeleteUserPersonalAccessTokenByName,
        UpdateUserPersonalAccessToken,
        DeleteUserPersonalAccessToken,
        CreateSubjectToken,
        DeleteSentinelActivities,
        GetSignInExp,
        UpdateSignInExp,
        CheckPasswordWithDefaultSignInExperience,
        ListSignInExpRevisions,
        GetSignInExpRevision,
        RollBackSignInExp,
        CreateSignInExpDraft,
        GetOidcKeys,
        RotateOidcKeys,
        DeleteOidcKey,
    ],
}

impl Operation {
    /// The operation of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::TABLE.iter().copied().find(|it| it.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_or_tells_something_needs_the_scope() {
        for operation in Operation::TABLE {
            let is_open = operation.requirement() == Requirement::Nothing;
            let may_be = matches!(
                operation,
                Operation::GetStatus
                    | Operation::GetSwaggerJson
                    | Operation::GetWellKnownSignInExp
                    | Operation::GetWellKnownExperience
            );
            assert_eq!(is_open, may_be, "{operation:?}");
            assert_eq!(Operation::parse(operation.as_str()), Some(*operation));
        }
        assert_eq!(Operation::parse("DropTables"), None);
    }

    #[test]
    fn a_scope_is_met_by_itself_alone() {
        let needed = Requirement::Scope(ALL);
        assert!(needed.is_met_by(&Scopes::from("openid all")));
        assert!(!needed.is_met_by(&Scopes::from("openid al")));
        assert!(!needed.is_met_by(&Scopes::from("")));
    }
}
