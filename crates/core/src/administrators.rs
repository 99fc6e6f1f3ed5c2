//! Whether anybody can administer the tenant: whoever holds the built-in role and isn't suspended.

use crate::{Reader, Role, RoleId, StoreError, UserFilter, UserId};

const PAGE: i64 = 100;

/// Whether somebody who isn't suspended holds the built-in role of administrators, leaving out
/// `except`.
///
/// # Errors
/// The store's.
pub async fn has_administrator(
    reader: &mut dyn Reader,
    except: Option<&UserId>,
) -> Result<bool, StoreError> {
    let holders = UserFilter {
        with_role: Some(RoleId::from(Role::ADMINISTRATOR)),
        ..UserFilter::default()
    };
    let mut offset = 0;
    loop {
        let page = reader.users(&holders, offset, PAGE).await?;
        if page.is_empty() {
            return Ok(false);
        }
        let mut users = page.iter();
        if users.any(|user| !user.is_suspended && Some(&user.id) != except) {
            return Ok(true);
        }
        offset += PAGE;
    }
}
