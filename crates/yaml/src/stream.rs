use std::sync::Arc;

use sekisho_text::Span;

use crate::compose::compose;
use crate::document::Document;
use crate::error::Error;
use crate::json_text::read_value;
use crate::limits::Limits;

/// Everything one text holds. A faulty document does not hide the ones after it.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// The readable documents, empty ones included.
    pub documents: Vec<Document>,
    /// What could not be read, in the order of the text. Unless this is empty, something in the text was not seen.
    pub errors: Vec<Error>,
}

/// Reads a text as `kubectl apply -f` does (apimachinery's `YAMLOrJSONDecoder`): strict JSON when it begins with `{`,
/// otherwise YAML, cut at lines that begin with `---` before any YAML is looked at.
pub fn parse(text: &str, limits: &Limits) -> Stream {
    parse_shared(&Arc::from(text), limits)
}

/// As [`parse`], without copying the text.
pub fn parse_shared(text: &Arc<str>, limits: &Limits) -> Stream {
    let mut stream = Stream::default();
    if text.len() > limits.bytes as usize {
        let message = format!("the text is longer than {} bytes", limits.bytes);
        stream.errors.push(Error::at(0, message));
        return stream;
    }
    let mut start = 0;
    if begins_like_json(text) {
        start = read_json(text, limits, &mut stream);
    }
    for piece in pieces(text, start) {
        match piece {
            Piece::Document(span) => read_yaml(text, span, limits, &mut stream),
            Piece::BadSeparator(span) => stream.errors.push(Error::new(
                span,
                "only a comment may follow `---` on its line",
            )),
        }
    }
    stream
}

/// How much of a text kubectl looks at to tell JSON from YAML.
const PEEKED: usize = 4096;

fn begins_like_json(text: &str) -> bool {
    let mut peeked = text.len().min(PEEKED);
    while !text.is_char_boundary(peeked) {
        peeked -= 1;
    }
    let start = text.get(..peeked).unwrap_or_default();
    start.trim_start().starts_with('{')
}

/// Reads JSON values one after the other; where YAML begins, at the next line `---` or at the end.
fn read_json(text: &Arc<str>, limits: &Limits, stream: &mut Stream) -> usize {
    let mut offset = 0;
    loop {
        // Newer kubectl goes on with YAML when a separator follows a JSON document; 1.32 refuses the rest.
        let rest = text.get(offset..).unwrap_or_default();
        let after_space = rest.trim_start();
        let next = text.len() - after_space.len();
        let begins_line = text
            .get(..next)
            .is_some_and(|before| before.ends_with('\n'));
        if !stream.documents.is_empty() && begins_line && after_space.starts_with("---") {
            return next;
        }
        match read_value(text, offset, limits) {
            Ok(Some((document, end))) => {
                stream.documents.push(document);
                offset = end;
            }
            Ok(None) => return text.len(),
            Err(error) => {
                let before = text.get(..error.span.range().start).unwrap_or_default();
                let line = before.rfind('\n').map_or(0, |line_end| line_end + 1);
                stream.errors.push(error);
                return separator(text, line).unwrap_or(text.len());
            }
        }
    }
}

/// Where the line begins, at this offset or after it, that starts with `---`.
fn separator(text: &str, from: usize) -> Option<usize> {
    let (before, rest) = text.split_at_checked(from)?;
    if before.ends_with('\n') && rest.starts_with("---") {
        return Some(from);
    }
    rest.find("\n---").map(|line_end| from + line_end + 1)
}

fn read_yaml(text: &Arc<str>, span: Span, limits: &Limits, stream: &mut Stream) {
    if let Some(error) = forbidden_character(text, span) {
        stream.errors.push(error);
        return;
    }
    match compose(text, span, limits) {
        Ok(composed) => {
            stream.documents.push(composed.document);
            stream.errors.extend(composed.leftover);
        }
        Err(error) => stream.errors.push(error),
    }
}

enum Piece {
    Document(Span),
    BadSeparator(Span),
}

/// Cuts a text at its separators. The first line of a piece may be a separator itself, it then stays.
fn pieces(text: &str, from: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = from;
    let mut offset = from;
    let rest = text.get(from..).unwrap_or_default();
    for line in rest.split_inclusive('\n') {
        let end = offset + line.len();
        if let Some(after) = line.strip_prefix("---") {
            let after = after.trim();
            let is_bad = !after.is_empty() && !after.starts_with('#');
            if start < offset || is_bad {
                if start < offset {
                    pieces.push(Piece::Document(Span::new(start, offset)));
                }
                start = end;
            }
            if is_bad {
                pieces.push(Piece::BadSeparator(Span::new(offset, end)));
            }
        }
        offset = end;
    }
    if start < offset {
        pieces.push(Piece::Document(Span::new(start, offset)));
    }
    pieces
}

/// The first character the YAML reader refuses: control characters, and a byte order mark that is not at the start,
/// after which it may drop characters depending on how its buffer is filled.
fn forbidden_character(text: &str, span: Span) -> Option<Error> {
    let part = span.slice(text)?;
    let bytes = part.as_bytes();
    let mut offset = 0;
    loop {
        let rest = bytes.get(offset..)?;
        offset += rest.iter().position(|byte| is_suspect(*byte))?;
        let character = part.get(offset..)?.chars().next()?;
        let is_refused = match character {
            '\t' | '\n' | '\r' | '\u{85}' | ' '..='~' => false,
            '\u{FEFF}' => offset > 0,
            '\u{FFFE}' | '\u{FFFF}' => true,
            _ => character.is_control(),
        };
        if is_refused {
            let start = span.range().start + offset;
            let message = if character == '\u{FEFF}' {
                "a byte order mark may stand only at the start of a document".to_owned()
            } else {
                format!(
                    "the character {} is not allowed in YAML",
                    character.escape_unicode()
                )
            };
            return Some(Error::new(
                Span::new(start, start + character.len_utf8()),
                message,
            ));
        }
        offset += character.len_utf8();
    }
}

/// May begin a refused character.
fn is_suspect(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B | 0x0C | 0x0E..=0x1F | 0x7F | 0xC2 | 0xEF)
}
