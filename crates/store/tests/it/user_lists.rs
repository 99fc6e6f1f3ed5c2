//! Users by what they sign in with, in lists, and what goes with them.

use moongate_core::testing::phone;
use moongate_core::{
    ApplicationId, Consent, ResourceScopes, RoleId, RoleType, Scopes, Store, User, UserFilter,
    UserId,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, at, furnish, grant, number, role, session, user};

on_both!(
    a_user_is_found_by_what_they_sign_in_with,
    users_are_listed_newest_first_and_in_parts,
    a_search_looks_at_each_field_in_any_case,
    the_escape_of_a_pattern_is_a_backslash,
    a_list_is_of_those_with_a_role_or_without,
    a_deleted_user_takes_what_is_their_own,
);

fn named(id: &str, number: &str, created_at: i64) -> User {
    User {
        primary_email: Some(format!("{id}@example.com")),
        username: Some(format!("{id}_1")),
        name: Some(format!("{} 爱", id.to_uppercase())),
        created_at: at(created_at),
        ..user(id, phone(number))
    }
}

async fn three(store: &dyn Store) {
    write(store, |tx| {
        Box::pin(async move {
            for user in [
                named("alice", "13800138000", 1),
                named("bob", "13900139000", 3),
                named("carol", "13700137000", 2),
            ] {
                assert!(tx.insert_user(&user).await?);
            }
            Ok(())
        })
    })
    .await;
}

async fn found(store: &dyn Store, filter: UserFilter) -> Vec<String> {
    let mut reader = store.read().await.unwrap();
    let users = reader.users(&filter, 0, 100).await.unwrap();
    let count = reader.count_users(&filter).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), users.len());
    users.iter().map(|user| user.id.to_string()).collect()
}

fn like(pattern: &str) -> UserFilter {
    UserFilter {
        search: Some(pattern.to_owned()),
        ..UserFilter::default()
    }
}

async fn a_user_is_found_by_what_they_sign_in_with(bench: Bench) {
    let store = bench.store().await;
    three(&*store).await;
    let mut reader = store.read().await.unwrap();
    let bob = Some(named("bob", "13900139000", 3));
    let found = reader.user_by_email("bob@example.com").await.unwrap();
    assert_eq!(found, bob);
    let found = reader.user_by_username("bob_1").await.unwrap();
    assert_eq!(found, bob);
    assert_eq!(reader.user_by_email("bob_1").await.unwrap(), None);
    assert_eq!(reader.user_by_username("bob").await.unwrap(), None);
}

async fn users_are_listed_newest_first_and_in_parts(bench: Bench) {
    let store = bench.store().await;
    three(&*store).await;
    let all = found(&*store, UserFilter::default()).await;
    assert_eq!(all, ["bob", "carol", "alice"]);
    let mut reader = store.read().await.unwrap();
    let filter = UserFilter::default();
    let part = reader.users(&filter, 1, 1).await.unwrap();
    assert_eq!(part, [named("carol", "13700137000", 2)]);
    assert_eq!(reader.users(&filter, 3, 5).await.unwrap(), []);
    assert_eq!(reader.count_users(&filter).await.unwrap(), 3);
}

async fn a_search_looks_at_each_field_in_any_case(bench: Bench) {
    let store = bench.store().await;
    three(&*store).await;
    for (pattern, expected) in [
        ("%139001%", &["bob"][..]),
        ("ALICE", &["alice"]),
        ("%Bob@EXAMPLE%", &["bob"]),
        ("CAROL_1", &["carol"]),
        ("alice 爱", &["alice"]),
        ("%爱", &["bob", "carol", "alice"]),
        ("%nobody%", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(&*store, like(pattern)).await, expected, "{pattern}");
    }
}

async fn the_escape_of_a_pattern_is_a_backslash(bench: Bench) {
    let store = bench.store().await;
    three(&*store).await;
    assert_eq!(found(&*store, like(r"bob\_1")).await, ["bob"]);
    assert_eq!(found(&*store, like(r"bo\__1")).await, Vec::<String>::new());
    assert_eq!(found(&*store, like(r"\%bob\%")).await, Vec::<String>::new());
    assert_eq!(found(&*store, like(r"bob\")).await, Vec::<String>::new());
}

async fn a_list_is_of_those_with_a_role_or_without(bench: Bench) {
    let store = bench.store().await;
    three(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            assert!(tx.put_role(&role("a", RoleType::User)).await?);
            for id in ["bob", "alice"] {
                tx.add_role_to_user(&UserId::from(id), &RoleId::from("a"))
                    .await?;
            }
            Ok(())
        })
    })
    .await;
    let with_role = UserFilter {
        with_role: Some(RoleId::from("a")),
        ..UserFilter::default()
    };
    assert_eq!(found(&*store, with_role.clone()).await, ["bob", "alice"]);
    let searched = UserFilter {
        search: Some("%ali%".to_owned()),
        ..with_role
    };
    assert_eq!(found(&*store, searched).await, ["alice"]);
    let without_role = UserFilter {
        without_role: Some(RoleId::from("a")),
        ..UserFilter::default()
    };
    assert_eq!(found(&*store, without_role).await, ["carol"]);
}

async fn a_deleted_user_takes_what_is_their_own(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let removed = write(&*store, |tx| {
        Box::pin(async move {
            let alice = UserId::from("alice");
            tx.insert_grant(&grant("grant", "openid")).await?;
            tx.put_consent(&Consent {
                user_id: alice.clone(),
                application_id: ApplicationId::from("shop"),
                scopes: Scopes::from("openid"),
                resources: ResourceScopes::new(),
                updated_at: NOW,
            })
            .await?;
            Ok([tx.delete_user(&alice).await?, tx.delete_user(&alice).await?])
        })
    })
    .await;
    assert_eq!(removed, [true, false]);
    let mut reader = store.read().await.unwrap();
    let alice = UserId::from("alice");
    assert_eq!(reader.user(&alice).await.unwrap(), None);
    assert_eq!(reader.user_by_phone(&number()).await.unwrap(), None);
    let session = session("session", 1).id;
    assert_eq!(reader.session(&session).await.unwrap(), None);
    assert_eq!(reader.grant(&grant("grant", "").id).await.unwrap(), None);
    let shop = ApplicationId::from("shop");
    assert_eq!(reader.consent(&alice, &shop).await.unwrap(), None);
}
