//! Expressions with what the API server's own code says about them: accepted or refused, value, error and cost.
//!
//! `answers.jsonl` was recorded from k8s.io/apiserver v0.36.2 (`pkg/cel/environment` for 1.36, cel-go v0.26.0) by a small
//! program around `CompileCELExpression`; the expressions are our own. Fields: `e` the expression, `error` why it is
//! refused, `type`, `value` as cel-go formats it, `fail` why it has no value, `cost`.
#![cfg(test)]

use std::collections::BTreeMap;

use sekisho_cel::{Check, Decision, Environment, Expression, Fault, Scope, Type, Value};
use serde::Deserialize;
use serde_json::{Value as Json, json};

#[derive(Deserialize)]
struct Answer {
    e: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    fail: String,
    cost: Option<u64>,
}

struct World(Json, Json);

impl<'a> Scope<'a> for &'a World {
    fn value(&self, name: &str) -> Option<Value<'a>> {
        match name {
            "object" => Some(Value::from_json(&self.0)),
            "request" => Some(Value::from_json(&self.1)),
            "oldObject" | "namespaceObject" => Some(Value::Null),
            _ => None,
        }
    }

    fn lazy(&self, _field: &str) -> Option<Result<Value<'a>, Fault>> {
        None
    }

    fn authorize(&self, _check: &Check, _verb: &str) -> Decision {
        Decision {
            is_allowed: true,
            reason: String::new(),
            error: None,
        }
    }
}

fn environment() -> Environment {
    let mut environment = Environment::default();
    environment.variable("object", Type::Dyn);
    environment.variable("oldObject", Type::Dyn);
    environment.variable(
        "request",
        Type::Object("kubernetes.AdmissionRequest".into()),
    );
    environment.variable("namespaceObject", Type::Dyn);
    environment.variable("variables", Type::Object("kubernetes.variables".into()));
    let named = |name: &str| Type::Named(name.into(), Vec::new());
    environment.variable("authorizer", named("kubernetes.authorization.Authorizer"));
    environment.variable(
        "authorizer.requestResource",
        named("kubernetes.authorization.ResourceCheck"),
    );
    let fields = BTreeMap::from([
        ("operation".to_owned(), Type::Text),
        ("name".to_owned(), Type::Text),
    ]);
    environment.object("kubernetes.AdmissionRequest", fields);
    environment.object("kubernetes.variables", BTreeMap::new());
    environment
}

fn world() -> World {
    let object: Json = serde_json::from_str(include_str!("object.json")).unwrap();
    World(object, json!({"operation": "CREATE", "name": "n"}))
}

#[test]
fn the_api_server_says_the_same() {
    // The deepest expressions need more than a test's stack in a build without optimisation.
    let deep = std::thread::Builder::new().stack_size(16 << 20);
    deep.spawn(say_the_same).unwrap().join().unwrap();
}

fn say_the_same() {
    let (environment, world) = (environment(), world());
    let recorded = include_str!("answers.jsonl");
    let (mut count, mut wrong) = (0, Vec::new());
    for line in recorded.lines() {
        let answer: Answer = serde_json::from_str(line).unwrap();
        count += 1;
        if let Some(difference) = compare(&answer, &environment, &world) {
            wrong.push(format!("{}\n{difference}", answer.e));
        }
    }
    assert!(count > 0);
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

fn compare(answer: &Answer, environment: &Environment, world: &World) -> Option<String> {
    let mut wanted = vec![("error", answer.error.clone())];
    let mut found = Vec::new();
    match Expression::compile(&answer.e, environment) {
        Err(refusal) => found.push(("error", refusal.to_string())),
        Ok(expression) => {
            found.push(("error", String::new()));
            wanted.push(("type", answer.r#type.clone()));
            found.push(("type", expression.output().to_string()));
            let run = expression.run(&world, 1_000_000);
            let (value, fail) = match run.outcome {
                Ok(value) => (value.to_string(), String::new()),
                Err(fault) => (String::new(), fault.to_string()),
            };
            // How values of the library print is nothing that an expression can see.
            let shows =
                !answer.value.contains("kubernetes.") && !answer.r#type.starts_with("kubernetes.");
            wanted.push((
                "value",
                if shows {
                    answer.value.clone()
                } else {
                    String::new()
                },
            ));
            found.push(("value", if shows { value } else { String::new() }));
            wanted.push(("fail", answer.fail.clone()));
            found.push(("fail", fail));
            wanted.push((
                "cost",
                answer.cost.map(|cost| cost.to_string()).unwrap_or_default(),
            ));
            found.push(("cost", run.cost.to_string()));
        }
    }
    let differing = wanted
        .iter()
        .zip(&found)
        .filter(|(wanted, found)| wanted.1 != found.1);
    let told: Vec<String> = differing
        .map(|(wanted, found)| {
            format!(
                "  {} wanted {:?}\n  {} found  {:?}",
                wanted.0,
                wanted.1,
                " ".repeat(wanted.0.len()),
                found.1
            )
        })
        .collect();
    if wanted.len() != found.len() {
        return Some(format!(
            "  accepted otherwise: wanted {:?}, found {:?}",
            answer.error, found
        ));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}
