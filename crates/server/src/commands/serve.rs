//! `moongate serve`: the server, until it is asked to stop.

use std::io::IsTerminal as _;
use std::time::Duration;

use moongate_experience::{first_administrator_can_return, needs_setup};
use tokio::net::TcpListener;

use super::setup_link::NO_RETURN;
use super::{CommandError, asked_to_stop};
use crate::app::{App, Ground, StartError, setup_link};
use crate::cli::Exit;
use crate::logging;
use crate::settings::{Flags, Limits, Settings, Transport};

/// How long open requests have to end once the server is asked to stop: a connection that sends
/// nothing must not keep it up.
const FAREWELL: Duration = Duration::from_secs(10);

pub(crate) async fn serve(flags: &Flags) -> Result<Exit, CommandError> {
    let settings = Settings::load(flags)?;
    logging::start(settings.log_format);
    // The address first: a second server on it must not touch the store.
    let listener =
        TcpListener::bind(settings.listen)
            .await
            .map_err(|source| StartError::Listen {
                address: settings.listen,
                source,
            })?;
    let ground = Ground::open(&settings).await?;
    if let Some(path) = &ground.new_key_file {
        tracing::info!(path = %path.display(), "made a key file; keep a copy safe");
    }
    let app = App::new(&settings, &ground).await?;
    if settings.transport == Transport::InsecureHttp {
        tracing::warn!("plain http on a private network: passwords and codes can be read on it");
    }
    if settings.limits == Limits::Off {
        tracing::warn!("limits are off");
    }
    tracing::info!(
        listen = %listener.local_addr()?,
        endpoint = settings.endpoint_text(),
        "Moongate is ready"
    );
    let (entropy, clock) = (ground.entropy.as_ref(), ground.clock.as_ref());
    if needs_setup(&ground.store).await? {
        if !first_administrator_can_return(&ground.store).await? {
            tracing::warn!("{NO_RETURN}");
        }
        // Whoever reads the log later is not whoever starts the server: a log gets no link.
        if std::io::stderr().is_terminal() {
            if let Some(link) = setup_link(&settings, &ground.store, entropy, clock).await? {
                eprintln!(
                    "Nobody administers this server yet: open {} within half an hour.",
                    link.expose()
                );
            }
        } else {
            tracing::info!(
                "nobody administers this server yet: `moongate setup-link` prints the link"
            );
        }
    }
    let router = app.router.clone();
    let server = axum::serve(listener, router).with_graceful_shutdown(asked_to_stop());
    let farewell = async {
        asked_to_stop().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = server => served?,
        () = farewell => tracing::warn!("some connections did not end in time"),
        () = app.keep_house() => {}
        () = app.watch_keys() => {}
        () = app.deliver_logouts() => {}
    }
    ground.store.close().await;
    Ok(Exit::Done)
}
