use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use super::access::key_value;
use super::{Outcome, Scope};
use crate::convert::{convert, described, to_text};
use crate::number::Number;
use crate::syntax::For;
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

/// What a collection is walked by, or the reasons why that is not known.
pub(crate) type Rounds = Result<Vec<(Value, Value)>, Vec<Cause>>;

/// The keys and values a collection is walked by, or the reasons why they are not known, or why it cannot be walked.
pub(crate) fn pairs(value: &Value) -> Result<Rounds, String> {
    match value.content() {
        Content::Unknown(unknown) if unknown.of.is_primitive() => {
            Err(format!("{} cannot be walked over", unknown.of))
        }
        Content::Unknown(unknown) => Ok(Err(unknown.causes.clone())),
        Content::Null(_) => Err("null cannot be walked over".to_owned()),
        Content::Set(_, items) => Ok(Ok(items
            .iter()
            .map(|item| (item.clone(), value.inside(item)))
            .collect())),
        Content::List(_, items) | Content::Tuple(items) => {
            let pair = |(at, item)| (Value::from(Number::from(at)), value.inside(item));
            Ok(Ok(items.iter().enumerate().map(pair).collect()))
        }
        Content::Object(fields) if fields.rest.is_some() => {
            Ok(Err(fields.rest.iter().cloned().collect()))
        }
        Content::Map(..) | Content::Object(_) => {
            let entries = value.entries().into_iter().flatten();
            Ok(Ok(entries
                .map(|(key, entry)| (key_value(key), value.inside(entry)))
                .collect()))
        }
        _ => Err(format!("{} cannot be walked over", described(value))),
    }
}

/// What the rounds of a `for` have made so far.
#[derive(Default)]
struct Made {
    items: Vec<Value>,
    named: BTreeMap<Arc<str>, Value>,
    grouped: BTreeMap<Arc<str>, Vec<Value>>,
    causes: Vec<Cause>,
    hidden: bool,
}

impl Scope<'_> {
    pub(super) fn for_expression(&mut self, found: &For, span: Span) -> Outcome {
        let collection = self.evaluate(&found.collection)?;
        let rounds =
            pairs(&collection).map_err(|message| self.fault(found.collection.span, message))?;
        let rounds = match rounds {
            Ok(rounds) => rounds,
            Err(causes) => {
                return Ok(
                    Value::unknown_for(Type::Dynamic, causes).hidden(collection.is_sensitive())
                );
            }
        };
        self.check_size(span, rounds.len())?;
        let mut made = Made {
            hidden: collection.is_sensitive(),
            ..Made::default()
        };
        for (key, value) in rounds {
            let depth = self.bound.len();
            self.bound.extend(
                found
                    .key_name
                    .iter()
                    .map(|name| (Arc::clone(name), key.clone())),
            );
            self.bound.push((Arc::clone(&found.value_name), value));
            let outcome = self.round(found, &mut made);
            self.bound.truncate(depth);
            outcome?;
        }
        let hidden = made.hidden;
        let value = match (made.causes.is_empty(), &found.key, found.grouped) {
            (false, ..) => Value::unknown_for(Type::Dynamic, made.causes),
            (true, None, _) => Value::tuple(made.items),
            (true, Some(_), false) => Value::object(made.named),
            (true, Some(_), true) => Value::object(
                made.grouped
                    .into_iter()
                    .map(|(key, items)| (key, Value::tuple(items)))
                    .collect(),
            ),
        };
        Ok(value.hidden(hidden))
    }

    fn round(&mut self, found: &For, made: &mut Made) -> Result<(), super::Fault> {
        if let Some(condition) = &found.condition {
            let decided = self.evaluate(condition)?;
            if let Some(unknown) = decided.as_unknown() {
                made.causes.extend(unknown.causes.iter().cloned());
                return Ok(());
            }
            made.hidden |= decided.is_sensitive();
            let flag = convert(&decided, &Type::Bool)
                .ok()
                .and_then(|flag| flag.as_bool());
            match flag {
                None => {
                    return Err(self.fault(
                        condition.span,
                        "the condition of a for must be true or false",
                    ));
                }
                Some(false) => return Ok(()),
                Some(true) => {}
            }
        }
        let Some(key) = &found.key else {
            let value = self.evaluate(&found.value)?;
            made.items.push(value);
            return Ok(());
        };
        let name = self.evaluate(key)?;
        if let Some(unknown) = name.as_unknown() {
            made.causes.extend(unknown.causes.iter().cloned());
            return Ok(());
        }
        made.hidden |= name.is_sensitive();
        let name = to_text(&name)
            .map_err(|reason| self.fault(key.span, format!("this is no key: {reason}")))?;
        let value = self.evaluate(&found.value)?;
        if found.grouped {
            made.grouped.entry(name).or_default().push(value);
        } else if made.named.insert(Arc::clone(&name), value).is_some() {
            return Err(self.fault(key.span, format!("two items give the key {name:?}")));
        }
        Ok(())
    }
}
