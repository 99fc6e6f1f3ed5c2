//! `moongate check`: would the server start?

use super::CommandError;
use crate::app::{App, Ground};
use crate::cli::Exit;
use crate::settings::{Flags, Settings};

pub(crate) async fn check(flags: &Flags) -> Result<Exit, CommandError> {
    let settings = Settings::load(flags)?;
    println!(
        "settings: fine ({} at {})",
        settings.profile,
        settings.endpoint_text()
    );
    let ground = Ground::open(&settings).await?;
    println!("store and keys: fine");
    App::new(&settings, &ground).await?;
    println!("signing keys: fine");
    ground.store.close().await;
    Ok(Exit::Done)
}
