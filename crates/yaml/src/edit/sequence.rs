use serde_json::Value;

use super::alike::alike;
use crate::node::Node;

/// What becomes of the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The item stays and becomes the wanted item with this number.
    Becomes { item: usize, wanted: usize },
    /// The item goes.
    Goes { item: usize },
    /// A wanted item is new; it comes after all fates before it.
    New { wanted: usize },
}

/// Up to this many pairs are compared to find the longest common part.
const MOST_PAIRS: usize = 1 << 18;

/// Matches the items of a list with the wanted ones: equal ones first, then by position in the gaps between them.
pub(super) fn fates(nodes: &[Node<'_>], wanted: &[Value]) -> Vec<Fate> {
    let prefix = nodes
        .iter()
        .zip(wanted)
        .take_while(|(node, value)| alike(**node, value))
        .count();
    let rest = nodes.len().min(wanted.len()) - prefix;
    let suffix = nodes
        .iter()
        .rev()
        .zip(wanted.iter().rev())
        .take(rest)
        .take_while(|(node, value)| alike(**node, value))
        .count();
    let (node_end, wanted_end) = (nodes.len() - suffix, wanted.len() - suffix);
    let becomes = |item, wanted| Fate::Becomes { item, wanted };
    let mut fates: Vec<Fate> = (0..prefix).map(|at| becomes(at, at)).collect();
    let (mut item, mut new) = (prefix, prefix);
    let middle = common(
        nodes.get(prefix..node_end).unwrap_or_default(),
        wanted.get(prefix..wanted_end).unwrap_or_default(),
    );
    for (equal_item, equal_new) in middle
        .into_iter()
        .map(|(a, b)| (a + prefix, b + prefix))
        .chain([(node_end, wanted_end)])
    {
        while item < equal_item && new < equal_new {
            fates.push(becomes(item, new));
            (item, new) = (item + 1, new + 1);
        }
        fates.extend((item..equal_item).map(|item| Fate::Goes { item }));
        fates.extend((new..equal_new).map(|wanted| Fate::New { wanted }));
        if equal_item < node_end {
            fates.push(becomes(equal_item, equal_new));
        }
        (item, new) = (equal_item + 1, equal_new + 1);
    }
    fates.extend((0..suffix).map(|at| becomes(node_end + at, wanted_end + at)));
    fates
}

/// The longest common subsequence, as pairs of positions.
fn common(nodes: &[Node<'_>], wanted: &[Value]) -> Vec<(usize, usize)> {
    let (rows, columns) = (nodes.len(), wanted.len());
    if rows == 0 || columns == 0 || rows.saturating_mul(columns) > MOST_PAIRS {
        return Vec::new();
    }
    // Row by row from the end: the length of the longest common part of both rests.
    let mut lengths = vec![vec![0_u32; columns + 1]];
    let mut equal = Vec::with_capacity(rows);
    for node in nodes.iter().rev() {
        let below = lengths.last().cloned().unwrap_or_default();
        let mut row = vec![0; columns + 1];
        let equals: Vec<bool> = wanted.iter().map(|value| alike(*node, value)).collect();
        for column in (0..columns).rev() {
            let get = |row: &[u32], at: usize| row.get(at).copied().unwrap_or(0);
            let best = if equals.get(column) == Some(&true) {
                get(&below, column + 1) + 1
            } else {
                get(&below, column).max(get(&row, column + 1))
            };
            if let Some(cell) = row.get_mut(column) {
                *cell = best;
            }
        }
        lengths.push(row);
        equal.push(equals);
    }
    lengths.reverse();
    equal.reverse();
    let length = |row: usize, column: usize| {
        lengths
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(0)
    };
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if equal.get(row).and_then(|equals| equals.get(column)) == Some(&true) {
            pairs.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if length(row + 1, column) >= length(row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}
