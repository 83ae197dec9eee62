//! Changes in the text of a block of Terraform.

use sekisho_model::{Change, Estate, Resource};
use sekisho_terraform::Origin;
use sekisho_text::Span;

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

/// True for the native syntax: JSON and plans are written by machines.
fn is_native(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "tf")
}
