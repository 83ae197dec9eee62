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
    fn join(&mut self, found: &Found) {
        for why in &found.passed_over {
            let word = match why {
                NotRebuilt::NotAWrite => "not a write",
                NotRebuilt::Refused => "refused by the server",
                NotRebuilt::NoObject => "no object in the log",
                NotRebuilt::Malformed => "malformed",
            };
            *self.0.entry(word).or_default() += 1;
        }
    }
}

type Unread = Vec<(String, String)>;

/// Lines that are parsed together, on all processors.
const BATCH: usize = 2048;
/// The size above which a batch is not filled further.
const BATCH_BYTES: usize = 32 * 1024 * 1024;

/// Reads all recordings at these paths, batch after batch.
pub(super) fn read(
    paths: &[PathBuf],
    passed_over: &mut PassedOver,
    unread: &mut Unread,
    take: &mut dyn FnMut(&[Trial]),
) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        below(path, &mut files).with_context(|| path.display().to_string())?;
    }
    for path in files {
        let name = path.display().to_string();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("jsonl" | "ndjson" | "log")) {
            if let Err(why) = lines(&path, passed_over, take) {
                unread.push((name, why));
            }
            continue;
        }
        match documents::read(&path) {
            Ok(all) => {
                for one in all {
                    let mut found = Found::default();
                    match found.take(&one) {
                        Ok(()) => take(&found.trials),
                        Err(why) => unread.push((name.clone(), why)),
                    }
                    passed_over.join(&found);
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

/// Reads line by line: a recording may be larger than the memory. The error tells the first line that could not be read, and how
/// many more there are.
fn lines(
    path: &Path,
    passed_over: &mut PassedOver,
    take: &mut dyn FnMut(&[Trial]),
) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut reader = BufReader::new(file);
    let mut wrong = Wrong::default();
    let (mut number, mut bytes) = (0_u64, 0);
    let mut batch: Vec<(u64, Vec<u8>)> = Vec::new();
    loop {
        number += 1;
        let mut line = Vec::new();
        let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let is_end = match read {
            Ok(0) => true,
            Err(error) => {
                wrong.add(number, &error.to_string());
                true
            }
            Ok(_) if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST => {
                pass_over_line(&mut reader);
                wrong.add(number, "it is longer than 16 MiB");
                false
            }
            Ok(_) => {
                if !line.iter().all(u8::is_ascii_whitespace) {
                    bytes += line.len();
                    batch.push((number, line));
                }
                false
            }
        };
        if is_end || batch.len() == BATCH || bytes > BATCH_BYTES {
            for found in parse(&batch) {
                take(&found.trials);
                passed_over.join(&found);
                for (number, why) in &found.wrong {
                    wrong.add(*number, why);
                }
            }
            batch.clear();
            bytes = 0;
        }
        if is_end {
            return wrong.told();
        }
    }
}

fn pass_over_line(reader: &mut BufReader<File>) {
    let mut rest = Vec::new();
    loop {
        rest.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut rest) {
            Ok(1..) if rest.last() != Some(&b'\n') => {}
            _ => return,
        }
    }
}

/// Lines that could not be read.
#[derive(Default)]
struct Wrong {
    count: u64,
    first: String,
}

impl Wrong {
    fn add(&mut self, number: u64, why: &str) {
        self.count += 1;
        if self.first.is_empty() {
            self.first = format!("line {number}: {why}");
        }
    }

    fn told(self) -> Result<(), String> {
        match self.count {
            0 => Ok(()),
            1 => Err(self.first),
            count => Err(format!("{} (and {} more lines)", self.first, count - 1)),
        }
    }
}

/// What some lines hold.
#[derive(Default)]
struct Found {
    trials: Vec<Trial>,
    passed_over: Vec<NotRebuilt>,
    wrong: Vec<(u64, String)>,
}

/// Parses lines on all processors, and keeps their order.
fn parse(lines: &[(u64, Vec<u8>)]) -> Vec<Found> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = lines.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = lines
            .chunks(part)
            .map(|lines| scope.spawn(move || Found::of(lines)))
            .collect();
        running
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

impl Found {
    fn of(lines: &[(u64, Vec<u8>)]) -> Self {
        let mut found = Self::default();
        for (number, line) in lines {
            let read = serde_json::from_slice(line).map_err(|error| error.to_string());
            if let Err(why) = read.and_then(|value| found.take(&value)) {
                found.wrong.push((*number, why));
            }
        }
        found
    }

    fn take(&mut self, value: &Value) -> Result<(), String> {
        match value.get("kind").and_then(Value::as_str) {
            Some("AdmissionReview") => {
                let trial = Trial::recorded(value, None).map_err(|error| error.to_string())?;
                self.trials.push(trial);
            }
            Some("Event" | "EventList") => {
                let items = value.get("items").and_then(Value::as_array);
                for event in items.map_or(std::slice::from_ref(value), Vec::as_slice) {
                    match of_event(event) {
                        Ok(trial) => self.trials.push(trial),
                        Err(why) => self.passed_over.push(why),
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
}
