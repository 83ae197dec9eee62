use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The most lines of a picture.
const LINES: usize = 64;

/// Draws a real run for the README: what `sekisho check examples/shop` prints on a terminal, its first lines.
pub(crate) fn run(root: &Path) -> Result<()> {
    let output = Command::new("cargo")
        .args([
            "run",
            "--release",
            "--quiet",
            "--",
            "check",
            "examples/shop",
            "--quiet",
            "--lang",
            "en",
        ])
        .env("CLICOLOR_FORCE", "1")
        .current_dir(root)
        .output()
        .context("cargo run")?;
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "the run failed"
    );
    let text = String::from_utf8(output.stdout)?;
    let first: Vec<&str> = text.lines().take(LINES).collect();
    let picture = anstyle_svg::Term::new().render_svg(&format!(
        "$ sekisho check examples/shop\n{}\n",
        first.join("\n")
    ));
    let path = root.join("docs/check.svg");
    std::fs::create_dir_all(root.join("docs"))?;
    std::fs::write(&path, picture)?;
    println!("wrote {}", path.display());
    Ok(())
}
