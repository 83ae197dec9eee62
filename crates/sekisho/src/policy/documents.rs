//! Documents at paths that people name: YAML, JSON, JSON Lines; lists are taken apart.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sekisho_estate::MAX_FILE;
use sekisho_yaml::{Limits, parse};
use serde_json::Value;

/// One document, with the file that it stands in.
pub(crate) struct Item {
    pub(crate) file: String,
    pub(crate) value: Value,
}

/// What was read, and why something was not.
#[derive(Default)]
pub(crate) struct Items {
    pub(crate) all: Vec<Item>,
    /// File and reason.
    pub(crate) unread: Vec<(String, String)>,
}

/// Reads all files at the paths; below a folder in the order of names. `-` is standard input.
pub(crate) fn items(paths: &[PathBuf]) -> anyhow::Result<Items> {
    let mut items = Items::default();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            std::io::stdin()
                .take(MAX_FILE + 1)
                .read_to_end(&mut bytes)?;
            items.take("-", text(bytes).and_then(|text| documents(&text, false)));
            continue;
        }
        let metadata = std::fs::metadata(path).with_context(|| path.display().to_string())?;
        if metadata.is_dir() {
            items.below(path)?;
        } else {
            items.file(path);
        }
    }
    Ok(items)
}

impl Items {
    fn below(&mut self, folder: &Path) -> anyhow::Result<()> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            entries.push(entry?.path());
        }
        entries.sort();
        for path in entries {
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() && !path.is_symlink() {
                self.below(&path)?;
            } else if matches!(ending, Some("yaml" | "yml" | "json" | "jsonl" | "ndjson")) {
                self.file(&path);
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        self.take(&name, read(path));
    }

    fn take(&mut self, name: &str, documents: Result<Vec<Value>, String>) {
        match documents {
            Ok(documents) => {
                for document in documents {
                    self.flatten(name, document);
                }
            }
            Err(why) => self.unread.push((name.to_owned(), why)),
        }
    }

    /// Items of a `List` stand for themselves.
    fn flatten(&mut self, name: &str, mut document: Value) {
        let is_list = document
            .get("kind")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.ends_with("List"));
        match document.get_mut("items") {
            Some(Value::Array(items)) if is_list => {
                for item in std::mem::take(items) {
                    self.flatten(name, item);
                }
            }
            _ => self.all.push(Item {
                file: name.to_owned(),
                value: document,
            }),
        }
    }
}

/// The documents of one file; at most 32 MiB.
pub(crate) fn read(path: &Path) -> Result<Vec<Value>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let ending = path.extension().and_then(|ending| ending.to_str());
    documents(&text(bytes)?, matches!(ending, Some("jsonl" | "ndjson")))
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE) {
        return Err("it is larger than 32 MiB; split it".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

fn documents(text: &str, is_lines: bool) -> Result<Vec<Value>, String> {
    // Two objects on two lines are JSON Lines, whatever the file is called; YAML refuses them.
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_object = |line: &str| line.starts_with('{') && line.ends_with('}');
    let are_lines =
        is_lines || lines.next().is_some_and(is_object) && lines.next().is_some_and(is_object);
    if are_lines {
        let numbered = text.lines().enumerate();
        return numbered
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| {
                serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))
            })
            .collect();
    }
    let stream = parse(text, &Limits::default());
    if let Some(error) = stream.errors.first() {
        return Err(error.to_string());
    }
    let documents = stream.documents.iter().map(sekisho_yaml::Document::to_json);
    Ok(documents.filter(|document| !document.is_null()).collect())
}

/// `Pod shop/web`.
pub(crate) fn called(object: &Value) -> String {
    let text = |pointer: &str| {
        let found = object.pointer(pointer);
        found.and_then(Value::as_str).unwrap_or_default()
    };
    let name = match text("/metadata/name") {
        "" => text("/metadata/generateName"),
        name => name,
    };
    match text("/metadata/namespace") {
        "" => format!("{} {name}", text("/kind")),
        namespace => format!("{} {namespace}/{name}", text("/kind")),
    }
}
