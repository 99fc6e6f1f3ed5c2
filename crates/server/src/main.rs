//! The `moongate` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    moongate_server::cli::main()
}
