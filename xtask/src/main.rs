//! Developer commands: `cargo xtask <command>`. One command a file; each runs programs and sees
//! none of our crates, so that it builds in seconds before anything else does.

mod bench;
mod clock;
mod dev;
mod dist;
mod failure;
mod output;
mod program;
mod screenshots;
mod setup;
mod sign_in_experience;
mod snapshots;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use failure::{Failure, Outcome};
use workspace::Workspace;

/// A command: its name, what follows it, what it does, and the function that does it.
struct Command {
    name: &'static str,
    arguments: &'static str,
    purpose: &'static str,
    run: fn(&Workspace, &[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "dev",
        arguments: dev::ARGUMENTS,
        purpose: "Moongate, Bookstore and the SMS simulator, set up and provisioned",
        run: dev::run,
    },
    Command {
        name: "test",
        arguments: "[--fuzz]",
        purpose: "every check: format, lints, tidy, documents, and all tests on both databases and a browser",
        run: test::run,
    },
    Command {
        name: "setup",
        arguments: "",
        purpose: "install, or name, what is needed beyond Rust",
        run: setup::run,
    },
    Command {
        name: "tidy",
        arguments: "",
        purpose: "arrows between crates, dependencies, licences, house style",
        run: tidy::run,
    },
    Command {
        name: "snapshots",
        arguments: "[--accept|--check]",
        purpose: "page snapshots: write what changed for review, accept all, or only check",
        run: snapshots::run,
    },
    Command {
        name: "screenshots",
        arguments: "[ARGUMENT]…",
        purpose: "pictures of the pages, taken in Chromium",
        run: screenshots::run,
    },
    Command {
        name: "sign-in-experience",
        arguments: "check|plan|apply|export|revisions|rollback N …",
        purpose: "`moongate sign-in-experience …` on the database of `dev`",
        run: sign_in_experience::run,
    },
    Command {
        name: "bench",
        arguments: bench::ARGUMENTS,
        purpose: "the provider's speed beside this machine's, or times with and without an account",
        run: bench::run,
    },
    Command {
        name: "dist",
        arguments: "",
        purpose: "the smallest, fastest `moongate`, with its size",
        run: dist::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Failure::usage(menu()));
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        output::say(&menu());
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Err(Failure::usage(format!(
            "there is no command `{name}`\n\n{}",
            menu()
        )));
    };
    (command.run)(&Workspace::open()?, rest)
}

fn menu() -> String {
    let mut menu = String::from("cargo xtask <command>\n");
    for command in COMMANDS {
        menu.push_str("\n  ");
        menu.push_str(command.name);
        if !command.arguments.is_empty() {
            menu.push(' ');
            menu.push_str(command.arguments);
        }
        menu.push_str("\n      ");
        menu.push_str(command.purpose);
    }
    menu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_prints_the_menu_and_exits_2() {
        let failure = dispatch(&["breakfast".to_owned()]).unwrap_err();
        assert_eq!(failure.code, 2);
        for command in COMMANDS {
            assert!(failure.message.contains(command.name), "{}", command.name);
        }
    }
}
