//! Places, notes, and texts of several documents.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use sekisho_text::{Route, Span};
use sekisho_yaml::{Document, Limits, Note, Place, Stream, Syntax, Value, parse};
use serde_json::json;

fn read(text: &str) -> Stream {
    parse(text, &Limits::default())
}

fn only(text: &str) -> Document {
    let mut stream = read(text);
    assert_eq!(stream.errors, []);
    assert_eq!(stream.documents.len(), 1);
    stream.documents.remove(0)
}

fn part(document: &Document, span: Span) -> &str {
    span.slice(document.text()).unwrap()
}

#[test]
fn spans_are_bytes_after_any_characters() {
    let document = only(
        "\u{feff}# 関所 🏯\r\nspec: # é\r\n  名: \"値\" # 終\r\n  list:\r\n  - a: x y # c\r\n",
    );
    let place = document.locate(&Route::of("spec.名")).unwrap();
    assert_eq!(part(&document, place.key.unwrap()), "名");
    assert_eq!(part(&document, place.value), "\"値\"");
    let item = Route::of("spec.list").index(0);
    assert_eq!(
        part(&document, document.locate(&item).unwrap().value),
        "a: x y"
    );
    let comments: Vec<_> = document
        .comments()
        .iter()
        .map(|comment| comment.text(document.text()))
        .collect();
    assert_eq!(comments, ["関所 🏯", "é", "終", "c"]);
}

#[test]
fn the_nearest_part_of_a_route_is_found() {
    let document = only("spec:\n  containers:\n    - name: a\n");
    let route = Route::of("spec.containers")
        .index(0)
        .at("securityContext.privileged");
    assert_eq!(document.locate(&route), None);
    let (place, found) = document.locate_nearest(&route);
    assert_eq!(found, Route::of("spec.containers").index(0));
    assert_eq!(part(&document, place.value), "name: a");
    let (place, found) = document.locate_nearest(&Route::of("nothing.here"));
    assert_eq!(found, Route::root());
    assert_eq!(place.key, None);
}

#[test]
fn aliases_and_merges_know_both_places() {
    let text = "base: &b\n  run: {privileged: yes}\nuse: *b\nmore:\n  <<: *b\n  own: 1\n  in:\n    <<: {x: 1}\n";
    let document = only(text);
    let shown = |route: &'static str| {
        let Place { key, value, anchor } = document.locate(&Route::of(route)).unwrap();
        (
            part(&document, key.unwrap()),
            part(&document, value),
            anchor.map(|anchor| part(&document, anchor)),
        )
    };
    assert_eq!(shown("use"), ("use", "*b", Some("run: {privileged: yes}")));
    assert_eq!(shown("use.run.privileged"), ("use", "*b", Some("yes")));
    assert_eq!(shown("more.run.privileged"), ("<<", "*b", Some("yes")));
    assert_eq!(shown("more.own"), ("own", "1", None));
    assert_eq!(shown("more.in.x"), ("x", "1", None));
    assert_eq!(shown("base.run.privileged"), ("privileged", "yes", None));
    assert_eq!(
        document.to_json()["more"]["run"],
        json!({"privileged": true})
    );
    let node = document.node_at(&Route::of("use")).unwrap();
    assert_eq!(part(&document, node.alias().unwrap()), "*b");
    assert_eq!(node.value(), Value::Mapping);
}

#[test]
fn what_other_readers_read_differently_is_noted() {
    let document = only(
        "a: yes\nb: 010\nc: 1_000\nd: 0o7\ne: 'no'\nf: 12\non: 1\ng: .5\nh: -0x1F\ni: 2001-01-01\n",
    );
    let notes: Vec<_> = document
        .notes()
        .iter()
        .map(|note| match note {
            Note::Ambiguous {
                span,
                kubectl,
                core,
            } => (part(&document, *span), kubectl.as_str(), core.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("yes", "true", "\"yes\""),
        ("010", "8", "10"),
        ("1_000", "1000", "\"1_000\""),
        ("on", "true", "\"on\""),
        ("-0x1F", "-31", "\"-0x1F\""),
    ];
    assert_eq!(notes, expected);
    assert_eq!(document.to_json()["true"], 1);
}

#[test]
fn lost_values_are_noted() {
    let document = only("a: 1\nb: 2\na: 3\n");
    let [Note::DuplicateKey { key, lost, kept }] = document.notes() else {
        panic!("{:?}", document.notes());
    };
    assert_eq!((key.as_str(), lost.start, kept.start), ("a", 0, 10));
    assert_eq!(document.to_json(), json!({"a": 3, "b": 2}));

    let document = only("1: a\n'1': b\n");
    assert!(matches!(document.notes(), [Note::CollidingKey { .. }]));

    let document = only("x: &x {k: 1}\nz:\n  k: 2\n  <<: *x\n  l: 3\n");
    let [Note::MergeReplaces { key, lost, merge }] = document.notes() else {
        panic!("{:?}", document.notes());
    };
    assert_eq!(
        (
            key.as_str(),
            part(&document, *lost),
            part(&document, *merge)
        ),
        ("k", "k", "<<")
    );
    assert_eq!(document.to_json()["z"], json!({"k": 1, "l": 3}));
    assert_eq!(only("x: &x {k: 1}\nz: {<<: *x, k: 2}\n").notes(), []);
}

#[test]
fn a_broken_document_hides_no_other() {
    let text = "a: 1\n---\nb: [\n---\nc: 3\n--- junk\nd: 4\n---\n# nothing\n---\ne: 5\n...\nlost: 6\n---\n\"x\ny\": \u{1}\n---\nf: 7";
    let stream = read(text);
    let found: Vec<_> = stream
        .documents
        .iter()
        .filter(|document| !document.is_empty())
        .map(Document::to_json)
        .collect();
    assert_eq!(
        found,
        [
            json!({"a": 1}),
            json!({"c": 3}),
            json!({"d": 4}),
            json!({"e": 5}),
            json!({"f": 7})
        ]
    );
    let errors: Vec<_> = stream
        .errors
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert_eq!(errors[1], "only a comment may follow `---` on its line");
    assert_eq!(
        errors[2],
        "kubectl ignores everything from here to the next `---`"
    );
    assert_eq!(stream.errors[2].span.slice(text), Some("lost: 6"));
    assert!(errors[3].contains("not allowed"));
}

#[test]
fn a_text_that_begins_with_a_brace_is_json() {
    let document = only(
        "\n\t{\"a\":\t[1, 2.0, \"\\ud83d\\ude00\\/\"], \"a\": {}, \"b\": 1e400}"
            .replace("1e400", "1")
            .as_str(),
    );
    assert_eq!(document.syntax(), Syntax::Json);
    assert_eq!(document.to_json(), json!({"a": {}, "b": 1}));
    assert!(matches!(document.notes(), [Note::DuplicateKey { .. }]));
    assert_eq!(read("{\"a\": 1} {\"b\": 2}").documents.len(), 2);
    let both = read("{\"a\": 1}\n---\nb: yes\n");
    assert_eq!((both.documents.len(), both.errors.len()), (2, 0));
    let broken = read("{a: 1}\n---\nb: yes\n");
    assert_eq!((broken.documents.len(), broken.errors.len()), (1, 1));
    let cut = read("{\"a\":\n---\nb: 1\n");
    assert_eq!((cut.documents.len(), cut.errors.len()), (1, 1));
    assert_eq!(read("{\"a\": 1e400}").errors.len(), 1);
    assert_eq!(read("{\"a\": 01}").errors.len(), 1);
}

#[test]
fn only_a_first_byte_order_mark_is_passed_over() {
    assert_eq!(only("\u{feff}a: 1\n").to_json(), json!({"a": 1}));
    assert_eq!(read("a: \"x\u{feff}y\"\n").errors.len(), 1);
    assert_eq!(
        read("a: 1\n---\n\u{feff}b: 2\n").documents[1].to_json(),
        json!({"b": 2})
    );
}
