//! Any text is evaluated without a panic and within its limits, and every place that is told lies in it.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sekisho_terraform::{Input, Limits, Nothing, Value, evaluate, read_plan};

fn check(value: &Value, texts: &BTreeMap<String, Arc<str>>) {
    if let Some(origin) = value.origin() {
        let text = texts.get(origin.place.file.as_ref()).expect("the file is one of the texts");
        assert!(origin.place.span.slice(text).is_some());
    }
    for part in value.items().into_iter().flatten().chain(value.entries().into_iter().flat_map(|entries| entries.values())) {
        check(part, texts);
    }
}

fuzz_target!(|text: &str| {
    let limits = Limits { work: 200_000, size: 1 << 14, instances: 50, modules: 50, resources: 500, depth: 8 };
    for name in ["main.tf", "main.tf.json", "terraform.tfvars"] {
        let mut texts = BTreeMap::from([(name.to_owned(), Arc::from(text))]);
        texts.entry("main.tf".to_owned()).or_insert_with(|| "variable \"a\" {}\noutput \"a\" { value = var.a }\n".into());
        let found = evaluate(&Input { limits, ..Input::of(&texts) }, &Nothing);
        for place in found.problems.iter().filter_map(|problem| problem.place.as_ref()) {
            assert!(place.span.slice(&texts[place.file.as_ref()]).is_some());
        }
        for resource in &found.resources {
            assert!(resource.place.span.slice(&texts[resource.place.file.as_ref()]).is_some());
            check(&resource.values, &texts);
        }
        found.outputs.values().for_each(|value| check(value, &texts));
    }
    let texts = BTreeMap::from([("plan.json".to_owned(), Arc::from(text))]);
    for resource in &read_plan("plan.json", text).resources {
        check(&resource.values, &texts);
    }
});
