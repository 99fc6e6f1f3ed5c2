//! A set of scopes, as OAuth writes it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Scopes that are understood and speak of the user or the sign-in; those of API resources stand
/// beside them.
pub const USER_SCOPES: &[&str] = &[
    "openid",
    "offline_access",
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
];

/// Scopes in the order they were asked for, without repeats (RFC 6749 §3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Whether `scope` is in the set.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The scopes for which `keep` holds, in order.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|own| keep(own)).cloned().collect())
    }

    /// These scopes, then those of `more` that are not among them.
    #[must_use]
    pub fn and(&self, more: &Self) -> Self {
        let fresh = more.iter().filter(|scope| !self.contains(scope));
        Self(self.iter().chain(fresh).map(str::to_owned).collect())
    }

    /// The first scope that `granted` lacks.
    pub fn first_outside<'a>(&'a self, granted: &Self) -> Option<&'a str> {
        self.iter().find(|scope| !granted.contains(scope))
    }
}

impl From<&str> for Scopes {
    fn from(text: &str) -> Self {
        let mut scopes = Vec::new();
        for scope in text.split_ascii_whitespace() {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        Self(scopes)
    }
}

impl From<String> for Scopes {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_and_extra_spaces_vanish() {
        let scopes = Scopes::from(" openid  profile openid ");
        assert_eq!(scopes.to_string(), "openid profile");
    }

    #[test]
    fn widening_names_the_offender() {
        let granted = Scopes::from("openid profile");
        assert_eq!(
            Scopes::from("openid email").first_outside(&granted),
            Some("email")
        );
        assert_eq!(Scopes::from("openid").first_outside(&granted), None);
    }
}
