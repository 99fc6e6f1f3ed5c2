//! Who takes part in a benchmark: three clients, one user who is signed in, one API resource.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, ConsentScopes,
    CustomClientMetadata, OidcClientMetadata, Phone, Region, Resource, ResourceId, ResourceScope,
    Role, RoleId, RoleType, ScopeId, Secret, Session, Store, StoreError, User, UserId,
};
use moongate_server::app::Ground;

/// Where the server believes to be; it listens on a port of its own.
pub(crate) const ENDPOINT: &str = "http://localhost:3001";
/// A confidential client.
pub(crate) const WEB: &str = "bench-web";
/// A public client, whose refresh tokens rotate at each use.
pub(crate) const SPA: &str = "bench-spa";
/// A client that acts for itself.
pub(crate) const MACHINE: &str = "bench-machine";
/// The secret of the two that keep one.
pub(crate) const SECRET: &str = "bench-secret";
/// Where answers go.
pub(crate) const REDIRECT_URI: &str = "https://shop.example/callback";
/// The API.
pub(crate) const RESOURCE: &str = "https://api.shop.example";
/// What the API allows.
pub(crate) const SCOPES: &str = "read:orders write:orders";

/// What the generator has to know.
pub(crate) struct Tenant {
    /// The value of the session cookie.
    pub(crate) session: String,
}

/// Adds what a benchmark needs; anew in a database that had it.
pub(crate) async fn provision(ground: &Ground) -> Tenant {
    let now = ground.clock.now();
    let entropy = ground.entropy.as_ref();
    let clients = [
        (WEB, ApplicationType::Traditional),
        (SPA, ApplicationType::Spa),
        (MACHINE, ApplicationType::MachineToMachine),
    ];
    let clients = clients.map(|(id, kind)| {
        let application = Application {
            id: ApplicationId::from(id),
            name: id.to_owned(),
            description: None,
            kind,
            oidc_client_metadata: OidcClientMetadata {
                redirect_uris: vec![REDIRECT_URI.to_owned()],
                ..OidcClientMetadata::default()
            },
            custom_client_metadata: CustomClientMetadata::default(),
            is_third_party: false,
            consent_scopes: ConsentScopes::default(),
            custom_data: serde_json::Map::new(),
            created_at: now,
        };
        let name = "Bench";
        let value = Secret::new(SECRET);
        let id = &application.id;
        let secret = ApplicationSecret {
            sealed_value: ApplicationSecret::seal_value(&ground.keys, entropy, id, name, &value),
            application_id: id.clone(),
            name: name.to_owned(),
            reference: None,
            created_at: now,
            expires_at: None,
        };
        (application, secret)
    });
    let number = format!("138{:08}", now.seconds() % 100_000_000);
    let phone = Phone::parse(&number, Region::CHINA).expect("a number");
    let user = User {
        name: Some("Lin Daiyu".to_owned()),
        ..User::with_phone(
            UserId::from(entropy.id(12)),
            phone,
            ApplicationId::from(WEB),
            now,
        )
    };
    let amr = vec!["otp".to_owned(), "sms".to_owned()];
    let (session, cookie) = Session::start(entropy, user.id.clone(), amr, now);
    let resource = Resource {
        id: ResourceId::from("bench"),
        name: "Bench".to_owned(),
        indicator: RESOURCE.to_owned(),
        access_token_ttl: Resource::DEFAULT_ACCESS_TOKEN_TTL,
        is_default: false,
        created_at: now,
    };
    let role = Role {
        id: RoleId::from("bench"),
        name: "Bench".to_owned(),
        description: String::new(),
        kind: RoleType::MachineToMachine,
        is_default: false,
        created_at: now,
    };
    let store: &dyn Store = &ground.store;
    let written: Result<(), StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                for (application, secret) in &clients {
                    tx.put_application(application).await?;
                    if !application.kind.is_public() {
                        tx.put_application_secret(secret).await?;
                    }
                }
                tx.insert_user(&user).await?;
                tx.insert_session(&session).await?;
                tx.put_resource(&resource).await?;
                tx.put_role(&role).await?;
                for name in SCOPES.split(' ') {
                    let scope = ResourceScope {
                        id: ScopeId::from(name),
                        resource_id: resource.id.clone(),
                        name: name.to_owned(),
                        description: None,
                        created_at: now,
                    };
                    tx.put_resource_scope(&scope).await?;
                    tx.add_scope_to_role(&role.id, &scope.id).await?;
                }
                tx.add_role_to_application(&ApplicationId::from(MACHINE), &role.id)
                    .await?;
                Ok(())
            })
        })
        .await;
    written.expect("a database that takes it");
    Tenant { session: cookie }
}
