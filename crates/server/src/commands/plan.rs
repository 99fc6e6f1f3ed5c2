//! `moongate plan`: what would `apply` change?

use moongate_core::Store as _;
use moongate_management::{Declared, Undeclared};

use super::CommandError;
use crate::app::Ground;
use crate::cli::{Exit, Resources};
use crate::resources;
use crate::settings::Settings;

pub(crate) async fn plan(options: &Resources) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.flags)?;
    let files = resources::load(&options.file)?;
    let declared = Declared::read(&files, &resources::ReadSecrets);
    let ground = Ground::open(&settings).await?;
    let mut reader = ground.store.read().await?;
    let outcome = moongate_management::plan(
        &mut *reader,
        &declared,
        undeclared(options),
        &ground.keys,
        ground.clock.now(),
    )
    .await;
    drop(reader);
    ground.store.close().await;
    let (report, exit) = resources::planned(outcome);
    report.print();
    Ok(exit)
}

/// What `--prune` means.
pub(super) fn undeclared(options: &Resources) -> Undeclared {
    if options.prune {
        Undeclared::Delete
    } else {
        Undeclared::Keep
    }
}
