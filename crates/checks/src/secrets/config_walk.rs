//! Every text of an object, with what its place says about it.

use sekisho_model::Fields;
use sekisho_text::{Route, Step};
use serde_json::Value;

use super::base64::decode_text;
use super::credential_form::{Credential, by_form, in_field, in_text};

/// A text that holds credentials.
#[derive(Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) route: Route,
    /// The name that the place gives it: of a variable, a key, an annotation.
    pub(crate) name: Option<&'a str>,
    /// An environment variable.
    pub(crate) is_env: bool,
    pub(crate) found: Vec<Credential>,
}

/// The annotation in which `kubectl apply` keeps what it sent.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

#[derive(Clone, Copy)]
enum Part<'a> {
    Key(&'a str),
    Index(usize),
}

/// The texts of an object in which credentials are recognised, in its own order.
pub(crate) fn hits(object: &Value) -> Vec<Hit<'_>> {
    let mut walk = Walk {
        path: Vec::new(),
        hits: Vec::new(),
    };
    let is_config_map =
        object.text("kind") == Some("ConfigMap") && object.text("apiVersion") == Some("v1");
    if is_config_map {
        walk.config_map(object);
        if let Some(metadata) = object.key("metadata") {
            walk.enter(Part::Key("metadata"), metadata);
        }
    } else {
        walk.visit(object);
    }
    walk.hits
}

struct Walk<'a> {
    path: Vec<Part<'a>>,
    hits: Vec<Hit<'a>>,
}

impl<'a> Walk<'a> {
    fn config_map(&mut self, object: &'a Value) {
        for (key, value) in object.entries("data").into_iter().flatten() {
            self.path = vec![Part::Key("data"), Part::Key(key)];
            self.field(key, value.as_str().unwrap_or_default(), false);
        }
        for (key, value) in object.entries("binaryData").into_iter().flatten() {
            self.path = vec![Part::Key("binaryData"), Part::Key(key)];
            let text = value.as_str().and_then(decode_text).unwrap_or_default();
            self.tell(Some(key), false, in_field(key, &text));
        }
        self.path.clear();
    }

    fn enter(&mut self, part: Part<'a>, value: &'a Value) {
        self.path.push(part);
        self.visit(value);
        self.path.pop();
    }

    fn visit(&mut self, value: &'a Value) {
        match value {
            Value::String(text) => {
                let found = by_form(text);
                self.tell(None, false, found);
            }
            Value::Array(items) => match self.path.last() {
                Some(Part::Key("env")) => self.variables(items),
                Some(Part::Key("command" | "args")) => self.words(items),
                _ => {
                    for (index, item) in items.iter().enumerate() {
                        self.enter(Part::Index(index), item);
                    }
                }
            },
            Value::Object(entries) => {
                let is_annotations = matches!(self.path.last(), Some(Part::Key("annotations")));
                let is_metadata = matches!(self.path.last(), Some(Part::Key("metadata")));
                for (key, value) in entries {
                    match value {
                        // A copy of the object that kubectl keeps; what stands in it is told of the object itself.
                        _ if is_annotations && key == LAST_APPLIED => {}
                        _ if is_metadata && key == "managedFields" => {}
                        Value::String(text) if is_annotations => {
                            self.path.push(Part::Key(key));
                            let name = key.rsplit('/').next().unwrap_or(key);
                            self.field(name, text, false);
                            self.path.pop();
                        }
                        _ => self.enter(Part::Key(key), value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `env` of a container, whatever kind of object holds the container.
    fn variables(&mut self, items: &'a [Value]) {
        for (index, item) in items.iter().enumerate() {
            self.path.push(Part::Index(index));
            if let (Some(name), Some(value)) = (item.text("name"), item.text("value")) {
                self.path.push(Part::Key("value"));
                self.field(name, value, true);
                self.path.pop();
            } else {
                self.visit(item);
            }
            self.path.pop();
        }
    }

    /// A command line: options and their values may be two words.
    fn words(&mut self, items: &'a [Value]) {
        let mut before = "";
        for (index, item) in items.iter().enumerate() {
            self.path.push(Part::Index(index));
            match item.as_str() {
                Some(text) => {
                    let (name, value) = text.split_once('=').unwrap_or((before, text));
                    let is_option = name.starts_with('-') && !value.starts_with('-');
                    if is_option {
                        self.field(name, value, false);
                    } else {
                        let found = in_text(text);
                        self.tell(None, false, found);
                    }
                    before = text;
                }
                None => self.visit(item),
            }
            self.path.pop();
        }
    }

    fn field(&mut self, name: &'a str, text: &str, is_env: bool) {
        self.tell(Some(name), is_env, in_field(name, text));
    }

    fn tell(&mut self, name: Option<&'a str>, is_env: bool, mut found: Vec<Credential>) {
        if found.is_empty() {
            return;
        }
        found.sort_unstable();
        found.dedup();
        let route = self.path.iter().map(|part| match part {
            Part::Key(key) => Step::Key((*key).to_owned().into()),
            Part::Index(index) => Step::Index(*index),
        });
        self.hits.push(Hit {
            route: route.collect(),
            name,
            is_env,
            found,
        });
    }
}
