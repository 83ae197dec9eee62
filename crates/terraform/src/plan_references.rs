use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_yaml::{Node, Value as Json};

use crate::address::{Address, Key, Mode, ModuleStep};
use crate::plan::child;
use crate::unknown::{Cause, Reference};

/// What the expressions of one resource refer to, by the route of the attribute (`configuration` of a plan).
#[derive(Debug, Default)]
pub(crate) struct References {
    at: BTreeMap<Vec<String>, Vec<Arc<str>>>,
    module: Vec<ModuleStep>,
}

impl References {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn of(declared: Option<Node<'_>>, module: &[ModuleStep]) -> Self {
        let mut references = Self {
            at: BTreeMap::new(),
            module: module.to_vec(),
        };
        if let Some(expressions) = declared.and_then(|declared| child(declared, "expressions")) {
            references.collect(expressions, &mut Vec::new());
        }
        for name in ["count_expression", "for_each_expression"] {
            if let Some(names) = declared
                .and_then(|declared| child(declared, name))
                .map(names)
            {
                references.at.insert(vec![name.to_owned()], names);
            }
        }
        if let Some(waits) = declared.and_then(|declared| child(declared, "depends_on")) {
            references
                .at
                .insert(vec!["depends_on".to_owned()], strings(waits));
        }
        references
    }

    fn collect(&mut self, node: Node<'_>, route: &mut Vec<String>) {
        if route.len() > 64 {
            return;
        }
        if child(node, "references").is_some() {
            self.at.insert(route.clone(), names(node));
            return;
        }
        for (at, item) in node.items().enumerate() {
            route.push(at.to_string());
            self.collect(item, route);
            route.pop();
        }
        for entry in node.entries().filter(|entry| entry.key != "constant_value") {
            route.push(entry.key.to_owned());
            self.collect(entry.value, route);
            route.pop();
        }
    }

    /// Everything that is mentioned.
    pub(crate) fn all(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = self.at.values().flatten().cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Why the value at this route is not known: what the nearest expression around it refers to.
    pub(crate) fn at(&self, route: &[String]) -> Vec<Cause> {
        let mut around = (1..=route.len())
            .rev()
            .filter_map(|length| route.get(..length));
        let names = around.find_map(|route| self.at.get(route));
        let causes: Vec<Cause> = names
            .into_iter()
            .flatten()
            .filter_map(|name| cause(name, &self.module))
            .collect();
        if causes.is_empty() {
            vec![Cause::AfterApply]
        } else {
            causes
        }
    }

    /// Why a value made by this expression is not known.
    pub(crate) fn causes(expression: Node<'_>, module: &[ModuleStep]) -> Vec<Cause> {
        let causes: Vec<Cause> = names(expression)
            .iter()
            .filter_map(|name| cause(name, module))
            .collect();
        if causes.is_empty() {
            vec![Cause::AfterApply]
        } else {
            causes
        }
    }
}

/// The references of one expression. Terraform adds to each the shorter ones it implies; only the longest tell.
fn names(expression: Node<'_>) -> Vec<Arc<str>> {
    let all = child(expression, "references")
        .map(strings)
        .unwrap_or_default();
    let is_implied = |name: &Arc<str>| {
        let longer = |other: &Arc<str>| {
            other
                .strip_prefix(name.as_ref())
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        all.iter().any(longer)
    };
    all.iter()
        .filter(|name| !is_implied(name))
        .cloned()
        .collect()
}

fn strings(list: Node<'_>) -> Vec<Arc<str>> {
    let text = |item: Node<'_>| {
        if let Json::String(text) = item.value() {
            Some(Arc::from(text))
        } else {
            None
        }
    };
    list.items().filter_map(text).collect()
}

/// A reference as it is written in the plan: `aws_vpc.a[0].id`, `module.net.subnets`; others name no resource.
fn cause(name: &str, module: &[ModuleStep]) -> Option<Cause> {
    let mut steps = steps(name).into_iter().peekable();
    let first = steps.next()?;
    let (mode, kind, name) = match first.as_str() {
        "var" | "local" | "each" | "count" | "path" | "terraform" | "self" => return None,
        "module" => (Mode::Module, String::new(), steps.next()?),
        "data" => (Mode::Data, steps.next()?, steps.next()?),
        _ => (Mode::Managed, first, steps.next()?),
    };
    let key = steps.peek().and_then(|step| {
        let inner = step.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse().map(Key::Index).ok().or_else(|| {
            serde_json::from_str::<String>(inner)
                .ok()
                .map(|name| Key::Name(name.into()))
        })
    });
    if key.is_some() {
        steps.next();
    }
    let target = Address {
        module: module.to_vec(),
        mode,
        kind: kind.into(),
        name: name.into(),
        key,
    };
    Some(Cause::Reference(Reference {
        target,
        path: steps.map(Arc::from).collect(),
    }))
}

/// Cuts at dots and brackets outside of quotes.
fn steps(name: &str) -> Vec<String> {
    let (mut steps, mut open, mut quoted) = (Vec::new(), String::new(), false);
    for found in name.chars() {
        match found {
            '"' => quoted = !quoted,
            '.' if !quoted => {
                steps.extend(Some(std::mem::take(&mut open)).filter(|step| !step.is_empty()));
                continue;
            }
            '[' if !quoted => {
                steps.extend(Some(std::mem::take(&mut open)).filter(|step| !step.is_empty()));
            }
            _ => {}
        }
        open.push(found);
    }
    steps.extend(Some(open).filter(|step| !step.is_empty()));
    steps
}

#[cfg(test)]
mod tests {
    use super::cause;

    #[test]
    fn references_keep_their_way() {
        let shown = |name: &str| {
            cause(name, &[]).and_then(|cause| cause.reference().map(ToString::to_string))
        };
        assert_eq!(shown("aws_vpc.a[0].id").as_deref(), Some("aws_vpc.a[0].id"));
        assert_eq!(
            shown("data.aws_x.y[\"a.b\"].z").as_deref(),
            Some("data.aws_x.y[\"a.b\"].z")
        );
        assert_eq!(
            shown("module.net.subnets").as_deref(),
            Some("module.net.subnets")
        );
        assert_eq!(shown("var.a"), None);
    }
}
