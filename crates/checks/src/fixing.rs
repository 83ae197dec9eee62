//! Turns the fixes of findings into edits of files. Every byte outside of the edits stays.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Change, Estate, Finding, Fix, Source, Thing};
use sekisho_text::{Edit, Span};
use sekisho_yaml::edit::{Operation, edits};
use sekisho_yaml::{Document, Syntax, to_yaml};

use crate::secrecy;

/// Which fixes can be written, and what they change.
#[derive(Debug, Default)]
pub struct FixPlan {
    /// Edits by file.
    pub edits: BTreeMap<usize, Vec<Edit>>,
    /// Indexes of the findings that are mended.
    pub mended: Vec<usize>,
    /// Findings whose fix cannot be written here, and why.
    pub refused: Vec<(usize, String)>,
}

/// Plans the fixes of findings, in their order. Unsafe ones only when asked for.
pub fn plan(estate: &Estate, findings: &[Finding], allow_unsafe: bool) -> FixPlan {
    let mut plan = FixPlan::default();
    let mut documents: BTreeMap<(usize, usize), Vec<Operation>> = BTreeMap::new();
    let mut additions: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safe || allow_unsafe) else {
            continue;
        };
        if finding.suppressed.is_some() {
            continue;
        }
        if let Some(made) = replacements(fix) {
            match replace(&mut plan.edits, made) {
                Ok(()) => plan.mended.push(index),
                Err(reason) => plan.refused.push((index, reason)),
            }
            continue;
        }
        match prepare(estate, finding, fix) {
            Err(reason) => plan.refused.push((index, reason)),
            Ok(prepared) => {
                let key = (prepared.source.file, prepared.source.document);
                let known = documents.entry(key).or_default();
                match joined(prepared.document, known, &prepared.operations) {
                    Err(reason) => plan.refused.push((index, reason)),
                    Ok(all) => {
                        *known = all;
                        additions
                            .entry(key.0)
                            .or_default()
                            .extend(prepared.additions);
                        plan.mended.push(index);
                    }
                }
            }
        }
    }
    for ((file, number), operations) in documents {
        let document = estate
            .files()
            .get(file)
            .and_then(|file| file.documents.get(number));
        let made = document.map(|document| edits(document, &operations));
        if let Some(Ok(made)) = made
            && !made.is_empty()
        {
            plan.edits.entry(file).or_default().extend(made);
        }
    }
    for (file, texts) in additions {
        if let (Some(read), false) = (estate.files().get(file), texts.is_empty()) {
            plan.edits
                .entry(file)
                .or_default()
                .push(appended(&read.text, &texts));
        }
    }
    plan
}

/// The edits of one finding alone, for showing what its fix does. None when they hold a secret value.
pub fn preview(estate: &Estate, finding: &Finding) -> Option<Vec<Edit>> {
    if let Some(made) = finding.fix.as_ref().and_then(replacements) {
        return Some(made.into_iter().map(|(_, edit)| edit).collect());
    }
    let prepared = prepare(estate, finding, finding.fix.as_ref()?).ok()?;
    let made = edits(prepared.document, &prepared.operations).ok()?;
    (!secrecy::repeats(prepared.document, &made)).then_some(made)
}

/// The file that the fix of a finding changes: not always the one that the finding points at.
pub fn file_of(estate: &Estate, finding: &Finding) -> Option<usize> {
    let fix = finding.fix.as_ref()?;
    if let Some(made) = replacements(fix) {
        return made.first().map(|(file, _)| *file);
    }
    let thing = target(finding, fix)?;
    Some(estate.source(thing)?.file)
}

fn target(finding: &Finding, fix: &Fix) -> Option<Thing> {
    match fix.object {
        Some(index) => u32::try_from(index).ok().map(Thing::Object),
        None => finding.subject.thing(),
    }
}

/// The edits of a fix of plain text; none for a fix of YAML.
fn replacements(fix: &Fix) -> Option<Vec<(usize, Edit)>> {
    let made = fix.changes.iter().map(|change| match change {
        Change::Replace { file, span, text } => {
            let edit = Edit {
                span: *span,
                replacement: text.clone(),
            };
            Some((*file, edit))
        }
        _ => None,
    });
    made.collect::<Option<Vec<_>>>()
        .filter(|made| !made.is_empty())
}

/// Adds edits to those that are planned, unless they touch one of them.
fn replace(
    planned: &mut BTreeMap<usize, Vec<Edit>>,
    made: Vec<(usize, Edit)>,
) -> Result<(), String> {
    for (file, edit) in &made {
        for other in planned.get(file).into_iter().flatten() {
            let touches = edit.span.start <= other.span.end && other.span.start <= edit.span.end;
            if touches && other != edit {
                return Err("another fix changes the same place; run again".to_owned());
            }
        }
    }
    for (file, edit) in made {
        let edits = planned.entry(file).or_default();
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    Ok(())
}

struct Prepared<'a> {
    source: &'a Source,
    document: &'a Document,
    operations: Vec<Operation>,
    additions: Vec<String>,
}

fn prepare<'a>(estate: &'a Estate, finding: &Finding, fix: &Fix) -> Result<Prepared<'a>, String> {
    let thing = target(finding, fix).ok_or("it is about no single thing")?;
    let source = estate.source(thing).ok_or("it has no file")?;
    let file = estate
        .files()
        .get(source.file)
        .ok_or("the object has no file")?;
    if let Some(by) = &file.rendered_by {
        return Err(format!("the file is the output of `{by}`; mend its source"));
    }
    let document = file
        .documents
        .get(source.document)
        .ok_or("the object has no file")?;
    let mut operations = Vec::new();
    let mut additions = Vec::new();
    for change in &fix.changes {
        let at = |route| source.base.join(route);
        operations.push(match change {
            Change::Set(route, value) => Operation::Ensure {
                route: at(route),
                value: value.clone(),
            },
            Change::Append(route, value) if is_list(document, &at(route)) => Operation::Append {
                route: at(route),
                value: value.clone(),
            },
            Change::Append(route, value) => Operation::Ensure {
                route: at(route),
                value: serde_json::Value::Array(vec![value.clone()]),
            },
            Change::Remove(route) => Operation::Remove { route: at(route) },
            Change::Rename(route, key) => Operation::Rename {
                route: at(route),
                key: key.clone(),
            },
            Change::Replace { .. } => return Err("it mixes two kinds of change".to_owned()),
            Change::NewObject(_) if document.syntax() == Syntax::Json => {
                return Err("an object cannot be added to a JSON file".to_owned());
            }
            Change::NewObject(value) => {
                additions.push(to_yaml(value, 0));
                continue;
            }
        });
    }
    Ok(Prepared {
        source,
        document,
        operations,
        additions,
    })
}

fn is_list(document: &Document, route: &sekisho_text::Route) -> bool {
    document
        .node_at(route)
        .is_some_and(|node| node.value() == sekisho_yaml::Value::Sequence)
}

/// The known operations and the new ones, when they can be done together.
fn joined(
    document: &Document,
    known: &[Operation],
    new: &[Operation],
) -> Result<Vec<Operation>, String> {
    let mut all = known.to_vec();
    for operation in new {
        if all.contains(operation) {
            continue;
        }
        if let Operation::Ensure { route, .. } = operation {
            let taken = |other: &Operation| matches!(other, Operation::Ensure { route: other, .. } if other == route);
            if all.iter().any(taken) {
                return Err(format!(
                    "another fix sets `{route}` to something else; run again"
                ));
            }
        }
        all.push(operation.clone());
    }
    removals_last(&mut all);
    edits(document, &all)
        .map(|_| all)
        .map_err(|error| error.to_string())
}

/// Routes are those of the document as it is: what goes, goes last, and of a list the later items first, so that none
/// moves under another operation.
fn removals_last(operations: &mut [Operation]) {
    operations.sort_by(|a, b| match (a, b) {
        (Operation::Remove { route: a }, Operation::Remove { route: b }) => b.cmp(a),
        (a, b) => {
            let is_removal = |operation| matches!(operation, &&Operation::Remove { .. });
            is_removal(&a).cmp(&is_removal(&b))
        }
    });
}

fn appended(text: &str, objects: &BTreeSet<String>) -> Edit {
    let mut replacement = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        replacement.push('\n');
    }
    for object in objects {
        replacement.push_str("---\n");
        replacement.push_str(object.trim_end());
        replacement.push('\n');
    }
    Edit {
        span: Span::new(text.len(), text.len()),
        replacement,
    }
}
