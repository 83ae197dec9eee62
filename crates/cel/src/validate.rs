//! What the API server looks at after the types are right: literals that cannot be what they are used as.
//!
//! cel-go `cel/validator.go` and the validator of `format` in `ext/formatting.go`.

use crate::ast::{Expr, Kind, Literal};
use crate::check::Checked;
use crate::format::{self, Piece};
use crate::issue::Issue;
use crate::pattern;
use crate::time::{Moment, span};
use crate::types::Type;

/// Everything that is wrong with the literals.
pub(crate) fn validate(root: &Expr, checked: &Checked) -> Vec<Issue> {
    let mut validator = Validator {
        checked,
        issues: Vec::new(),
    };
    validator.visit(root, false);
    validator.issues
}

struct Validator<'c> {
    checked: &'c Checked,
    issues: Vec<Issue>,
}

impl Validator<'_> {
    fn type_of(&self, expr: &Expr) -> &Type {
        self.checked.types.get(expr.id).unwrap_or(&Type::Dyn)
    }

    /// `formats` is true inside of a call of `format`, whose lists may be mixed.
    fn visit(&mut self, expr: &Expr, formats: bool) {
        match &expr.kind {
            Kind::Literal(_) | Kind::Ident(_) => {}
            Kind::Select { operand, .. } => self.visit(operand, formats),
            Kind::Call {
                target,
                function,
                args,
            } => {
                self.literal(function, args);
                if let Some(target) = target {
                    if function == "format" {
                        self.format(expr, target, args);
                    }
                    self.visit(target, formats || function == "format");
                }
                for arg in args {
                    self.visit(arg, formats || function == "format");
                }
            }
            Kind::List(items) => {
                if !formats {
                    self.alike(
                        items.iter().map(|item| (&item.value, item.is_optional)),
                        true,
                    );
                }
                for item in items {
                    self.visit(&item.value, formats);
                }
            }
            Kind::Map(entries) => {
                if !formats {
                    self.alike(entries.iter().map(|entry| (&entry.key, false)), false);
                    self.alike(
                        entries
                            .iter()
                            .map(|entry| (&entry.value, entry.is_optional)),
                        false,
                    );
                }
                for entry in entries {
                    self.visit(&entry.key, formats);
                    self.visit(&entry.value, formats);
                }
            }
            Kind::Message { fields, .. } => {
                for field in fields {
                    self.visit(&field.value, formats);
                }
            }
            Kind::Fold(fold) => {
                for part in [
                    &fold.range,
                    &fold.start,
                    &fold.condition,
                    &fold.step,
                    &fold.result,
                ] {
                    self.visit(part, formats);
                }
            }
        }
    }

    /// Literals of durations, timestamps and patterns.
    fn literal(&mut self, function: &str, args: &[Expr]) {
        let Some(Expr {
            kind: Kind::Literal(literal),
            at,
            ..
        }) = args.first()
        else {
            return;
        };
        let holds = match (function, literal) {
            ("duration", Literal::Text(text)) => span(text).is_some(),
            ("timestamp", Literal::Text(text)) => matches!(Moment::parse(text), Some(Ok(_))),
            ("timestamp", Literal::Int(seconds)) => Moment::of_seconds(*seconds).is_ok(),
            // The server computes the literal without its type and then knows no duration of a number.
            ("duration" | "timestamp", _) => false,
            ("matches", Literal::Text(text)) => pattern::compile(text).is_ok(),
            _ => true,
        };
        if !holds {
            self.issues
                .push(Issue::new(*at, format!("invalid {function} argument")));
        }
    }

    /// All of one type. In a list only the first odd one is told.
    fn alike<'e>(&mut self, exprs: impl Iterator<Item = (&'e Expr, bool)>, ends: bool) {
        let mut wanted: Option<Type> = None;
        for (expr, is_optional) in exprs {
            let found = self.type_of(expr);
            let found = if is_optional {
                found.optional_of().unwrap_or(found)
            } else {
                found
            };
            match &wanted {
                None => wanted = Some(found.clone()),
                Some(wanted) if wanted != found => {
                    let message = format!("expected type '{wanted}' but found '{found}'");
                    self.issues.push(Issue::new(expr.at, message));
                    if ends {
                        return;
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// A literal format with a literal list of arguments.
    fn format(&mut self, expr: &Expr, target: &Expr, args: &[Expr]) {
        let (
            Kind::Literal(Literal::Text(text)),
            [
                Expr {
                    kind: Kind::List(items),
                    ..
                },
            ],
        ) = (&target.kind, args)
        else {
            return;
        };
        let mut rest: &str = text;
        let mut used = 0;
        while !rest.is_empty() {
            let (piece, after) = match format::next(rest) {
                Ok(read) => read,
                Err(reason) => return self.issues.push(Issue::new(expr.at, reason)),
            };
            rest = after;
            let Piece::Clause(clause) = piece else {
                continue;
            };
            let Some(item) = items.get(used) else {
                return self
                    .issues
                    .push(Issue::new(expr.at, format!("index {used} out of range")));
            };
            used += 1;
            if let Some((at, name)) = self.odd(clause.letter, &item.value) {
                return self
                    .issues
                    .push(Issue::new(at, format::refusal(clause.letter, &name)));
            }
        }
        if items.len() > used {
            let message = format!(
                "too many arguments supplied to string.format (expected {used}, got {})",
                items.len()
            );
            self.issues.push(Issue::new(expr.at, message));
        }
    }

    /// The first part of an argument that a clause does not take, with the name of its type.
    fn odd(&self, letter: char, expr: &Expr) -> Option<(u32, String)> {
        let of = self.type_of(expr);
        let takes = match (letter, of) {
            (_, Type::Dyn) => true,
            ('d' | 'o', of) => matches!(of, Type::Int | Type::Uint),
            ('f' | 'e', of) => matches!(of, Type::Double | Type::Text),
            ('b', of) => matches!(of, Type::Int | Type::Uint | Type::Bool),
            ('x' | 'X', of) => matches!(of, Type::Int | Type::Uint | Type::Text | Type::Bytes),
            (_, of) => !matches!(
                of,
                Type::Named(..) | Type::Object(_) | Type::Error | Type::Param(_)
            ),
        };
        if !takes {
            return Some((expr.at, of.name().to_owned()));
        }
        match &expr.kind {
            Kind::List(items) if letter == 's' => {
                items.iter().find_map(|item| self.odd(letter, &item.value))
            }
            Kind::Map(entries) if letter == 's' => entries.iter().find_map(|entry| {
                self.odd(letter, &entry.key)
                    .or_else(|| self.odd(letter, &entry.value))
            }),
            _ => None,
        }
    }
}
