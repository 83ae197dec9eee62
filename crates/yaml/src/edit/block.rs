use sekisho_text::Span;
use serde_json::Value;

use super::EditError;
use super::diff::{Differ, Place};
use super::sequence::Fate;
use crate::document::{Entry, Layout, NodeId};
use crate::emit;

impl Differ<'_> {
    pub(super) fn replace_block(&mut self, id: NodeId, place: Place, wanted: &Value) {
        match place {
            Place::BlockValue { key } => self.replace_value(id, key, wanted),
            Place::BlockItem => self.replace_item(id, wanted),
            Place::Root | Place::Flow => self.replace_root(id, wanted),
        }
    }

    /// The value of a key. What stands behind it on its line, most often a comment, stays there.
    fn replace_value(&mut self, id: NodeId, key: NodeId, wanted: &Value) {
        let source = self.source;
        let whole = source.whole(id);
        let key_end = source.whole(key).end;
        let Some(colon) = source.after(key_end).find(':') else {
            return;
        };
        let colon_end = key_end + u32::try_from(colon).unwrap_or(0) + 1;
        let column = source.column(source.whole(key).start);
        let text = emit::after_key(wanted, column, source.layout);
        let is_block = self.document.layout(id) == Layout::Block;
        let starts_below = source.line_start(whole.start) > colon_end;
        let first_end = source.line_end(whole.start);
        let keeps_header =
            is_block
                && self.document.comments.iter().any(|comment| {
                    comment.span.start >= whole.start && comment.span.start < first_end
                });
        let one_line = || format!(" {}", emit::flow(wanted, false));
        if keeps_header {
            // `| # comment`: the comment stays, the lines below go.
            let header = Span {
                start: whole.start,
                end: first_end,
            };
            let written = header.slice(source.text()).unwrap_or_default();
            let sign = written
                .find('#')
                .map_or(written, |at| written.get(..at).unwrap_or_default())
                .trim_end();
            let end = whole.start + u32::try_from(sign.len()).unwrap_or(0);
            self.edits.push(source.edit(
                Span {
                    start: colon_end,
                    end,
                },
                &one_line(),
            ));
            self.edits.push(source.edit(
                Span {
                    start: first_end,
                    end: whole.end.max(first_end),
                },
                "",
            ));
            return;
        }
        if starts_below {
            let previous_end = source.line_end(colon_end);
            let before = source.line_start(whole.start);
            let above = Span {
                start: previous_end,
                end: before,
            };
            let lines_between = above
                .slice(source.text())
                .is_some_and(|between| !between.trim().is_empty());
            let cut_start = if lines_between {
                before_break(source.text(), before)
            } else {
                previous_end
            };
            // A comment behind the old value stays, unless it would run into one that stands before.
            let meets_comment = self.has_comment(colon_end, whole.start);
            let cut_end = if meets_comment || text.starts_with('\n') {
                source.line_end(whole.end)
            } else {
                whole.end
            };
            if text.starts_with('\n') {
                self.edits.push(source.edit(
                    Span {
                        start: cut_start,
                        end: cut_end,
                    },
                    &text,
                ));
            } else {
                self.edits
                    .push(source.insert(colon_end, &one_line_or(&text, one_line)));
                self.edits.push(source.edit(
                    Span {
                        start: cut_start,
                        end: cut_end,
                    },
                    "",
                ));
            }
            return;
        }
        let cut = Span {
            start: colon_end,
            end: whole.end.max(colon_end),
        };
        if text.contains('\n') && source.has_rest(whole.end) {
            match text.strip_prefix('\n') {
                Some(_) => {
                    self.edits.push(source.edit(cut, ""));
                    self.edits
                        .push(source.insert(source.line_end(whole.end), &text));
                }
                None => self.edits.push(source.edit(cut, &one_line())),
            }
        } else {
            self.edits.push(source.edit(cut, &text));
        }
    }

    fn replace_item(&mut self, id: NodeId, wanted: &Value) {
        let source = self.source;
        let whole = source.whole(id);
        let Some(dash) = self.dash(id) else {
            return;
        };
        let column = source.column(dash);
        let text = emit::item(wanted, column, source.layout);
        let text = text.trim_start_matches(' ');
        let keeps_comment = text.contains('\n') && source.has_rest(whole.end);
        let text = if keeps_comment {
            format!("- {}", emit::flow(wanted, false))
        } else {
            text.to_owned()
        };
        let header_comment = self.document.comments.iter().any(|comment| {
            comment.span.start >= dash && comment.span.end <= whole.start.max(dash)
                || self.document.layout(id) == Layout::Block
                    && comment.span.start >= whole.start
                    && comment.span.start < source.line_end(whole.start)
        });
        if header_comment {
            // Below a comment of its own the value is written where the old one stood.
            self.edits
                .push(source.edit(whole, &emit::flow(wanted, false)));
        } else {
            self.edits.push(source.edit(
                Span {
                    start: dash,
                    end: whole.end,
                },
                &text,
            ));
        }
    }

    fn replace_root(&mut self, id: NodeId, wanted: &Value) {
        let source = self.source;
        let whole = source.whole(id);
        let column = if source.begins_line(whole.start) {
            source.column(whole.start)
        } else {
            0
        };
        let text = emit::block(wanted, column, source.layout);
        let before = source
            .text()
            .get(..whole.start as usize)
            .unwrap_or_default();
        // A file that begins with a brace would be JSON from now on.
        let marker = if text.starts_with('{') && before.trim().is_empty() {
            "---\n"
        } else {
            ""
        };
        // A comment behind the last old line would become a part of a block scalar.
        let end = if text.contains('\n') {
            source.line_end(whole.end)
        } else {
            whole.end
        };
        let text = format!("{marker}{}", text.trim_start_matches(' '));
        self.edits.push(source.edit(Span { end, ..whole }, &text));
    }

    pub(super) fn change_block_map(
        &mut self,
        id: NodeId,
        entries: &[Entry],
        kept: impl Fn(&Entry) -> bool,
        new: &[(&String, &Value)],
    ) {
        let source = self.source;
        let parts: Vec<Part> = entries
            .iter()
            .map(|entry| Part {
                start: self.entry_start(entry.key),
                value: entry.value,
                kept: kept(entry),
            })
            .collect();
        self.cut_parts(&parts);
        let Some(last) = entries
            .iter()
            .rfind(|entry| kept(entry))
            .filter(|_| !new.is_empty())
        else {
            return;
        };
        let column = source.column(self.document.node_span(id).start);
        let mut lines = String::new();
        for (key, value) in new {
            lines.push('\n');
            lines.push_str(&emit::entry(key, value, column, source.layout));
        }
        self.edits
            .push(source.insert(source.insertion_point(last.value), &lines));
    }

    /// Where an entry begins: at its key, or at the `?` before it.
    fn entry_start(&self, key: NodeId) -> u32 {
        let start = self.source.whole(key).start;
        let before = self.source.text().get(..start as usize).unwrap_or_default();
        let trimmed = before.trim_end_matches(' ');
        if trimmed.len() < before.len() && trimmed.ends_with('?') {
            u32::try_from(trimmed.len() - 1).unwrap_or(start)
        } else {
            start
        }
    }

    /// Takes entries or items away: their lines, or only their bytes when they share their first line with a `-`.
    fn cut_parts(&mut self, parts: &[Part]) {
        let mut done = 0;
        for (position, part) in parts.iter().enumerate() {
            if part.kept || part.start < done {
                continue;
            }
            let (start, source) = (part.start, self.source);
            let next = parts
                .iter()
                .skip(position)
                .find(|part| part.kept)
                .map(|part| part.start);
            let value_end = self.document.node_span(part.value).end.max(start);
            let cut = if source.begins_line(start) {
                self.lines(start, part.value, done)
            } else if let Some(next) = next.filter(|next| !self.has_comment(value_end, *next)) {
                Span { start, end: next }
            } else {
                Span {
                    start,
                    end: value_end,
                }
            };
            done = cut.end;
            self.edits.push(source.edit(cut, ""));
        }
    }

    /// The lines of a part, with the line break before them so that text can still be put behind the last one.
    fn lines(&self, start: u32, value: NodeId, done: u32) -> Span {
        let source = self.source;
        let end = source.insertion_point(value).max(source.line_end(start));
        let line_start = source.line_start(start);
        let before = before_break(source.text(), line_start);
        if line_start > self.document.span.start && before >= done {
            Span { start: before, end }
        } else {
            Span {
                start: line_start,
                end: source.next_line(end),
            }
        }
    }

    fn has_comment(&self, start: u32, end: u32) -> bool {
        let comments = self.document.comments.iter();
        comments
            .map(|comment| comment.span)
            .any(|span| span.start >= start && span.end <= end)
    }

    pub(super) fn change_block_list(
        &mut self,
        id: NodeId,
        fates: &[Fate],
        wanted: &[Value],
    ) -> Result<(), EditError> {
        let source = self.source;
        let items = self.document.items(id);
        let list_start = self.document.node_span(id).start;
        let column = source.column(list_start);
        let goes = |number| fates.contains(&Fate::Goes { item: number });
        if fates.iter().any(|fate| matches!(fate, Fate::Goes { .. })) {
            let mut parts = Vec::with_capacity(items.len());
            for (number, item) in items.iter().enumerate() {
                let lost = || EditError::Layout(self.document.node_span(*item));
                parts.push(Part {
                    start: self.dash(*item).ok_or_else(lost)?,
                    value: *item,
                    kept: !goes(number),
                });
            }
            self.cut_parts(&parts);
        }
        let mut last_kept: Option<NodeId> = None;
        for fate in fates {
            match fate {
                Fate::Becomes { item, .. } => last_kept = items.get(*item).copied(),
                Fate::Goes { .. } => {}
                Fate::New { wanted: new } => {
                    let Some(value) = wanted.get(*new) else {
                        continue;
                    };
                    let line = emit::item(value, column, source.layout);
                    let edit = if let Some(last) = last_kept {
                        source.insert(source.insertion_point(last), &format!("\n{line}"))
                    } else {
                        let (line, indent) = (line.trim_start_matches(' '), " ".repeat(column));
                        source.insert(list_start, &format!("{line}\n{indent}"))
                    };
                    self.edits.push(edit);
                }
            }
        }
        Ok(())
    }

    /// The `-` of an item, when only blanks and comments stand between.
    fn dash(&self, item: NodeId) -> Option<u32> {
        let mut end = self.source.whole(item).start as usize;
        loop {
            let before = self.source.text().get(..end)?.trim_end();
            let comment = self
                .document
                .comments
                .iter()
                .rfind(|comment| comment.span.end as usize == before.len());
            match comment {
                Some(comment) if !before.is_empty() => end = comment.span.start as usize,
                _ => {
                    return before
                        .strip_suffix('-')
                        .and_then(|rest| u32::try_from(rest.len()).ok());
                }
            }
        }
    }
}

/// An entry from its key, or an item from its `-`.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: u32,
    value: NodeId,
    kept: bool,
}

fn one_line_or(text: &str, one_line: impl Fn() -> String) -> String {
    if text.contains('\n') {
        one_line()
    } else {
        text.to_owned()
    }
}

/// The offset of the line break that ends the line before this line start.
fn before_break(text: &str, line_start: u32) -> u32 {
    let before = text.get(..line_start as usize).unwrap_or_default();
    let without = before
        .strip_suffix("\r\n")
        .or_else(|| before.strip_suffix(['\n', '\r']));
    u32::try_from(without.unwrap_or(before).len()).unwrap_or(line_start)
}
