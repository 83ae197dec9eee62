//! `sekisho policy lint`: what is wrong with policies before anybody is judged by them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use sekisho_model::{Lang, phrase};
use sekisho_policy::lint::{Lint, lint};
use serde::Serialize;
use serde_json::Value;

use super::documents::{Item, called, items};
use crate::args::{PolicyFormat, PolicyLintArgs};
use crate::exit::{Exit, talk};
use crate::{language, output};

#[derive(Serialize)]
struct Told {
    file: String,
    object: String,
    rule: &'static str,
    message: String,
}

pub(crate) fn run(args: &PolicyLintArgs) -> anyhow::Result<Exit> {
    let mut read = items(&args.paths)?;
    let tried = tried(&read.all);
    read.all
        .retain(|item| !tried.contains(Path::new(&item.file)));
    let objects: Vec<Value> = read.all.iter().map(|item| item.value.clone()).collect();
    let mut found = lint(&objects);
    found.extend(without_suite(&read.all));
    found.sort_by_key(|one| one.index);
    let lang = language::choose(args.lang);
    let told: Vec<Told> = found
        .into_iter()
        .filter_map(|one| {
            let item = read.all.get(one.index)?;
            let message = match lang {
                Lang::En => one.message.en,
                Lang::Ja => one.message.ja,
            };
            Some(Told {
                file: item.file.clone(),
                object: called(&item.value),
                rule: one.rule,
                message: message.into_owned(),
            })
        })
        .collect();
    let write = |out: &mut dyn Write| match args.format {
        PolicyFormat::Json => output::json(&told, out),
        PolicyFormat::Human => {
            for one in &told {
                writeln!(
                    out,
                    "{}: {}: {}: {}",
                    one.file, one.object, one.rule, one.message
                )?;
            }
            let count = told.len();
            match lang {
                Lang::En => writeln!(out, "{count} to mend"),
                Lang::Ja => writeln!(out, "指摘 {count} 件"),
            }
        }
    };
    output::to(args.output.as_deref(), write)?;
    for (file, reason) in &read.unread {
        talk(&format!("unread: {file}: {reason}"));
    }
    Ok(match (told.is_empty(), read.unread.is_empty()) {
        (false, _) => Exit::Findings,
        (true, false) => Exit::Incomplete,
        (true, true) => Exit::Clean,
    })
}

/// Files that suites name as cases, or as constraints that must be refused: what is wrong with them is meant.
fn tried(all: &[Item]) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let suites = all
        .iter()
        .filter(|item| item.value.get("kind").and_then(Value::as_str) == Some("Suite"));
    for suite in suites {
        let folder = Path::new(&suite.file).parent().unwrap_or(Path::new(""));
        let mut add = |path: Option<&Value>| {
            files.extend(path.and_then(Value::as_str).map(|path| folder.join(path)));
        };
        let list = |value: &Value, key: &str| {
            let items = value.get(key).and_then(Value::as_array);
            items.cloned().unwrap_or_default()
        };
        for test in list(&suite.value, "tests") {
            if test.get("invalid") == Some(&Value::Bool(true)) {
                add(test.get("constraint"));
            }
            for case in list(&test, "cases") {
                add(case.get("object"));
                for path in list(&case, "inventory") {
                    add(Some(&path));
                }
            }
        }
    }
    files
}

/// Templates in folders without a suite.
fn without_suite(all: &[Item]) -> Vec<Lint> {
    let folder = |item: &Item| Path::new(&item.file).parent().map(Path::to_path_buf);
    let of_kind = |kind: &'static str| {
        let is = move |item: &&Item| item.value.get("kind").and_then(Value::as_str) == Some(kind);
        all.iter().filter(is)
    };
    let tested: BTreeSet<_> = of_kind("Suite").map(folder).collect();
    let templates = all.iter().enumerate().filter(|(_, item)| {
        item.value.get("kind").and_then(Value::as_str) == Some("ConstraintTemplate")
    });
    templates
        .filter(|(_, item)| !tested.contains(&folder(item)))
        .map(|(index, _)| Lint {
            index,
            rule: "no-suite",
            message: phrase!(
                en: "no suite (`kind: Suite`) stands beside it: nobody knows what it denies",
                ja: "隣にテスト (`kind: Suite`) がなく、何を拒否するか確かめられていない",
            ),
        })
        .collect()
}
