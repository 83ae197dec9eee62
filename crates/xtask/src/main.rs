//! Development tasks: `cargo xtask ci`, `generate`, `picture`, `new-check FAMILY ID CONTROL`,
//! `aws-forms FOLDER`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a development tool talks to its terminal"
)]

mod aws_forms;
mod ci;
mod generate;
mod new_check;
mod picture;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["ci"] => ci::run(&root()),
        ["generate"] => generate::run(&root(), generate::Mode::Write),
        ["generate", "--check"] => generate::run(&root(), generate::Mode::Check),
        ["aws-forms", models] => aws_forms::run(&root(), Path::new(models)),
        ["picture"] => picture::run(&root()),
        ["new-check", family, id, control] => new_check::run(&root(), family, id, control),
        _ => {
            eprintln!(
                "usage: cargo xtask ci | generate [--check] | picture | new-check FAMILY ID CONTROL | aws-forms FOLDER"
            );
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}
