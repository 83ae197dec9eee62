//! What is wrong with an expression, and where.

use std::fmt::Write as _;

/// One complaint about an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Offset in the expression, in code points; none when it concerns the whole.
    pub at: Option<u32>,
    /// In the API server's words.
    pub message: String,
}

impl Issue {
    pub(crate) fn new(at: u32, message: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            message: message.into(),
        }
    }
}

/// More complaints than this are only counted.
const TOLD: usize = 100;
/// A longer line is not shown.
const SHOWN: usize = 16_384;

/// All complaints as the API server prints them: sorted by place, each with its line and a mark.
pub(crate) fn print(issues: &[Issue], source: &str) -> String {
    let lines: Vec<&str> = source.split('\n').collect();
    let mut told: Vec<(i64, i64, &Issue)> = issues
        .iter()
        .take(TOLD)
        .map(|issue| {
            let (line, column) = match issue.at {
                Some(_) if source.is_empty() => (1, 0),
                Some(at) => position(&lines, at),
                None => (-1, 0),
            };
            (line, column, issue)
        })
        .collect();
    told.sort_by_key(|(line, column, _)| (*line, *column));
    let mut texts: Vec<String> = told
        .iter()
        .map(|(line, column, issue)| {
            let mut text = format!("ERROR: <input>:{line}:{column}: {}", issue.message);
            let shown = usize::try_from(line - 1)
                .ok()
                .and_then(|line| lines.get(line));
            let shown = shown.filter(|_| *column > 0);
            if let Some(shown) = shown.filter(|shown| shown.len() <= SHOWN) {
                mark(&mut text, shown, *column);
            }
            text
        })
        .collect();
    if issues.len() > TOLD {
        texts.push(format!(
            "{} more errors were truncated",
            issues.len() - TOLD
        ));
    }
    texts.join("\n")
}

/// Line and column, both from 1.
fn position(lines: &[&str], at: u32) -> (i64, i64) {
    let mut left = i64::from(at);
    let mut number = 0;
    for line in lines {
        number += 1;
        let length = i64::try_from(line.chars().count()).unwrap_or(i64::MAX);
        if left <= length {
            return (number, left + 1);
        }
        left -= length + 1;
    }
    (number, left + 1)
}

/// The line, and below it dots up to the place; wide letters get wide dots.
fn mark(text: &mut String, line: &str, column: i64) {
    let _ = write!(text, "\n | {}\n | ", line.replace('\t', " "));
    let before = usize::try_from(column - 1).unwrap_or_default();
    let mut letters = line.chars();
    for letter in letters.by_ref().take(before) {
        text.push(if letter.is_ascii() { '.' } else { '\u{ff0e}' });
    }
    text.push(match letters.next() {
        Some(letter) if !letter.is_ascii() => '\u{ff3e}',
        _ => '^',
    });
}
