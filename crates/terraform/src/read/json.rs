use std::sync::Arc;

use sekisho_text::Span;
use sekisho_yaml::{Limits, MapEntry, Node, Value as Json, parse};

use super::expression::from_parts;
use super::native::read_template;
use super::{At, Source, syntax_problem};
use crate::number::Number;
use crate::problem::Problem;
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind, Name};
use crate::value::Value;

/// What one JSON text may cost.
const LIMITS: Limits = Limits {
    depth: 64,
    nodes: 400_000,
    bytes: 4 << 20,
};

/// How many labels the blocks of a configuration have (terraform `configFileSchema`).
fn labels(kind: &str) -> Option<usize> {
    match kind {
        "locals" | "terraform" | "moved" | "import" | "removed" => Some(0),
        "variable" | "output" | "module" | "provider" | "check" => Some(1),
        "resource" | "data" | "ephemeral" => Some(2),
        _ => None,
    }
}

/// Reads a `*.tf.json` file.
pub(crate) fn read_json(file: &Arc<str>, text: &str, problems: &mut Vec<Problem>) -> Body {
    let mut body = Body::default();
    with_root(file, text, problems, |root, problems| {
        let mut reader = Reader {
            file,
            text,
            problems,
        };
        // An array of objects stands for one object after the other.
        let roots: Vec<Node<'_>> = if root.items().len() > 0 {
            root.items().collect()
        } else {
            vec![root]
        };
        for entry in roots.iter().flat_map(|root| root.entries()) {
            if let Some(depth) = labels(entry.key) {
                reader.blocks(&mut body.blocks, entry, entry.value, depth, &mut Vec::new());
            } else if entry.key != "//" {
                let message = format!("{:?} is no block of a configuration", entry.key);
                reader
                    .problems
                    .push(syntax_problem(file, entry.key_span, message));
            }
        }
    });
    body
}

/// Reads a `*.tfvars.json` file: values, in which text is not looked into.
pub(crate) fn read_json_values(file: &Arc<str>, text: &str, problems: &mut Vec<Problem>) -> Body {
    let mut body = Body::default();
    with_root(file, text, problems, |root, problems| {
        let reader = Reader {
            file,
            text,
            problems,
        };
        for entry in root.entries() {
            let expr = reader.literal(entry.value);
            insert(&mut body, name(entry), expr, file);
        }
    });
    body
}

fn with_root(
    file: &Arc<str>,
    text: &str,
    problems: &mut Vec<Problem>,
    read: impl FnOnce(Node<'_>, &mut Vec<Problem>),
) {
    let stream = parse(text, &LIMITS);
    for error in &stream.errors {
        problems.push(syntax_problem(
            file,
            error.span,
            format!("not JSON: {}", error.message),
        ));
    }
    match stream.documents.first() {
        Some(document)
            if document.root().entries().len() > 0 || document.root().items().len() > 0 =>
        {
            read(document.root(), problems);
        }
        Some(document) if stream.errors.is_empty() && document.root().value() != Json::Mapping => {
            problems.push(syntax_problem(
                file,
                document.root().span(),
                "not JSON: an object is needed",
            ));
        }
        _ => {}
    }
}

fn insert(body: &mut Body, name: Name, expr: Expr, file: &Arc<str>) {
    let attribute = Attribute {
        name: name.clone(),
        expr: Arc::new(expr),
        file: Arc::clone(file),
    };
    body.attributes.insert(name.text, attribute);
}

struct Reader<'r> {
    file: &'r Arc<str>,
    text: &'r str,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    /// Goes down through the labels; an array of bodies is several blocks.
    fn blocks(
        &mut self,
        into: &mut Vec<Block>,
        kind: MapEntry<'_>,
        node: Node<'_>,
        depth: usize,
        labels: &mut Vec<Name>,
    ) {
        if node.items().len() > 0 {
            for item in node.items() {
                self.blocks(into, kind, item, depth, labels);
            }
            return;
        }
        if node.value() != Json::Mapping {
            if node.value() != Json::Sequence && node.value() != Json::Null {
                self.problems.push(syntax_problem(
                    self.file,
                    node.span(),
                    "an object is needed",
                ));
            }
            return;
        }
        if depth == 0 {
            let body = self.body(kind.key, node);
            into.push(Block {
                kind: name(kind),
                labels: labels.clone(),
                body,
                span: node.span(),
                file: Arc::clone(self.file),
            });
            return;
        }
        for entry in node.entries().filter(|entry| entry.key != "//") {
            labels.push(name(entry));
            self.blocks(into, kind, entry.value, depth - 1, labels);
            labels.pop();
        }
    }

    /// Which keys are blocks is a matter of the schema; without one only those of Terraform itself are.
    fn body(&mut self, kind: &str, node: Node<'_>) -> Body {
        let mut body = Body::default();
        for entry in node.entries().filter(|entry| entry.key != "//") {
            let depth = match (kind, entry.key) {
                ("resource" | "data" | "ephemeral", "lifecycle" | "connection")
                | ("variable", "validation")
                | ("terraform", "required_providers")
                | ("dynamic", "content") => Some(0),
                ("resource" | "data" | "ephemeral", "dynamic" | "provisioner")
                | ("terraform", "backend")
                | ("check", "data") => Some(1),
                _ => None,
            };
            if let Some(depth) = depth {
                let mut blocks = Vec::new();
                self.blocks(&mut blocks, entry, entry.value, depth, &mut Vec::new());
                body.blocks.extend(blocks);
                continue;
            }
            let is_literal = matches!(
                (kind, entry.key),
                ("variable", "default" | "type") | ("module", "source" | "version")
            );
            let expr = match (kind, entry.key) {
                ("variable", "type") => self.native(entry.value),
                (
                    _,
                    "depends_on"
                    | "provider"
                    | "providers"
                    | "ignore_changes"
                    | "replace_triggered_by",
                ) => self.static_names(entry.value),
                _ if is_literal => self.literal(entry.value),
                _ => self.expression(entry.value),
            };
            insert(&mut body, name(entry), expr, self.file);
        }
        body
    }

    /// A text that holds an expression in native syntax: a type.
    fn native(&mut self, node: Node<'_>) -> Expr {
        let Json::String(text) = node.value() else {
            return self.literal(node);
        };
        let wrapped = format!("${{{text}}}");
        self.template(&wrapped, node.span())
    }

    fn static_names(&mut self, node: Node<'_>) -> Expr {
        self.literal(node)
    }

    fn template(&mut self, text: &str, span: Span) -> Expr {
        let source = Source {
            text,
            at: At::Whole(span),
        };
        match read_template(source) {
            Ok(parts) => from_parts(parts, span),
            Err(message) => {
                self.problems.push(syntax_problem(self.file, span, message));
                Expr {
                    kind: ExprKind::Literal(Value::unknown(
                        crate::types::Type::Dynamic,
                        crate::unknown::Cause::Failed,
                    )),
                    span,
                }
            }
        }
    }

    /// A value in which each text, keys included, is a template.
    fn expression(&mut self, node: Node<'_>) -> Expr {
        let span = node.span();
        let kind = match node.value() {
            Json::String(text) => {
                return if text.contains(['$', '%']) {
                    self.template(text, span)
                } else {
                    self.literal(node)
                };
            }
            Json::Sequence => {
                ExprKind::Tuple(node.items().map(|item| self.expression(item)).collect())
            }
            Json::Mapping => {
                let entries: Vec<MapEntry<'_>> =
                    node.entries().filter(|entry| entry.key != "//").collect();
                let entry = |entry: &MapEntry<'_>| {
                    (
                        self.template(entry.key, entry.key_span),
                        self.expression(entry.value),
                    )
                };
                ExprKind::Object(entries.iter().map(entry).collect())
            }
            _ => return self.literal(node),
        };
        Expr { kind, span }
    }

    fn literal(&self, node: Node<'_>) -> Expr {
        let span = node.span();
        let kind = match node.value() {
            Json::Null => ExprKind::Literal(Value::null()),
            Json::Bool(flag) => ExprKind::Literal(Value::from(flag)),
            Json::Int(_) | Json::Unsigned(_) | Json::Float(_) => {
                // The digits as written, beyond 64 bits.
                let number = span.slice(self.text).and_then(Number::parse);
                ExprKind::Literal(number.map_or_else(Value::null, Value::from))
            }
            Json::String(text) => ExprKind::Literal(Value::string(text)),
            Json::Sequence => {
                ExprKind::Tuple(node.items().map(|item| self.literal(item)).collect())
            }
            Json::Mapping => {
                let key = |entry: &MapEntry<'_>| Expr {
                    kind: ExprKind::Literal(Value::string(entry.key)),
                    span: entry.key_span,
                };
                ExprKind::Object(
                    node.entries()
                        .map(|entry| (key(&entry), self.literal(entry.value)))
                        .collect(),
                )
            }
        };
        Expr { kind, span }
    }
}

fn name(entry: MapEntry<'_>) -> Name {
    Name {
        text: Arc::from(entry.key),
        span: entry.key_span,
    }
}
