//! What stands in the folder of a snapshot is not trusted: anything is read without a panic, garbage decides nothing, and
//! what was not judged is told.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic and reads the tree"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use sekisho_aws::calls::{self, Call, Scope};
use sekisho_checks::{Context, all, by_id, judge};
use sekisho_estate::{Text, assemble, parse_settings};
use sekisho_model::{Estate, Settings, ThreatModel, Verdict};
use sekisho_testkit::{Case, cases};
use serde_json::{Value, json};

const MANIFEST: &str = r#"{"version": "sekisho.aws-snapshot/v1", "account": "111122223333", "regions": ["eu-west-1"], "complete": true}"#;

fn estate(files: &[(&str, &str)]) -> Estate {
    let text = |(path, text): &(&str, &str)| Text {
        path: (*path).to_owned(),
        text: Arc::from(*text),
        rendered_by: None,
    };
    assemble(files.iter().map(text).collect(), &Settings::default())
}

fn verdicts(estate: &Estate, check: &str, settings: &Settings) -> BTreeSet<Verdict> {
    let threat_model = ThreatModel::default();
    let cx = Context::new(estate, settings, &threat_model);
    let checks: Vec<_> = by_id(check).into_iter().collect();
    let judged = judge(&cx, &checks);
    judged.evidence.iter().map(|item| item.verdict).collect()
}

/// Why files were not judged, in one text.
fn told(estate: &Estate) -> String {
    let line = |one: &sekisho_model::Unread| format!("{}: {}\n", one.path, one.reason);
    estate.unread.iter().map(line).collect()
}

fn cluster(name: &str) -> String {
    let arn = format!("arn:aws:eks:eu-west-1:111122223333:cluster/{name}");
    json!({"cluster": {"name": name, "arn": arn, "resourcesVpcConfig": {"endpointPublicAccess": false}}}).to_string()
}

const SHOP: &str = "s/eu-west-1/eks/describe-cluster/shop.json";

#[test]
fn a_manifest_that_cannot_be_used_leaves_nothing_judged() {
    for (manifest, words) in [
        ("{\"version\": ", "no JSON"),
        ("[]", "form ``"),
        (
            r#"{"version": "sekisho.aws-snapshot/v9", "account": "111122223333"}"#,
            "v9",
        ),
        (r#"{"version": 1, "account": "111122223333"}"#, "form ``"),
        (
            r#"{"version": "sekisho.aws-snapshot/v1", "account": "12"}"#,
            "twelve digits",
        ),
        (
            r#"{"version": "sekisho.aws-snapshot/v1", "account": 111122223333}"#,
            "twelve digits",
        ),
        ("{}\n---\n{}", "no JSON"),
    ] {
        let estate = estate(&[
            ("s/sekisho-snapshot.json", manifest),
            (SHOP, &cluster("shop")),
        ]);
        assert!(estate.resources().is_empty(), "{manifest}");
        assert!(
            told(&estate).contains(words),
            "{manifest}: {}",
            told(&estate)
        );
    }
}

#[test]
fn a_snapshot_that_was_not_finished_proves_no_absence() {
    let list = ("s/eu-west-1/eks/list-clusters.json", r#"{"clusters": []}"#);
    for (complete, is_whole) in [
        ("true", true),
        ("false", false),
        ("\"true\"", false),
        ("null", false),
    ] {
        let manifest = MANIFEST.replace("\"complete\": true", &format!("\"complete\": {complete}"));
        let estate = estate(&[("s/sekisho-snapshot.json", &manifest), list]);
        let stack = estate
            .stacks()
            .iter()
            .find(|stack| stack.region.is_some())
            .unwrap();
        let listing = &stack.listings["aws_eks_cluster"];
        assert_eq!(
            *listing == sekisho_model::Listing::Whole,
            is_whole,
            "{complete}"
        );
        assert_eq!(told(&estate).is_empty(), is_whole, "{complete}");
    }
}

#[test]
fn a_name_without_its_answer_is_there_and_unknown() {
    let listed = r#"{"clusters": ["shop", "other"]}"#;
    let estate = estate(&[
        ("s/sekisho-snapshot.json", MANIFEST),
        ("s/eu-west-1/eks/list-clusters.json", listed),
        (SHOP, &cluster("shop")),
    ]);
    let clusters: Vec<_> = estate.of_type("aws_eks_cluster").collect();
    assert_eq!(clusters.len(), 2);
    let seen = verdicts(&estate, "public-endpoint", &Settings::default());
    assert_eq!(seen, [Verdict::Pass, Verdict::Unknown].into());
}

#[test]
fn a_region_that_was_asked_is_a_place_of_its_own() {
    let manifest = MANIFEST.replace("\"eu-west-1\"", "\"eu-west-1\", \"us-east-1\"");
    let estate = estate(&[
        ("s/sekisho-snapshot.json", &manifest),
        (SHOP, &cluster("shop")),
    ]);
    let regions: Vec<_> = estate
        .stacks()
        .iter()
        .filter_map(|stack| stack.region.as_deref())
        .collect();
    assert_eq!(regions, ["eu-west-1", "us-east-1"]);
    assert!(estate.stacks().iter().all(|stack| {
        stack
            .listings
            .values()
            .all(|one| *one != sekisho_model::Listing::Whole)
    }));
}

#[test]
fn a_snapshot_in_a_snapshot_is_its_own() {
    let inner = MANIFEST.replace("111122223333", "444455556666");
    let own = cluster("own").replace("111122223333", "444455556666");
    let estate = estate(&[
        ("s/sekisho-snapshot.json", MANIFEST),
        (SHOP, &cluster("shop")),
        ("s/eu-west-1/sekisho-snapshot.json", &inner),
        ("s/eu-west-1/eu-west-1/eks/describe-cluster/own.json", &own),
    ]);
    // The folder of a region is none of the inner snapshot: told, not guessed.
    let told = told(&estate);
    assert!(told.contains("describe-cluster/shop.json"), "{told}");
    let accounts: BTreeSet<_> = estate
        .of_type("aws_eks_cluster")
        .map(|(_, one)| one.place.account.clone())
        .collect();
    assert_eq!(accounts, [Some("444455556666".to_owned())].into());
}

#[test]
fn answers_of_another_account_are_told_and_not_judged() {
    let other = cluster("shop").replace("111122223333", "444455556666");
    let estate = estate(&[
        ("s/sekisho-snapshot.json", MANIFEST),
        (
            "s/eu-west-1/eks/list-clusters.json",
            r#"{"clusters": ["shop"]}"#,
        ),
        (SHOP, &other),
    ]);
    assert_eq!(estate.of_type("aws_eks_cluster").count(), 0);
    assert!(
        told(&estate).contains("account 444455556666"),
        "{}",
        told(&estate)
    );
    let stack = estate
        .stacks()
        .iter()
        .find(|stack| stack.region.is_some())
        .unwrap();
    assert_ne!(
        stack.listings["aws_eks_cluster"],
        sekisho_model::Listing::Whole
    );
}

#[test]
fn what_is_no_answer_is_told_once() {
    let names: Vec<String> = (0..50)
        .map(|name| format!("s/eu-west-1/eks/describe-dream/{name}.json"))
        .collect();
    let mut files = vec![("s/sekisho-snapshot.json", MANIFEST), (SHOP, "")];
    files.extend(names.iter().map(|name| (name.as_str(), "{}")));
    files.extend([
        ("s/readme.json", "{}"),
        ("s/global/eks/list-clusters.json", "{}"),
        ("s/eu-west-1/eks/list-clusters/too/many.json", "{}"),
        ("s/eu-west-1/eks/describe-cluster/two.json", "{}\n---\n{}"),
        ("s/eu-west-1/eks/describe-cluster/text.json", "\"x\""),
        ("s/eu-west-1/eks/describe-cluster/a%2Fb.json", "{}"),
        ("s/eu-west-1/eks/describe-cluster/a%2fb.json", "{}"),
        (
            "s/eu-west-1/eks/describe-cluster/cut.json",
            "{\"cluster\": {\"name\"",
        ),
    ]);
    let told = told(&estate(&files));
    assert_eq!(told.matches("describe-dream").count(), 2, "{told}");
    for words in [
        "(50 files)",
        "shop.json: it is empty",
        "no path of a snapshot",
        "that of a region",
        "asked for 0 names",
        "more than one answer",
        "a JSON object",
        "another file has the answer",
        "cut.json",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn of_a_key_that_stands_twice_nobody_knows_which_counts() {
    let twice = r#"{"cluster": {"name": "shop", "resourcesVpcConfig": {"endpointPublicAccess": true, "endpointPublicAccess": false}}}"#;
    let estate = estate(&[("s/sekisho-snapshot.json", MANIFEST), (SHOP, twice)]);
    let seen = verdicts(&estate, "public-endpoint", &Settings::default());
    assert!(
        !seen.contains(&Verdict::Pass) || !told(&estate).is_empty(),
        "{seen:?}"
    );
}

/// Every section of every page that has a snapshot.
fn sections() -> Vec<(String, Case)> {
    let mut found = Vec::new();
    for family in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")).unwrap() {
        let family = family.unwrap().path();
        for page in family
            .is_dir()
            .then(|| fs::read_dir(family).unwrap())
            .into_iter()
            .flatten()
        {
            let page = page.unwrap().path();
            let name = page
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .replace('_', "-");
            let text = fs::read_to_string(&page).unwrap_or_default();
            let sections = cases(&text).into_iter();
            let with_snapshot = sections.filter(|case| {
                case.texts
                    .iter()
                    .any(|(path, _)| path.starts_with("snapshot/"))
            });
            found.extend(with_snapshot.map(|case| (name.clone(), case)));
        }
    }
    found.sort_by(|a, b| (&a.0, &a.1.title).cmp(&(&b.0, &b.1.title)));
    found
}

/// Something of another type than what stands there.
fn garbage(value: &Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => json!("garbage"),
        Value::String(_) => json!({"garbage": [1]}),
        Value::Null => json!([["garbage"]]),
    }
}

/// Every place in a document, outermost first.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| places(item, &format!("{at}/{index}"), found)),
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{at}/{key}"), found);
        }),
        _ => {}
    }
}

/// The verdicts of a section when one of its files says something else, or is an error.
fn judged(check: &str, case: &Case, changed: Option<(&str, &str)>) -> BTreeSet<Verdict> {
    let settings = case
        .settings
        .as_ref()
        .map(|text| parse_settings(&Arc::from(text.as_str())).unwrap())
        .unwrap_or_default();
    let texts = case.texts.iter().map(|(path, text)| {
        let text = changed
            .filter(|(own, _)| own == path)
            .map_or(text.as_str(), |(_, text)| text);
        let is_refused = text == REFUSED && !path.ends_with(".error.json");
        let path = if is_refused {
            path.replace(".json", ".error.json")
        } else {
            path.clone()
        };
        Text {
            path,
            text: Arc::from(text),
            rendered_by: None,
        }
    });
    verdicts(&assemble(texts.collect(), &settings), check, &settings)
}

const REFUSED: &str = r#"{"error": "AccessDeniedException"}"#;

fn answers(case: &Case) -> impl Iterator<Item = (&str, &str)> {
    let files = case
        .texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    files.filter(|(path, _)| {
        path.starts_with("snapshot/")
            && !path.ends_with("sekisho-snapshot.json")
            && !path.ends_with(".error.json")
    })
}

fn wanted(check: &str) -> bool {
    let only = std::env::var("SEKISHO_PAGE").ok();
    only.is_none_or(|only| check.contains(&only.replace('_', "-")))
}

/// An answer that AWS refuses may make a verdict unknown; it makes no `pass` of a `fail` and no `fail` of a `pass`, unless that is
/// what is known without the snapshot.
#[test]
fn a_refused_answer_turns_no_verdict() {
    let mut turned = BTreeSet::new();
    for (check, case) in sections().into_iter().filter(|(check, _)| wanted(check)) {
        let mut known = judged(&check, &case, None);
        let mut without = case.clone();
        without
            .texts
            .retain(|(path, _)| !path.starts_with("snapshot/"));
        known.extend(judged(&check, &without, None));
        for (path, _) in answers(&case) {
            let after = judged(&check, &case, Some((path, REFUSED)));
            for verdict in [Verdict::Pass, Verdict::Fail] {
                if after.contains(&verdict) && !known.contains(&verdict) {
                    turned.insert(format!("{check} ({}): {path}: {verdict:?}", case.title));
                }
            }
        }
    }
    let lines: Vec<String> = turned.into_iter().collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

/// A value of the wrong type says no more than a refusal.
#[test]
fn a_value_of_the_wrong_type_turns_no_verdict() {
    let mut turned = BTreeSet::new();
    for (check, case) in sections().into_iter().filter(|(check, _)| wanted(check)) {
        let before = judged(&check, &case, None);
        for (path, text) in answers(&case) {
            let Ok(answer) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            let mut known = judged(&check, &case, Some((path, REFUSED)));
            known.extend(before.iter().copied());
            let mut all = Vec::new();
            places(&answer, "", &mut all);
            // IAM takes no policy that is wrong in itself.
            for place in all.iter().filter(|place| !place.contains("Document/")) {
                let mut changed = answer.clone();
                let part = changed.pointer_mut(place).unwrap();
                *part = garbage(part);
                let after = judged(&check, &case, Some((path, &changed.to_string())));
                for verdict in [Verdict::Pass, Verdict::Fail] {
                    if after.contains(&verdict) && !known.contains(&verdict) {
                        turned.insert(format!(
                            "{check} ({}): {path} {place}: {verdict:?}",
                            case.title
                        ));
                    }
                }
            }
        }
    }
    let lines: Vec<String> = turned.into_iter().collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("arn:aws:eks:eu-west-1:111122223333:cluster/shop")),
        Just(json!("arn:::::::")),
        Just(json!("%7B%22Statement%22%3A%5B%5D%7D")),
        Just(json!("{\"Statement\": [1]}")),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![
            "[a-zA-Z]{1,10}",
            Just("cluster".to_owned()),
            Just("Items".to_owned()),
            Just("Arn".to_owned()),
            Just("NextToken".to_owned()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn path_of(call: &Call) -> String {
    let folder = if call.scope == Scope::Global {
        "global"
    } else {
        "eu-west-1"
    };
    let names: String = call.each.iter().map(|_| "/shop").collect();
    format!("s/{folder}/{}/{}{names}.json", call.service, call.operation)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in the files of all calls: no panic, in reading or judging.
    #[test]
    fn any_json_is_read(answers in prop::collection::vec(any_json(), 8), start in 0_usize..64) {
        let paths: Vec<String> = calls::all().map(path_of).collect();
        let bodies: Vec<String> = answers.iter().map(Value::to_string).collect();
        let mut files = vec![("s/sekisho-snapshot.json", MANIFEST)];
        for (number, body) in bodies.iter().enumerate() {
            files.push((&paths[(start * 8 + number) % paths.len()], body));
        }
        files.sort_unstable();
        files.dedup_by_key(|file| file.0);
        let estate = estate(&files);
        let (settings, threat_model) = (Settings::default(), ThreatModel::default());
        let checks: Vec<_> = all().collect();
        drop(judge(&Context::new(&estate, &settings, &threat_model), &checks));
    }
}

#[test]
fn deep_and_large_answers_are_read_within_bounds() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let nested = format!(
        "{{\"cluster\": {}1{}}}",
        "{\"a\": ".repeat(500),
        "}".repeat(500)
    );
    // 2 MB of clusters in one list, each without an answer.
    let names: Vec<String> = (0..20_000)
        .map(|name| format!("cluster-{name:0>90}"))
        .collect();
    let long = json!({"clusters": names}).to_string();
    let estate = estate(&[
        ("s/sekisho-snapshot.json", MANIFEST),
        (SHOP, &deep),
        ("s/eu-west-1/eks/describe-cluster/nested.json", &nested),
        ("s/eu-west-1/eks/list-clusters.json", &long),
    ]);
    assert!(told(&estate).contains("shop.json"), "{}", told(&estate));
    // What is remembered of them is bounded, and that there are more is not forgotten.
    let stack = estate.stacks().iter().find(|one| one.region.is_some());
    let listing = &stack.unwrap().listings["aws_eks_cluster"];
    assert_ne!(*listing, sekisho_model::Listing::Whole);
}
