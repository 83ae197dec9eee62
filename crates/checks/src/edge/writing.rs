//! Changes of Terraform's texts.

use sekisho_model::{Change, Estate, Resource};
use sekisho_terraform::Origin;
use sekisho_text::Span;

/// Sets an attribute of a block: in place of the value that stands there, or as the block's last line. None when the value
/// came through a variable, which may serve others as well, or when the text is JSON.
pub(crate) fn set(estate: &Estate, block: &Resource, name: &str, text: &str) -> Option<Change> {
    match block.values.get(name) {
        Some(value) => replaced(estate, value.origin()?, text),
        None => added(estate, block, &format!("{name} = {text}")),
    }
}

/// Another text where a value stands.
fn replaced(estate: &Estate, origin: &Origin, text: &str) -> Option<Change> {
    let path = &origin.place.file;
    if origin.via().next().is_some() || !is_native(path) {
        return None;
    }
    Some(Change::Replace {
        file: estate.file_named(path)?,
        span: origin.place.span,
        text: text.to_owned(),
    })
}

/// Another block where one of this name stands; none where a `dynamic` block makes it.
pub(crate) fn replaced_block(
    estate: &Estate,
    block: &Resource,
    name: &str,
    text: &str,
) -> Option<Change> {
    let file = estate.files().get(block.file)?;
    let (start, end) = (block.span.start as usize, block.span.end as usize);
    let is_so_named = file.text.get(start..end)?.starts_with(name);
    (is_so_named && is_native(&file.path)).then(|| Change::Replace {
        file: block.file,
        span: block.span,
        text: text.to_owned(),
    })
}

/// One more line before the closing brace, which must stand alone on its line.
fn added(estate: &Estate, block: &Resource, line: &str) -> Option<Change> {
    let file = estate.files().get(block.file)?;
    let head = file
        .text
        .get(..block.span.end as usize)?
        .strip_suffix('}')?;
    let start = head.rfind('\n')? + 1;
    let indent = head.get(start..)?;
    if !is_native(&file.path) || !indent.trim().is_empty() || start <= block.span.start as usize {
        return None;
    }
    let at = u32::try_from(start).ok()?;
    Some(Change::Replace {
        file: block.file,
        span: Span { start: at, end: at },
        text: format!("{indent}  {line}\n"),
    })
}

/// Another block behind the block of a resource.
pub(crate) fn behind(estate: &Estate, resource: &Resource, text: &str) -> Option<Change> {
    let file = estate.files().get(resource.file)?;
    let end = resource.span.end;
    let is_block = file.text.get(..end as usize)?.ends_with('}');
    (is_block && is_native(&file.path)).then(|| Change::Replace {
        file: resource.file,
        span: Span { start: end, end },
        text: format!("\n\n{text}"),
    })
}

/// What another block of the same module calls a resource: `aws_lb.shop`. None where there are several of it.
pub(crate) fn called<'r>(resource: &'r Resource, by: &Resource) -> Option<&'r str> {
    let module = |address: &str| Some(address.rsplitn(3, '.').nth(2)?.to_owned());
    let is_near = resource.stack == by.stack && module(&resource.address) == module(&by.address);
    let name = match resource.address.rfind(&format!("{}.", resource.kind)) {
        Some(at) if is_near => resource.address.get(at..)?,
        _ => return None,
    };
    (!name.contains('[')).then_some(name)
}

/// The one resource of a type that stands beside another and fits, as it is called there.
pub(crate) fn only<'e>(
    estate: &'e Estate,
    kind: &str,
    beside: &Resource,
    fits: impl Fn(&Resource) -> bool,
) -> Option<&'e str> {
    let mut all = estate
        .of_type(kind)
        .map(|(_, resource)| resource)
        .filter(|resource| resource.stack == beside.stack && fits(resource));
    match (all.next(), all.next()) {
        (Some(one), None) => called(one, beside),
        _ => None,
    }
}

/// True for Terraform's own syntax, which is what is written here.
fn is_native(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "tf")
}
