use crate::document::{Content, Document, NodeId};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Up to this many steps, 99 of 100 may come from aliases.
const FREE: u32 = 400_000;
/// From this many steps on, 1 of 10 may.
const STRICT: u32 = 4_000_000;

/// Walks a document as go-yaml v2 decodes it, to find what it refuses: aliases to themselves, merges of something that is
/// no map, and more expansion than it allows. Nothing is copied.
pub(crate) struct Expansion<'d> {
    document: &'d Document,
    limits: Limits,
    steps: u32,
    alias_steps: u32,
    /// Aliases being followed.
    active: Vec<NodeId>,
}

impl<'d> Expansion<'d> {
    pub(crate) fn check(document: &'d Document, limits: &Limits) -> Result<()> {
        let mut expansion = Self {
            document,
            limits: Limits {
                depth: limits.depth.min(Limits::DEEPEST),
                ..*limits
            },
            steps: 1,
            alias_steps: 0,
            active: Vec::new(),
        };
        expansion.visit(document.root, 0)
    }

    fn visit(&mut self, id: NodeId, depth: u32) -> Result<()> {
        self.step(id, depth)?;
        let document = self.document;
        match document.content(id) {
            Content::Alias(target) => {
                if self.active.contains(&id) {
                    return Err(Error::new(
                        document.node_span(id),
                        "this alias stands inside of its own anchor",
                    ));
                }
                self.active.push(id);
                self.visit(*target, depth)?;
                self.active.pop();
            }
            Content::Sequence { .. } => {
                for item in document.items(id) {
                    self.visit(*item, depth + 1)?;
                }
            }
            Content::Mapping { .. } => {
                for entry in document.written(id) {
                    if entry.merge.is_some() {
                        self.visit_merge(entry.value, depth)?;
                    } else {
                        self.visit(entry.key, depth + 1)?;
                        self.visit(entry.value, depth + 1)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn visit_merge(&mut self, value: NodeId, depth: u32) -> Result<()> {
        let parts = match self.document.content(value) {
            Content::Sequence { .. } => self.document.items(value),
            _ => &[value],
        };
        for part in parts.iter().rev() {
            let target = self.document.target(*part);
            if !matches!(self.document.content(target), Content::Mapping { .. }) {
                return Err(Error::new(
                    self.document.node_span(*part),
                    "`<<` takes a map or a list of maps",
                ));
            }
            self.visit(*part, depth + 1)?;
        }
        Ok(())
    }

    fn step(&mut self, id: NodeId, depth: u32) -> Result<()> {
        self.steps += 1;
        self.alias_steps += u32::from(!self.active.is_empty());
        let refused = |message: String| Err(Error::new(self.document.node_span(id), message));
        if depth > self.limits.depth {
            return refused(format!("nested deeper than {} levels", self.limits.depth));
        }
        if self.steps > self.limits.nodes {
            return refused(format!(
                "aliases make more than {} values",
                self.limits.nodes
            ));
        }
        let share = f64::from(self.alias_steps) / f64::from(self.steps);
        if self.alias_steps > 100 && self.steps > 1000 && share > allowed_share(self.steps) {
            return refused("kubectl refuses so many values made by aliases".to_owned());
        }
        Ok(())
    }
}

/// The share of steps that may come from aliases; it falls evenly between the two bounds.
fn allowed_share(steps: u32) -> f64 {
    let range = f64::from(STRICT - FREE);
    match steps {
        ..=FREE => 0.99,
        STRICT.. => 0.10,
        _ => 0.99 - 0.89 * (f64::from(steps - FREE) / range),
    }
}
