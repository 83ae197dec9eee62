use sekisho_text::Span;
use serde_json::Value;

use super::EditError;
use super::diff::{Differ, Place};
use super::sequence::Fate;
use crate::document::{Entry, Layout, NodeId};

impl Differ<'_> {
    pub(super) fn replace_flow(&mut self, id: NodeId, wanted: &Value) {
        let text = self.source.flow(wanted, true);
        let span = self.source.whole(id);
        let before = self
            .source
            .text()
            .get(..span.start as usize)
            .unwrap_or_default();
        // `{a:}` and `{a: }` get their value behind the colon; a key alone gets its colon first.
        let text = match before.trim_end().chars().last() {
            Some(':') if span.is_empty() && before.ends_with(':') => format!(" {text}"),
            last if span.is_empty() && !matches!(last, Some(':' | '[' | ',')) => {
                format!(": {text}")
            }
            _ => text,
        };
        self.edits.push(self.source.edit(span, &text));
    }

    pub(super) fn change_flow_map(
        &mut self,
        id: NodeId,
        entries: &[Entry],
        kept: impl Fn(&Entry) -> bool,
        new: &[(&String, &Value)],
    ) {
        let parts: Vec<(Span, bool)> = entries
            .iter()
            .map(|entry| {
                let (key, value) = (self.source.whole(entry.key), self.source.whole(entry.value));
                let end = if value.is_empty() {
                    key.end.max(value.start)
                } else {
                    value.end
                };
                (
                    Span {
                        start: key.start,
                        end,
                    },
                    kept(entry),
                )
            })
            .collect();
        let new: Vec<String> = new
            .iter()
            .map(|(key, value)| {
                format!(
                    "{}{}",
                    self.source.flow_key(key),
                    self.source.flow(value, true)
                )
            })
            .collect();
        self.change_flow(id, &parts, &new);
    }

    /// Removes and appends entries or items of a flow collection. At least one part is kept.
    fn change_flow(&mut self, id: NodeId, parts: &[(Span, bool)], new: &[String]) {
        let mut last_kept: Option<Span> = None;
        for (position, (span, kept)) in parts.iter().enumerate() {
            if *kept {
                last_kept = Some(*span);
                continue;
            }
            let next = parts.get(position + 1).map(|(next, _)| next.start);
            let cut = match (next, last_kept) {
                // With its comma up to the next one.
                (Some(next), None) => Span {
                    start: span.start,
                    end: next,
                },
                // With the comma before it.
                (_, Some(_)) => {
                    let before = position.checked_sub(1).and_then(|before| parts.get(before));
                    Span {
                        start: before.map_or(span.start, |(before, _)| before.end),
                        end: span.end,
                    }
                }
                (None, None) => *span,
            };
            self.edits.push(self.source.edit(cut, ""));
        }
        let Some(last) = last_kept.filter(|_| !new.is_empty()) else {
            return;
        };
        let start = self.document.node_span(id).start;
        let separator = if self.source.begins_line(last.start)
            && self.source.line_start(start) != self.source.line_start(last.start)
        {
            format!(",\n{}", " ".repeat(self.source.column(last.start)))
        } else {
            ", ".to_owned()
        };
        let text: String = new
            .iter()
            .flat_map(|part| [separator.as_str(), part])
            .collect();
        self.edits.push(self.source.insert(last.end, &text));
    }

    pub(super) fn list(
        &mut self,
        id: NodeId,
        place: Place,
        wanted: &[Value],
    ) -> Result<(), EditError> {
        let fates = self.fates(id, wanted);
        let in_block = self.document.layout(id) == Layout::BlockCollection;
        if !fates
            .iter()
            .any(|fate| matches!(fate, Fate::Becomes { .. }))
        {
            return self.replace_list(id, place, wanted);
        }
        let grows_inside = fates
            .iter()
            .skip_while(|fate| !matches!(fate, Fate::New { .. }))
            .any(|fate| matches!(fate, Fate::Becomes { .. }));
        if grows_inside && !in_block {
            return self.replace_list(id, place, wanted);
        }
        let items = self.document.items(id);
        for fate in &fates {
            match fate {
                Fate::Becomes { item, wanted: new } => {
                    if let (Some(item), Some(value)) = (items.get(*item), wanted.get(*new)) {
                        let place = if in_block {
                            Place::BlockItem
                        } else {
                            Place::Flow
                        };
                        self.item(*item, place, value)?;
                    }
                }
                Fate::Goes { item } => {
                    if let Some(item) = items.get(*item) {
                        self.check_free(*item)?;
                    }
                }
                Fate::New { .. } => {}
            }
        }
        if in_block {
            return self.change_block_list(id, &fates, wanted);
        }
        let parts: Vec<(Span, bool)> = fates
            .iter()
            .filter_map(|fate| match fate {
                Fate::Becomes { item, .. } => Some((self.source.whole(*items.get(*item)?), true)),
                Fate::Goes { item } => Some((self.source.whole(*items.get(*item)?), false)),
                Fate::New { .. } => None,
            })
            .collect();
        let new: Vec<String> = fates
            .iter()
            .filter_map(|fate| match fate {
                Fate::New { wanted: new } => {
                    wanted.get(*new).map(|value| self.source.flow(value, true))
                }
                _ => None,
            })
            .collect();
        self.change_flow(id, &parts, &new);
        Ok(())
    }
}
