//! Any text, any value, any change.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unreachable,
    reason = "a test may stop where it fails"
)]

mod styled;

use proptest::prelude::*;
use sekisho_text::{Route, Span, Step, apply};
use sekisho_yaml::edit::{Operation, edits};
use sekisho_yaml::{Document, Limits, Node, Stream, parse, to_yaml};
use serde_json::{Map, Value, json};
use styled::Styled;

fn read(text: &str) -> Stream {
    parse(text, &Limits::default())
}

fn check_spans(node: Node<'_>, text: &str) {
    assert!(node.span().slice(text).is_some());
    assert!(
        node.alias()
            .is_none_or(|span| span.slice(text).is_some_and(|alias| alias.starts_with('*')))
    );
    for entry in node.entries() {
        assert!(entry.key_span.slice(text).is_some());
        check_spans(entry.value, text);
    }
    for item in node.items() {
        check_spans(item, text);
    }
}

fn check_stream(text: &str) {
    let stream = read(text);
    for document in &stream.documents {
        check_spans(document.root(), text);
        assert!(document.span().slice(text).is_some());
        for comment in document.comments() {
            assert!(
                comment
                    .span
                    .slice(text)
                    .is_some_and(|comment| comment.starts_with('#'))
            );
        }
        for note in document.notes() {
            assert!(note.span().slice(text).is_some());
        }
        let nothing = edits(
            document,
            &[Operation::Replace {
                route: Route::root(),
                value: document.to_json(),
            }],
        );
        assert!(nothing.is_ok() || !document.root().value_is_collection());
    }
    for error in &stream.errors {
        assert!(error.span.slice(text).is_some(), "{error:?}");
    }
}

trait Collection {
    fn value_is_collection(&self) -> bool;
}

impl Collection for Node<'_> {
    fn value_is_collection(&self) -> bool {
        matches!(
            self.value(),
            sekisho_yaml::Value::Mapping | sekisho_yaml::Value::Sequence
        )
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "yes",
        "on",
        "null",
        "~",
        "010",
        "0x1F",
        "1_000",
        "1e3",
        ".5",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "<<",
        "true",
        "2001-01-01",
        "12:30:45",
        "*a",
        "&a",
        "!x",
        "|",
        ">",
        "%",
        "@",
        "`",
        "{",
        "[",
        "]",
        "a,b",
        "a?",
        "?",
        ":",
        "x:",
        "関所",
        "it's",
        "say \"hi\"",
        "back\\slash",
        "--flag=x",
        "---",
        "...",
        " lead",
        "trail ",
        "line\n",
        "two\nlines",
        "two\nlines\n",
        "\n",
        "\n\n",
        " x\ny",
        "a\n\nb",
        "a\n b\n",
        "tab\t",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\r",
        "\u{7f}",
        "nginx:1.25",
        "512Mi",
        "100m",
        "=",
        "y",
        "n",
        "Off",
        "0o7",
        "0b1",
        "+1",
        "-0",
        "\u{1F600}",
        "a\u{0}b",
    ]);
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_i64..100).prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[a-z]{1,8}".prop_map(Value::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,4}".prop_map(String::from),
        1 => prop::sample::select(vec!["y", "1", "null", "<<", "a b", "a: b", "", "0x1", "app.kubernetes.io/name", "関", "*", "\n"])
            .prop_map(String::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn map() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), value(), 1..6)
        .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
}

/// Numbers as they are after the way through JSON.
fn stored(value: &Value) -> Value {
    // Strict JSON is read for a text that begins with a brace.
    let stream = read(&json!({ "v": value }).to_string());
    stream.documents[0].to_json()["v"].clone()
}

fn all_routes(value: &Value, here: &Route, routes: &mut Vec<Route>) {
    routes.push(here.clone());
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| all_routes(value, &here.key(key.clone()), routes)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| all_routes(value, &here.index(at), routes)),
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, route: &Route) -> &'v mut Value {
    route.steps().iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key.as_ref()],
        Step::Index(index) => &mut value[*index],
    })
}

/// Picks one change that is possible in this value, and does it.
fn pick(
    value: &mut Value,
    which: prop::sample::Index,
    kind: u8,
    new: &Value,
) -> (Operation, Route) {
    let mut routes = Vec::new();
    all_routes(value, &Route::root(), &mut routes);
    let route = which.get(&routes).clone();
    let place = at(value, &route);
    match (kind % 6, place) {
        (0, Value::Object(map)) if !map.contains_key("new") => {
            map.insert("new".into(), new.clone());
            (
                Operation::Add {
                    route: route.clone(),
                    key: "new".into(),
                    value: new.clone(),
                },
                route,
            )
        }
        (1, Value::Array(items)) => {
            items.push(new.clone());
            (
                Operation::Append {
                    route: route.clone(),
                    value: new.clone(),
                },
                route,
            )
        }
        (2, _) if route != Route::root() => {
            let parent = route.parent().unwrap();
            match (at(value, &parent), route.last().unwrap()) {
                (Value::Object(map), Step::Key(key)) => drop(map.remove(key.as_ref())),
                (Value::Array(items), Step::Index(index)) => drop(items.remove(*index)),
                _ => unreachable!(),
            }
            (
                Operation::Remove {
                    route: route.clone(),
                },
                route,
            )
        }
        (3, _) if matches!(route.last(), Some(Step::Key(_))) => {
            let Some(Step::Key(old)) = route.last() else {
                unreachable!()
            };
            let parent = route.parent().unwrap();
            let Value::Object(map) = at(value, &parent) else {
                unreachable!()
            };
            if map.contains_key("renamed") {
                return (
                    Operation::Replace {
                        route: route.clone(),
                        value: map[old.as_ref()].clone(),
                    },
                    route,
                );
            }
            let moved = map.remove(old.as_ref()).unwrap();
            map.insert("renamed".into(), moved);
            (
                Operation::Rename {
                    route: route.clone(),
                    key: "renamed".into(),
                },
                route,
            )
        }
        (4, Value::Object(map)) if !map.contains_key("deep") => {
            map.insert("deep".into(), json!({"er": new}));
            let target = route.at("deep.er");
            (
                Operation::Ensure {
                    route: target,
                    value: new.clone(),
                },
                route,
            )
        }
        (_, place) => {
            *place = new.clone();
            (
                Operation::Replace {
                    route: route.clone(),
                    value: new.clone(),
                },
                route,
            )
        }
    }
}

/// The lines that a change at this place may touch.
fn touched(document: &Document, route: &Route) -> Span {
    let place = document.locate(route).unwrap();
    let text = document.text();
    let start = place
        .key
        .map_or(place.value.start, |key| key.start.min(place.value.start));
    // What stands behind the `-` of an item belongs to it.
    let start = match route.last() {
        Some(Step::Index(_)) => text[..start as usize]
            .rfind('-')
            .map_or(start, |dash| u32::try_from(dash).unwrap()),
        _ => start,
    };
    let end = place.value.end as usize;
    let line_end = text[end..]
        .find('\n')
        .map_or(text.len(), |length| end + length);
    Span::new(start as usize, line_end)
}

fn comments(text: &str) -> Vec<String> {
    let stream = read(text);
    let comments = stream
        .documents
        .iter()
        .flat_map(|document| document.comments().to_vec());
    comments
        .map(|comment| comment.text(text).to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        check_stream(&text);
    }

    #[test]
    fn any_characters_are_read_without_a_panic(text in any::<String>()) {
        check_stream(&text);
    }

    #[test]
    fn any_signs_are_read_without_a_panic(text in "[ab1:?,&*!|>'\"%@`#~<\\\\\\[\\]{}. \n\t\r\u{85}\u{2028}\u{feff}関-]{0,60}") {
        check_stream(&text);
        check_stream(&format!("---\nx: &x {{a: 1}}\ny: {text}\n---\nz: 1\n"));
    }

    #[test]
    fn printed_values_are_read_back(value in value(), indent in 0_usize..5) {
        let stream = read(&to_yaml(&value, indent));
        prop_assert_eq!(&stream.errors, &[]);
        prop_assert_eq!(stream.documents.len(), 1);
        prop_assert_eq!(stream.documents[0].to_json(), stored(&value));
    }

    #[test]
    fn styles_do_not_change_values(value in map(), choices in prop::collection::vec(any::<u8>(), 8..64)) {
        let text = Styled::new(&choices).document(&value);
        let stream = read(&text);
        prop_assert_eq!(&stream.errors, &[], "{}", text);
        prop_assert_eq!(stream.documents[0].to_json(), stored(&value), "{}", text);
        check_spans(stream.documents[0].root(), &text);
    }

    #[test]
    fn changes_reach_only_their_place(
        value in map(),
        choices in prop::collection::vec(any::<u8>(), 8..64),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), value()), 1..4),
    ) {
        let text = Styled::new(&choices).document(&value);
        let stream = read(&text);
        let document = &stream.documents[0];
        let mut wanted = value;
        let mut operations = Vec::new();
        let mut first_place = None;
        for (which, kind, new) in &changes {
            let (operation, place) = pick(&mut wanted, *which, *kind, new);
            first_place.get_or_insert(place);
            operations.push(operation);
        }
        let edits = match edits(document, &operations) {
            Ok(edits) => edits,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{operations:?}\n{text}"))),
        };
        let changed = apply(&text, &edits).unwrap();
        let after = read(&changed);
        prop_assert_eq!(&after.errors, &[]);
        prop_assert_eq!(after.documents[0].to_json(), stored(&wanted), "{}\n{:?}\n{}", text, operations, changed);
        if let (1, Some(place)) = (operations.len(), first_place) {
            let touched = touched(document, &place);
            let left = comments(&changed);
            for comment in document.comments() {
                if comment.span.start < touched.start || comment.span.start >= touched.end {
                    let said = comment.text(&text).to_owned();
                    prop_assert!(left.contains(&said), "{said} is lost\n{text}\n{operations:?}\n{changed}");
                }
            }
            // A map or list that loses its last part is written anew, so the place is then that of the parent.
            let from = match &operations[0] {
                Operation::Remove { route } => self::touched(document, &route.parent().unwrap()).start,
                _ => touched.start,
            };
            let line_start = text[..from as usize].rfind('\n').unwrap_or(0);
            prop_assert!(changed.starts_with(text[..line_start].trim_end()), "{}\n{:?}\n{}", text, operations, changed);
            prop_assert!(changed.ends_with(text[touched.end as usize..].trim_start()), "{}\n{:?}\n{}", text, operations, changed);
        }
    }
}
