use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::parser::parse_template;
use hcl_edit::structure::{Block as HclBlock, BlockLabel, Body as HclBody, Structure};
use sekisho_text::Span;

use super::expression::lower;
use super::pieces::pieces;
use super::repeated::parse;
use super::template::parts;
use super::{At, Source, syntax_problem};
use crate::problem::Problem;
use crate::syntax::{Attribute, Block, Body, Name, Part};

/// Bytes of one file that are read; a larger one is a problem.
const LARGEST: usize = 4 << 20;

/// Reads a file in native syntax. When it cannot be read as a whole, its top-level pieces are read one by one.
pub(crate) fn read_native(file: &Arc<str>, text: &str, problems: &mut Vec<Problem>) -> Body {
    let mut body = Body::default();
    if text.len() > LARGEST {
        problems.push(syntax_problem(
            file,
            Span::new(0, 0),
            "the file is longer than 4 MiB",
        ));
        return body;
    }
    // Terraform passes over a byte order mark (hclsyntax `stripUTF8BOM`); hcl-edit does not.
    let start = if text.starts_with('\u{FEFF}') {
        '\u{FEFF}'.len_utf8()
    } else {
        0
    };
    let text = text.get(start..).unwrap_or_default();
    let source = Source {
        text,
        at: At::Offset(start),
    };
    if let Ok(read) = parse(text) {
        take(file, source, &read, &mut body, problems);
        return body;
    }
    for range in pieces(text) {
        let piece = text.get(range.clone()).unwrap_or_default();
        let source = Source {
            text: piece,
            at: At::Offset(start + range.start),
        };
        match parse(piece) {
            Ok(read) => take(file, source, &read, &mut body, problems),
            Err(error) => {
                let mut at = error.location().offset().min(piece.len());
                while !piece.is_char_boundary(at) {
                    at -= 1;
                }
                let end = at
                    + piece
                        .get(at..)
                        .and_then(|rest| rest.chars().next())
                        .map_or(0, char::len_utf8);
                problems.push(syntax_problem(
                    file,
                    source.span(Some(at..end)),
                    format!("not HCL: {}", error.message()),
                ));
            }
        }
    }
    body
}

/// Reads a text as a template, as `templatefile` and JSON do.
pub(crate) fn read_template(source: Source<'_>) -> Result<Vec<Part>, String> {
    // The native parser wants the end of the text after a `$`; HCL takes a last `$` or `%` as it is.
    match parse_template(source.text) {
        Ok(template) => Ok(parts(&template, source, false)),
        Err(error) => Err(format!("not a template: {}", error.message())),
    }
}

fn take(
    file: &Arc<str>,
    source: Source<'_>,
    read: &HclBody,
    body: &mut Body,
    problems: &mut Vec<Problem>,
) {
    for structure in read {
        match structure {
            Structure::Attribute(found) => {
                let name = Name {
                    text: Arc::from(found.key.as_str()),
                    span: source.span(found.key.span()),
                };
                let expr = Arc::new(lower(&found.value, source));
                let attribute = Attribute {
                    name: name.clone(),
                    expr,
                    file: Arc::clone(file),
                };
                if body
                    .attributes
                    .insert(Arc::clone(&name.text), attribute)
                    .is_some()
                {
                    problems.push(syntax_problem(
                        file,
                        name.span,
                        format!("{} is set twice", name.text),
                    ));
                }
            }
            Structure::Block(found) => body.blocks.push(block(file, source, found, problems)),
        }
    }
}

fn block(
    file: &Arc<str>,
    source: Source<'_>,
    found: &HclBlock,
    problems: &mut Vec<Problem>,
) -> Block {
    let label = |label: &BlockLabel| Name {
        text: Arc::from(label.as_str()),
        span: source.span(label.span()),
    };
    let mut body = Body {
        attributes: BTreeMap::new(),
        blocks: Vec::new(),
    };
    take(file, source, &found.body, &mut body, problems);
    Block {
        kind: Name {
            text: Arc::from(found.ident.as_str()),
            span: source.span(found.ident.span()),
        },
        labels: found.labels.iter().map(label).collect(),
        body,
        span: source.span(found.span()),
        file: Arc::clone(file),
    }
}
