//! Benchmarks of the server as it is built for release. `bench provider` measures the provider's
//! endpoints, and the most that this machine could do, by the same generator in the same run;
//! `bench enumeration` measures whether answers take longer where there is an account.
//!
//! Of the provider, everything is in this process and on the loopback address: the server with a database on disk at
//! full durability, a server that does nothing but answer or sign, and the generator. It stops by
//! itself within two minutes.

mod enumeration;
mod limits;
mod load;
mod plan;
mod requests;
mod table;
mod tenant;

use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use moongate_server::app::{App, Ground};
use moongate_server::settings::{Flags, Settings};
use plan::{Plan, ROUNDS};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// After this, what is measured has to do.
const DEADLINE: Duration = Duration::from_secs(105);

const USAGE: &str = "bench provider [--database-url URL] | enumeration";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let database_url = match arguments[..] {
        ["provider"] => None,
        ["provider", "--database-url", url] => Some(url.to_owned()),
        ["enumeration"] => {
            enumeration();
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    provider(database_url);
    ExitCode::SUCCESS
}

/// Compares the answers for accounts and for none, and prints the table. On one thread, so that
/// nothing runs beside what is measured but the hashing of passwords.
fn enumeration() {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let compared = runtime.block_on(enumeration::compare());
    println!("{}", table::comparison(&compared));
}

/// Measures the provider and prints the table.
fn provider(database_url: Option<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sqlite = format!("sqlite:{}", folder.path().join("moongate.db").display());
    let flags = Flags {
        endpoint: Some(tenant::ENDPOINT.to_owned()),
        database_url: Some(database_url.unwrap_or(sqlite)),
        keys_file: Some(folder.path().join("moongate.keys")),
        ..Flags::default()
    };
    let settings = Settings::load(&flags).unwrap_or_else(|error| panic!("{error}"));
    // The servers' threads are their own, as are the generator's.
    let servers = Runtime::new().expect("a runtime");
    let generator = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (app, tenant) = servers.block_on(async {
        let ground = Ground::open(&settings).await.expect("a database");
        let app = App::new(&settings, &ground).await.expect("a server");
        (app, tenant::provision(&ground).await)
    });
    let moongate = serve(&servers, app.router.clone());
    let mut plan = generator.block_on(Plan::new(moongate, &tenant));
    let limits = serve(
        &servers,
        limits::router(&plan.signed_answer, &plan.discovery),
    );
    let rounds = async {
        for round in 1..=ROUNDS {
            plan.round(limits).await;
            eprintln!("round {round} of {ROUNDS}");
        }
    };
    let in_time = generator.block_on(async { tokio::time::timeout(DEADLINE, rounds).await });
    if in_time.is_err() {
        eprintln!("this machine is too slow for all rounds; the rest was left out");
    }
    println!("{}", table::markdown(&plan.measured));
    servers.shutdown_background();
}

/// Serves on a free port of the loopback address, until the runtime ends.
fn serve(runtime: &Runtime, router: Router) -> std::net::SocketAddr {
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async { axum::serve(listener, router).await });
    address
}
