use super::strings::text;
use super::{Function, Given, Param};
use crate::value::Value;

const S: Param = Param::Text;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "urlencode",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: encode,
    },
    Function {
        name: "urldecode",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: decode,
    },
    Function {
        name: "basename",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: basename,
    },
    Function {
        name: "dirname",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: dirname,
    },
];

/// As Go's `url.QueryEscape`.
fn encode(given: &Given<'_>) -> Result<Value, String> {
    let mut encoded = String::new();
    for byte in given.text(0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    text(&encoded)
}

fn decode(given: &Given<'_>) -> Result<Value, String> {
    let mut bytes = Vec::new();
    let mut rest = given.text(0).bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit =
                    |found: Option<u8>| found.and_then(|found| char::from(found).to_digit(16));
                let value = digit(rest.next())
                    .zip(digit(rest.next()))
                    .map(|(high, low)| high * 16 + low);
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .ok_or("a % must be followed by two digits")?
            }
            other => other,
        });
    }
    text(&String::from_utf8_lossy(&bytes))
}

/// The last element of a path (Go `filepath.Base`).
fn basename(given: &Given<'_>) -> Result<Value, String> {
    let path = given.text(0);
    let trimmed = path.trim_end_matches('/');
    text(match (path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    })
}

/// All but the last element of a path, cleaned (Go `filepath.Dir`).
fn dirname(given: &Given<'_>) -> Result<Value, String> {
    let path = given.text(0);
    let folder = path
        .rfind('/')
        .and_then(|at| path.get(..=at))
        .unwrap_or_default();
    text(&clean(folder))
}

/// The shortest path that means the same (Go `path.Clean`).
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
