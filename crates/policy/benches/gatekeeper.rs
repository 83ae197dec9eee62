//! What one constraint costs on one object.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop where it fails"
)]

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sekisho_policy::gatekeeper::{EnforcementPoint, Origin, Policies, Review};
use serde_json::Value;

fn documents(path: &Path) -> Vec<Value> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads its own files")]
    let text = std::fs::read_to_string(path).unwrap();
    let stream = sekisho_yaml::parse(&text, &sekisho_yaml::Limits::default());
    stream
        .documents
        .iter()
        .map(sekisho_yaml::Document::to_json)
        .collect()
}

/// Every policy of ours on every case of every policy: a mixture of passes and denials.
fn shipped(c: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut policies = Policies::default();
    let mut reviews = Vec::new();
    let folders = [
        "read-only-root",
        "no-host-path",
        "allowed-registries",
        "image-digests",
        "resources",
        "no-default-service-account",
    ];
    for folder in folders {
        let folder = root.join(folder);
        policies
            .add_template(&documents(&folder.join("template.yaml"))[0])
            .unwrap();
        policies
            .add_constraint(&documents(&folder.join("constraint.yaml"))[0])
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "a benchmark reads its own files")]
        let cases = std::fs::read_dir(folder.join("cases")).unwrap();
        let mut paths: Vec<_> = cases.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let object = &documents(&path)[0];
            if object["kind"] == "Pod" && object["metadata"]["namespace"] == "shop" {
                reviews.push(Review::of_object(object, Origin::Original).unwrap());
            }
        }
    }
    let evaluations = reviews.len() * policies.constraints().count();
    let mut group = c.benchmark_group("gatekeeper");
    group.throughput(Throughput::Elements(evaluations as u64));
    group.bench_function("constraint and object", |b| {
        b.iter(|| {
            reviews
                .iter()
                .map(|review| policies.violations(review, EnforcementPoint::Webhook).len())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, shipped);
criterion_main!(benches);
