//! API resources, their permissions, and the roles that hold them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ResourceId, RoleId, ScopeId, UnixMillis};

/// An API that access tokens are for (RFC 8707).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The row's identifier.
    pub id: ResourceId,
    /// The name that administrators see.
    pub name: String,
    /// The indicator: what `resource` names and `aud` says. No two resources share one.
    pub indicator: String,
    /// Lifetime of access tokens for it, seconds.
    pub access_token_ttl: u32,
    /// Whether a request that names no resource means this one; at most one is.
    pub is_default: bool,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl Resource {
    /// The identifier of the resource that stands for the Management API.
    pub const MANAGEMENT_API: &'static str = "management-api";
    /// Lifetime of access tokens where nothing else is said: an hour, in seconds.
    pub const DEFAULT_ACCESS_TOKEN_TTL: u32 = 3600;
}

/// A permission that an API resource defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceScope {
    /// The row's identifier.
    pub id: ScopeId,
    /// Whose permission it is.
    pub resource_id: ResourceId,
    /// The scope as requests and tokens name it; unique within the resource, without spaces.
    pub name: String,
    /// What it allows, in words.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
}

/// Who may hold a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum RoleType {
    /// Users.
    User,
    /// Machine-to-machine applications.
    MachineToMachine,
}

impl RoleType {
    /// The name that the store and Logto's API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::MachineToMachine => "MachineToMachine",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::MachineToMachine]
            .into_iter()
            .find(|known| known.as_str() == name)
    }
}

/// A set of permissions that users or applications hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The row's identifier.
    pub id: RoleId,
    /// Its name; no two roles share one.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who may hold it.
    pub kind: RoleType,
    /// Whether every new user gets it.
    pub is_default: bool,
    /// When it was made.
    pub created_at: UnixMillis,
}

impl Role {
    /// The identifier of the role of those who administer this service. It is built in: whoever
    /// holds it may change, the role itself may not.
    pub const ADMINISTRATOR: &'static str = "administrator";
}
