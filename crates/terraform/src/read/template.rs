use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};
use unicode_segmentation::UnicodeSegmentation;

use super::Source;
use super::expression::lower;
use crate::syntax::{ForPart, Part};
use crate::value::Value;

/// What a template is made of before it becomes a tree: HCL trims and unindents these, so their borders matter
/// (hclsyntax `parseTemplateParts` and `flushHeredocTemplateParts`; literals are cut as in `scan_tokens.rl`).
enum Token<'t> {
    Text(String),
    Value(&'t hcl_edit::template::Interpolation),
    If(&'t hcl_edit::expr::Expression),
    Else,
    EndIf,
    For(&'t hcl_edit::template::ForTemplateExpr),
    EndFor,
}

/// The parts of a quoted or bare template.
pub(super) fn parts(template: &Template, source: Source<'_>, quoted: bool) -> Vec<Part> {
    tree(tokens(template, source, quoted), source)
}

/// The parts of a heredoc.
pub(super) fn heredoc(found: &HeredocTemplate, source: Source<'_>) -> Vec<Part> {
    let mut tokens = tokens(&found.template, source, false);
    let begins = found
        .span()
        .and_then(|range| source.text.get(range))
        .unwrap_or_default();
    if begins.starts_with("<<-") {
        unindent(&mut tokens);
    }
    tree(tokens, source)
}

#[derive(Default)]
struct Cutter<'t> {
    tokens: Vec<Token<'t>>,
    trim_next: bool,
}

fn tokens<'t>(template: &'t Template, source: Source<'_>, quoted: bool) -> Vec<Token<'t>> {
    let mut cutter = Cutter::default();
    cutter.template(template, source, quoted);
    cutter.tokens
}

impl<'t> Cutter<'t> {
    fn template(&mut self, template: &'t Template, source: Source<'_>, quoted: bool) {
        for element in template {
            match element {
                Element::Literal(text) => {
                    let written = text.span().and_then(|range| source.text.get(range));
                    for token in literals(written.unwrap_or(text.value()), text.value(), quoted) {
                        let trim = std::mem::take(&mut self.trim_next);
                        self.tokens.push(Token::Text(if trim {
                            token.trim_start().to_owned()
                        } else {
                            token
                        }));
                    }
                }
                Element::Interpolation(found) => self.control(Token::Value(found), found.strip),
                Element::Directive(found) => match found.as_ref() {
                    Directive::If(found) => {
                        self.control(Token::If(&found.if_expr.cond_expr), found.if_expr.strip);
                        self.template(&found.if_expr.template, source, quoted);
                        if let Some(other) = &found.else_expr {
                            self.control(Token::Else, other.strip);
                            self.template(&other.template, source, quoted);
                        }
                        self.control(Token::EndIf, found.endif_expr.strip);
                    }
                    Directive::For(found) => {
                        self.control(Token::For(&found.for_expr), found.for_expr.strip);
                        self.template(&found.for_expr.template, source, quoted);
                        self.control(Token::EndFor, found.endfor_expr.strip);
                    }
                },
            }
        }
    }

    fn control(&mut self, token: Token<'t>, strip: Strip) {
        self.trim_next = matches!(strip, Strip::End | Strip::Both);
        if matches!(strip, Strip::Start | Strip::Both)
            && let Some(Token::Text(text)) = self.tokens.last_mut()
        {
            text.truncate(text.trim_end().len());
        }
        self.tokens.push(token);
    }
}

/// Cuts literal text where HCL's scanner does: after each line end, and around each `$` and `%`.
fn literals(written: &str, read: &str, quoted: bool) -> Vec<String> {
    if quoted {
        // Escapes were read already; without `$` and `%` there is nothing to cut, a line end in quotes is an escape.
        return if read.contains(['$', '%']) {
            cut(read, false, false)
        } else {
            vec![read.to_owned()]
        };
    }
    cut(written, true, true)
}

fn cut(text: &str, lines: bool, escapes: bool) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut open = String::new();
    let mut rest = text.chars().peekable();
    while let Some(found) = rest.next() {
        match found {
            '$' | '%' => {
                if !open.is_empty() {
                    tokens.push(std::mem::take(&mut open));
                }
                // `$${` stands for `${`: the second sign is taken away.
                let mut token = String::from(found);
                if escapes && rest.peek() == Some(&found) {
                    let mut ahead = rest.clone();
                    ahead.next();
                    if ahead.next() == Some('{') {
                        rest.next();
                        rest.next();
                        token.push('{');
                    }
                }
                tokens.push(token);
            }
            '\n' if lines => {
                open.push(found);
                tokens.push(std::mem::take(&mut open));
            }
            _ => open.push(found),
        }
    }
    if !open.is_empty() {
        tokens.push(open);
    }
    tokens
}

/// Takes the smallest indentation away from each line (`<<-`). A line that begins with a sequence counts as not indented.
fn unindent(tokens: &mut [Token<'_>]) {
    let mut smallest = usize::MAX;
    let mut adjusted = Vec::new();
    let mut line_begins = true;
    for (at, token) in tokens.iter().enumerate() {
        let text = if let Token::Text(text) = token {
            Some(text.as_str())
        } else {
            None
        };
        if std::mem::take(&mut line_begins) {
            let spaces = match text {
                Some(text) if text.trim_start().is_empty() && text.ends_with('\n') => usize::MAX,
                Some(text) => {
                    adjusted.push(at);
                    let indent = text.len() - text.trim_start().len();
                    text.get(..indent)
                        .unwrap_or_default()
                        .graphemes(true)
                        .count()
                }
                None => 0,
            };
            smallest = smallest.min(spaces);
        }
        line_begins = text.is_some_and(|text| text.ends_with('\n'));
    }
    if smallest == usize::MAX {
        return;
    }
    for at in adjusted {
        if let Some(Token::Text(text)) = tokens.get_mut(at) {
            let cut: usize = text.graphemes(true).take(smallest).map(str::len).sum();
            text.drain(..cut);
        }
    }
}

/// What is open while the tree is built.
enum Open<'t> {
    If {
        condition: &'t hcl_edit::expr::Expression,
        then: Option<Vec<Part>>,
    },
    For(&'t hcl_edit::template::ForTemplateExpr),
}

fn tree(tokens: Vec<Token<'_>>, source: Source<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<(Open<'_>, Vec<Part>)> = Vec::new();
    for token in tokens {
        match token {
            Token::Text(text) => push_text(&mut parts, &text),
            Token::Value(found) => parts.push(Part::Value(lower(&found.expr, source))),
            Token::If(condition) => open.push((
                Open::If {
                    condition,
                    then: None,
                },
                std::mem::take(&mut parts),
            )),
            Token::Else => {
                if let Some((Open::If { then, .. }, _)) = open.last_mut() {
                    *then = Some(std::mem::take(&mut parts));
                }
            }
            Token::For(found) => open.push((Open::For(found), std::mem::take(&mut parts))),
            Token::EndIf | Token::EndFor => {
                let Some((closed, outer)) = open.pop() else {
                    continue;
                };
                let inner = std::mem::replace(&mut parts, outer);
                parts.push(match closed {
                    Open::If { condition, then } => {
                        let (then, other) =
                            then.map_or((inner.clone(), Vec::new()), |then| (then, inner));
                        Part::If(Box::new(lower(condition, source)), then, other)
                    }
                    Open::For(found) => Part::For(Box::new(ForPart {
                        key_name: found.key_var.as_ref().map(|name| Arc::from(name.as_str())),
                        value_name: Arc::from(found.value_var.as_str()),
                        collection: lower(&found.collection_expr, source),
                        body: inner,
                    })),
                });
            }
        }
    }
    parts
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() && !parts.is_empty() {
        return;
    }
    if let Some(Part::Text(before)) = parts.last_mut() {
        *before = Arc::from(format!("{before}{text}"));
    } else {
        parts.push(Part::Text(Arc::from(
            Value::string(text).as_str().unwrap_or(text),
        )));
    }
}
