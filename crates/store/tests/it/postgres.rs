//! A private PostgreSQL server for this test run: made in a temporary folder when the first test
//! asks for it, and gone when the test program ends, however it ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

const INSTALL: &str = "the tests need PostgreSQL's server programs; on Debian: \
                       apt-get install --yes postgresql";

/// Runs as PostgreSQL's owner. Its standard input is a pipe from the test program: when that ends,
/// by a signal as well, the pipe closes, and the server and its folder go.
const KEEPER: &str = r#"
bin=$1 port=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
"$bin/initdb" -A trust -U postgres -E UTF8 --locale=C --no-sync -D "$folder/data" \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/server.log" -o "-p $port -k $folder \
    -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=off -c full_page_writes=off" \
    start >"$folder/log" 2>&1 || { cat "$folder/log" "$folder/server.log" >&2; exit 1; }
echo "$folder"
cat >/dev/null
"$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1
"#;

struct Server {
    /// Holds the pipe open for as long as the test program lives.
    _keeper: Child,
    _stdout: BufReader<ChildStdout>,
    port: u16,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// The URL of a fresh, empty database on 127.0.0.1.
pub(crate) async fn fresh_database() -> String {
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(start))
        .await
        .unwrap();
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(server.port)
        .username("postgres")
        .database("postgres")
        .connect()
        .await
        .unwrap();
    admin
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    admin.close().await.unwrap();
    format!(
        "postgres://postgres:unused@127.0.0.1:{}/{name}",
        server.port
    )
}

fn start() -> Server {
    let programs = programs().unwrap_or_else(|| panic!("{INSTALL}"));
    // Another program may take a port between our asking for it and the server's.
    let mut failures = Vec::new();
    for _ in 0..5 {
        match start_on(&programs, free_port()) {
            Ok(server) => return server,
            Err(failure) => failures.push(failure),
        }
    }
    panic!("PostgreSQL did not start:\n{}", failures.join("\n"));
}

fn start_on(programs: &Path, port: u16) -> Result<Server, String> {
    let mut command = if is_root() {
        // PostgreSQL refuses to run as root.
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let mut keeper = command
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .arg(port.to_string())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Out of reach of the terminal's Ctrl-C, so that it can still clean up.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{error}; {INSTALL}"))?;
    let mut stdout = BufReader::new(keeper.stdout.take().unwrap());
    let mut folder = String::new();
    stdout.read_line(&mut folder).unwrap();
    if folder.trim().is_empty() {
        let output = keeper.wait_with_output().unwrap();
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(Server {
        _keeper: keeper,
        _stdout: stdout,
        port,
    })
}

/// The folder of `initdb`, `pg_ctl` and `postgres`: on the path, or where Debian keeps them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    installed.sort();
    installed
        .into_iter()
        .rev()
        .chain(on_path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}
