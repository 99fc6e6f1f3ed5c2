//! Nobody locks everybody out: the last administrator stays one.

use moongate_core::{ErrorCode, Role, RoleId, Tx, UserId, has_administrator};

use crate::ManagementError;

/// Refuses what would leave nobody who administers the tenant, before it takes the role from a
/// user or bars them.
pub(crate) async fn refuse_last_administrator(
    tx: &mut dyn Tx,
    id: &UserId,
) -> Result<(), ManagementError> {
    let held = tx.roles_of_user(id).await?;
    let administrator = RoleId::from(Role::ADMINISTRATOR);
    let Some(role) = held.into_iter().find(|role| role.id == administrator) else {
        return Ok(());
    };
    // Written unchanged, which locks it: of two at once the second sees what the first did.
    tx.put_role(&role).await?;
    let counts = tx.user(id).await?.is_some_and(|user| !user.is_suspended);
    if counts && !has_administrator(&mut *tx, Some(id)).await? {
        return Err(ErrorCode::RoleInternalRoleViolation.into());
    }
    Ok(())
}
