//! Roles: which scopes they hold, and who holds them.

use moongate_core::{
    Application, ApplicationId, ResourceId, Role, RoleId, RoleType, ScopeId, UserFilter, UserId,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, application, at, furnish, resource, role, scope};

on_both!(
    a_role_comes_back_as_it_was,
    a_second_put_replaces_all_but_the_birthday,
    a_name_belongs_to_one_role,
    roles_are_listed_oldest_first,
    a_role_holds_scopes,
    a_user_holds_roles_and_so_scopes,
    a_new_user_gets_the_default_roles_of_users,
    an_application_holds_roles_and_so_scopes,
    a_deleted_role_is_taken_from_all_who_held_it,
);

async fn a_role_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    for kind in [RoleType::User, RoleType::MachineToMachine] {
        let expected = role(kind.as_str(), kind);
        let stored = expected.clone();
        let added = write(&*store, |tx| {
            Box::pin(async move { tx.put_role(&stored).await })
        });
        assert!(added.await);
        let mut reader = store.read().await.unwrap();
        let found = reader.role(&expected.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&expected));
        let found = reader.role_by_name(&expected.name).await.unwrap();
        assert_eq!(found, Some(expected));
    }
    let mut reader = store.read().await.unwrap();
    let unknown = RoleId::from("unknown");
    assert_eq!(reader.role(&unknown).await.unwrap(), None);
    assert_eq!(reader.role_by_name("unknown").await.unwrap(), None);
    assert_eq!(reader.scopes_of_role(&unknown).await.unwrap(), []);
    assert_eq!(reader.applications_of_role(&unknown).await.unwrap(), []);
}

async fn a_second_put_replaces_all_but_the_birthday(bench: Bench) {
    let store = bench.store().await;
    let second = Role {
        name: "Reader".to_owned(),
        description: String::new(),
        is_default: false,
        created_at: at(5),
        ..role("a", RoleType::MachineToMachine)
    };
    let stored = second.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_role(&role("a", RoleType::User)).await?);
            assert!(tx.put_role(&stored).await?);
            Ok(())
        })
    })
    .await;
    let expected = Role {
        created_at: NOW,
        ..second
    };
    assert_eq!(
        store.read().await.unwrap().roles().await.unwrap(),
        [expected]
    );
}

async fn a_name_belongs_to_one_role(bench: Bench) {
    let store = bench.store().await;
    let added = write(&*store, |tx| {
        Box::pin(async move {
            let first = role("a", RoleType::User);
            let same = Role {
                name: first.name.clone(),
                ..role("b", RoleType::User)
            };
            Ok([
                tx.put_role(&first).await?,
                tx.put_role(&same).await?,
                tx.put_role(&first).await?,
            ])
        })
    })
    .await;
    assert_eq!(added, [true, false, true]);
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.role(&RoleId::from("b")).await.unwrap(), None);
}

async fn roles_are_listed_oldest_first(bench: Bench) {
    let store = bench.store().await;
    write(&*store, |tx| {
        Box::pin(async move {
            for (id, created_at) in [("b", 2), ("a", 3), ("c", 1)] {
                let role = Role {
                    created_at: at(created_at),
                    ..role(id, RoleType::User)
                };
                assert!(tx.put_role(&role).await?);
            }
            Ok(())
        })
    })
    .await;
    let found = store.read().await.unwrap().roles().await.unwrap();
    let ids: Vec<_> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}

async fn a_role_holds_scopes(bench: Bench) {
    let store = bench.store().await;
    let (id, read, write_scope) = (
        RoleId::from("a"),
        ScopeId::from("read"),
        ScopeId::from("write"),
    );
    let answers = write(&*store, move |tx| {
        Box::pin(async move {
            assert!(tx.put_resource(&resource("orders")).await?);
            assert!(tx.put_resource_scope(&scope("read", "orders")).await?);
            assert!(tx.put_resource_scope(&scope("write", "orders")).await?);
            assert!(tx.put_role(&role("a", RoleType::User)).await?);
            Ok([
                tx.add_scope_to_role(&id, &read).await?,
                tx.add_scope_to_role(&id, &read).await?,
                tx.add_scope_to_role(&id, &write_scope).await?,
                tx.remove_scope_from_role(&id, &write_scope).await?,
                tx.remove_scope_from_role(&id, &write_scope).await?,
            ])
        })
    })
    .await;
    assert_eq!(answers, [true, false, true, true, false]);
    let id = RoleId::from("a");
    let mut reader = store.read().await.unwrap();
    let scopes = reader.scopes_of_role(&id).await.unwrap();
    assert_eq!(scopes, [scope("read", "orders")]);
    drop(reader);
    write(&*store, |tx| {
        Box::pin(async move { tx.delete_resource_scope(&ScopeId::from("read")).await })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.scopes_of_role(&id).await.unwrap(), []);
}

async fn a_user_holds_roles_and_so_scopes(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let answers = write(&*store, |tx| {
        Box::pin(async move {
            let alice = UserId::from("alice");
            for (id, scope_id) in [("a", "read"), ("b", "write")] {
                let orders = resource("orders");
                assert!(tx.put_resource(&orders).await?);
                assert!(tx.put_resource_scope(&scope(scope_id, "orders")).await?);
                assert!(tx.put_role(&role(id, RoleType::User)).await?);
                tx.add_scope_to_role(&RoleId::from(id), &ScopeId::from(scope_id))
                    .await?;
            }
            let (a, b) = (RoleId::from("a"), RoleId::from("b"));
            Ok([
                tx.add_role_to_user(&alice, &a).await?,
                tx.add_role_to_user(&alice, &a).await?,
                tx.add_role_to_user(&alice, &b).await?,
                tx.remove_role_from_user(&alice, &b).await?,
                tx.remove_role_from_user(&alice, &b).await?,
            ])
        })
    })
    .await;
    assert_eq!(answers, [true, false, true, true, false]);
    let (alice, orders) = (UserId::from("alice"), ResourceId::from("orders"));
    let mut reader = store.read().await.unwrap();
    let roles = reader.roles_of_user(&alice).await.unwrap();
    assert_eq!(roles, [role("a", RoleType::User)]);
    let names = reader.role_names_of_user(&alice).await.unwrap();
    assert_eq!(names, ["Role a"]);
    let scopes = reader.scopes_of_user(&alice, &orders).await.unwrap();
    assert_eq!(scopes, ["read:all"]);
    let elsewhere = ResourceId::from("elsewhere");
    let scopes = reader.scopes_of_user(&alice, &elsewhere).await.unwrap();
    assert!(scopes.is_empty());
}

async fn a_new_user_gets_the_default_roles_of_users(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let special = Role {
                is_default: false,
                ..role("special", RoleType::User)
            };
            for role in [
                special,
                role("default", RoleType::User),
                role("machine", RoleType::MachineToMachine),
            ] {
                assert!(tx.put_role(&role).await?);
            }
            tx.add_default_roles_to_user(&UserId::from("alice")).await?;
            tx.add_default_roles_to_user(&UserId::from("alice")).await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    let roles = reader.roles_of_user(&UserId::from("alice")).await.unwrap();
    assert_eq!(roles, [role("default", RoleType::User)]);
}

async fn an_application_holds_roles_and_so_scopes(bench: Bench) {
    let store = bench.store().await;
    let kind = RoleType::MachineToMachine;
    let answers = write(&*store, move |tx| {
        Box::pin(async move {
            for id in ["shop", "other"] {
                tx.put_application(&application(id)).await?;
            }
            assert!(tx.put_resource(&resource("orders")).await?);
            assert!(tx.put_resource_scope(&scope("read", "orders")).await?);
            assert!(tx.put_role(&role("a", kind)).await?);
            let (shop, a) = (ApplicationId::from("shop"), RoleId::from("a"));
            tx.add_scope_to_role(&a, &ScopeId::from("read")).await?;
            let other = ApplicationId::from("other");
            Ok([
                tx.add_role_to_application(&shop, &a).await?,
                tx.add_role_to_application(&shop, &a).await?,
                tx.add_role_to_application(&other, &a).await?,
                tx.remove_role_from_application(&other, &a).await?,
                tx.remove_role_from_application(&other, &a).await?,
            ])
        })
    })
    .await;
    assert_eq!(answers, [true, false, true, true, false]);
    let (shop, orders) = (ApplicationId::from("shop"), ResourceId::from("orders"));
    let mut reader = store.read().await.unwrap();
    let roles = reader.roles_of_application(&shop).await.unwrap();
    assert_eq!(roles, [role("a", kind)]);
    let scopes = reader.scopes_of_application(&shop, &orders).await;
    assert_eq!(scopes.unwrap(), ["read:all"]);
    let holders = reader.applications_of_role(&RoleId::from("a")).await;
    let expected: [Application; 1] = [application("shop")];
    assert_eq!(holders.unwrap(), expected);
    let other = ApplicationId::from("other");
    let scopes = reader.scopes_of_application(&other, &orders).await;
    assert!(scopes.unwrap().is_empty());
}

async fn a_deleted_role_is_taken_from_all_who_held_it(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            let (a, alice) = (RoleId::from("a"), UserId::from("alice"));
            let shop = ApplicationId::from("shop");
            assert!(tx.put_role(&role("a", RoleType::User)).await?);
            tx.add_role_to_user(&alice, &a).await?;
            tx.add_role_to_application(&shop, &a).await?;
            Ok([tx.delete_role(&a).await?, tx.delete_role(&a).await?])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    let mut reader = store.read().await.unwrap();
    let alice = UserId::from("alice");
    assert_eq!(reader.roles_of_user(&alice).await.unwrap(), []);
    let shop = ApplicationId::from("shop");
    assert_eq!(reader.roles_of_application(&shop).await.unwrap(), []);
    assert_eq!(reader.roles().await.unwrap(), []);
    let filter = UserFilter {
        with_role: Some(RoleId::from("a")),
        ..UserFilter::default()
    };
    assert_eq!(reader.count_users(&filter).await.unwrap(), 0);
}
