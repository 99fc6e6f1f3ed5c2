//! What each command does, one file each.

mod aliyun_simulator;
mod apply;
mod check;
mod export;
mod plan;
mod preview;
mod serve;
mod setup_link;
pub(crate) mod sign_in_experience;

pub(crate) use aliyun_simulator::aliyun_simulator;
pub(crate) use apply::apply;
pub(crate) use check::check;
pub(crate) use export::export;
pub(crate) use plan::plan;
pub(crate) use preview::preview;
pub(crate) use serve::serve;
pub(crate) use setup_link::print_setup_link;

/// Why a command failed; printed as it is.
pub(crate) type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// Resolves when this process is asked to stop: Ctrl-C or SIGTERM.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests;
