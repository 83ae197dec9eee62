//! Single changes in the text of a block of Terraform: a value, lines at its end, a block in its place or behind it.

use sekisho_model::{Change, Estate, Resource};
use sekisho_terraform::Origin;
use sekisho_text::Span;

use super::is_native;

/// Sets an attribute of a block: in place of the value that stands there, or as the block's last line. None when the value
/// came through a variable, which may serve others as well, or when the text is JSON.
pub(crate) fn set(estate: &Estate, block: &Resource, name: &str, text: &str) -> Option<Change> {
    match block.values.get(name) {
        Some(value) => replaced(estate, value.origin(), text),
        None => appended(estate, block, &[&format!("{name} = {text}")]),
    }
}

/// Another text for a value, when it stands in the block itself: what came through a variable may serve others as well.
pub(crate) fn replaced(estate: &Estate, origin: Option<&Origin>, text: &str) -> Option<Change> {
    let origin = origin.filter(|origin| origin.via().next().is_none())?;
    if !is_native(&origin.place.file) {
        return None;
    }
    Some(Change::Replace {
        file: estate.file_named(&origin.place.file)?,
        span: origin.place.span,
        text: text.to_owned(),
    })
}

/// Lines before the closing brace of the resource's own block. Blocks on one line and JSON are left alone.
pub(crate) fn appended(estate: &Estate, resource: &Resource, lines: &[&str]) -> Option<Change> {
    appended_in(estate, resource.file, resource.span, lines)
}

/// The same for a nested block, by its origin.
pub(crate) fn appended_to(estate: &Estate, origin: &Origin, lines: &[&str]) -> Option<Change> {
    let direct = origin.via().next().is_none();
    let file = direct.then(|| estate.file_named(&origin.place.file))??;
    appended_in(estate, file, origin.place.span, lines)
}

fn appended_in(estate: &Estate, file: usize, block: Span, lines: &[&str]) -> Option<Change> {
    let read = estate.files().get(file)?;
    if !is_native(&read.path) {
        return None;
    }
    let text = block.slice(&read.text)?;
    let body = text.strip_suffix('}')?;
    // The closing brace has a line of its own, and tells how far the block is indented.
    let (rest, indent) = body.rsplit_once('\n')?;
    if !indent.trim().is_empty() {
        return None;
    }
    let at = block.start as usize + rest.len() + 1;
    let added: String = lines
        .iter()
        .map(|line| format!("{indent}  {line}\n"))
        .collect();
    Some(Change::Replace {
        file,
        span: Span::new(at, at),
        text: added,
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
