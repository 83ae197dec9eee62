//! Any text as the answer of any call is read without a panic, and every resource stands in its file.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sekisho_aws::calls::{self, Scope};
use sekisho_estate::{Text, assemble};
use sekisho_model::Settings;

fuzz_target!(|text: &str| {
    // The first byte chooses the call, so that the rest is its answer.
    let Some(first) = text.chars().next() else { return };
    let count = calls::all().count();
    let call = calls::all().nth(first as usize % count).expect("below the count");
    let body = &text[first.len_utf8()..];
    let folder = if call.scope == Scope::Global { "global" } else { "eu-west-1" };
    let names: String = call.each.iter().map(|_| "/a").collect();
    let path = format!("s/{folder}/{}/{}{names}.json", call.service, call.operation);
    let manifest = r#"{"version": "sekisho.aws-snapshot/v1", "account": "111122223333", "complete": true}"#;
    let texts = [("s/sekisho-snapshot.json", manifest), (path.as_str(), body)];
    let texts = texts.map(|(path, text)| Text { path: path.to_owned(), text: Arc::from(text), rendered_by: None });
    let estate = assemble(texts.into(), &Settings::default());
    for resource in estate.resources() {
        let file = &estate.files()[resource.file];
        assert!(resource.span.slice(&file.text).is_some());
    }
});
