//! Who bars and removes whom.

use moongate_core::{ErrorCode, UserId};
use moongate_management::{ManagementError, NewUser};

use crate::harness::Harness;

#[tokio::test]
async fn nobody_bars_or_removes_themselves() {
    let harness = Harness::new().await;
    let management = harness.management();
    let user = management.create_user(NewUser::default()).await.unwrap();
    let id = serde_json::to_value(&user).unwrap()["id"].clone();
    let id = UserId::from(id.as_str().unwrap());
    let own = id.to_string();
    let barred = management.suspend_user(id.clone(), true, &own).await;
    assert!(matches!(
        barred,
        Err(ManagementError::Refused(ErrorCode::AuthForbidden))
    ));
    let removed = management.delete_user(id.clone(), &own).await;
    assert!(matches!(
        removed,
        Err(ManagementError::Refused(ErrorCode::UserCannotDeleteSelf))
    ));
    let barred = management.suspend_user(id, true, "somebody").await;
    assert!(barred.is_ok());
}
