//! `cargo xtask dev`: sets up, builds, provisions and runs Moongate, Bookstore and the Aliyun SMS
//! simulator, until Ctrl-C or until one of them ends.

mod account;
mod administrator;
mod environment;
mod fleet;
mod folder;
mod options;
mod ports;
mod probe;
mod programs;
mod record;
mod resources;
mod secrets;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::setup;
use crate::workspace::Workspace;

use environment::Environment;
use fleet::Fleet;
use folder::Folder;
use options::Options;
use ports::Ports;
use programs::Programs;
use record::Record;
use secrets::Secrets;

pub(crate) use options::ARGUMENTS;

/// Runs it all. Comes back after Ctrl-C or SIGTERM, or fails when something ends by itself.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments)?;
    options.ports.check()?;
    let folder = Folder::open(workspace.root())?;
    let _lock = folder.lock()?;
    // One that was killed outright could not remove its own.
    folder.remove_record();
    if options.reset {
        folder.reset()?;
    }
    mention_ignored_settings();
    setup::for_dev(workspace)?;
    let secrets = Secrets::load_or_make(&folder)?;
    let programs = Programs::build(workspace, options.release)?;
    // Minutes may have passed: look again, and choose the free ones only now.
    let ports = options.ports.choose()?;
    let environment = Environment {
        ports,
        secrets: &secrets,
        database_url: options.database_url.as_deref(),
        no_limits: options.no_limits,
    };
    folder.write("aliyun-account.toml", account::toml(&secrets).as_bytes())?;
    let overlay = resources::write_overlay(&folder, ports)?;
    apply(workspace, &programs, &environment, overlay)?;

    output::step("starting Moongate, Bookstore and the simulator (seconds)");
    let mut fleet = Fleet::default();
    let result = serve(workspace, &programs, &environment, &folder, &mut fleet);
    // First the file, so that nobody reads addresses that no longer answer.
    folder.remove_record();
    fleet.stop(workspace);
    if result.is_ok() {
        output::say("stopped");
    }
    result
}

/// The settings that `dev` runs Moongate with, by default ports: for commands that work on the same
/// database.
pub(crate) fn settings(workspace: &Workspace) -> Outcome<Vec<(String, String)>> {
    let secrets = Secrets::load_or_make(&Folder::open(workspace.root())?)?;
    let environment = Environment {
        ports: Ports::DEFAULT,
        secrets: &secrets,
        database_url: None,
        no_limits: false,
    };
    Ok(environment.moongate())
}

fn mention_ignored_settings() {
    let names = program::settings_in_environment();
    if !names.is_empty() {
        output::say(&format!(
            "not passed on, since dev sets its own: {} (use the flags, or config/)",
            names.join(", ")
        ));
    }
}

/// Puts `config/resources` and what differs on this run into the database.
fn apply(
    workspace: &Workspace,
    programs: &Programs,
    environment: &Environment,
    overlay: bool,
) -> Outcome {
    output::step("provisioning from config/resources (a second)");
    let mut arguments = vec!["apply", "-f", resources::FOLDER];
    if overlay {
        arguments.extend(["-f", resources::OVERLAY]);
    }
    let expression = program::program(workspace, &programs.moongate, arguments);
    let expression = environment::set(expression, environment.moongate());
    let status = program::run(workspace, &expression)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "`moongate apply` {}: see above. `cargo xtask dev --reset` starts with an empty database",
            program::ended(status)
        )))
    }
}

/// Starts the three, says where they are, and watches them.
fn serve(
    workspace: &Workspace,
    programs: &Programs,
    environment: &Environment,
    folder: &Folder,
    fleet: &mut Fleet,
) -> Outcome {
    let simulator = program::program_for_our_life(
        workspace,
        &programs.moongate,
        environment.simulator_arguments(),
    );
    let moongate = program::program_for_our_life(workspace, &programs.moongate, ["serve"]);
    let none: [&str; 0] = [];
    let bookstore = program::program_for_our_life(workspace, &programs.bookstore, none);
    let ports = environment.ports;
    fleet.start(
        fleet::Kind::Simulator,
        ports.simulator,
        &environment::set(simulator, Vec::new()),
    )?;
    fleet.start(
        fleet::Kind::Moongate,
        ports.moongate,
        &environment::set(moongate, environment.moongate()),
    )?;
    fleet.start(
        fleet::Kind::Bookstore,
        ports.bookstore,
        &environment::set(bookstore, environment.bookstore()),
    )?;
    let stopped = fleet.await_answers(workspace)?;
    if stopped {
        return Err(Failure::interrupted());
    }
    administrator::provide(workspace, programs, environment)?;
    let record = Record::new(std::process::id(), environment);
    folder.write(folder::RECORD, record.json().as_bytes())?;
    output::say(&record.banner());
    fleet.watch(workspace)
}
