//! Hostile texts are errors, quickly and on a small stack.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it fails, and looks at the clock"
)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use sekisho_yaml::{Limits, Stream, parse};

/// Reads on a thread with a small stack and fails when it takes long.
fn read(text: String) -> Stream {
    let start = Instant::now();
    let reader = std::thread::Builder::new().stack_size(1 << 20);
    let stream = reader
        .spawn(move || parse(&text, &Limits::default()))
        .unwrap()
        .join()
        .unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "took {:?}",
        start.elapsed()
    );
    stream
}

fn refused(text: String) -> String {
    let stream = read(text);
    assert!(stream.documents.is_empty());
    stream.errors.first().expect("an error").message.clone()
}

#[test]
fn a_billion_laughs() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![below; 9].join(", ")).unwrap();
    }
    assert_eq!(
        refused(text),
        "kubectl refuses so many values made by aliases"
    );
}

#[test]
fn a_billion_merges() {
    let mut text = "a0: &a0 {k0: v}\n".to_owned();
    for level in 1..30 {
        let below = format!("*a{}", level - 1);
        writeln!(
            text,
            "a{level}: &a{level} {{<<: [{below}, {below}, {below}], k{level}: v}}"
        )
        .unwrap();
    }
    assert_eq!(
        refused(text),
        "kubectl refuses so many values made by aliases"
    );
}

#[test]
fn deep_nesting() {
    for text in [
        "[".repeat(200_000),
        format!("---\n{}", "{a: ".repeat(200_000)),
        "- ".repeat(200_000),
        "? ".repeat(200_000),
        "[{".repeat(100_000),
    ] {
        let message = refused(text);
        assert!(message.contains("deeper"), "{message}");
    }
    let mut block = String::new();
    for level in 0..2_000 {
        writeln!(block, "{}a:", " ".repeat(level)).unwrap();
    }
    assert!(refused(block).contains("deeper"));
    assert!(refused("{\"a\":".repeat(100_000)).contains("too deeply"));
}

#[test]
fn depth_through_aliases_counts() {
    let mut text = format!("a0: &a0 {}1{}\n", "[".repeat(50), "]".repeat(50));
    for level in 1..10 {
        writeln!(
            text,
            "a{level}: &a{level} {}*a{}{}",
            "[".repeat(50),
            level - 1,
            "]".repeat(50)
        )
        .unwrap();
    }
    assert!(refused(text).contains("deeper"));
}

#[test]
fn an_alias_to_itself() {
    assert!(refused("a: &x [*x]\n".to_owned()).contains("its own anchor"));
    assert!(refused("a: &x\n  <<: *x\n".to_owned()).contains("its own anchor"));
    assert!(refused("a: &x {b: &y [*x], c: *y}\n".to_owned()).contains("its own anchor"));
}

#[test]
fn the_deepest_allowed_nesting_is_read() {
    let text = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let stream = read(format!("---\n{text}\n"));
    assert_eq!(stream.errors, []);
    assert_eq!(stream.documents.len(), 1);
    assert!(refused(format!("---\n[{text}]\n")).contains("deeper"));
}

#[test]
fn huge_texts() {
    let long = Limits::default().bytes as usize + 1;
    assert!(refused("a".repeat(long)).contains("longer"));
    assert_eq!(read("a: 1\n---\n".repeat(100_000)).documents.len(), 100_000);
    assert_eq!(
        read(format!("k: \"{}\"\n", "x".repeat(4 << 20)))
            .documents
            .len(),
        1
    );
    let few = Limits {
        nodes: 1_000,
        ..Limits::default()
    };
    let stream = parse(&format!("- [{}1]\n", "1,".repeat(2_000)), &few);
    assert!(stream.errors[0].message.contains("values"));
    let mut wide = String::new();
    for key in 0..100_000 {
        writeln!(wide, "key{key}: {key}").unwrap();
    }
    wide.push_str("key1: again\n");
    let stream = read(wide);
    assert_eq!(stream.documents[0].notes().len(), 1);
    assert_eq!(stream.documents[0].root().entries().len(), 100_000);
}

#[test]
fn many_comments_quotes_and_blank_lines() {
    assert!(read("# c\n".repeat(1_000_000)).documents[0].is_empty());
    assert!(
        read(format!("a: x{}\n", "\n".repeat(1_000_000)))
            .errors
            .is_empty()
    );
    assert_eq!(read("'".repeat(1_000_001)).documents.len(), 0);
    assert_eq!(read("{}\n".repeat(200_000)).documents.len(), 200_000);
    let many = read("---\n{\n".repeat(50_000));
    assert_eq!(many.errors.len(), 50_000);
}
