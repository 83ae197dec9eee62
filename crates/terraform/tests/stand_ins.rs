//! Modules whose source is absent and for which the caller has other words.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use sekisho_terraform::{Cause, Input, Outside, Resource, StandIn, Value, evaluate};

/// Knows one module with a submodule.
struct Knows;

const MODULE: &str = r#"
variable "size" { default = 3 }
variable "tags" { default = {} }
variable "labels" { default = {} }

resource "thing" "this" {
  size  = var.size
  kind  = "plain"
  blank = null
  dynamic "label" {
    for_each = var.labels
    content {
      text = label.value.text
    }
  }
}

module "inner" {
  source = "./inner"
  whole  = thing.this.id
  broken = var.tags.absent
}

output "id" { value = thing.this.id }
"#;

const INNER: &str = r#"
variable "whole" {}
variable "broken" {}
resource "part" "this" { of = var.whole }
"#;

impl Outside for Knows {
    fn module_folder(&self, source: &str, version: Option<&str>) -> Option<String> {
        (source == "known/module" && version == Some("1.0")).then(|| "\0known".to_owned())
    }

    fn stand_in(&self, folder: &str) -> Option<StandIn> {
        let text = match folder {
            "\0known" => MODULE,
            "\0known/inner" => INNER,
            _ => return None,
        };
        Some(StandIn {
            title: "known/module 1".into(),
            texts: vec![("main.tf", text)],
        })
    }
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    pairs.iter().map(owned).collect()
}

fn get(resource: &Resource, name: &str) -> Value {
    resource.values.get(name).unwrap()
}

const CALL: &str = r#"module "m" {
  source  = "known/module"
  version = "1.0"
  size    = 5
  tags    = { absent = 1 }
  labels  = { a = { text = "x" } }
  other   = "is passed over"
}

output "id" { value = module.m.id }
output "more" { value = module.m.more }
"#;

#[test]
fn what_a_stand_in_says_stands_at_its_call_and_inputs_where_they_are_written() {
    let all = texts(&[("main.tf", CALL)]);
    let found = evaluate(&Input::of(&all), &Knows);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let thing = found.resource("module.m.thing.this").unwrap();
    let call = CALL.find("\n}\n").unwrap() + 2;
    assert_eq!(thing.place.file.as_ref(), "main.tf");
    assert_eq!(thing.place.span.end as usize, call);

    let size = get(thing, "size");
    let origin = size.origin().unwrap();
    let span = origin.place.span;
    assert_eq!(span.slice(CALL).unwrap(), "5");
    assert!(origin.via().next().is_none() && origin.module_default().is_none());

    let kind = get(thing, "kind");
    let origin = kind.origin().unwrap();
    assert_eq!(origin.place, thing.place);
    let module = origin.module_default().unwrap();
    assert_eq!(module.as_ref(), "known/module 1");

    let label = get(thing, "label").items().unwrap()[0].clone();
    let span = label.origin().unwrap().place.span;
    let written = span.slice(CALL).unwrap();
    assert_eq!(written, "{ text = \"x\" }");

    let part = found.resource("module.m.module.inner.part.this").unwrap();
    assert_eq!(part.place, thing.place);
    let whole = get(part, "of");
    let whole = whole
        .as_unknown()
        .unwrap()
        .is_exactly()
        .unwrap()
        .to_string();
    assert_eq!(whole, "module.m.thing.this.id");
}

#[test]
fn what_a_stand_in_leaves_out_is_unknown() {
    let all = texts(&[("main.tf", CALL)]);
    let found = evaluate(&Input::of(&all), &Knows);
    let thing = found.resource("module.m.thing.this").unwrap();
    assert!(get(thing, "blank").is_null());
    let absent = get(thing, "colour");
    let [Cause::Module(why)] = absent.as_unknown().unwrap().causes.as_slice() else {
        panic!("{absent:?}");
    };
    assert_eq!(why.to_string(), "module.m.thing.this.colour");
    let more = found.outputs.get("more").unwrap();
    let causes = &more.as_unknown().unwrap().causes;
    assert!(
        matches!(causes.as_slice(), [Cause::Module(why)] if why.to_string() == "module.m.more")
    );
    // An output that is made from one that is known is a reference, as with any module.
    let id = found.outputs.get("id").unwrap().as_unknown().unwrap();
    assert_eq!(
        id.is_exactly().unwrap().to_string(),
        "module.m.thing.this.id"
    );
}

#[test]
fn a_fault_in_a_stand_in_is_told_at_the_call() {
    let text = CALL.replace("tags    = { absent = 1 }", "tags    = {}");
    let all = texts(&[("main.tf", text.as_str())]);
    let found = evaluate(&Input::of(&all), &Knows);
    assert!(!found.problems.is_empty());
    for problem in &found.problems {
        let place = problem.place.as_ref().unwrap();
        assert_eq!(place.file.as_ref(), "main.tf", "{problem:?}");
        assert!(!problem.message.contains('\0'), "{problem:?}");
    }
}

#[test]
fn the_source_itself_comes_before_its_stand_in() {
    let noted =
        r#"{"Modules": [{"Key": "m", "Source": "known/module", "Dir": ".terraform/modules/m"}]}"#;
    let own = "variable \"size\" {}\nvariable \"tags\" {}\nvariable \"labels\" {}\nvariable \"other\" {}\nresource \"real\" \"this\" {}\noutput \"id\" { value = 1 }\noutput \"more\" { value = 2 }\n";
    let with = texts(&[
        ("main.tf", CALL),
        (".terraform/modules/modules.json", noted),
        (".terraform/modules/m/main.tf", own),
    ]);
    let found = evaluate(&Input::of(&with), &Knows);
    assert!(found.resource("module.m.real.this").is_some());
    // `terraform init` notes the folder, but version control leaves it out.
    let without = texts(&[
        ("main.tf", CALL),
        (".terraform/modules/modules.json", noted),
    ]);
    let found = evaluate(&Input::of(&without), &Knows);
    assert!(found.resource("module.m.thing.this").is_some());
}
