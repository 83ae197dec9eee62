use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use anyhow::{Context as _, Result, bail, ensure};

/// Whether generated files are written or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write what differs.
    Write,
    /// Fail when anything differs.
    Check,
}

/// The lists of checks: `mod.rs` of each family and `registry.rs`, from the files that stand in the families' folders.
pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let source = root.join("crates/checks/src");
    let mut families = BTreeMap::new();
    for folder in fs::read_dir(&source).context("crates/checks/src")? {
        let folder = folder?;
        let name = folder.file_name().to_string_lossy().into_owned();
        if folder.file_type()?.is_dir() {
            let files = files_of(&folder.path())?;
            if !files.checks.is_empty() {
                families.insert(name, files);
            }
        }
    }
    let mut stale = Vec::new();
    for (family, files) in &families {
        let path = source.join(family).join("mod.rs");
        let old = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let head: String = old
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .fold(String::new(), |head, line| head + line + "\n");
        keep(&path, &old, &family_text(&head, files), mode, &mut stale)?;
    }
    let path = source.join("registry.rs");
    let old = fs::read_to_string(&path).context("registry.rs")?;
    keep(
        &path,
        &old,
        &registry_text(families.keys()),
        mode,
        &mut stale,
    )?;
    if !stale.is_empty() {
        bail!("run `cargo xtask generate`: {} differ", stale.join(", "));
    }
    Ok(())
}

/// The files of a family: its checks, and what several of them share.
#[derive(Debug, Default)]
struct Files {
    checks: Vec<String>,
    shared: Vec<String>,
}

fn files_of(folder: &Path) -> io::Result<Files> {
    let mut files = Files::default();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        if !is_rust || stem == "mod" {
            continue;
        }
        if fs::read_to_string(&path)?.contains("check! {") {
            files.checks.push(stem.to_owned());
        } else {
            files.shared.push(stem.to_owned());
        }
    }
    files.checks.sort();
    files.shared.sort();
    Ok(files)
}

fn family_text(head: &str, files: &Files) -> String {
    let mut text = format!("{head}\n");
    for shared in &files.shared {
        text.push_str(&format!("pub(crate) mod {shared};\n"));
    }
    if !files.shared.is_empty() {
        text.push('\n');
    }
    for check in &files.checks {
        text.push_str(&format!("mod {check};\n"));
    }
    text.push_str("\nuse crate::Check;\n\npub(crate) static CHECKS: &[&dyn Check] = &[\n");
    for check in &files.checks {
        text.push_str(&format!("    &{check}::{},\n", camel(check)));
    }
    text.push_str("];\n");
    text
}

fn registry_text<'a>(families: impl Iterator<Item = &'a String>) -> String {
    let mut text = String::from(
        "use crate::Check;\n\n/// The families, each a folder; `cargo xtask generate` keeps these lists.\nstatic FAMILIES: &[&[&dyn Check]] = &[\n",
    );
    for family in families {
        text.push_str(&format!("    crate::{family}::CHECKS,\n"));
    }
    text.push_str(
        "];\n\n/// Every check, family by family.\npub fn all() -> impl Iterator<Item = &'static dyn Check> {\n    FAMILIES.iter().flat_map(|family| family.iter().copied())\n}\n\n/// A check by its name.\npub fn by_id(id: &str) -> Option<&'static dyn Check> {\n    all().find(|check| check.meta().id == id)\n}\n",
    );
    text
}

/// `privileged_container` → `PrivilegedContainer`.
pub(crate) fn camel(name: &str) -> String {
    name.split('_')
        .filter_map(|word| {
            let mut letters = word.chars();
            let first = letters.next()?.to_ascii_uppercase();
            Some(format!("{first}{}", letters.as_str()))
        })
        .collect()
}

fn keep(path: &Path, old: &str, new: &str, mode: Mode, stale: &mut Vec<String>) -> Result<()> {
    let new = formatted(new)?;
    if old == new {
        return Ok(());
    }
    match mode {
        Mode::Write => {
            fs::write(path, &new)?;
            println!("wrote {}", path.display());
        }
        Mode::Check => stale.push(path.display().to_string()),
    }
    Ok(())
}

/// As `cargo fmt` would leave it.
fn formatted(text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt")?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "rustfmt refuses a generated file");
    Ok(String::from_utf8(output.stdout)?)
}
