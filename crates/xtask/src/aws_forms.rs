//! `cargo xtask aws-forms FOLDER`: the types of what AWS answers, for the calls of the table, from the API models of botocore.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use sekisho_aws::calls;
use serde_json::Value;

/// Writes `crates/aws/src/forms/forms.txt`. `models` is the folder `botocore/data`.
pub(crate) fn run(root: &Path, models: &Path) -> anyhow::Result<()> {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for call in calls::all() {
        services
            .entry(call.service)
            .or_default()
            .insert(call.operation);
    }
    let mut out = String::new();
    for (service, operations) in services {
        let model = model(models, service).with_context(|| service.to_owned())?;
        writeln!(out, "[{service}]")?;
        let mut open = Vec::new();
        for operation in operations {
            let form =
                output(&model, operation).ok_or_else(|| anyhow!("{service} has no {operation}"))?;
            writeln!(out, "{operation} = {form}")?;
            open.push(form);
        }
        let mut done = BTreeMap::new();
        while let Some(name) = open.pop() {
            let known = done.entry(name.clone());
            known.or_insert_with(|| members(&model, &name, &mut open));
        }
        for (name, members) in done {
            writeln!(out, "{name}{members}")?;
        }
    }
    fs::write(root.join("crates/aws/src/forms/forms.txt"), out)?;
    Ok(())
}

/// The newest model of a service; the CLI calls two of them otherwise than botocore.
fn model(models: &Path, service: &str) -> anyhow::Result<Value> {
    let folder = models.join(match service {
        "s3api" => "s3",
        "deploy" => "codedeploy",
        other => other,
    });
    let versions = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let versions: BTreeSet<PathBuf> = versions.collect::<Result<_, _>>()?;
    let newest = versions.last().context("no version")?;
    let plain = newest.join("service-2.json");
    Ok(serde_json::from_str(&fs::read_to_string(plain)?)?)
}

/// The name of the structure that an operation answers.
fn output(model: &Value, operation: &str) -> Option<String> {
    let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
    let operations = model.get("operations")?.as_object()?;
    let found = operations
        .iter()
        .find(|(name, _)| plain(name) == plain(operation))?;
    Some(found.1.pointer("/output/shape")?.as_str()?.to_owned())
}

/// The members of a structure, with their types.
fn members(model: &Value, name: &str, open: &mut Vec<String>) -> String {
    let members = model.pointer(&format!("/shapes/{name}/members"));
    let mut out = String::new();
    for (member, form) in members.and_then(Value::as_object).into_iter().flatten() {
        let shape = form.get("shape").and_then(Value::as_str).unwrap_or("");
        _ = write!(out, " {member}:{}", form_of(model, shape, open));
    }
    out
}

/// `s` text, `n` number, `b` boolean, `t` time, `*` anything, `[…]` list, `<…>` map, else the name of a structure.
fn form_of(model: &Value, name: &str, open: &mut Vec<String>) -> String {
    let shape = model.pointer(&format!("/shapes/{name}"));
    let part = |pointer: &str| {
        let part = shape.and_then(|shape| shape.pointer(pointer));
        part.and_then(Value::as_str).unwrap_or("").to_owned()
    };
    match part("/type").as_str() {
        "string" | "blob" | "character" => "s".to_owned(),
        "integer" | "long" | "float" | "double" | "short" | "byte" | "bigdecimal" => "n".to_owned(),
        "boolean" => "b".to_owned(),
        "timestamp" => "t".to_owned(),
        "list" => format!("[{}]", form_of(model, &part("/member/shape"), open)),
        "map" => format!("<{}>", form_of(model, &part("/value/shape"), open)),
        "structure" if !is_document(shape) => {
            open.push(name.to_owned());
            name.to_owned()
        }
        _ => "*".to_owned(),
    }
}

fn is_document(shape: Option<&Value>) -> bool {
    shape.and_then(|shape| shape.get("document")) == Some(&Value::Bool(true))
}
