//! Any text is refused or runs to an end within its cost.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_cel::{Check, Decision, Environment, Expression, Fault, Scope, Type, Value};

struct World(serde_json::Value);

impl<'a> Scope<'a> for &'a World {
    fn value(&self, name: &str) -> Option<Value<'a>> {
        (name == "object").then(|| Value::from_json(&self.0))
    }

    fn lazy(&self, _field: &str) -> Option<Result<Value<'a>, Fault>> {
        None
    }

    fn authorize(&self, _check: &Check, _verb: &str) -> Decision {
        Decision { is_allowed: false, reason: String::new(), error: None }
    }
}

fuzz_target!(|source: &str| {
    let mut environment = Environment::default();
    environment.variable("object", Type::Dyn);
    if let Ok(expression) = Expression::compile(source, &environment) {
        let world = World(serde_json::json!({"a": {"b": [1, 2.5, "x", null]}, "s": "str"}));
        let run = expression.run(&&world, 100_000);
        drop(run.outcome.map(|value| value.to_string()));
    }
});
