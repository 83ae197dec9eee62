use unicode_segmentation::UnicodeSegmentation;

use super::{Function, Given, Param};
use crate::convert::{convert, to_text};
use crate::types::Type;
use crate::value::{Content, Value};

const S: Param = Param::Text;
const N: Param = Param::Number;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "chomp",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(given.text(0).trim_end_matches(['\n', '\r'])),
    },
    Function {
        name: "endswith",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Bool,
        run: |given| Ok(given.text(0).ends_with(given.text(1)).into()),
    },
    Function {
        name: "startswith",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Bool,
        run: |given| Ok(given.text(0).starts_with(given.text(1)).into()),
    },
    Function {
        name: "strcontains",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Bool,
        run: |given| Ok(given.text(0).contains(given.text(1)).into()),
    },
    Function {
        name: "indent",
        params: &[N, S],
        required: 2,
        more: None,
        gives: S,
        run: indent,
    },
    Function {
        name: "join",
        params: &[S],
        required: 1,
        more: Some(Param::Texts),
        gives: S,
        run: join,
    },
    Function {
        name: "lower",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(&given.text(0).chars().map(lower).collect::<String>()),
    },
    Function {
        name: "upper",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(&given.text(0).chars().map(upper).collect::<String>()),
    },
    Function {
        name: "title",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: title,
    },
    Function {
        name: "split",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Texts,
        run: split,
    },
    Function {
        name: "strrev",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(&given.text(0).graphemes(true).rev().collect::<String>()),
    },
    Function {
        name: "substr",
        params: &[S, N, N],
        required: 3,
        more: None,
        gives: S,
        run: substr,
    },
    Function {
        name: "trim",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: |given| {
            text(
                given
                    .text(0)
                    .trim_matches(|found| given.text(1).contains(found)),
            )
        },
    },
    Function {
        name: "trimprefix",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: |given| {
            text(
                given
                    .text(0)
                    .strip_prefix(given.text(1))
                    .unwrap_or(given.text(0)),
            )
        },
    },
    Function {
        name: "trimsuffix",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: |given| {
            text(
                given
                    .text(0)
                    .strip_suffix(given.text(1))
                    .unwrap_or(given.text(0)),
            )
        },
    },
    Function {
        name: "trimspace",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(given.text(0).trim()),
    },
    Function {
        name: "tostring",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: S,
        run: |given| to(given, &Type::String),
    },
    Function {
        name: "tonumber",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: N,
        run: |given| to(given, &Type::Number),
    },
    Function {
        name: "tobool",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::Bool,
        run: |given| to(given, &Type::Bool),
    },
    Function {
        name: "tolist",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::List,
        run: |given| to(given, &Type::list(Type::Dynamic)),
    },
    Function {
        name: "toset",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::Set,
        run: |given| to(given, &Type::set(Type::Dynamic)),
    },
    Function {
        name: "tomap",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::All,
        run: |given| to(given, &Type::map(Type::Dynamic)),
    },
];

pub(super) fn text(text: &str) -> Result<Value, String> {
    Ok(Value::string(text))
}

fn to(given: &Given<'_>, wanted: &Type) -> Result<Value, String> {
    convert(given.value(0)?, wanted)
}

/// One character for one, as Go maps them: `ß` has no single capital and stays.
fn upper(found: char) -> char {
    single(found.to_uppercase(), found)
}

fn lower(found: char) -> char {
    if found == '\u{130}' {
        'i'
    } else {
        single(found.to_lowercase(), found)
    }
}

fn single(mut mapped: impl ExactSizeIterator<Item = char>, found: char) -> char {
    if mapped.len() == 1 {
        mapped.next().unwrap_or(found)
    } else {
        found
    }
}

fn indent(given: &Given<'_>) -> Result<Value, String> {
    let spaces = usize::try_from(given.whole(0)?)
        .map_err(|_| "the number of spaces must not be negative")?;
    let lines = given.text(1).matches('\n').count();
    given.check(
        given
            .text(1)
            .len()
            .saturating_add(lines.saturating_mul(spaces)),
    )?;
    text(&given.text(1).replace(
        '\n',
        &format!("\n{}", " ".repeat(if lines == 0 { 0 } else { spaces })),
    ))
}

fn join(given: &Given<'_>) -> Result<Value, String> {
    let lists = given.values.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return Err("at least one list is needed".to_owned());
    }
    let mut parts = Vec::new();
    for item in lists.iter().filter_map(Value::items).flatten() {
        if item.as_unknown().is_some() {
            let causes = lists.iter().flat_map(Value::causes).collect();
            return Ok(Value::unknown_for(Type::String, causes));
        }
        parts.push(to_text(item).map_err(|_| "null cannot be joined")?);
    }
    let size: usize = parts
        .iter()
        .map(|part| part.len() + given.text(0).len())
        .sum();
    given.check(size)?;
    text(&parts.join(given.text(0)))
}

/// Capital letters where a word begins, in the way of Go's `strings.Title`.
fn title(given: &Given<'_>) -> Result<Value, String> {
    let mut begins = true;
    let mut titled = String::new();
    for found in given.text(0).chars() {
        titled.push(if begins { upper(found) } else { found });
        begins =
            !found.is_alphanumeric() && found != '_' && (found.is_ascii() || found.is_whitespace());
    }
    text(&titled)
}

fn split(given: &Given<'_>) -> Result<Value, String> {
    let (separator, whole) = (given.text(0), given.text(1));
    let parts: Vec<Value> = if separator.is_empty() {
        whole
            .chars()
            .map(|found| Value::string(found.encode_utf8(&mut [0; 4])))
            .collect()
    } else {
        whole.split(separator).map(Value::string).collect()
    };
    given.check(parts.len())?;
    Ok(Value::list(Type::String, parts))
}

/// Offsets count what a reader sees as one character; negative ones from the end, a negative length is up to the end.
fn substr(given: &Given<'_>) -> Result<Value, String> {
    let parts: Vec<&str> = given.text(0).graphemes(true).collect();
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let (offset, length) = (given.whole(1)?, given.whole(2)?);
    let start = if offset < 0 {
        offset.saturating_add(count)
    } else {
        offset
    };
    let start = usize::try_from(start).unwrap_or(0).min(parts.len());
    let end = usize::try_from(length).map_or(parts.len(), |length| {
        start.saturating_add(length).min(parts.len())
    });
    let cut = parts.get(start..end).unwrap_or_default().concat();
    Ok(Value::new(Content::String(cut.into())))
}
