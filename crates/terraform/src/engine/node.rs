use std::sync::Arc;

use super::{Done, Engine};
use crate::address::Mode;
use crate::module::{Mention, ResourceKey, mentions, mentions_of_body};
use crate::origin::Place;
use crate::syntax::Block;

/// One thing that is evaluated once. The number is that of its module instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Variable(usize, Arc<str>),
    Local(usize, Arc<str>),
    Output(usize, Arc<str>),
    Resource(usize, ResourceKey),
    /// `count` or `for_each` of a call, and the instances that come of it.
    Call(usize, Arc<str>),
}

impl Engine<'_> {
    /// What must be evaluated before a node. A call has more needs once its instances are known.
    pub(super) fn needs(&self, node: &Node) -> Vec<Node> {
        let mut found: Vec<Mention> = Vec::new();
        let module = match node {
            Node::Variable(module, name) => {
                let Some((parent, call, _)) = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.parent.as_ref())
                else {
                    return Vec::new();
                };
                let block = self
                    .modules
                    .get(*parent)
                    .and_then(|found| found.declared.calls.get(call));
                if let Some(attribute) = block.and_then(|block| block.body.attribute(name)) {
                    mentions(&attribute.expr, &mut found);
                }
                *parent
            }
            Node::Local(module, name) => {
                if let Some(attribute) = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.declared.locals.get(name))
                {
                    mentions(&attribute.expr, &mut found);
                }
                *module
            }
            Node::Output(module, name) => {
                let block = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.declared.outputs.get(name));
                if let Some(attribute) = block.and_then(|block| block.body.attribute("value")) {
                    mentions(&attribute.expr, &mut found);
                }
                *module
            }
            Node::Resource(module, key) => {
                if let Some(block) = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.declared.resources.get(key))
                {
                    resource_mentions(block, &mut found);
                }
                *module
            }
            Node::Call(module, name) => {
                let block = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.declared.calls.get(name));
                if let Some(block) = block.filter(|_| self.is_closed(node)) {
                    mentions_of_body(&block.body, &mut found);
                }
                for attribute in ["count", "for_each"] {
                    if let Some(attribute) = block.and_then(|block| block.body.attribute(attribute))
                    {
                        mentions(&attribute.expr, &mut found);
                    }
                }
                *module
            }
        };
        self.needs_of(module, &found)
    }

    pub(super) fn needs_of(&self, module: usize, found: &[Mention]) -> Vec<Node> {
        let mut needed = Vec::new();
        for mention in found {
            self.need(module, mention, &mut needed);
        }
        needed.sort();
        needed.dedup();
        needed
    }

    /// True for a call whose source is not among the texts.
    pub(super) fn is_closed(&self, node: &Node) -> bool {
        let Node::Call(module, name) = node else {
            return false;
        };
        let Some(found) = self.modules.get(*module) else {
            return true;
        };
        let Some(block) = found.declared.calls.get(name) else {
            return true;
        };
        let source = block
            .body
            .attribute("source")
            .and_then(|source| source.expr.as_text());
        let folder = source.and_then(|source| {
            self.source_folder(&found.declared.folder, &found.path, name, block, source)
        });
        folder.is_none_or(|folder| !self.has_module(&folder))
    }

    fn need(&self, module: usize, mention: &[Arc<str>], needed: &mut Vec<Node>) {
        let Some(declared) = self.modules.get(module).map(|found| &found.declared) else {
            return;
        };
        let resource = |mode, kind: &Arc<str>, name: &Arc<str>| {
            let key = ResourceKey {
                mode,
                kind: Arc::clone(kind),
                name: Arc::clone(name),
            };
            declared
                .resources
                .contains_key(&key)
                .then_some(Node::Resource(module, key))
        };
        match mention {
            [root, name, ..] if root.as_ref() == "var" && declared.variables.contains_key(name) => {
                needed.push(Node::Variable(module, Arc::clone(name)));
            }
            [root, name, ..] if root.as_ref() == "local" && declared.locals.contains_key(name) => {
                needed.push(Node::Local(module, Arc::clone(name)));
            }
            [root, name, rest @ ..]
                if root.as_ref() == "module" && declared.calls.contains_key(name) =>
            {
                let call = Node::Call(module, Arc::clone(name));
                if let Some(Done::Expansion(expansion)) = self.done.get(&call) {
                    for (_, child) in expansion.children() {
                        let outputs = self.modules.get(child).map(|found| &found.declared.outputs);
                        let wanted = rest.first();
                        let outputs = outputs
                            .into_iter()
                            .flat_map(|outputs| outputs.keys())
                            .filter(|name| wanted.is_none_or(|wanted| wanted == *name));
                        needed.extend(outputs.map(|name| Node::Output(child, Arc::clone(name))));
                    }
                } else {
                    needed.push(call);
                }
            }
            [root, kind, name, ..] if root.as_ref() == "data" => {
                needed.extend(resource(Mode::Data, kind, name));
            }
            [root, kind, name, ..] if root.as_ref() == "ephemeral" => {
                needed.extend(resource(Mode::Ephemeral, kind, name));
            }
            [kind, name, ..] => needed.extend(resource(Mode::Managed, kind, name)),
            _ => {}
        }
    }

    pub(super) fn node_name(&self, node: &Node) -> String {
        let (module, name) = match node {
            Node::Variable(module, name) => (module, format!("var.{name}")),
            Node::Local(module, name) => (module, format!("local.{name}")),
            Node::Output(module, name) => (module, format!("output.{name}")),
            Node::Call(module, name) => (module, format!("module.{name}")),
            Node::Resource(module, key) => {
                let mode = if key.mode == Mode::Data { "data." } else { "" };
                (module, format!("{mode}{}.{}", key.kind, key.name))
            }
        };
        let path = self
            .modules
            .get(*module)
            .map(|found| found.path.as_slice())
            .unwrap_or_default();
        path.iter()
            .map(|step| format!("{step}."))
            .collect::<String>()
            + &name
    }

    pub(super) fn node_place(&self, node: &Node) -> Option<Place> {
        let declared = |module: &usize| self.modules.get(*module).map(|found| &found.declared);
        match node {
            Node::Variable(module, name) => declared(module)?.variables.get(name).map(Block::place),
            Node::Local(module, name) => declared(module)?
                .locals
                .get(name)
                .map(crate::syntax::Attribute::place),
            Node::Output(module, name) => declared(module)?.outputs.get(name).map(Block::place),
            Node::Resource(module, key) => declared(module)?.resources.get(key).map(Block::place),
            Node::Call(module, name) => declared(module)?.calls.get(name).map(Block::place),
        }
    }
}

/// What a resource waits for. Its provisioners and lifecycle are not evaluated.
pub(super) fn resource_mentions(block: &Block, found: &mut Vec<Mention>) {
    for attribute in block.body.attributes.values() {
        if !matches!(
            attribute.name.text.as_ref(),
            "depends_on" | "provider" | "providers"
        ) {
            mentions(&attribute.expr, found);
        }
    }
    for inner in &block.body.blocks {
        if !matches!(
            inner.kind.text.as_ref(),
            "lifecycle" | "provisioner" | "connection"
        ) {
            mentions_of_body(&inner.body, found);
        }
    }
}
