use sekisho_text::{Route, Span, Step};

use crate::document::Document;
use crate::node::{MapEntry, Node, Value};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its key, if it is in a map. Behind an alias or a merge: the key in front of the alias, or `<<`.
    pub key: Option<Span>,
    /// The value; behind an alias or a merge, the alias.
    pub value: Span,
    /// Only behind an alias or a merge: where the value itself is written.
    pub anchor: Option<Span>,
}

impl Document {
    /// The node a route leads to, in the form kubectl sends.
    pub fn node_at(&self, route: &Route) -> Option<Node<'_>> {
        let mut node = self.root();
        for step in route.steps() {
            node = child(node, step)?.node;
        }
        Some(node)
    }

    /// Where the value of a route stands.
    pub fn locate(&self, route: &Route) -> Option<Place> {
        let (place, found) = self.locate_nearest(route);
        (found == *route).then_some(place)
    }

    /// Where the deepest part of a route stands that exists, and that part.
    pub fn locate_nearest(&self, route: &Route) -> (Place, Route) {
        let root = self.root();
        let mut place = Place {
            key: None,
            value: root.span(),
            anchor: None,
        };
        let mut node = root;
        let mut found = Route::root();
        for step in route.steps() {
            let Some(next) = child(node, step) else { break };
            node = next.node;
            found.push(step.clone());
            place = place.inside(&next);
        }
        (place, found)
    }
}

struct Child<'d> {
    node: Node<'d>,
    entry: Option<MapEntry<'d>>,
    merge_key: Option<Span>,
}

fn child<'d>(node: Node<'d>, step: &Step) -> Option<Child<'d>> {
    match (step, node.value()) {
        (Step::Key(key), Value::Mapping) => {
            let entry = node.get(key)?;
            Some(Child {
                node: entry.value,
                entry: Some(entry),
                merge_key: entry.merge_key,
            })
        }
        (Step::Index(index), Value::Sequence) => Some(Child {
            node: node.items().nth(*index)?,
            entry: None,
            merge_key: None,
        }),
        _ => None,
    }
}

impl Place {
    /// The place of a child. Once behind an alias, the alias stays the place and only the anchored bytes move on.
    fn inside(self, child: &Child<'_>) -> Self {
        let written = child.node.span();
        if self.anchor.is_some() {
            return Self {
                anchor: Some(written),
                ..self
            };
        }
        let key = child.entry.map(|entry| entry.key_span);
        let merge = child.entry.and_then(|entry| entry.merge);
        match (merge, child.node.alias()) {
            // A map written behind `<<` itself stands here as much as any other.
            (Some(merge), None) if merge.contains(written.range().start) => Self {
                key,
                value: written,
                anchor: None,
            },
            (Some(merge), _) => Self {
                key: child.merge_key,
                value: merge,
                anchor: Some(written),
            },
            (None, Some(alias)) => Self {
                key,
                value: alias,
                anchor: Some(written),
            },
            (None, None) => Self {
                key,
                value: written,
                anchor: None,
            },
        }
    }
}
