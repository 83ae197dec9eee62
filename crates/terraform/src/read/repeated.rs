use hcl_edit::parser::{Error, parse_body};
use hcl_edit::structure::Body;

/// Bytes that may be parsed again for keys that stand twice.
const MOST_WORK: usize = 64 << 20;

/// Parses a body. Of two equal keys in an object the last counts to HCL (hclsyntax `ObjectConsExpr`), where hcl-edit
/// refuses the text; so the later key is parsed under another name of the same length, and its true name is then taken
/// from the text itself.
pub(super) fn parse(text: &str) -> Result<Body, Error> {
    let mut patched: Option<String> = None;
    let mut work = 0_usize;
    let mut attempt = 0_usize;
    loop {
        let error = match parse_body(patched.as_deref().unwrap_or(text)) {
            Ok(body) => return Ok(body),
            Err(error) => error,
        };
        work = work.saturating_add(text.len()).saturating_add(1 << 10);
        attempt += 1;
        let is_repeated = error.message().contains("redefined object key");
        let renamed = renamed(
            patched.as_deref().unwrap_or(text),
            error.location().offset(),
            attempt,
        );
        match renamed {
            Some(renamed) if is_repeated && work < MOST_WORK => patched = Some(renamed),
            _ => return Err(error),
        }
    }
}

/// The text with the key at this place under the name of this number.
fn renamed(text: &str, at: usize, number: usize) -> Option<String> {
    let rest = text.get(at..)?;
    let quote = usize::from(rest.starts_with('"'));
    let is_name = |found: &char| {
        found.is_alphanumeric() || matches!(found, '_' | '-' | '.' | '/' | ':' | ' ')
    };
    let name = rest.get(quote..)?;
    let length = match quote {
        0 => name
            .chars()
            .take_while(|found| found.is_alphanumeric() || matches!(found, '_' | '-'))
            .map(char::len_utf8)
            .sum(),
        _ => name
            .chars()
            .take_while(is_name)
            .map(char::len_utf8)
            .sum::<usize>(),
    };
    if length == 0 {
        return None;
    }
    let mut number = number;
    let mut alias = String::new();
    for _ in 0..length {
        alias.push(char::from(b'a' + u8::try_from(number % 26).ok()?));
        number /= 26;
    }
    let start = at + quote;
    Some(format!(
        "{}{alias}{}",
        text.get(..start)?,
        text.get(start + length..)?
    ))
}
