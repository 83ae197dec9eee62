//! Which field an unknown field probably stands for.

use sekisho_text::Route;

use crate::note::{Meant, Slip};
use crate::types::{self, Shape, Type};

/// Looks in the same struct first, then for the same name in the structs around it and one level below.
pub(crate) fn find(key: &str, route: &Route, shapes: &[(usize, &'static Shape)]) -> Option<Meant> {
    let ((_, here), around) = shapes.split_last()?;
    let same_letters = here
        .fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(key));
    if let Some(field) = same_letters {
        return Some(Meant {
            route: route.key(field.name),
            slip: Slip::Case,
        });
    }
    for (depth, shape) in around.iter().rev() {
        if let Some(field) = shape.field(key) {
            let outer: Route = route.steps().iter().take(*depth).cloned().collect();
            return Some(Meant {
                route: outer.key(field.name),
                slip: Slip::Level,
            });
        }
    }
    for field in &here.fields {
        let inner = below(&field.of).and_then(|shape| shape.field(key));
        if let Some(inner) = inner {
            return Some(Meant {
                route: route.key(field.name).key(inner.name),
                slip: Slip::Level,
            });
        }
    }
    let nearest = here
        .fields
        .iter()
        .map(|field| (distance(key, field.name), field.name))
        .min()?;
    let allowed = if key.len() <= 4 { 1 } else { 2 };
    (nearest.0 <= allowed).then(|| Meant {
        route: route.key(nearest.1),
        slip: Slip::Spelling,
    })
}

fn below(of: &Type) -> Option<&'static Shape> {
    match of {
        Type::Struct(number) => Some(types::shape(*number)),
        Type::Pointer(inner) => below(inner),
        _ => None,
    }
}

/// Levenshtein distance without regard to case.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.to_lowercase().chars().enumerate() {
        let mut diagonal = line;
        let mut left_cell = line + 1;
        let mut next = vec![left_cell];
        for (cell, to) in row.iter().skip(1).zip(&right) {
            let replaced = diagonal + usize::from(from != *to);
            left_cell = replaced.min(left_cell + 1).min(cell + 1);
            diagonal = *cell;
            next.push(left_cell);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_letters() {
        assert_eq!(distance("matchLabelss", "matchLabels"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
