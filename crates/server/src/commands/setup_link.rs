//! `moongate setup-link`: the link by which the first administrator makes their account, which
//! `serve` says too.

use super::CommandError;
use crate::app::{Ground, setup_link};
use crate::cli::Exit;
use crate::settings::{Flags, Settings};

pub(crate) async fn print_setup_link(flags: &Flags) -> Result<Exit, CommandError> {
    let settings = Settings::load(flags)?;
    let ground = Ground::open(&settings).await?;
    let (entropy, clock) = (ground.entropy.as_ref(), ground.clock.as_ref());
    let link = setup_link(&settings, &ground.store, entropy, clock).await?;
    ground.store.close().await;
    match link {
        Some(link) => println!("{}", link.expose()),
        // Not on standard output, where programs look for the link.
        None => eprintln!("there is an administrator already"),
    }
    Ok(Exit::Done)
}
