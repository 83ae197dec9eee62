use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The singular form for exactly one.
pub(super) fn plural(one: &'static str, many: &'static str, count: usize) -> &'static str {
    if count == 1 { one } else { many }
}

/// `"a", "b"`, without escapes: names are quoted as they are.
pub(super) fn quoted<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| format!("\"{item}\""))
        .collect();
    items.join(", ")
}

/// `"a", "b"` in byte order without repetition.
pub(super) fn quoted_set(items: &BTreeSet<&str>) -> String {
    quoted(items.iter().copied())
}

/// `container "a"`, `containers "a", "b"`.
pub(super) fn containers(names: &[&str]) -> String {
    let noun = plural("container", "containers", names.len());
    format!("{noun} {}", quoted(names.iter().copied()))
}

/// `pod`, `container "a"`, `pod and container "a"`; `None` when nobody set anything.
pub(super) fn setters(pod: bool, names: &[&str]) -> Option<String> {
    match (pod, names.is_empty()) {
        (false, true) => None,
        (true, true) => Some("pod".to_owned()),
        (false, false) => Some(containers(names)),
        (true, false) => Some(format!("pod and {}", containers(names))),
    }
}

/// `key="value"` with the value quoted as Go's `%q` does.
pub(super) fn annotation(key: &str, value: &str) -> String {
    let mut out = format!("{key}=\"");
    for c in value.chars() {
        push_quoted(&mut out, c);
    }
    out.push('"');
    out
}

/// One character inside of Go's double quotes (`strconv.Quote`).
fn push_quoted(out: &mut String, c: char) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => "",
    };
    let code = u32::from(c);
    // Writing into a string cannot fail.
    let _ = if !short.is_empty() {
        out.write_str(short)
    } else if c.is_ascii_control() {
        write!(out, "\\x{code:02x}")
    } else if c.is_ascii() || c.escape_debug().len() == 1 {
        out.write_char(c)
    } else if code < 0x1_0000 {
        write!(out, "\\u{code:04x}")
    } else {
        write!(out, "\\U{code:08x}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_quoted_as_go_does() {
        assert_eq!(
            annotation("k", "a\"b\\\n\u{1}関\u{200b}"),
            "k=\"a\\\"b\\\\\\n\\x01関\\u200b\""
        );
    }

    #[test]
    fn one_and_many() {
        assert_eq!(
            setters(true, &["a", "b"]).unwrap(),
            "pod and containers \"a\", \"b\""
        );
        assert_eq!(setters(false, &[]), None);
    }
}
