use crate::problem::{Problem, ProblemKind};
use crate::syntax::{Block, Body};

/// Puts the blocks of an override file over those that are there (terraform `configs/module_merge.go`): attributes
/// replace attributes, nested blocks replace all nested blocks of their type.
pub(super) fn apply(whole: &mut Body, over: Body, problems: &mut Vec<Problem>) {
    for block in over.blocks {
        if block.kind.text.as_ref() == "locals" {
            override_locals(whole, block);
            continue;
        }
        if block.kind.text.as_ref() == "terraform" {
            whole.blocks.push(block);
            continue;
        }
        match whole.blocks.iter_mut().find(|base| is_same(base, &block)) {
            Some(base) => merge(&mut base.body, block.body),
            None => problems.push(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                "there is nothing to override here",
            )),
        }
    }
}

fn is_same(base: &Block, over: &Block) -> bool {
    let labels = |block: &Block| {
        block
            .labels
            .iter()
            .map(|label| label.text.clone())
            .collect::<Vec<_>>()
    };
    // Configurations of one provider differ by their alias, not by a label.
    let alias = |block: &Block| {
        block
            .body
            .attribute("alias")
            .and_then(|alias| alias.expr.as_text().map(str::to_owned))
    };
    base.kind.text == over.kind.text
        && labels(base) == labels(over)
        && (base.kind.text.as_ref() != "provider" || alias(base) == alias(over))
}

fn merge(base: &mut Body, over: Body) {
    for (name, attribute) in over.attributes {
        // `count` and `for_each` exclude each other.
        match name.as_ref() {
            "count" => drop(base.attributes.remove("for_each")),
            "for_each" => drop(base.attributes.remove("count")),
            _ => {}
        }
        base.attributes.insert(name, attribute);
    }
    let (inner, replacing): (Vec<Block>, Vec<Block>) = over
        .blocks
        .into_iter()
        .partition(|block| block.kind.text.as_ref() == "lifecycle");
    for block in inner {
        match base
            .blocks
            .iter_mut()
            .find(|found| found.kind.text == block.kind.text)
        {
            Some(found) => merge(&mut found.body, block.body),
            None => base.blocks.push(block),
        }
    }
    let name = |block: &Block| match block.kind.text.as_ref() {
        "dynamic" => block
            .label(0)
            .map_or_else(|| block.kind.text.clone(), |label| label.text.clone()),
        _ => block.kind.text.clone(),
    };
    let replaced: Vec<_> = replacing.iter().map(name).collect();
    base.blocks.retain(|block| !replaced.contains(&name(block)));
    base.blocks.extend(replacing);
}

fn override_locals(whole: &mut Body, over: Block) {
    for name in over.body.attributes.keys() {
        for base in whole
            .blocks
            .iter_mut()
            .filter(|block| block.kind.text.as_ref() == "locals")
        {
            base.body.attributes.remove(name);
        }
    }
    whole.blocks.push(over);
}
