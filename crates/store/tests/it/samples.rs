//! Rows to begin a case with. Times are small numbers, so that a failure is easy to read.

use moongate_core::testing::{authorization_request, phone};
use moongate_core::{
    AccessToken, Application, ApplicationId, ApplicationType, AuthorizationCode, Channel,
    CodeHolder, ConsentScopes, CustomClientMetadata, Document, Grant, GrantId, Interaction,
    InteractionId, InteractionState, OidcClientMetadata, Phone, RefreshToken, RequestedClaims,
    Resource, ResourceId, ResourceScope, ResourceScopes, Role, RoleId, RoleType, ScopeId, Scopes,
    Session, SessionId, SigningAlgorithm, Store, UnixMillis, User, UserId, VerificationCode,
    VerificationCodeId, VerificationPurpose,
};

use crate::bench::write;

pub(crate) const NOW: UnixMillis = UnixMillis(1_000_000);

pub(crate) fn at(millis: i64) -> UnixMillis {
    UnixMillis(millis)
}

pub(crate) fn number() -> Phone {
    phone("13800138000")
}

pub(crate) fn user(id: &str, phone: Phone) -> User {
    User::with_phone(UserId::from(id), phone, ApplicationId::from("shop"), NOW)
}

pub(crate) fn application(id: &str) -> Application {
    Application {
        id: ApplicationId::from(id),
        name: "Shop".to_owned(),
        description: Some("Books, 书".to_owned()),
        kind: ApplicationType::Traditional,
        oidc_client_metadata: OidcClientMetadata {
            redirect_uris: vec!["https://shop.example/Callback".to_owned()],
            post_logout_redirect_uris: vec!["https://shop.example/".to_owned()],
            backchannel_logout_uri: Some("https://shop.example/logout".to_owned()),
            ..OidcClientMetadata::default()
        },
        custom_client_metadata: CustomClientMetadata {
            require_pkce: Some(true),
            id_token_signed_response_alg: Some(SigningAlgorithm::RS256),
            ..CustomClientMetadata::default()
        },
        is_third_party: true,
        consent_scopes: ConsentScopes {
            user_scopes: vec!["profile".to_owned()],
            resource_scopes: vec![ScopeId::from("read")],
        },
        custom_data: [("note".to_owned(), "书".into())].into_iter().collect(),
        created_at: NOW,
    }
}

pub(crate) fn interaction(id: &str) -> Interaction {
    Interaction {
        id: InteractionId::from(id),
        browser_hash: [7; 32],
        application_id: ApplicationId::from("shop"),
        request: authorization_request(),
        state: InteractionState::Started {
            flow: serde_json::Value::Null,
        },
        created_at: NOW,
        expires_at: at(NOW.0 + 3_600_000),
    }
}

pub(crate) fn session(id: &str, cookie: u8) -> Session {
    Session {
        id: SessionId::from(id),
        cookie_hash: [cookie; 32],
        user_id: UserId::from("alice"),
        auth_time: NOW,
        amr: vec!["otp".to_owned(), "sms".to_owned()],
        user_agent: Some("Firefox 狐".to_owned()),
        created_at: NOW,
        expires_at: at(NOW.0 + 10_000),
    }
}

pub(crate) fn grant(id: &str, scopes: &str) -> Grant {
    Grant {
        id: GrantId::from(id),
        user_id: UserId::from("alice"),
        application_id: ApplicationId::from("shop"),
        session_id: Some(SessionId::from("session")),
        sid: Some("sid".to_owned()),
        resources: ResourceScopes::from([("https://orders".to_owned(), Scopes::from("read"))]),
        claims: RequestedClaims {
            userinfo: vec!["name".to_owned()],
            id_token: vec![],
        },
        scopes: Scopes::from(scopes),
        nonce: Some("nonce".to_owned()),
        auth_time: NOW,
        amr: vec!["otp".to_owned()],
        created_at: NOW,
        expires_at: at(NOW.0 + 1_000_000_000),
        revoked_at: None,
    }
}

pub(crate) fn authorization_code(hash: u8, grant: &str) -> AuthorizationCode {
    AuthorizationCode {
        hash: [hash; 32],
        grant_id: GrantId::from(grant),
        redirect_uri: "https://shop.example/Callback".to_owned(),
        code_challenge: Some("challenge".to_owned()),
        dpop_jkt: Some("thumbprint".to_owned()),
        created_at: NOW,
        expires_at: at(NOW.0 + 60_000),
        used_at: None,
    }
}

pub(crate) fn access_token(hash: u8, grant: &str) -> AccessToken {
    AccessToken {
        hash: [hash; 32],
        grant_id: GrantId::from(grant),
        scopes: Scopes::from("openid profile"),
        dpop_jkt: Some("thumbprint".to_owned()),
        created_at: NOW,
        expires_at: at(NOW.0 + 3_600_000),
    }
}

pub(crate) fn refresh_token(hash: u8, grant: &str) -> RefreshToken {
    RefreshToken {
        hash: [hash; 32],
        grant_id: GrantId::from(grant),
        scopes: Scopes::from("openid offline_access"),
        dpop_jkt: None,
        created_at: NOW,
        expires_at: at(NOW.0 + 500_000_000),
        consumed_at: None,
    }
}

/// The interaction of that identifier, as what codes belong to.
pub(crate) fn holder(interaction: &str) -> CodeHolder {
    CodeHolder::Interaction(InteractionId::from(interaction))
}

pub(crate) fn document(key: &str, revision: i64, body: &str, saved_at: i64) -> Document {
    Document {
        key: key.to_owned(),
        revision,
        body: body.to_owned(),
        author: "alice".to_owned(),
        comment: Some("因为".to_owned()),
        updated_at: at(saved_at),
    }
}

pub(crate) fn verification_code(id: &str, interaction: &str) -> VerificationCode {
    VerificationCode {
        id: VerificationCodeId::from(id),
        holder: holder(interaction),
        purpose: VerificationPurpose::SignIn,
        channel: Channel::Sms,
        mac: [3; 32],
        attempts: 0,
        created_at: NOW,
        expires_at: at(NOW.0 + 600_000),
        consumed_at: None,
    }
}

pub(crate) fn resource(id: &str) -> Resource {
    Resource {
        id: ResourceId::from(id),
        name: "Orders 订单".to_owned(),
        indicator: format!("https://{id}.example"),
        access_token_ttl: 600,
        is_default: false,
        created_at: NOW,
    }
}

pub(crate) fn scope(id: &str, resource: &str) -> ResourceScope {
    ResourceScope {
        id: ScopeId::from(id),
        resource_id: ResourceId::from(resource),
        name: format!("{id}:all"),
        description: Some("书".to_owned()),
        created_at: NOW,
    }
}

pub(crate) fn role(id: &str, kind: RoleType) -> Role {
    Role {
        id: RoleId::from(id),
        name: format!("Role {id}"),
        description: "What it is for".to_owned(),
        kind,
        is_default: true,
        created_at: NOW,
    }
}

/// The application `shop`, the user `alice`, her session `session`, and the interaction
/// `interaction`.
pub(crate) async fn furnish(store: &dyn Store) {
    write(store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("shop")).await?;
            assert!(tx.insert_user(&user("alice", number())).await?);
            tx.insert_session(&session("session", 1)).await?;
            tx.insert_interaction(&interaction("interaction")).await
        })
    })
    .await;
}
