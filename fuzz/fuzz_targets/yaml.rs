//! Any text is read without a panic, every span cuts the text at characters, and a replaced value is read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_text::{Route, apply};
use sekisho_yaml::edit::{Operation, edits};
use sekisho_yaml::{Limits, Node, parse};

fn check(node: Node<'_>, text: &str) {
    assert!(node.span().slice(text).is_some());
    for entry in node.entries() {
        assert!(entry.key_span.slice(text).is_some());
        check(entry.value, text);
    }
    for item in node.items() {
        check(item, text);
    }
}

/// The route to the first value that is neither a map nor a list.
fn first_scalar(node: Node<'_>, route: &Route) -> Route {
    if let Some(entry) = node.entries().next() {
        return first_scalar(entry.value, &route.key(entry.key.to_owned()));
    }
    match node.items().next() {
        Some(item) => first_scalar(item, &route.index(0)),
        None => route.clone(),
    }
}

fuzz_target!(|text: &str| {
    let limits = Limits { nodes: 100_000, ..Limits::default() };
    let stream = parse(text, &limits);
    for error in &stream.errors {
        assert!(error.span.slice(text).is_some());
    }
    for document in &stream.documents {
        check(document.root(), text);
        for comment in document.comments() {
            assert!(comment.span.slice(text).is_some_and(|comment| comment.starts_with('#')));
        }
        let route = first_scalar(document.root(), &Route::root());
        let operation = Operation::Replace { route: route.clone(), value: "replaced".into() };
        // A refusal is an answer too; what is not refused must be right.
        if let Ok(edits) = edits(document, &[operation]) {
            let changed = apply(text, &edits).expect("edits fit the text");
            let again = parse(&changed, &limits);
            let found = again.documents.iter().filter_map(|document| document.node_at(&route));
            assert!(found.into_iter().any(|node| node.to_json() == "replaced"));
        }
    }
});
