//! By what people sign in and register.

use serde::{Deserialize, Serialize};

/// Whether people may sign in, register, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInMode {
    /// Accounts are made by administrators alone.
    SignIn,
    /// New accounts alone.
    Register,
    /// Both; the default.
    #[default]
    SignInAndRegister,
}

impl SignInMode {
    /// Whether an unknown identifier may become an account.
    pub fn allows_register(self) -> bool {
        !matches!(self, Self::SignIn)
    }

    /// Whether a known identifier may sign in.
    pub fn allows_sign_in(self) -> bool {
        !matches!(self, Self::Register)
    }
}

/// What a person can be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInIdentifier {
    /// A name of one's own choosing.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

impl SignInIdentifier {
    /// Every identifier.
    pub const ALL: [Self; 3] = [Self::Username, Self::Email, Self::Phone];

    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// The identifier of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What an account needs: an identifier, or one of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignUpIdentifier {
    /// A name of one's own choosing.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An e-mail address or a phone number.
    EmailOrPhone,
}

/// An identifier that an account needs besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecondaryIdentifier {
    /// Which.
    pub identifier: SignUpIdentifier,
    /// Whether it is verified; must be for phone and e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<bool>,
}

/// How an account is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignUp {
    /// Which identifiers an account needs. E-mail and phone together mean one of the two.
    pub identifiers: Vec<SignInIdentifier>,
    /// Whether a password is set at registration.
    pub password: bool,
    /// Whether the identifier is verified; must be for phone and e-mail.
    pub verify: bool,
    /// Which identifiers an account needs besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secondary_identifiers: Vec<SecondaryIdentifier>,
}

impl Default for SignUp {
    fn default() -> Self {
        Self {
            identifiers: vec![SignInIdentifier::Username],
            password: true,
            verify: false,
            secondary_identifiers: Vec::new(),
        }
    }
}

impl SignUp {
    /// The identifiers that come first: what the registration page asks for.
    pub fn primary(&self) -> Vec<SignUpIdentifier> {
        use SignInIdentifier as It;
        let has = |it| self.identifiers.contains(&it);
        let mut primary = Vec::new();
        if has(It::Username) {
            primary.push(SignUpIdentifier::Username);
        }
        match (has(It::Email), has(It::Phone)) {
            (true, true) => primary.push(SignUpIdentifier::EmailOrPhone),
            (true, false) => primary.push(SignUpIdentifier::Email),
            (false, true) => primary.push(SignUpIdentifier::Phone),
            (false, false) => {}
        }
        primary
    }

    /// Every identifier that an account needs, each once, in the order in which they are asked for.
    pub fn required(&self) -> Vec<SignUpIdentifier> {
        let mut required = self.primary();
        for secondary in &self.secondary_identifiers {
            if !required.contains(&secondary.identifier) {
                required.push(secondary.identifier);
            }
        }
        required
    }
}

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInMethod {
    /// By what.
    pub identifier: SignInIdentifier,
    /// Whether a password proves it.
    #[serde(default)]
    pub password: bool,
    /// Whether a verification code proves it.
    #[serde(default)]
    pub verification_code: bool,
    /// Whether the password comes first where both do.
    #[serde(default)]
    pub is_password_primary: bool,
}

impl SignInMethod {
    /// Whether the password is asked for first.
    pub fn begins_with_password(&self) -> bool {
        self.password && (self.is_password_primary || !self.verification_code)
    }
}

/// The ways to sign in, in the order shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignIn {
    /// The ways.
    pub methods: Vec<SignInMethod>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            methods: vec![SignInMethod {
                identifier: SignInIdentifier::Username,
                password: true,
                verification_code: false,
                is_password_primary: true,
            }],
        }
    }
}
