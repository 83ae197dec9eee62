//! Edits keep every byte they need not touch, and give exactly the wanted value.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

use sekisho_text::{Route, apply};
use sekisho_yaml::edit::{EditError, Operation, edits};
use sekisho_yaml::{Limits, parse};
use serde_json::{Value, json};

fn change(text: &str, operations: &[Operation]) -> Result<String, EditError> {
    let stream = parse(text, &Limits::default());
    assert!(stream.errors.is_empty(), "{:?}", stream.errors);
    let edits = edits(&stream.documents[0], operations)?;
    Ok(apply(text, &edits).unwrap())
}

fn ensure(route: &'static str, value: Value) -> Operation {
    Operation::Ensure {
        route: Route::of(route),
        value,
    }
}

fn replace(route: &'static str, value: Value) -> Operation {
    Operation::Replace {
        route: Route::of(route),
        value,
    }
}

fn remove(route: Route) -> Operation {
    Operation::Remove { route }
}

#[track_caller]
fn gives(text: &str, operations: &[Operation], expected: &str) {
    assert_eq!(change(text, operations).unwrap(), expected);
}

#[test]
fn a_scalar_is_replaced_in_place() {
    gives(
        "spec: # all of it\n  privileged: yes # 危険\n  x: 1\n",
        &[replace("spec.privileged", json!(false))],
        "spec: # all of it\n  privileged: false # 危険\n  x: 1\n",
    );
    gives("a: yes\n", &[replace("a", json!(true))], "a: true\n");
    gives(
        "a: !!str 1 # c\n",
        &[replace("a", json!("yes"))],
        "a: \"yes\" # c\n",
    );
    gives(
        "a: 'x\n  y' # c\nb: 1",
        &[replace("a", json!(2))],
        "a: 2 # c\nb: 1",
    );
}

#[test]
fn siblings_under_a_missing_parent_come_together() {
    let operations = [
        ensure("spec.securityContext.runAsNonRoot", json!(true)),
        ensure(
            "spec.securityContext.seccompProfile.type",
            json!("RuntimeDefault"),
        ),
    ];
    gives(
        "spec:\n  image: a # why\n\n# end\n",
        &operations,
        "spec:\n  image: a # why\n  securityContext:\n    runAsNonRoot: true\n    seccompProfile:\n      type: RuntimeDefault\n\n# end\n",
    );
    gives(
        "spec:\n  securityContext: # todo\n  image: a\n",
        &operations,
        "spec:\n  securityContext: # todo\n    runAsNonRoot: true\n    seccompProfile:\n      type: RuntimeDefault\n  image: a\n",
    );
    gives(
        "spec:\n    securityContext: {} # none\n    image:\n        name: a",
        &operations,
        "spec:\n    securityContext: # none\n        runAsNonRoot: true\n        seccompProfile:\n            type: RuntimeDefault\n    image:\n        name: a",
    );
    gives(
        "{spec: {securityContext: {a: 1}}, b: [1]}"
            .replacen('{', "---\n{", 1)
            .as_str(),
        &operations,
        "---\n{spec: {securityContext: {a: 1, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}}, b: [1]}",
    );
}

#[test]
fn line_ends_stay_what_they_are() {
    gives(
        "a:\r\n  b: 1\r\n",
        &[ensure("a.c.d", json!(2))],
        "a:\r\n  b: 1\r\n  c:\r\n    d: 2\r\n",
    );
    gives(
        "a:\n  b: 1",
        &[ensure("a.c", json!(2))],
        "a:\n  b: 1\n  c: 2",
    );
}

#[test]
fn lists_keep_their_style() {
    let add = Operation::Append {
        route: Route::of("drop"),
        value: json!("ALL"),
    };
    gives(
        "drop:\n- A # a\nx: 1\n",
        std::slice::from_ref(&add),
        "drop:\n- A # a\n- ALL\nx: 1\n",
    );
    gives(
        "drop:\n    - A\n",
        std::slice::from_ref(&add),
        "drop:\n    - A\n    - ALL\n",
    );
    gives(
        "drop: [A]\n",
        std::slice::from_ref(&add),
        "drop: [A, ALL]\n",
    );
    gives("drop: []\n", std::slice::from_ref(&add), "drop:\n  - ALL\n");
    gives("x:\n- 1\ndrop:\n", &[add], "x:\n- 1\ndrop:\n- ALL\n");
    let containers = Route::of("containers");
    gives(
        "containers:\n  - name: a\n    image: x # c\n  # second\n  - name: b\n",
        &[
            Operation::Add {
                route: containers.index(0),
                key: "tty".into(),
                value: json!(false),
            },
            Operation::Add {
                route: containers.index(1),
                key: "ports".into(),
                value: json!([{"containerPort": 80}]),
            },
        ],
        "containers:\n  - name: a\n    image: x # c\n    tty: false\n  # second\n  - name: b\n    ports:\n      - containerPort: 80\n",
    );
}

#[test]
fn keys_and_items_are_removed_with_their_lines() {
    gives(
        "a: 1\nb: # gone\n  c: 2 # gone\n# stays\nd: 3\n",
        &[remove(Route::of("b"))],
        "a: 1\n# stays\nd: 3\n",
    );
    gives(
        "- a: 1\n  b: 2\n- c\n",
        &[remove(Route::root().index(0).key("a"))],
        "- b: 2\n- c\n",
    );
    gives(
        "x:\n  - 1\n  - 2 # two\n  - 3\n",
        &[remove(Route::of("x").index(1))],
        "x:\n  - 1\n  - 3\n",
    );
    gives(
        "x: [1, 2, 3]\n",
        &[remove(Route::of("x").index(2))],
        "x: [1, 2]\n",
    );
    gives(
        "x: {a: 1, b: 2}\n",
        &[remove(Route::of("x.a"))],
        "x: {b: 2}\n",
    );
    gives(
        "x:\n  a: 1 # c\ny: 2\n",
        &[remove(Route::of("x.a"))],
        "x: {} # c\ny: 2\n",
    );
    gives("a: 1\nb: 2", &[remove(Route::of("b"))], "a: 1");
}

#[test]
fn a_key_that_stands_twice_goes_as_a_whole() {
    gives("a: 1\nb: 2\na: 3\n", &[remove(Route::of("a"))], "b: 2\n");
}

#[test]
fn keys_are_renamed_in_place() {
    let rename = Operation::Rename {
        route: Route::of("spec.old"),
        key: "on".into(),
    };
    gives(
        "spec:\n  old: 1 # c\n  z: 2\n",
        &[rename],
        "spec:\n  \"on\": 1 # c\n  z: 2\n",
    );
}

#[test]
fn block_scalars_give_way_and_arise() {
    gives(
        "a: |- # c\n  x\n  y\nb: 1\n",
        &[replace("a", json!("z"))],
        "a: z # c\nb: 1\n",
    );
    gives(
        "a: x\nb: 1\n",
        &[replace("a", json!("l1\nl2\n"))],
        "a: |\n  l1\n  l2\nb: 1\n",
    );
    gives(
        "a: |+\n  x\n\n\n",
        &[ensure("b", json!(1))],
        "a: |+\n  x\n\n\nb: 1\n",
    );
}

#[test]
fn json_stays_json() {
    gives(
        "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n",
        &[ensure("a.c", json!("yes")), ensure("d", json!([]))],
        "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": \"yes\"\n  },\n  \"d\": []\n}\n",
    );
}

#[test]
fn shared_values_are_refused() {
    let text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  own: 1\n";
    assert!(matches!(
        change(text, &[replace("b.k", json!(2))]),
        Err(EditError::Alias(_))
    ));
    assert!(matches!(
        change(text, &[replace("c.k", json!(2))]),
        Err(EditError::Merge(_))
    ));
    assert!(matches!(
        change(text, &[replace("a.k", json!(2))]),
        Err(EditError::Anchor(_))
    ));
    assert!(matches!(
        change(text, &[remove(Route::of("a"))]),
        Err(EditError::Anchor(_))
    ));
    gives(
        text,
        &[replace("c.own", json!(2))],
        "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  own: 2\n",
    );
    gives(
        text,
        &[remove(Route::of("b"))],
        "a: &x {k: 1}\nc:\n  <<: *x\n  own: 1\n",
    );
}

#[test]
fn impossible_operations_say_why() {
    assert!(matches!(
        change("a: 1\n", &[replace("b", json!(1))]),
        Err(EditError::Absent(_))
    ));
    assert!(matches!(
        change("a: 1\n", &[ensure("a.b", json!(1))]),
        Err(EditError::Unfit(..))
    ));
    let add = Operation::Add {
        route: Route::root(),
        key: "a".into(),
        value: json!(1),
    };
    assert!(matches!(
        change("a: 1\n", &[add]),
        Err(EditError::Present(_))
    ));
}

#[test]
fn other_documents_are_not_touched() {
    let text = "a: 1\n---\n# two\nb: 2\n---\nc: 3\n";
    let stream = parse(text, &Limits::default());
    let edits = edits(&stream.documents[1], &[ensure("x.z", json!(1))]).unwrap();
    assert_eq!(
        apply(text, &edits).unwrap(),
        "a: 1\n---\n# two\nb: 2\nx:\n  z: 1\n---\nc: 3\n"
    );
}
