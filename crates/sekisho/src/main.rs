//! The command line: parse, call, print.

mod args;
mod aws;
mod baseline;
mod check;
mod config;
mod controls;
mod exit;
mod explain;
mod fix;
mod language;
mod output;
mod policy;
mod rehearse;
mod selection;
mod threat_model;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command, PolicyCommand};
use crate::exit::Exit;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::of_clap(&error),
    };
    let done = match args.command {
        Command::Check(check) => check::run(&check),
        Command::Fix(fix) => fix::run(&fix),
        Command::Explain(explain) => explain::run(&explain),
        Command::Controls(controls) => controls::run(&controls),
        Command::Policy(policy) => match policy.command {
            PolicyCommand::Test(test) => policy::test::run(&test),
            PolicyCommand::Lint(lint) => policy::lint::run(&lint),
            PolicyCommand::Eval(eval) => policy::eval::run(&eval),
            PolicyCommand::PodSecurity(pods) => policy::pod_security::run(&pods),
        },
        Command::Rehearse(rehearse) => rehearse::run(&rehearse),
        Command::Config(config) => config::run(&config),
        Command::Aws(aws) => aws::run(&aws),
        Command::Completions { shell } => output::completions(shell),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_broken_pipe(&error) => Exit::Clean.into(),
        Err(error) => exit::report(&error),
    }
}
