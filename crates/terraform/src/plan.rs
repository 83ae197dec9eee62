//! `terraform show -json` (format 1.x): what a plan says will be, in the same model as an evaluated configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;
use sekisho_yaml::{Limits, Node, Value as Json, parse};

use crate::address::{Address, Mode, ModuleStep};
use crate::number::Number;
use crate::origin::{Origin, Place};
use crate::plan_address::{key, last_step};
use crate::plan_references::References;
use crate::problem::{Problem, ProblemKind};
use crate::result::{Configuration, ModuleCall, Resource};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;

/// Modules inside of each other, and the size of a plan.
const LIMITS: Limits = Limits {
    depth: 200,
    nodes: 4_000_000,
    bytes: 256 << 20,
};

/// Reads a plan. What Terraform will know after apply only is unknown here too, as the attribute its configuration
/// refers to where it says which.
pub fn read_plan(file: &str, text: &str) -> Configuration {
    let mut found = Configuration::default();
    let file: Arc<str> = Arc::from(file);
    let stream = parse(text, &LIMITS);
    let tell = |found: &mut Configuration, span: Span, message: String| {
        found.problems.push(Problem::new(
            ProblemKind::Syntax,
            Some(Place {
                file: Arc::clone(&file),
                span,
            }),
            message,
        ));
    };
    for error in &stream.errors {
        tell(
            &mut found,
            error.span,
            format!("not JSON: {}", error.message),
        );
    }
    let Some(root) = stream.documents.first().map(sekisho_yaml::Document::root) else {
        return found;
    };
    if child(root, "format_version").is_none() {
        tell(
            &mut found,
            Span::new(0, 0),
            "this is no output of terraform show -json".to_owned(),
        );
        return found;
    }
    let mut reader = Reader {
        file: &file,
        text,
        changes: BTreeMap::new(),
        found: &mut found,
    };
    reader.read(root);
    found
        .resources
        .sort_by(|left, right| left.address.cmp(&right.address));
    found
}

pub(crate) fn child<'d>(node: Node<'d>, name: &str) -> Option<Node<'d>> {
    node.get(name).map(|entry| entry.value)
}

pub(crate) fn text<'d>(node: Node<'d>, name: &str) -> Option<&'d str> {
    match child(node, name)?.value() {
        Json::String(text) => Some(text),
        _ => None,
    }
}

struct Reader<'r, 'd> {
    file: &'r Arc<str>,
    text: &'d str,
    /// The changes, by address: they tell what is not known.
    changes: BTreeMap<&'d str, Node<'d>>,
    found: &'r mut Configuration,
}

impl<'d> Reader<'_, 'd> {
    fn read(&mut self, root: Node<'d>) {
        for change in child(root, "resource_changes")
            .into_iter()
            .flat_map(Node::items)
        {
            if let (Some(address), Some(change)) =
                (text(change, "address"), child(change, "change"))
            {
                self.changes.insert(address, change);
            }
        }
        let configuration = child(root, "configuration")
            .and_then(|configuration| child(configuration, "root_module"));
        // A state (`terraform show` without a plan) has `values` in place of `planned_values`.
        let planned = child(root, "planned_values").or_else(|| child(root, "values"));
        if let Some(module) = planned.and_then(|planned| child(planned, "root_module")) {
            self.module(module, &[], configuration);
        }
        if let Some(configuration) = configuration {
            self.calls(configuration, &[], 0);
        }
        // Data sources that could be read stand in the state before.
        let prior = child(root, "prior_state")
            .and_then(|state| child(state, "values"))
            .and_then(|values| child(values, "root_module"));
        if let Some(module) = prior {
            self.read_data(module, &[], 0);
        }
        for entry in planned
            .and_then(|planned| child(planned, "outputs"))
            .into_iter()
            .flat_map(Node::entries)
        {
            let hidden = matches!(
                child(entry.value, "sensitive").map(Node::value),
                Some(Json::Bool(true))
            );
            let value = match child(entry.value, "value") {
                Some(value) => self.value(
                    value,
                    None,
                    child(entry.value, "sensitive"),
                    &References::none(),
                    &mut Vec::new(),
                ),
                None => Value::unknown(Type::Dynamic, Cause::AfterApply),
            };
            self.found
                .outputs
                .insert(Arc::from(entry.key), value.hidden(hidden));
        }
        for entry in child(root, "variables").into_iter().flat_map(Node::entries) {
            if let Some(value) = child(entry.value, "value") {
                let value = self.value(value, None, None, &References::none(), &mut Vec::new());
                self.found.variables.insert(Arc::from(entry.key), value);
            }
        }
    }

    fn module(&mut self, module: Node<'d>, path: &[ModuleStep], configuration: Option<Node<'d>>) {
        for resource in child(module, "resources").into_iter().flat_map(Node::items) {
            self.resource(resource, path, configuration);
        }
        for inner in child(module, "child_modules")
            .into_iter()
            .flat_map(Node::items)
        {
            let step = text(inner, "address").and_then(last_step);
            if let Some(step) = step.filter(|_| path.len() < 32) {
                let call = configuration
                    .and_then(|module| child(module, "module_calls"))
                    .and_then(|calls| child(calls, &step.name));
                let path: Vec<ModuleStep> = path.iter().cloned().chain([step]).collect();
                self.module(inner, &path, call.and_then(|call| child(call, "module")));
            }
        }
    }

    fn resource(
        &mut self,
        resource: Node<'d>,
        path: &[ModuleStep],
        configuration: Option<Node<'d>>,
    ) {
        let (Some(kind), Some(name)) = (text(resource, "type"), text(resource, "name")) else {
            return;
        };
        let mode = if text(resource, "mode") == Some("data") {
            Mode::Data
        } else {
            Mode::Managed
        };
        let key = child(resource, "index").and_then(key);
        let address = Address {
            module: path.to_vec(),
            mode,
            kind: Arc::from(kind),
            name: Arc::from(name),
            key,
        };
        let change =
            text(resource, "address").and_then(|address| self.changes.get(address).copied());
        let declared = configuration.and_then(|module| child(module, "resources"));
        let declared = declared.into_iter().flat_map(Node::items).find(|declared| {
            text(*declared, "type") == Some(kind)
                && text(*declared, "name") == Some(name)
                && (text(*declared, "mode") == Some("data")) == (mode == Mode::Data)
        });
        let references = References::of(declared, path);
        let unknown = change.and_then(|change| child(change, "after_unknown"));
        let secret = child(resource, "sensitive_values");
        let values = match child(resource, "values") {
            Some(values) => self.value(values, unknown, secret, &references, &mut Vec::new()),
            None => Value::object(BTreeMap::new()),
        };
        let provider = declared
            .and_then(|declared| text(declared, "provider_config_key"))
            .filter(|key| key.contains('.'));
        let place = Place {
            file: Arc::clone(self.file),
            span: resource.span(),
        };
        let mentions = references.all();
        self.found.resources.push(Resource {
            address,
            place,
            values,
            provider: provider.map(Arc::from),
            mentions,
        });
    }

    fn read_data(&mut self, module: Node<'d>, path: &[ModuleStep], depth: usize) {
        for resource in child(module, "resources").into_iter().flat_map(Node::items) {
            if text(resource, "mode") == Some("data") {
                self.resource(resource, path, None);
            }
        }
        for inner in child(module, "child_modules")
            .into_iter()
            .flat_map(Node::items)
            .filter(|_| depth < 32)
        {
            if let Some(step) = text(inner, "address").and_then(last_step) {
                let path: Vec<ModuleStep> = path.iter().cloned().chain([step]).collect();
                self.read_data(inner, &path, depth + 1);
            }
        }
    }

    /// The calls of modules, once for all their instances.
    fn calls(&mut self, configuration: Node<'d>, path: &[ModuleStep], depth: usize) {
        for entry in child(configuration, "module_calls")
            .into_iter()
            .flat_map(Node::entries)
            .filter(|_| depth < 32)
        {
            let name: Arc<str> = Arc::from(entry.key);
            let address = Address {
                module: path.to_vec(),
                mode: Mode::Module,
                kind: "".into(),
                name: Arc::clone(&name),
                key: None,
            };
            let mut inputs = BTreeMap::new();
            for input in child(entry.value, "expressions")
                .into_iter()
                .flat_map(Node::entries)
            {
                let value = match child(input.value, "constant_value") {
                    Some(value) => {
                        self.value(value, None, None, &References::none(), &mut Vec::new())
                    }
                    None => {
                        Value::unknown_for(Type::Dynamic, References::causes(input.value, path))
                    }
                };
                inputs.insert(Arc::from(input.key), value);
            }
            let source: Arc<str> = Arc::from(text(entry.value, "source").unwrap_or_default());
            let version = text(entry.value, "version_constraint").map(Arc::from);
            let place = Place {
                file: Arc::clone(self.file),
                span: entry.value.span(),
            };
            self.found.modules.push(ModuleCall {
                address,
                place,
                folder: Some(Arc::clone(&source)),
                source,
                version,
                inputs: Value::object(inputs),
            });
            if let Some(module) = child(entry.value, "module") {
                let path: Vec<ModuleStep> = path
                    .iter()
                    .cloned()
                    .chain([ModuleStep { name, key: None }])
                    .collect();
                self.calls(module, &path, depth + 1);
            }
        }
    }

    /// A planned value, with what `after_unknown` and `sensitive_values` say of the same place.
    fn value(
        &self,
        node: Node<'d>,
        unknown: Option<Node<'d>>,
        secret: Option<Node<'d>>,
        references: &References,
        route: &mut Vec<String>,
    ) -> Value {
        let is_true =
            |node: Option<Node<'d>>| matches!(node.map(Node::value), Some(Json::Bool(true)));
        if is_true(unknown) {
            return Value::unknown_for(Type::Dynamic, references.at(route)).hidden(is_true(secret));
        }
        let part =
            |whole: Option<Node<'d>>, at: usize| whole.and_then(|whole| whole.items().nth(at));
        let value = match node.value() {
            Json::Null => Value::null(),
            Json::Bool(flag) => Value::from(flag),
            Json::Int(_) | Json::Unsigned(_) | Json::Float(_) => node
                .span()
                .slice(self.text)
                .and_then(Number::parse)
                .map_or_else(Value::null, Value::from),
            Json::String(text) => Value::string(text),
            Json::Sequence => {
                let mut items = Vec::new();
                for (at, item) in node.items().enumerate() {
                    route.push(at.to_string());
                    items.push(self.value(
                        item,
                        part(unknown, at),
                        part(secret, at),
                        references,
                        route,
                    ));
                    route.pop();
                }
                Value::tuple(items)
            }
            Json::Mapping => {
                let named = |whole: Option<Node<'d>>, name: &str| {
                    whole.and_then(|whole| child(whole, name))
                };
                let mut entries = BTreeMap::new();
                for entry in node.entries() {
                    route.push(entry.key.to_owned());
                    let value = self.value(
                        entry.value,
                        named(unknown, entry.key),
                        named(secret, entry.key),
                        references,
                        route,
                    );
                    entries.insert(Arc::from(entry.key), value);
                    route.pop();
                }
                // What is not known is left out of the values.
                for entry in unknown.into_iter().flat_map(Node::entries) {
                    if !entries.contains_key(entry.key) && is_true(Some(entry.value)) {
                        route.push(entry.key.to_owned());
                        let value = Value::unknown_for(Type::Dynamic, references.at(route))
                            .hidden(is_true(named(secret, entry.key)));
                        entries.insert(Arc::from(entry.key), value);
                        route.pop();
                    }
                }
                Value::object(entries)
            }
        };
        let place = Place {
            file: Arc::clone(self.file),
            span: node.span(),
        };
        value.or_at(|| Origin::at(place)).hidden(is_true(secret))
    }
}
