//! The named formats of `format.named(…)`, with the complaints of the API server.
//!
//! k8s.io/apiserver `pkg/cel/library/format.go`; the texts are those of k8s.io/apimachinery `pkg/util/validation`.

use crate::time::Moment;
use crate::url::Url;

/// The names of all formats, each with the length of its pattern as far as cost is concerned.
pub(crate) const FORMATS: [(&str, u64); 13] = [
    ("dns1123Label", 30),
    ("dns1123Subdomain", 60),
    ("dns1035Label", 30),
    ("qualifiedName", 60),
    ("dns1123LabelPrefix", 30),
    ("dns1123SubdomainPrefix", 60),
    ("dns1035LabelPrefix", 30),
    ("labelValue", 40),
    ("uri", 1103),
    ("uuid", 71),
    ("byte", 84),
    ("date", 71),
    ("datetime", 71),
];

/// What is wrong with a text; nothing when it has the format.
pub(crate) fn complaints(format: &str, text: &str) -> Vec<String> {
    match format {
        "dns1123Label" => label(text),
        "dns1123LabelPrefix" => label(&mask(text)),
        "dns1123Subdomain" => subdomain(text),
        "dns1123SubdomainPrefix" => subdomain(&mask(text)),
        "dns1035Label" => old_label(text),
        "dns1035LabelPrefix" => old_label(&mask(text)),
        "qualifiedName" => qualified(text),
        "labelValue" => label_value(text),
        "uri" => Url::parse(text).err().into_iter().collect(),
        "uuid" => one(is_uuid(text), "does not match the UUID format"),
        "byte" => one(is_base64(text), "invalid base64"),
        "date" => one(is_date(text), "invalid date"),
        _ => one(is_datetime(text), "invalid datetime"),
    }
}

fn one(holds: bool, complaint: &str) -> Vec<String> {
    if holds {
        Vec::new()
    } else {
        vec![complaint.to_owned()]
    }
}

/// A prefix may end with a dash; something will follow.
fn mask(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(before) if text.len() > 1 => {
            let kept = before.char_indices().next_back().map_or(0, |(at, _)| at);
            format!("{}a", before.get(..kept).unwrap_or_default())
        }
        _ => text.to_owned(),
    }
}

fn is_low(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|byte| is_low(*byte))
        && bytes.last().is_some_and(|byte| is_low(*byte))
        && bytes.iter().all(|byte| is_low(*byte) || *byte == b'-')
}

fn too_long(text: &str, most: usize) -> Option<String> {
    (text.len() > most).then(|| format!("must be no more than {most} characters"))
}

fn form(message: &str, pattern: &str, examples: &str) -> String {
    format!("{message} (e.g. {examples}, regex used for validation is '{pattern}')")
}

fn label(text: &str) -> Vec<String> {
    let mut all: Vec<String> = too_long(text, 63).into_iter().collect();
    if !is_label(text) && text.split('.').all(is_label) {
        all.push("must not contain dots".to_owned());
    } else if !is_label(text) {
        let message = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
        all.push(form(
            message,
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
            "'my-name',  or '123-abc'",
        ));
    }
    all
}

fn subdomain(text: &str) -> Vec<String> {
    let mut all: Vec<String> = too_long(text, 253).into_iter().collect();
    if !text.split('.').all(is_label) {
        let message = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
        all.push(form(
            message,
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            "'example.com'",
        ));
    }
    all
}

fn old_label(text: &str) -> Vec<String> {
    let mut all: Vec<String> = too_long(text, 63).into_iter().collect();
    if !(is_label(text) && text.starts_with(|letter: char| letter.is_ascii_lowercase())) {
        let message = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
        all.push(form(
            message,
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            "'my-name',  or 'abc-123'",
        ));
    }
    all
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_EXAMPLES: &str = "'MyName',  or 'my.name',  or '123-abc'";
const NAME_PATTERN: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

fn qualified(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let mut all = Vec::new();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                all.push("prefix part must be non-empty".to_owned());
            } else {
                all.extend(
                    subdomain(prefix)
                        .into_iter()
                        .map(|complaint| format!("prefix part {complaint}")),
                );
            }
            name
        }
        _ => {
            let message = form(
                &format!("a valid label key {NAME}"),
                NAME_PATTERN,
                NAME_EXAMPLES,
            );
            return vec![format!(
                "{message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        all.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        all.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_name(name) {
        all.push(format!(
            "name part {}",
            form(NAME, NAME_PATTERN, NAME_EXAMPLES)
        ));
    }
    all
}

fn label_value(text: &str) -> Vec<String> {
    let mut all = one(text.len() <= 63, "must be no more than 63 bytes");
    if !text.is_empty() && !is_name(text) {
        let message = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
        all.push(form(
            message,
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            "'MyValue',  or 'my_value',  or '12345'",
        ));
    }
    all
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4, 12; dashes may be left out.
fn is_uuid(text: &str) -> bool {
    let mut rest = text;
    for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((group, after)) = rest.split_at_checked(length) else {
            return false;
        };
        if !group.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

fn is_base64(text: &str) -> bool {
    let padded = text.trim_end_matches('=');
    let padding = text.len() - padded.len();
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && padded
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && Moment::parse(&format!("{text}T00:00:00Z")).is_some()
}

fn is_datetime(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let (date, time) = upper.split_once('T').unwrap_or((&upper, ""));
    Moment::parse(&format!("{date}T{time}")).is_some()
}
