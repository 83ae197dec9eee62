//! How long one expression takes to run, and to compile.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sekisho_cel::{Check, Decision, Environment, Expression, Fault, Scope, Type, Value};
use serde_json::{Value as Json, json};

struct World(Json);

impl<'a> Scope<'a> for &'a World {
    fn value(&self, name: &str) -> Option<Value<'a>> {
        (name == "object").then(|| Value::from_json(&self.0))
    }

    fn lazy(&self, _field: &str) -> Option<Result<Value<'a>, Fault>> {
        None
    }

    fn authorize(&self, _check: &Check, _verb: &str) -> Decision {
        Decision {
            is_allowed: false,
            reason: String::new(),
            error: None,
        }
    }
}

const EXPRESSIONS: [(&str, &str); 4] = [
    ("label", "object.metadata.labels.team == 'shop'"),
    (
        "containers",
        "object.spec.containers.all(c, c.image.startsWith('r.example/') && has(c.resources))",
    ),
    (
        "quantity",
        "object.spec.containers.all(c, quantity(c.resources.limits.cpu).isLessThan(quantity('2')))",
    ),
    (
        "message",
        "object.spec.containers.filter(c, c.name != 'a').map(c, c.name).join(', ')",
    ),
];

fn evaluate(bench: &mut Criterion) {
    let container = |name: &str| json!({"name": name, "image": "r.example/web:1", "resources": {"limits": {"cpu": "500m"}}});
    let containers = [container("a"), container("b"), container("c")];
    let world = World(
        json!({"metadata": {"labels": {"team": "shop"}}, "spec": {"containers": containers}}),
    );
    let mut environment = Environment::default();
    environment.variable("object", Type::Dyn);
    for (name, source) in EXPRESSIONS {
        let Ok(expression) = Expression::compile(source, &environment) else {
            continue;
        };
        bench.bench_function(&format!("run {name}"), |bench| {
            bench.iter(|| black_box(expression.run(&&world, 1_000_000).cost));
        });
    }
    let (_, source) = EXPRESSIONS[1];
    bench.bench_function("compile", |bench| {
        bench.iter(|| black_box(Expression::compile(source, &environment).is_ok()));
    });
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
