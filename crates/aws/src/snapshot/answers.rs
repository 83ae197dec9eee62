use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_terraform::{Cause, Number, Origin, Place, Type, Value};
use sekisho_yaml::{Node, Value as Json};

use super::Answer;
use super::layout::At;
use crate::calls;

/// Values inside of each other beyond this are not looked at; AWS nests far less.
const DEEPEST: usize = 64;

/// The answers of one region, by call and names.
#[derive(Debug, Default)]
pub struct Answers {
    by_call: BTreeMap<(String, String), BTreeMap<Vec<String>, Heard>>,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub enum Heard {
    /// The answer, in the names of the API.
    Told(Value),
    /// The answer, and there is more of it that was not fetched.
    Cut(Value),
    /// AWS refused: the code of the error, and where it is saved.
    Refused(String, Value),
    /// The call was not made, or its file could not be read.
    Missing,
}

impl Answers {
    pub(crate) fn take(&mut self, at: At, file: &Answer<'_>) -> Result<(), String> {
        let (service, operation) = (at.service.as_str(), at.operation.as_str());
        let Some(call) = calls::find(service, operation) else {
            return Err(format!(
                "`aws {service} {operation}` is no call that is read"
            ));
        };
        if call.each.len() != at.keys.len() {
            return Err(format!(
                "`aws {service} {operation}` is asked for {} names, and the path has {}",
                call.each.len(),
                at.keys.len()
            ));
        }
        let Some(document) = file.document else {
            // Told as unread by the reader of the text.
            return Ok(());
        };
        let value = value_of(document.root(), file, 0);
        let heard = if at.is_error {
            let code = text(&value, "error").unwrap_or_else(|| "an error".to_owned());
            Heard::Refused(code, value)
        } else if value.entries().is_none() {
            return Err("an answer of AWS is a JSON object".to_owned());
        } else if is_cut(&value) {
            Heard::Cut(value)
        } else {
            Heard::Told(value)
        };
        let all = self.by_call.entry((at.service, at.operation)).or_default();
        // An answer counts more than an error that was saved before.
        if !at.is_error || !all.contains_key(&at.keys) {
            all.insert(at.keys, heard);
        }
        Ok(())
    }

    /// What came of a call that is made once, or for these names.
    pub fn heard(&self, service: &str, operation: &str, keys: &[&str]) -> Heard {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        self.by_call
            .get(&(service.to_owned(), operation.to_owned()))
            .and_then(|all| all.get(&keys))
            .cloned()
            .unwrap_or(Heard::Missing)
    }

    /// Every answer of a call, with the names it was asked for.
    pub fn each(
        &self,
        service: &str,
        operation: &str,
    ) -> impl Iterator<Item = (&[String], &Heard)> {
        self.by_call
            .get(&(service.to_owned(), operation.to_owned()))
            .into_iter()
            .flatten()
            .map(|(keys, heard)| (keys.as_slice(), heard))
    }
}

impl Heard {
    /// The answer, whole or cut.
    pub fn told(&self) -> Option<&Value> {
        match self {
            Self::Told(value) | Self::Cut(value) => Some(value),
            Self::Refused(..) | Self::Missing => None,
        }
    }

    /// A part of the answer.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.told()?.get(name)
    }

    /// The items of a list in the answer.
    pub fn items(&self, name: &str) -> Vec<Value> {
        let list = self.get(name);
        let list = list.as_ref();
        let items = list.and_then(|list| Some((list, list.items()?)));
        items
            .map(|(list, items)| items.iter().map(|item| list.inside(item)).collect())
            .unwrap_or_default()
    }

    /// What AWS said when it refused.
    pub fn refusal(&self) -> Option<&Value> {
        match self {
            Self::Refused(_, told) => Some(told),
            Self::Told(_) | Self::Cut(_) | Self::Missing => None,
        }
    }

    /// True when AWS answered with this error: `NoSuchBucketPolicy` is an answer, too.
    pub fn is_error(&self, code: &str) -> bool {
        matches!(self, Self::Refused(own, _) if own == code)
    }

    /// Why something is not known when this call did not tell it; `None` when it was told whole.
    pub fn doubt(&self, service: &str, operation: &str) -> Option<Cause> {
        let call = format!("aws {service} {operation}");
        match self {
            Self::Told(_) => None,
            Self::Cut(_) => Some(Cause::Unread(Arc::from(format!("{call}: NextToken")))),
            Self::Refused(code, _) => Some(Cause::Unread(Arc::from(format!("{call}: {code}")))),
            Self::Missing => Some(Cause::Unread(Arc::from(call))),
        }
    }
}

/// A text of an object.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

/// The answer has more pages: the CLI fetches all of them unless it is told not to.
fn is_cut(value: &Value) -> bool {
    const TOKENS: [&str; 6] = [
        "NextToken",
        "nextToken",
        "NextMarker",
        "Marker",
        "position",
        "NextContinuationToken",
    ];
    TOKENS.iter().any(|token| {
        let more = value.get(token);
        more.is_some_and(|more| more.as_str().is_some_and(|more| !more.is_empty()))
    })
}

fn value_of(node: Node<'_>, file: &Answer<'_>, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::unknown(Type::Dynamic, Cause::Limit);
    }
    let value = match node.value() {
        Json::Null => Value::null(),
        Json::Bool(flag) => Value::from(flag),
        Json::Int(_) | Json::Unsigned(_) | Json::Float(_) => node
            .span()
            .slice(file.text)
            .and_then(Number::parse)
            .map_or_else(Value::null, Value::from),
        Json::String(text) => Value::string(text),
        Json::Sequence => {
            let items = node.items().map(|item| value_of(item, file, depth + 1));
            Value::tuple(items.collect())
        }
        Json::Mapping => {
            let entries = node
                .entries()
                .map(|entry| (Arc::from(entry.key), value_of(entry.value, file, depth + 1)));
            Value::object(entries.collect())
        }
    };
    value.at(Origin::at(Place {
        file: Arc::from(file.path),
        span: node.span(),
    }))
}
