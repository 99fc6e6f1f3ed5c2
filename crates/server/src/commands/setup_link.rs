//! `moongate setup-link`: the link by which the first administrator makes their account, which
//! `serve` shows too, on a terminal.

use moongate_experience::first_administrator_can_return;

use super::CommandError;
use crate::app::{Ground, setup_link};
use crate::cli::Exit;
use crate::settings::{Flags, Settings};

/// What is said where the account that the link makes could not be used again.
pub(super) const NO_RETURN: &str = "the settings let no administrator sign in by password: add \
    `username` with a password to `signIn.methods` of the sign-in experience";

pub(crate) async fn print_setup_link(flags: &Flags) -> Result<Exit, CommandError> {
    let settings = Settings::load(flags)?;
    let ground = Ground::open(&settings).await?;
    let (entropy, clock) = (ground.entropy.as_ref(), ground.clock.as_ref());
    let link = setup_link(&settings, &ground.store, entropy, clock).await?;
    let can_return = first_administrator_can_return(&ground.store).await?;
    ground.store.close().await;
    match link {
        Some(link) => {
            println!("{}", link.expose());
            if !can_return {
                eprintln!("{NO_RETURN}");
            }
        }
        // Not on standard output, where programs look for the link.
        None => eprintln!("there is an administrator already"),
    }
    Ok(Exit::Done)
}
