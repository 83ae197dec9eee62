use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::generate::{self, camel};

/// Writes the two files of a new check and lists it: its program and its literate test. The threat model is a person's to
/// change: the house test says where the check is missing.
pub(crate) fn run(root: &Path, family: &str, id: &str, control: &str) -> Result<()> {
    let plain = |text: &str| {
        text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
    };
    ensure!(
        plain(family) && plain(id) && !id.is_empty(),
        "a family and a check have lower-case names: `secrets`, `secret-env`"
    );
    let file = id.replace('-', "_");
    let source = root.join(format!("crates/checks/src/{family}"));
    if !source.is_dir() {
        bail!(
            "there is no family `{family}`; make the folder with a mod.rs of one `//!` line first, and name it in lib.rs"
        );
    }
    let program = source.join(format!("{file}.rs"));
    let page = root.join(format!("crates/checks/tests/{family}/{file}.md"));
    ensure!(!program.exists() && !page.exists(), "`{id}` exists already");
    fs::write(&program, program_text(id, control, &camel(&file))).context("the program")?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&page, page_text(id)).context("the literate test")?;
    generate::run(root, generate::Mode::Write)?;
    println!(
        "fill in {} and {}, then name `{id}` under {control} in threat-model/",
        program.display(),
        page.display()
    );
    Ok(())
}

fn program_text(id: &str, control: &str, name: &str) -> String {
    format!(
        r#"use sekisho_model::{{Container, Pod, phrase}};

use crate::{{Check, Context, Fault, Level, On, check}};

check! {{
    /// **What it shows.**
    ///
    /// **Why it matters.**
    ///
    /// # 日本語
    /// **示すこと。**
    ///
    /// **理由。**
    {name} = "{id}";
    control: "{control}",
    severity: Medium,
    profile: Default,
    level: Level::Container,
    fix: None,
    title: "", "",
}}

impl Check for {name} {{
    fn container(&self, _cx: &Context<'_>, _pod: &Pod<'_>, container: &Container<'_>, on: &mut On<'_>) {{
        let name = container.name();
        on.fail(Fault::at(container.route.clone(), phrase!(en: "container `{{name}}` …", ja: "コンテナ `{{name}}` …")));
    }}
}}
"#
    )
}

fn page_text(id: &str) -> String {
    format!(
        "# {id}\n\n## Good: \n\n```yaml\n```\n\n## Bad: \n\n```yaml\nkey: value # error: [{id}] \"words of the message\"\n```\n\n## Evasive: \n\n```yaml\n```\n"
    )
}
