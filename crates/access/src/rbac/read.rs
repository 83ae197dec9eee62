use std::collections::BTreeMap;

use sekisho_text::Route;
use serde_json::{Map, Value};

use super::problem::{Problem, ProblemKind};

/// Reads fields of one object as the API server's decoder does, and keeps every place it could not read.
#[derive(Debug)]
pub(super) struct Reader<'p> {
    object: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'p> Reader<'p> {
    pub(super) fn new(object: usize, problems: &'p mut Vec<Problem>) -> Self {
        Self { object, problems }
    }

    pub(super) fn problem(&mut self, at: Route, kind: ProblemKind) {
        self.problems.push(Problem {
            object: self.object,
            at,
            kind,
        });
    }

    /// A map; absent and null are empty.
    pub(super) fn map<'v>(
        &mut self,
        value: Option<&'v Value>,
        at: &Route,
    ) -> Option<&'v Map<String, Value>> {
        match value {
            Some(Value::Object(map)) => Some(map),
            None | Some(Value::Null) => None,
            Some(_) => {
                self.problem(at.clone(), ProblemKind::WrongType);
                None
            }
        }
    }

    /// A list; absent and null are empty.
    pub(super) fn list<'v>(&mut self, value: Option<&'v Value>, at: &Route) -> &'v [Value] {
        match value {
            Some(Value::Array(list)) => list,
            None | Some(Value::Null) => &[],
            Some(_) => {
                self.problem(at.clone(), ProblemKind::WrongType);
                &[]
            }
        }
    }

    /// A text; absent and null are empty.
    pub(super) fn text(&mut self, value: Option<&Value>, at: &Route) -> String {
        match value {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(_) => {
                self.problem(at.clone(), ProblemKind::WrongType);
                String::new()
            }
        }
    }

    /// A list of texts. A null item is the empty text, as Go decodes it: `apiGroups: [~]` is the core group.
    /// One wrong item takes the whole list away, so that indexes never shift.
    pub(super) fn texts(&mut self, value: Option<&Value>, at: &Route) -> Vec<String> {
        let items = self.list(value, at);
        let texts: Option<Vec<String>> = items
            .iter()
            .map(|item| match item {
                Value::String(text) => Some(text.clone()),
                Value::Null => Some(String::new()),
                _ => None,
            })
            .collect();
        texts.unwrap_or_else(|| {
            self.problem(at.clone(), ProblemKind::WrongType);
            Vec::new()
        })
    }

    /// A map from text to text, such as labels.
    pub(super) fn pairs(&mut self, value: Option<&Value>, at: &Route) -> BTreeMap<String, String> {
        let Some(map) = self.map(value, at) else {
            return BTreeMap::new();
        };
        map.iter()
            .map(|(key, value)| (key.clone(), self.text(Some(value), &at.key(key.clone()))))
            .collect()
    }
}
