use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::generate;

/// Everything that must hold before a change lands, cheapest first.
pub(crate) fn run(root: &Path) -> Result<()> {
    let started = Instant::now();
    generate::run(root, generate::Mode::Check)?;
    install_cargo_deny(root)?;
    cargo(
        root,
        &[
            "deny",
            "check",
            "--hide-inclusion-graph",
            "bans",
            "licenses",
            "sources",
        ],
        &[],
    )?;
    cargo(root, &["fmt", "--all", "--", "--check"], &[])?;
    cargo(
        root,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
        &[],
    )?;
    cargo(root, &["test", "--workspace"], &[])?;
    cargo(
        root,
        &["doc", "--workspace", "--no-deps", "--quiet"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    println!("ci: all steps passed in {} s", started.elapsed().as_secs());
    Ok(())
}

/// What the steps need and a new machine has not.
fn install_cargo_deny(root: &Path) -> Result<()> {
    let found = Command::new("cargo")
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if found {
        Ok(())
    } else {
        cargo(root, &["install", "cargo-deny", "--locked", "--quiet"], &[])
    }
}

fn cargo(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let line = format!("cargo {}", arguments.join(" "));
    println!("ci: {line}");
    let started = Instant::now();
    let status = Command::new("cargo")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root)
        .status()
        .with_context(|| line.clone())?;
    if !status.success() {
        bail!("`{line}` failed");
    }
    println!("ci: {} s", started.elapsed().as_secs());
    Ok(())
}
