//! `moongate export`: the tenant as a resource file, with secrets as references.

use std::path::Path;

use moongate_core::Store as _;
use serde_json::Value;

use super::CommandError;
use crate::app::Ground;
use crate::cli::{Exit, Export};
use crate::resources::{self, Format};
use crate::settings::Settings;

pub(crate) async fn export(options: &Export) -> Result<Exit, CommandError> {
    let whole = exported(options).await?;
    write(options, &whole)
}

/// The tenant as one file.
pub(super) async fn exported(options: &Export) -> Result<Value, CommandError> {
    let settings = Settings::load(&options.flags)?;
    let ground = Ground::open(&settings).await?;
    let mut reader = ground.store.read().await?;
    let outcome = moongate_management::export(&mut *reader, &ground.keys).await;
    drop(reader);
    ground.store.close().await;
    Ok(outcome?)
}

/// Writes it where it was asked for.
pub(super) fn write(options: &Export, value: &Value) -> Result<Exit, CommandError> {
    let path = options.output.as_deref();
    let format = options.format.or(path.and_then(Format::of));
    let text = resources::write(value, format.unwrap_or(Format::Toml))?;
    match path {
        None => {
            resources::Report::Said(text.trim_end().to_owned()).print();
        }
        Some(path) => save(path, &text)?,
    }
    Ok(Exit::Done)
}

/// In one step, so that nobody reads half a file.
fn save(path: &Path, text: &str) -> Result<(), CommandError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::write(&beside, text).map_err(named)?;
    std::fs::rename(&beside, path).map_err(named)?;
    Ok(())
}
