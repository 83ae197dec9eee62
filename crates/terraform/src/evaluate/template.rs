use std::sync::Arc;

use sekisho_text::Span;

use super::{Outcome, Scope, pairs};
use crate::convert::{convert, described};
use crate::syntax::{ForPart, Part};
use crate::types::Type;
use crate::unknown::{Cause, Piece, Unknown};
use crate::value::{Content, Value};

/// Text being put together.
#[derive(Default)]
struct Text {
    known: String,
    /// Bytes altogether.
    size: usize,
    pieces: Vec<Piece>,
    causes: Vec<Cause>,
    hidden: bool,
}

impl Text {
    fn push(&mut self, more: &str) {
        self.size += more.len();
        self.known.push_str(more);
    }

    fn unknown(&mut self, causes: Vec<Cause>) {
        self.close();
        for cause in &causes {
            if !self.causes.contains(cause) {
                self.causes.push(cause.clone());
            }
        }
        self.pieces.push(Piece::Unknown(causes));
    }

    fn close(&mut self) {
        if !self.known.is_empty() {
            self.pieces
                .push(Piece::Text(Arc::from(std::mem::take(&mut self.known))));
        }
    }

    fn finish(mut self) -> Value {
        if self.causes.is_empty() {
            return Value::string(&self.known).hidden(self.hidden);
        }
        self.close();
        let unknown = Unknown::of_pieces(self.pieces, self.causes);
        Value::new(Content::Unknown(Arc::new(unknown))).hidden(self.hidden)
    }
}

impl Scope<'_> {
    /// The text of a template (hclsyntax `TemplateExpr.Value`).
    pub(crate) fn template(&mut self, parts: &[Part], span: Span) -> Outcome {
        let mut text = Text::default();
        self.parts(parts, &mut text, span)?;
        Ok(text.finish())
    }

    fn parts(&mut self, parts: &[Part], text: &mut Text, span: Span) -> Result<(), super::Fault> {
        for part in parts {
            match part {
                Part::Text(found) => {
                    self.check_size(span, text.size + found.len())?;
                    self.spend(span, 1 + found.len() / 16)?;
                    text.push(found);
                }
                Part::Value(expr) => {
                    let value = self.evaluate(expr)?;
                    self.put(&value, text, expr.span)?;
                }
                Part::If(condition, then, other) => {
                    let decided = self.evaluate(condition)?;
                    let sides = [self.template(then, span), self.template(other, span)];
                    let value = self.decide(&decided, condition.span, sides, span)?;
                    self.put(&value, text, condition.span)?;
                }
                Part::For(found) => self.for_part(found, text, span)?,
            }
        }
        Ok(())
    }

    fn put(&mut self, value: &Value, text: &mut Text, span: Span) -> Result<(), super::Fault> {
        text.hidden |= value.is_sensitive();
        if value.is_null() {
            return Err(self.fault(span, "null cannot be put into text"));
        }
        if let Some(unknown) = value.as_unknown() {
            if convert(value, &Type::String).is_err() {
                return Err(self.fault(span, format!("{} cannot be put into text", unknown.of)));
            }
            if unknown.pieces.is_empty() {
                text.unknown(unknown.causes.clone());
                return Ok(());
            }
            self.spend(span, unknown.pieces.len())?;
            for piece in &unknown.pieces {
                match piece {
                    Piece::Text(known) => {
                        self.check_size(span, text.size + known.len())?;
                        self.spend(span, known.len() / 16)?;
                        text.push(known);
                    }
                    Piece::Unknown(causes) => text.unknown(causes.clone()),
                }
            }
            return Ok(());
        }
        let converted = convert(value, &Type::String).map_err(|_| {
            self.fault(
                span,
                format!("{} cannot be put into text", described(value)),
            )
        })?;
        let found = converted.as_str().unwrap_or_default();
        self.check_size(span, text.size + found.len())?;
        self.spend(span, found.len() / 16)?;
        text.push(found);
        Ok(())
    }

    fn for_part(
        &mut self,
        found: &ForPart,
        text: &mut Text,
        span: Span,
    ) -> Result<(), super::Fault> {
        let collection = self.evaluate(&found.collection)?;
        text.hidden |= collection.is_sensitive();
        let rounds =
            pairs(&collection).map_err(|message| self.fault(found.collection.span, message))?;
        let rounds = match rounds {
            Ok(rounds) => rounds,
            Err(causes) => {
                text.unknown(causes);
                return Ok(());
            }
        };
        for (key, value) in rounds {
            self.spend(span, 1)?;
            let depth = self.bound.len();
            self.bound.extend(
                found
                    .key_name
                    .iter()
                    .map(|name| (Arc::clone(name), key.clone())),
            );
            self.bound.push((Arc::clone(&found.value_name), value));
            let outcome = self.parts(&found.body, text, span);
            self.bound.truncate(depth);
            outcome?;
        }
        Ok(())
    }
}
