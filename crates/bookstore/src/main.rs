//! The shop as a program: reads its variables, listens, and ends politely on Ctrl-C or SIGTERM.

use std::future::IntoFuture as _;
use std::process::ExitCode;
use std::time::Duration;

use moongate_bookstore::{Settings, router};
use tracing_subscriber::EnvFilter;

/// How long requests that are under way may take after the signal to end.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("bookstore: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let settings = Settings::from_env().map_err(|error| error.to_string())?;
    let base_url = settings.options.base_url.clone();
    let router = router(settings.options).map_err(|error| error.to_string())?;
    let listener = tokio::net::TcpListener::bind(settings.listen)
        .await
        .map_err(|error| {
            let address = settings.listen;
            format!("can't listen on {address}: {error}; choose another with BOOKSTORE_LISTEN")
        })?;
    println!("Bookstore is open at {base_url}");
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, router).with_graceful_shutdown(async {
        wait_for_signal().await;
        // The receiver lives until the server is done.
        let _ = stop.send(());
    });
    tokio::select! {
        outcome = server.into_future() => outcome.map_err(|error| error.to_string()),
        () = async {
            let _ = stopped.await;
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}

/// Waits for Ctrl-C, or for SIGTERM where there is such a thing.
async fn wait_for_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
