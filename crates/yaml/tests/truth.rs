//! What kubectl 1.32 made of the same files.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may stop where it fails, and reads what it compares"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sekisho_yaml::{Document, Limits, parse};
use serde_json::Value;

/// The objects kubectl would send, or nothing when it would refuse the text.
fn objects(text: &str) -> Option<Vec<Value>> {
    let stream = parse(text, &Limits::default());
    if !stream.errors.is_empty() {
        return None;
    }
    let documents = stream
        .documents
        .iter()
        .filter(|document| !document.is_empty());
    let mut objects = Vec::new();
    for mut object in documents.map(Document::to_json) {
        match object.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) if object["kind"] == "List" => objects.extend(items),
            _ => objects.push(object),
        }
    }
    Some(objects)
}

/// Without the annotation kubectl was told to add.
fn without_probe(mut object: Value) -> Value {
    let metadata = object["metadata"].as_object_mut().unwrap();
    let annotations = metadata["annotations"].as_object_mut().unwrap();
    assert_eq!(annotations.remove("probe/x"), Some(Value::from("y")));
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
    object
}

/// An integer above the signed range is a float for the server.
fn as_stored(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(as_stored).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, as_stored(value)))
            .collect(),
        other => other,
    }
}

fn compare(folder: &Path) -> usize {
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files.iter().filter(|file| {
        file.extension()
            .is_some_and(|extension| extension == "yaml")
    }) {
        let read = objects(&fs::read_to_string(file).unwrap());
        let expected = fs::read_to_string(file.with_extension("json"))
            .ok()
            .map(|answer| {
                let answer: Value = serde_json::from_str(&answer).unwrap();
                vec![as_stored(without_probe(answer))]
            });
        assert!(
            expected.is_some() || file.with_extension("error").exists(),
            "{} has no answer",
            file.display()
        );
        if read != expected {
            wrong.push(format!(
                "{}\n  read: {read:?}\n  kubectl: {expected:?}",
                file.display()
            ));
        }
        compared += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    compared
}

#[test]
fn the_small_part_is_read_as_kubectl_reads_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/yaml-truth");
    assert!(compare(&folder) >= 40);
}

#[test]
fn the_whole_set_is_read_as_kubectl_reads_it() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("SEKISHO_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("yaml-truth");
    if !folder.is_dir() {
        println!("skipped: shared/yaml-truth is absent");
        return;
    }
    assert!(compare(&folder) >= 227);
}
