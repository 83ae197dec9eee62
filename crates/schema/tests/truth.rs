//! Holds the crate to the answers of a real API server.
#![expect(clippy::disallowed_methods, reason = "a test reads its data")]

#[cfg(test)]
mod answers {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use sekisho_schema::{NoteKind, Outcome, admit, server_message};
    use serde_json::{Map, Value};

    /// One answer of the server, as `tests/data/answers.jsonl` and the shared truth hold it.
    struct Row {
        from: String,
        sent: Value,
        status: u64,
        message: String,
        stored: Value,
        warnings: Vec<String>,
    }

    fn rows(text: &str) -> Vec<Row> {
        let read = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            Row {
                from: text("from"),
                sent: row["sent"].clone(),
                status: row["status"].as_u64().unwrap(),
                message: text("message"),
                stored: row["stored"].clone(),
                warnings: row["warnings"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            }
        };
        text.lines().map(read).collect()
    }

    /// Takes away what only a cluster knows: allocated addresses and ports, generated identifiers, the request's namespace.
    fn comparable(mut value: Value, sent: &Value) -> Value {
        let without = |value: &mut Value, at: &str, keys: &[&str]| {
            if let Some(object) = value.pointer_mut(at).and_then(Value::as_object_mut) {
                object.retain(|key, _| !keys.contains(&key.as_str()));
            }
        };
        if sent
            .pointer("/metadata/namespace")
            .is_none_or(Value::is_null)
        {
            without(&mut value, "/metadata", &["namespace"]);
        }
        match value["kind"].as_str().unwrap_or_default() {
            "Service" => {
                for key in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                    if sent["spec"].get(key).is_none() {
                        without(&mut value, "/spec", &[key]);
                    }
                }
                let ports = sent["spec"]["ports"].as_array().map_or(0, Vec::len);
                for at in 0..ports {
                    if sent["spec"]["ports"][at].get("nodePort").is_none() {
                        without(&mut value, &format!("/spec/ports/{at}"), &["nodePort"]);
                    }
                }
            }
            "Job" => {
                let generated = ["controller-uid", "batch.kubernetes.io/controller-uid"];
                without(&mut value, "/metadata/labels", &generated);
                without(&mut value, "/spec/template/metadata/labels", &generated);
                if sent.pointer("/spec/selector").is_none() {
                    without(&mut value, "/spec", &["selector"]);
                }
            }
            "Pod" => {
                let set_by_admission = [
                    "tolerations",
                    "serviceAccount",
                    "serviceAccountName",
                    "priority",
                    "preemptionPolicy",
                ];
                without(&mut value, "/spec", &set_by_admission);
            }
            _ => {}
        }
        value
    }

    /// The warning as the server words it; in the truth its quotes are escaped and the last one is cut.
    fn unescaped(warning: &str) -> String {
        let text = warning.replace("\\\"", "\"");
        match text.strip_suffix('\\') {
            Some(text) => format!("{text}\""),
            None => text,
        }
    }

    #[derive(Debug, Default, PartialEq, Eq)]
    struct Score {
        stored: (usize, usize),
        warnings: (usize, usize),
        status: (usize, usize),
        message: (usize, usize),
    }

    fn score(rows: &[Row], failures: &mut Vec<String>) -> Score {
        let mut score = Score::default();
        for row in rows {
            let kind = row.sent["kind"].as_str().unwrap_or_default();
            // What the request's path decides is no matter of the object.
            if row.status == 405 || row.status >= 500 {
                continue;
            }
            let outcome = admit(row.sent.clone());
            score.status.1 += 1;
            match (&outcome, row.status) {
                (Outcome::Stored(stored), 201) => {
                    score.status.0 += 1;
                    score.stored.1 += 1;
                    let (ours, theirs) = (
                        comparable(stored.value.clone(), &row.sent),
                        comparable(row.stored.clone(), &row.sent),
                    );
                    if ours == theirs {
                        score.stored.0 += 1;
                    } else {
                        failures.push(format!(
                            "{} {kind}: stored differs at {}",
                            row.from,
                            differences(&ours, &theirs)
                        ));
                    }
                    let ours: Vec<&str> = stored
                        .notes
                        .iter()
                        .map(|note| note.warning.as_str())
                        .collect();
                    let theirs: Vec<String> = row
                        .warnings
                        .iter()
                        .map(|text| unescaped(text))
                        .filter(|text| text.starts_with("unknown field"))
                        .collect();
                    score.warnings.1 += 1;
                    if ours == theirs {
                        score.warnings.0 += 1;
                    } else {
                        failures.push(format!(
                            "{} {kind}: warnings {ours:?} for {theirs:?}",
                            row.from
                        ));
                    }
                }
                (Outcome::Refused(refusals), 400 | 422) => {
                    let status = u64::from(refusals[0].status);
                    score.status.0 += usize::from(status == row.status);
                    let name = row
                        .sent
                        .pointer("/metadata/name")
                        .and_then(Value::as_str)
                        .unwrap_or_default();
                    let api_version = row.sent["apiVersion"].as_str().unwrap_or_default();
                    let ours = server_message(api_version, kind, name, refusals);
                    score.message.1 += 1;
                    if ours == row.message {
                        score.message.0 += 1;
                    } else {
                        failures.push(format!(
                            "{} {kind}: message\n    ours   {ours}\n    theirs {}",
                            row.from, row.message
                        ));
                    }
                }
                (other, status) => {
                    let other = match other {
                        Outcome::Refused(refusals) => format!("{refusals:?}"),
                        Outcome::Stored(_) => "stored".to_owned(),
                        other => format!("{other:?}"),
                    };
                    failures.push(format!(
                        "{} {kind}: status {status} {}, but {other}",
                        row.from, row.message
                    ));
                }
            }
        }
        score
    }

    /// The routes at which two values differ.
    fn differences(ours: &Value, theirs: &Value) -> String {
        fn walk(ours: &Value, theirs: &Value, path: &str, found: &mut BTreeMap<String, String>) {
            match (ours, theirs) {
                (Value::Object(left), Value::Object(right)) => {
                    let keys: Map<String, Value> = left
                        .iter()
                        .chain(right)
                        .map(|(key, _)| (key.clone(), Value::Null))
                        .collect();
                    for key in keys.keys() {
                        let none = Value::String("(absent)".to_owned());
                        walk(
                            left.get(key).unwrap_or(&none),
                            right.get(key).unwrap_or(&none),
                            &format!("{path}.{key}"),
                            found,
                        );
                    }
                }
                (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                    for (at, (one, other)) in left.iter().zip(right).enumerate() {
                        walk(one, other, &format!("{path}[{at}]"), found);
                    }
                }
                _ if ours != theirs => {
                    found.insert(path.to_owned(), format!("{ours} for {theirs}"));
                }
                _ => {}
            }
        }
        let mut found = BTreeMap::new();
        walk(ours, theirs, "", &mut found);
        format!("{found:?}")
    }

    #[test]
    fn the_copied_answers_are_equal() {
        let rows = rows(include_str!("data/answers.jsonl"));
        let mut failures = Vec::new();
        let score = score(&rows, &mut failures);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert!(rows.len() > 20 && score.stored.0 >= 10 && score.message.0 >= 8);
    }

    #[test]
    fn all_shared_answers_are_equal() {
        let shared = std::env::var_os("SEKISHO_SHARED").map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
            PathBuf::from,
        );
        let Ok(text) = std::fs::read_to_string(shared.join("schema-truth/answers.jsonl")) else {
            println!("skipped: shared/schema-truth is absent");
            return;
        };
        let rows = rows(&text);
        let mut failures = Vec::new();
        let score = score(&rows, &mut failures);
        println!("{score:?}\n{}", failures.join("\n"));
        assert!(
            failures.is_empty(),
            "{} of {} rows differ",
            failures.len(),
            rows.len()
        );
    }

    #[test]
    fn what_is_stored_is_stored_again_unchanged() {
        for row in rows(include_str!("data/answers.jsonl")) {
            let Outcome::Stored(first) = admit(row.sent) else {
                continue;
            };
            let Outcome::Stored(second) = admit(first.value.clone()) else {
                panic!("{}: refused the second time", row.from)
            };
            assert_eq!(second.value, first.value, "{}", row.from);
            assert!(
                !second
                    .notes
                    .iter()
                    .any(|note| matches!(note.what, NoteKind::UnknownField { .. })),
                "{}",
                row.from
            );
        }
    }
}
