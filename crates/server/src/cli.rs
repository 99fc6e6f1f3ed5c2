//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::settings::Flags;

/// Moongate, an identity server.
#[derive(Debug, Parser)]
#[command(
    name = "moongate",
    version,
    about = "Moongate, an identity server",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Flags),
    /// Check settings, keys and store without starting the server.
    Check(Flags),
    /// Show what `apply` would change. Exit code 3 if there is something.
    Plan(Resources),
    /// Bring applications, connectors and the sign-in experience to what resource files declare.
    Apply(Resources),
    /// Run a stand-in for Aliyun's SMS service, with an inbox to read.
    AliyunSimulator(AliyunSimulator),
}

/// Which resource files to read.
#[derive(Debug, clap::Args)]
pub(crate) struct Resources {
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// A file or a folder of files; may be repeated, later ones win.
    #[arg(
        short,
        long = "file",
        value_name = "PATH",
        default_value = "config/resources"
    )]
    pub(crate) file: Vec<PathBuf>,
    /// Delete what no file names.
    #[arg(long)]
    pub(crate) prune: bool,
}

/// How to run the simulator.
#[derive(Debug, clap::Args)]
pub(crate) struct AliyunSimulator {
    /// Address and port to listen on.
    #[arg(
        long = "listen",
        id = "simulator_listen",
        value_name = "ADDR",
        default_value = "127.0.0.1:3010"
    )]
    pub(crate) listen: std::net::SocketAddr,
    /// TOML file with the account that it plays; a built-in one otherwise.
    #[arg(long, value_name = "FILE")]
    pub(crate) account: Option<PathBuf>,
    /// Play without the service's own limits.
    #[arg(long)]
    pub(crate) no_limits: bool,
}

/// How a command ended; the exit codes are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to change: 0.
    Done,
    /// Refused or failed: 1.
    Failed,
    /// `plan` found changes: 3.
    Changes,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Failed => Self::from(1),
            Exit::Changes => Self::from(3),
        }
    }
}

/// Runs the program with the arguments of this process. Wrong usage ends it with code 2.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("moongate: {error}");
            return Exit::Failed.into();
        }
    };
    let exit = runtime.block_on(run(cli));
    exit.into()
}

async fn run(cli: Cli) -> Exit {
    let outcome = match cli.command {
        Command::Serve(flags) => commands::serve(&flags).await,
        Command::Check(flags) => commands::check(&flags).await,
        Command::Plan(resources) => commands::plan(&resources).await,
        Command::Apply(resources) => commands::apply(&resources).await,
        Command::AliyunSimulator(options) => commands::aliyun_simulator(&options).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("moongate: {error}");
        Exit::Failed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_does_not_exist_yet_is_wrong_usage() {
        let error = Cli::try_parse_from(["moongate", "backup", "x"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
}
