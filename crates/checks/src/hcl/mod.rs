//! Edits of Terraform's own syntax, which keep every other byte of the file.

mod block_edit;
mod edits;
mod names;

pub(crate) use block_edit::BlockEdit;
pub(crate) use edits::{appended, appended_to, behind, replaced, replaced_block, set};
pub(crate) use names::{called, only};

/// True for the native syntax: JSON and plans are written by machines.
fn is_native(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "tf")
}
