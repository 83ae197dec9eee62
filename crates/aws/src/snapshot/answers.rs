use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_terraform::{Cause, Number, Origin, Place, Type, Value};
use sekisho_yaml::{Node, Value as Json};

use super::Answer;
use super::layout::At;
use crate::calls::{self, Call, Each, Scope, query};
use crate::forms;

/// Values inside of each other beyond this are not looked at; AWS nests far less.
const DEEPEST: usize = 64;

/// Calls whose answer can be without a word, which the CLI prints as nothing. Any other empty file is a call that was cut off.
const SILENT: [(&str, &str); 2] = [
    ("guardduty", "get-administrator-account"),
    ("s3api", "get-bucket-versioning"),
];

/// Names without an answer that are remembered, for each call; a script that was cut short leaves far fewer.
const MOST_GAPS: usize = 1000;

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
    /// Takes what a file says, or tells why it says nothing.
    pub(crate) fn take(&mut self, at: At, file: &Answer<'_>) -> Result<(), String> {
        let (service, operation) = (at.service.as_str(), at.operation.as_str());
        let scope = match at.region {
            Some(_) => Scope::Region,
            None => Scope::Global,
        };
        let mut known =
            calls::all().filter(|call| (call.service, call.operation) == (service, operation));
        let Some(call) = known.find(|call| call.scope == scope) else {
            let folder = match scope {
                Scope::Region => "`global`",
                Scope::Global => "that of a region",
            };
            return Err(format!("its folder is {folder}"));
        };
        if call.each.len() != at.keys.len() {
            return Err(format!(
                "`aws {service} {operation}` is asked for {} names, and the path has {}",
                call.each.len(),
                at.keys.len()
            ));
        }
        if SILENT.contains(&(service, operation)) && !at.is_error && file.text.trim().is_empty() {
            let all = self.by_call.entry((at.service, at.operation)).or_default();
            all.insert(at.keys, Heard::Told(Value::object(BTreeMap::new())));
            return Ok(());
        }
        let document = match file.documents {
            [document] => document,
            // Told as unread by the reader of the text.
            [] if !file.text.trim().is_empty() => return Ok(()),
            [] => return Err("it is empty".to_owned()),
            [..] => return Err("it holds more than one answer".to_owned()),
        };
        if !document.notes().is_empty() {
            return Err(
                "a key stands twice in it, or it is no JSON: AWS did not print this".to_owned(),
            );
        }
        let value = value_of(document.root(), file, 0);
        let wrong = if value.entries().is_none() {
            Some("an answer of AWS is a JSON object".to_owned())
        } else {
            forms::mismatch(&at.service, &at.operation, &value)
                .filter(|_| !at.is_error)
                .map(|place| format!("`{place}` is of another type than AWS gives"))
        };
        if let Some(wrong) = wrong {
            let heard = Heard::Refused("an answer of another type".to_owned(), value);
            let all = self.by_call.entry((at.service, at.operation)).or_default();
            all.insert(at.keys, heard);
            return Err(wrong);
        }
        let heard = if at.is_error {
            let code = text(&value, "error").unwrap_or_else(|| "an error".to_owned());
            Heard::Refused(code, value)
        } else if is_cut(&value) {
            Heard::Cut(value)
        } else {
            Heard::Told(value)
        };
        let all = self.by_call.entry((at.service, at.operation)).or_default();
        match (all.get(&at.keys), &heard) {
            (None | Some(Heard::Refused(..)), _) => drop(all.insert(at.keys, heard)),
            // An answer counts more than an error that was saved before.
            (Some(_), Heard::Refused(..)) => {}
            (Some(_), _) => {
                let value = heard.told().cloned().unwrap_or_else(Value::null);
                let twice = Heard::Refused("it was answered twice".to_owned(), value);
                all.insert(at.keys, twice);
                return Err("another file has the answer of the same call".to_owned());
            }
        }
        Ok(())
    }

    /// What a call of the table was not made for, although a list names it, counts as refused: the thing is there, and nothing is
    /// known of it. Where too many are missing, the list counts as cut short instead. `account` has the answers that have no region.
    pub(crate) fn close_gaps(&mut self, scope: Scope, account: Option<&Self>) {
        for call in calls::all().filter(|call| call.scope == scope) {
            let Some(first) = call.each.first() else {
                continue;
            };
            let (gaps, are_all) = self.gaps(call, scope, account);
            let at = (call.service.to_owned(), call.operation.to_owned());
            for (keys, value) in gaps {
                let missing = Heard::Refused("no answer".to_owned(), value);
                self.by_call
                    .entry(at.clone())
                    .or_default()
                    .insert(keys, missing);
            }
            if !are_all {
                let (service, operation) = first.listed_by;
                let at = (service.to_owned(), operation.to_owned());
                for heard in self.by_call.get_mut(&at).into_iter().flatten() {
                    heard.1.cut();
                }
            }
        }
    }

    /// The names for which a call should have been made and was not, with where they are listed; false when there are more.
    fn gaps(
        &self,
        call: &Call,
        scope: Scope,
        account: Option<&Self>,
    ) -> (Vec<(Vec<String>, Value)>, bool) {
        let mut levels: Vec<(Vec<String>, Value)> = vec![(Vec::new(), Value::null())];
        for each in call.each {
            let mut next = Vec::new();
            for (keys, _) in &levels {
                for (name, value) in self.listed(scope, account, each, keys) {
                    let mut keys = keys.clone();
                    keys.push(name);
                    next.push((keys, value));
                }
            }
            levels = next;
        }
        levels.retain(|(keys, _)| self.found(call.service, call.operation, keys).is_none());
        let are_all = levels.len() <= MOST_GAPS;
        levels.truncate(MOST_GAPS);
        (levels, are_all)
    }

    /// The names that a list of the table has, for the levels above it.
    fn listed(
        &self,
        scope: Scope,
        account: Option<&Self>,
        each: &Each,
        keys: &[String],
    ) -> Vec<(String, Value)> {
        let (service, operation) = each.listed_by;
        let mut lists: Vec<&Call> = calls::all()
            .filter(|call| (call.service, call.operation) == each.listed_by)
            .collect();
        lists.sort_by_key(|list| list.scope != scope);
        let Some(list) = lists.first() else {
            return Vec::new();
        };
        let answers = if list.scope == scope {
            Some(self)
        } else {
            account
        };
        let keys = keys.get(..list.each.len()).unwrap_or(keys);
        let heard = answers.and_then(|answers| answers.found(service, operation, keys));
        let told = heard.and_then(Heard::told);
        told.and_then(|answer| query::names(each.query, answer).ok())
            .unwrap_or_default()
    }

    fn found(&self, service: &str, operation: &str, keys: &[String]) -> Option<&Heard> {
        self.by_call
            .get(&(service.to_owned(), operation.to_owned()))?
            .get(keys)
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

    /// There may be more than what was told.
    fn cut(&mut self) {
        if let Self::Told(value) = self {
            *self = Self::Cut(value.clone());
        }
    }

    /// A part of the answer.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.told()?.get(name)
    }

    /// A part of the answer, or an unknown value when the call did not tell: what is unset is `None`.
    pub fn part(&self, name: &str, service: &str, operation: &str) -> Option<Value> {
        if self.told().is_some() {
            return self.get(name);
        }
        let doubt = self.doubt(service, operation)?;
        Some(Value::unknown(Type::Dynamic, doubt))
    }

    /// The items of a list in the answer. Something else than a list in its place is one item of which nothing is known.
    pub fn items(&self, name: &str) -> Vec<Value> {
        let Some(list) = self.get(name).filter(|list| !list.is_null()) else {
            return Vec::new();
        };
        if let Some(items) = list.items() {
            return items.iter().map(|item| list.inside(item)).collect();
        }
        let unknown = Value::unknown(Type::Dynamic, Cause::Failed);
        vec![match list.origin() {
            Some(origin) => unknown.at(origin.clone()),
            None => unknown,
        }]
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

/// The answer has more pages: the CLI fetches all of them unless it is told not to. CloudFront tells it one level deeper.
fn is_cut(value: &Value) -> bool {
    let inner = value.entries().into_iter().flatten();
    has_more(value) || inner.map(|(_, part)| part).any(has_more)
}

fn has_more(value: &Value) -> bool {
    const TOLD: [&str; 2] = ["IsTruncated", "Truncated"];
    const TOKENS: [&str; 8] = [
        "ContinuationToken",
        "NextToken",
        "nextToken",
        "NextMarker",
        "NextContinuationToken",
        "NextRecordName",
        "Marker",
        "position",
    ];
    if value.entries().is_none() {
        return false;
    }
    // `Marker` alone is what was asked for, where the answer says by itself whether there is more.
    if let Some(told) = TOLD.iter().find_map(|told| value.get(told)) {
        return told.as_bool() != Some(false);
    }
    let tokens = TOKENS.iter().filter_map(|token| value.get(token));
    tokens
        .into_iter()
        .any(|token| !token.is_null() && token.as_str() != Some(""))
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
