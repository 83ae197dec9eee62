use std::sync::Arc;

use data_encoding::BASE64;
use sekisho_text::Span;

use super::hashes::hash;
use super::urls::clean;
use crate::convert::to_text;
use crate::evaluate::{Outcome, Scope};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;

/// The functions that look at files, against the given texts. `None` for any other name.
pub(super) fn call(
    scope: &Scope<'_>,
    name: &str,
    arguments: &[Value],
    span: Span,
) -> Option<Outcome> {
    let wanted = match name {
        "file" | "filebase64" | "filemd5" | "filesha1" | "filesha256" | "filesha512"
        | "filebase64sha256" | "filebase64sha512" | "fileexists" | "pathexpand" | "abspath" => 1,
        "fileset" => 2,
        _ => return None,
    };
    if arguments.len() != wanted {
        return Some(Err(
            scope.fault(span, format!("{name}: {wanted} arguments are needed"))
        ));
    }
    let hidden = arguments.iter().any(Value::is_sensitive_inside);
    let causes: Vec<Cause> = arguments.iter().flat_map(Value::causes).collect();
    if !causes.is_empty() {
        return Some(Ok(Value::unknown_for(Type::Dynamic, causes).hidden(hidden)));
    }
    let texts: Result<Vec<Arc<str>>, String> = arguments.iter().map(to_text).collect();
    let outcome = texts.and_then(|texts| {
        let first = texts.first().map_or("", AsRef::as_ref);
        run(scope, name, first, texts.get(1).map_or("", AsRef::as_ref))
    });
    Some(
        outcome
            .map(|value| value.hidden(hidden))
            .map_err(|message| scope.fault(span, format!("{name}: {message}"))),
    )
}

fn run(scope: &Scope<'_>, name: &str, first: &str, second: &str) -> Result<Value, String> {
    let machine = || Value::unknown(Type::String, Cause::Function(name.into()));
    match name {
        "abspath" => Ok(if first.starts_with('/') {
            Value::string(&clean(first))
        } else {
            machine()
        }),
        "pathexpand" => Ok(if first.starts_with('~') {
            machine()
        } else {
            Value::string(first)
        }),
        "fileexists" => Ok(match read(scope, first) {
            Ok(_) => Value::from(true),
            Err(_) if scope.surroundings.has_all_files() => Value::from(false),
            Err(cause) => Value::unknown(Type::Bool, cause),
        }),
        "fileset" => Ok(fileset(scope, first, second)),
        _ => match read(scope, first) {
            Ok(text) => match name {
                "file" => Ok(Value::string(&text)),
                "filebase64" => Ok(Value::string(&BASE64.encode(text.as_bytes()))),
                _ => hash(name.trim_start_matches("file"), &text),
            },
            Err(_) if scope.surroundings.has_all_files() => {
                Err(format!("there is no file {first:?}"))
            }
            Err(cause) => Ok(Value::unknown(Type::String, cause)),
        },
    }
}

/// The text of a file; paths are relative to the root module.
pub(super) fn read(scope: &Scope<'_>, path: &str) -> Result<Arc<str>, Cause> {
    let path = clean(path);
    scope
        .surroundings
        .file(&path)
        .ok_or_else(|| Cause::File(path.into()))
}

fn fileset(scope: &Scope<'_>, folder: &str, pattern: &str) -> Value {
    if !scope.surroundings.has_all_files() {
        return Value::unknown(Type::set(Type::String), Cause::File(clean(folder).into()));
    }
    let folder = clean(folder);
    let prefix = if folder == "." {
        String::new()
    } else {
        format!("{folder}/")
    };
    let paths = scope.surroundings.paths();
    let inside = paths
        .iter()
        .filter_map(|path| path.strip_prefix(prefix.as_str()));
    let found = inside.filter(|path| scope.budget.spend(path.len()) && glob(pattern, path));
    Value::set(Type::String, found.map(Value::string).collect())
}

/// `*` and `?` within one name, `**` across folders, `{a,b}` and `[a-z]`.
fn glob(pattern: &str, path: &str) -> bool {
    let mut regular = String::from("^");
    let mut rest = pattern.chars().peekable();
    let mut depth = 0;
    while let Some(found) = rest.next() {
        match found {
            '*' if rest.next_if_eq(&'*').is_some() => {
                rest.next_if_eq(&'/');
                regular.push_str("(?:.*/)?");
                if rest.peek().is_none() {
                    regular.push_str("[^/]*");
                }
            }
            '*' => regular.push_str("[^/]*"),
            '?' => regular.push_str("[^/]"),
            '{' => {
                depth += 1;
                regular.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                regular.push(')');
            }
            ',' if depth > 0 => regular.push('|'),
            '[' | ']' | '-' | '^' => regular.push(found),
            '\\' => regular.extend(
                rest.next()
                    .map(|next| regex::escape(next.encode_utf8(&mut [0; 4]))),
            ),
            other => regular.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regular.push('$');
    super::regular::compile(&regular).is_ok_and(|pattern| pattern.is_match(path))
}
