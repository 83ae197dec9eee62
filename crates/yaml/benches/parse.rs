//! How fast text becomes a tree with spans.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a benchmark reads its corpus"
)]

use std::fs;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sekisho_yaml::{Limits, parse};

/// Every YAML file below a folder, one after the other.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
            && let Ok(text) = fs::read_to_string(&path)
        {
            texts.push(text);
        }
    }
}

fn generated() -> String {
    let document = "# 配備\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels: {app: web, tier: \"front\"}\n\
                    spec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.25 # pinned\n\
                    \x20         securityContext:\n            privileged: no\n            capabilities: {drop: [ALL]}\n---\n";
    document.repeat(20_000)
}

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.sample_size(20);
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let mut texts = Vec::new();
    collect(&shared, &mut texts);
    if texts.is_empty() {
        eprintln!("skipped: shared/corpus is absent");
    } else {
        let small: Vec<String> = texts
            .iter()
            .filter(|text| text.len() < 40_000)
            .cloned()
            .collect();
        for (name, texts) in [("corpus", texts), ("corpus, small files", small)] {
            let bytes: usize = texts.iter().map(String::len).sum();
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    texts
                        .iter()
                        .map(|text| parse(text, &Limits::default()).documents.len())
                        .sum::<usize>()
                });
            });
        }
    }
    let text = generated();
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("generated", |bencher| {
        bencher.iter(|| parse(&text, &Limits::default()).documents.len());
    });
    group.bench_function("generated, to JSON", |bencher| {
        bencher.iter(|| {
            parse(&text, &Limits::default())
                .documents
                .iter()
                .map(|document| document.to_json().is_object())
                .filter(|is| *is)
                .count()
        });
    });
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
