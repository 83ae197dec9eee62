//! Recorded requests: AdmissionReviews and events of the API server's audit log, one on each line or one in each file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sekisho_policy::rehearsal::{NotRebuilt, Trial, of_event};
use serde_json::Value;

use crate::policy::documents;

/// A review of the largest object that the API server takes, with room.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Events that give no request, by reason.
#[derive(Debug, Default)]
pub(super) struct PassedOver(pub(super) BTreeMap<&'static str, u64>);

impl PassedOver {
    fn add(&mut self, why: NotRebuilt) {
        let word = match why {
            NotRebuilt::NotAWrite => "not a write",
            NotRebuilt::Refused => "refused by the server",
            NotRebuilt::NoObject => "no object in the log",
            NotRebuilt::Malformed => "malformed",
        };
        *self.0.entry(word).or_default() += 1;
    }
}

type Unread = Vec<(String, String)>;

/// Reads all recordings at these paths, one request after the other.
pub(super) fn read(
    paths: &[PathBuf],
    passed_over: &mut PassedOver,
    unread: &mut Unread,
    mut take: impl FnMut(Trial),
) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        below(path, &mut files).with_context(|| path.display().to_string())?;
    }
    for path in files {
        let name = path.display().to_string();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("jsonl" | "ndjson" | "log")) {
            lines(&path, &name, passed_over, unread, &mut take);
            continue;
        }
        match documents::read(&path) {
            Ok(all) => {
                for one in all {
                    if let Err(why) = trial(&one, passed_over, &mut take) {
                        unread.push((name.clone(), why));
                    }
                }
            }
            Err(why) => unread.push((name, why)),
        }
    }
    Ok(())
}

fn below(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path)? {
        entries.push(entry?.path());
    }
    entries.sort();
    for entry in entries {
        let ending = entry.extension().and_then(|ending| ending.to_str());
        let is_read = matches!(
            ending,
            Some("jsonl" | "ndjson" | "log" | "json" | "yaml" | "yml")
        );
        if is_read || (entry.is_dir() && !entry.is_symlink()) {
            below(&entry, files)?;
        }
    }
    Ok(())
}

/// Reads line by line: a recording may be larger than the memory. Of lines that cannot be read the first is told, with their number.
fn lines(
    path: &Path,
    name: &str,
    passed_over: &mut PassedOver,
    unread: &mut Unread,
    take: &mut impl FnMut(Trial),
) {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return unread.push((name.to_owned(), error.to_string())),
    };
    let mut reader = BufReader::new(file);
    let (mut number, mut wrong, mut first) = (0_u64, 0_u64, String::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        number += 1;
        let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let why = match read {
            Ok(0) => break,
            Err(error) => {
                unread.push((name.to_owned(), format!("line {number}: {error}")));
                break;
            }
            Ok(_) if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST => {
                // The rest of the line goes the same way.
                let mut rest = Vec::new();
                while matches!(
                    reader.by_ref().take(LONGEST).read_until(b'\n', &mut rest),
                    Ok(1..)
                ) && rest.last() != Some(&b'\n')
                {
                    rest.clear();
                }
                "it is longer than 16 MiB".to_owned()
            }
            Ok(_) if line.iter().all(u8::is_ascii_whitespace) => continue,
            Ok(_) => match serde_json::from_slice::<Value>(&line) {
                Ok(value) => match trial(&value, passed_over, take) {
                    Ok(()) => continue,
                    Err(why) => why,
                },
                Err(error) => error.to_string(),
            },
        };
        wrong += 1;
        if first.is_empty() {
            first = format!("line {number}: {why}");
        }
    }
    if wrong > 0 {
        let more = if wrong > 1 {
            format!(" (and {} more lines)", wrong - 1)
        } else {
            String::new()
        };
        unread.push((name.to_owned(), format!("{first}{more}")));
    }
}

fn trial(
    value: &Value,
    passed_over: &mut PassedOver,
    take: &mut impl FnMut(Trial),
) -> Result<(), String> {
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match kind {
        "AdmissionReview" => {
            let trial = Trial::recorded(value, None).map_err(|error| error.to_string())?;
            take(trial);
        }
        "Event" | "EventList" => {
            let items = value.get("items").and_then(Value::as_array);
            let events = items.map_or(std::slice::from_ref(value), Vec::as_slice);
            for event in events {
                match of_event(event) {
                    Ok(trial) => take(trial),
                    Err(why) => passed_over.add(why),
                }
            }
        }
        _ => {
            return Err(
                "it is neither an AdmissionReview nor an event of the audit log".to_owned(),
            );
        }
    }
    Ok(())
}
