//! `moongate apply`: brings the tenant to what resource files declare, all of it or nothing.

use std::sync::Arc;

use moongate_management::{Declared, RevisionNote};

use super::CommandError;
use super::plan::undeclared;
use crate::app::Ground;
use crate::cli::{Exit, Resources};
use crate::resources;
use crate::settings::Settings;

pub(crate) async fn apply(options: &Resources) -> Result<Exit, CommandError> {
    let settings = Settings::load(&options.flags)?;
    let files = resources::load(&options.file)?;
    let declared = Declared::read(&files, &resources::ReadSecrets);
    let ground = Ground::open(&settings).await?;
    let outcome = moongate_management::apply(
        &ground.store,
        declared,
        undeclared(options),
        Arc::clone(&ground.keys),
        Arc::clone(&ground.entropy),
        ground.clock.now(),
        RevisionNote::command_line(None),
    )
    .await;
    ground.store.close().await;
    let (report, exit) = resources::applied(outcome);
    report.print();
    Ok(exit)
}
