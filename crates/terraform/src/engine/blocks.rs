use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::repeat::Instance;
use crate::evaluate::pairs;
use crate::origin::Origin;
use crate::problem::{Problem, ProblemKind};
use crate::syntax::{Block, Body};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Fields, Value};

/// A body as written, and as others see it: there, blocks may have attributes that only the provider knows.
#[derive(Default)]
pub(super) struct Evaluated {
    pub(super) written: BTreeMap<Arc<str>, Value>,
    pub(super) seen: BTreeMap<Arc<str>, Value>,
}

/// Nested blocks deeper than this are not looked into.
const DEEPEST: usize = 32;

/// Where a body stands.
#[derive(Clone)]
pub(super) struct Place<'p> {
    pub(super) module: usize,
    pub(super) instance: Option<&'p Instance>,
    /// Iterators of the `dynamic` blocks around it.
    pub(super) bound: Vec<(Arc<str>, Value)>,
    /// Names that are no attributes of the thing itself.
    pub(super) left_out: &'p [&'p str],
    /// Why attributes may be missing, with the way here.
    pub(super) rest: Option<Cause>,
    pub(super) depth: usize,
}

impl Engine<'_> {
    pub(super) fn body(&self, body: &Body, place: &Place<'_>) -> Evaluated {
        let mut evaluated = Evaluated::default();
        for (name, attribute) in &body.attributes {
            if place.left_out.contains(&name.as_ref()) {
                continue;
            }
            let value = self.expression(
                place.module,
                place.instance,
                &attribute.file,
                &attribute.expr,
                &place.bound,
            );
            evaluated.written.insert(Arc::clone(name), value.clone());
            evaluated.seen.insert(Arc::clone(name), value);
        }
        let mut blocks: BTreeMap<Arc<str>, (Vec<Value>, Vec<Value>)> = BTreeMap::new();
        for block in &body.blocks {
            if place.left_out.contains(&block.kind.text.as_ref()) {
                continue;
            }
            self.nested(block, place, &mut blocks);
        }
        for (name, (written, seen)) in blocks {
            // In JSON an attribute and a block look the same.
            evaluated
                .written
                .entry(Arc::clone(&name))
                .or_insert_with(|| Value::tuple(written));
            evaluated
                .seen
                .entry(name)
                .or_insert_with(|| Value::tuple(seen));
        }
        evaluated
    }

    fn nested(
        &self,
        block: &Block,
        place: &Place<'_>,
        blocks: &mut BTreeMap<Arc<str>, (Vec<Value>, Vec<Value>)>,
    ) {
        if place.depth > DEEPEST || !self.budget.spend(1) {
            self.tell_limit();
            return;
        }
        if block.kind.text.as_ref() == "dynamic" && block.label(0).is_some() {
            self.dynamic(block, place, blocks);
            return;
        }
        let origin = self.origin_of(place.module, block);
        self.push(&block.kind.text, block, &origin, place, blocks);
    }

    fn push(
        &self,
        name: &Arc<str>,
        block: &Block,
        origin: &Origin,
        place: &Place<'_>,
        blocks: &mut BTreeMap<Arc<str>, (Vec<Value>, Vec<Value>)>,
    ) {
        let (written, seen) = blocks.entry(Arc::clone(name)).or_default();
        let at = written.len();
        let rest = place
            .rest
            .as_ref()
            .map(|rest| rest.within(name).within(&format!("[{at}]")));
        let inner = Place {
            left_out: &[],
            rest: rest.clone(),
            depth: place.depth + 1,
            ..place.clone()
        };
        let mut evaluated = self.body(&block.body, &inner);
        if let Some(label) = block
            .label(0)
            .filter(|_| block.kind.text.as_ref() != "dynamic")
        {
            evaluated
                .written
                .insert("_label".into(), Value::string(&label.text));
        }
        let origin = || origin.clone();
        written.push(Value::object(evaluated.written).or_at(origin));
        seen.push(
            Value::new(Content::Object(Arc::new(Fields {
                named: evaluated.seen,
                rest,
            })))
            .or_at(origin),
        );
    }

    /// One block for each round; rounds that are not known leave one unknown value (hcl `ext/dynblock`).
    fn dynamic(
        &self,
        block: &Block,
        place: &Place<'_>,
        blocks: &mut BTreeMap<Arc<str>, (Vec<Value>, Vec<Value>)>,
    ) {
        let Some(name) = block.label(0).map(|label| Arc::clone(&label.text)) else {
            return;
        };
        let refuse = |message: &str| {
            self.tell(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                message,
            ));
        };
        let (Some(each), Some(content)) = (
            block.body.attribute("for_each"),
            block.body.blocks_of("content").next(),
        ) else {
            refuse("a dynamic block needs for_each and content");
            return;
        };
        let origin = self.origin_of(place.module, block);
        let iterator = match block.body.attribute("iterator") {
            Some(attribute) => attribute
                .expr
                .as_word()
                .or_else(|| attribute.expr.as_text())
                .map(Arc::from),
            None => Some(Arc::clone(&name)),
        };
        let Some(iterator) = iterator else {
            refuse("the iterator must be a name");
            return;
        };
        let collection = self.expression(
            place.module,
            place.instance,
            &each.file,
            &each.expr,
            &place.bound,
        );
        let rounds = if collection.is_null() {
            Err("null cannot be walked over".to_owned())
        } else {
            pairs(&collection)
        };
        let rounds = match rounds {
            Ok(Ok(rounds)) if rounds.len() <= self.budget.limits.instances => rounds,
            Ok(Ok(_)) => {
                unknown_blocks(&name, vec![Cause::Limit], &origin, blocks);
                self.tell(Problem::new(
                    ProblemKind::Limit,
                    Some(each.place()),
                    "for_each has too many entries to look at",
                ));
                return;
            }
            Ok(Err(causes)) => return unknown_blocks(&name, causes, &origin, blocks),
            Err(message) => {
                self.tell(Problem::new(
                    ProblemKind::Evaluation,
                    Some(each.place()),
                    message,
                ));
                return unknown_blocks(&name, vec![Cause::Failed], &origin, blocks);
            }
        };
        for (key, value) in rounds {
            let mut inner = place.clone();
            let origin = self.origin_of_round(place.module, content, &value);
            let pair = BTreeMap::from([(Arc::from("key"), key), (Arc::from("value"), value)]);
            inner
                .bound
                .push((Arc::clone(&iterator), Value::object(pair)));
            self.push(&name, content, &origin, &inner, blocks);
        }
        blocks.entry(name).or_default();
    }
}

fn unknown_blocks(
    name: &Arc<str>,
    causes: Vec<Cause>,
    origin: &Origin,
    blocks: &mut BTreeMap<Arc<str>, (Vec<Value>, Vec<Value>)>,
) {
    let unknown = Value::unknown_for(Type::Dynamic, causes).or_at(|| origin.clone());
    let (written, seen) = blocks.entry(Arc::clone(name)).or_default();
    written.push(unknown.clone());
    seen.push(unknown);
}
