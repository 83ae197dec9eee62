//! Exit codes, a promise: see "Promises" in ARCHITECTURE.md.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing at or above the threshold, and nothing supplied was unreadable.
    Clean,
    /// Findings at or above the threshold, or changes to make.
    Findings,
    /// No such findings, but something supplied or demanded could not be judged.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Incomplete => Self::from(3),
        }
    }
}

/// A mistake in how the program was called or configured: code 2.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl Display for Usage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Prints an error and chooses its code: 2 usage, 4 not allowed to look, 70 anything else.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    talk(&format!("error: {}", causes.join(": ")));
    if error.downcast_ref::<Usage>().is_some() {
        return ExitCode::from(2);
    }
    let kind = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::PermissionDenied) => ExitCode::from(4),
        Some(_) => ExitCode::from(2),
        None => ExitCode::from(70),
    }
}

/// What clap says: help and version are data, mistakes are talk.
pub(crate) fn of_clap(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    };
    if error.print().is_err() {
        return ExitCode::from(2);
    }
    code
}

/// True when whoever read our output has gone: no reason to complain.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// One line of talk, on standard error. When even that is closed there is nobody left to tell.
pub(crate) fn talk(line: &str) {
    let mut stderr = anstream::stderr();
    if writeln!(stderr, "{line}").is_err() {
        // Nobody listens.
    }
}
