//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::resources::Format;
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
    /// Write applications, connectors, resources, roles and the sign-in experience as a resource
    /// file, with secrets as references.
    Export(Export),
    /// Check, change, export and look back at the sign-in experience by itself.
    #[command(subcommand)]
    SignInExperience(SignInExperience),
    /// Print a link by which the first administrator makes their account; it voids the one before.
    SetupLink(Flags),
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

/// Where to write what is stored.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// The file to write; standard output otherwise.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// How; by the file's name otherwise, or else TOML.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

/// What to do with the sign-in experience. Of resource files, `signInExperience` alone is read.
#[derive(Debug, Subcommand)]
pub(crate) enum SignInExperience {
    /// Say what is wrong with it in resource files, and what could be better.
    Check(SettingsFiles),
    /// Show what `apply` would change. Exit code 3 if there is something.
    Plan(SettingsFiles),
    /// Bring it to what resource files declare.
    Apply(SettingsApply),
    /// Write it as a resource file.
    Export(Export),
    /// Show its pages as resource files would have them, on the server that runs.
    Preview(SettingsPreview),
    /// List who saved it when and why, newest first.
    Revisions(Revisions),
    /// Save an earlier revision as the newest one.
    Rollback(Rollback),
}

/// Which resource files to read the sign-in experience from.
#[derive(Debug, clap::Args)]
pub(crate) struct SettingsFiles {
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
}

/// Which resource files to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct SettingsPreview {
    #[command(flatten)]
    pub(crate) files: SettingsFiles,
    /// Whether to open the link in a browser; it is printed anyway.
    #[arg(long, value_enum, value_name = "WHETHER", default_value_t = Open::No)]
    pub(crate) open: Open,
}

/// Whether to open a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Open {
    /// The one that the desktop has for links.
    Yes,
    /// None.
    No,
}

/// Which resource files to apply, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct SettingsApply {
    #[command(flatten)]
    pub(crate) files: SettingsFiles,
    /// Why, for the list of revisions.
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
}

/// How to list revisions.
#[derive(Debug, clap::Args)]
pub(crate) struct Revisions {
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// Show what each of them changed.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// Which revision to have again, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// Its number.
    #[arg(value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) revision: i64,
    /// Why, for the list of revisions; "roll back to N" otherwise.
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
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
        Command::Export(options) => commands::export(&options).await,
        Command::SignInExperience(command) => settings(command).await,
        Command::SetupLink(flags) => commands::print_setup_link(&flags).await,
        Command::AliyunSimulator(options) => commands::aliyun_simulator(&options).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("moongate: {error}");
        Exit::Failed
    })
}

async fn settings(command: SignInExperience) -> Result<Exit, commands::CommandError> {
    use commands::sign_in_experience as own;
    match command {
        SignInExperience::Check(files) => own::check(&files).await,
        SignInExperience::Plan(files) => own::plan(&files).await,
        SignInExperience::Apply(options) => own::apply(&options).await,
        SignInExperience::Export(options) => own::export(&options).await,
        SignInExperience::Preview(options) => commands::preview(&options).await,
        SignInExperience::Revisions(options) => own::revisions(&options).await,
        SignInExperience::Rollback(options) => own::rollback(&options).await,
    }
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
