//! Recorded requests and two sets of constraints to rehearse on them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// `count` reviews of new pods, each another one, in fifty namespaces; `from` and `to` hold the shipped constraints under
/// four names each, without those above twenty: tried only, and denying.
pub(crate) fn rehearsal(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reviews = fs::read_to_string(here.join("tests/data/web-takeover-admission.jsonl")).unwrap();
    let mut review: Value = reviews
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|review| review.pointer("/request/kind/kind") == Some(&json!("Pod")))
        .unwrap();
    let mut lines = String::new();
    for number in 0..count {
        let (name, namespace) = (format!("web-{number}"), format!("team-{}", number % 50));
        let image = format!("registry.example.com/web:{}", number % 7);
        for (pointer, text) in [
            ("/request/name", &name),
            ("/request/namespace", &namespace),
            ("/request/object/metadata/name", &name),
            ("/request/object/metadata/namespace", &namespace),
            ("/request/object/spec/containers/0/image", &image),
        ] {
            *review.pointer_mut(pointer).unwrap() = json!(text);
        }
        writeln!(lines, "{review}").unwrap();
    }
    fs::write(folder.path().join("admission.jsonl"), lines).unwrap();
    for (side, action) in [("from", "dryrun"), ("to", "deny")] {
        let side = folder.path().join(side);
        fs::create_dir(&side).unwrap();
        for (place, constraint) in constraints(&here.join("../../policies"), &side)
            .iter()
            .enumerate()
        {
            let text = constraint.replacen("dryrun", action, 1);
            fs::write(side.join(format!("constraint-{place}.yaml")), text).unwrap();
        }
    }
    folder
}

/// Copies the templates and gives twenty constraints.
fn constraints(policies: &Path, side: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(policies)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for (place, policy) in folders.iter().filter(|path| path.is_dir()).enumerate() {
        fs::copy(
            policy.join("template.yaml"),
            side.join(format!("template-{place}.yaml")),
        )
        .unwrap();
        let text = fs::read_to_string(policy.join("constraint.yaml")).unwrap();
        let name = text
            .lines()
            .find(|line| line.starts_with("  name: "))
            .unwrap()
            .to_owned();
        all.extend((0..4).map(|copy| text.replacen(&name, &format!("{name}-{copy}"), 1)));
    }
    all.truncate(20);
    all
}
