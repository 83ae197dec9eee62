//! Cases whose answers Open Policy Agent itself gave: `rego/answers.jsonl`, see `rego/README.md`.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may stop where it fails, and whole numbers below 1e15 are exact"
)]

use sekisho_policy::rego::{Limits, Program, Source, Value, Version};
use serde_json::Value as Json;

/// What an engine says about a case.
#[derive(Debug, PartialEq)]
enum Said {
    Refused,
    Stopped,
    Violations(Vec<String>),
}

/// Numbers by their value: OPA may write `1e3` for 1000.
fn plain(value: &Json) -> Json {
    match value {
        Json::Number(number) => match number.as_f64() {
            Some(real) if real.fract() == 0.0 && real.abs() < 1e15 => Json::from(real as i64),
            _ => value.clone(),
        },
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

fn list(values: &[Json]) -> Said {
    let mut texts: Vec<String> = values
        .iter()
        .map(|value| plain(value).to_string())
        .collect();
    texts.sort();
    Said::Violations(texts)
}

fn opa(case: &Json) -> Said {
    match (&case["answer"], case["error"].as_str()) {
        (Json::Array(values), _) => list(values),
        (_, Some("stopped")) => Said::Stopped,
        (_, Some(_)) => Said::Refused,
        _ => list(&[]),
    }
}

fn ours(case: &Json) -> (Said, String) {
    let source = Source {
        version: if case["version"] == "v1" {
            Version::V1
        } else {
            Version::V0
        },
        rego: case["rego"].as_str().unwrap().to_owned(),
        libs: case["libs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|lib| lib.as_str().unwrap().to_owned())
            .collect(),
    };
    let program = match Program::compile(&source, Limits::default(), None) {
        Ok(program) => program,
        Err(fault) => return (Said::Refused, fault.to_string()),
    };
    let data = Value::from(serde_json::json!({}));
    match program.violations_twice(&Value::from(case["input"].clone()), &data) {
        Ok(values) => {
            let values: Vec<Json> = values
                .iter()
                .map(|value| serde_json::from_str(&value.to_json_str().unwrap()).unwrap())
                .collect();
            (list(&values), String::new())
        }
        Err(why) => (Said::Stopped, why.to_string()),
    }
}

#[test]
fn every_case_has_the_answer_of_opa_or_is_refused() {
    let text = include_str!("rego/answers.jsonl");
    let mut wrong = Vec::new();
    let mut counts = [0, 0];
    for line in text.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let name = case["name"].as_str().unwrap();
        let (said, why) = ours(&case);
        let right = opa(&case);
        let refused = case["refused"] == true;
        counts[usize::from(refused)] += 1;
        // What OPA refuses at load may also be stopped when it is asked: it is denied, not passed.
        let good = match (&said, refused) {
            (said, true) => *said == Said::Refused,
            (Said::Stopped, false) => right == Said::Refused || right == Said::Stopped,
            (said, false) => *said == right,
        };
        if !good {
            wrong.push(format!(
                "{name}\n   OPA:  {right:?} {}\n   ours: {said:?} {why}",
                case["error"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {:?} wrong:\n{}",
        wrong.len(),
        counts,
        wrong.join("\n")
    );
    assert!(counts[0] > 300, "the corpus is too small: {counts:?}");
}
