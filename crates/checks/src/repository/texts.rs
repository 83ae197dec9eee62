//! Texts of Terraform as far as they are known.

use sekisho_terraform::{Piece, Value};

/// The text; of one that is put together, the known pieces with `${}` for the others.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let pieces = &value.as_unknown()?.pieces;
    (!pieces.is_empty()).then(|| {
        let texts = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Unknown(_) => "${}",
        });
        texts.collect()
    })
}
