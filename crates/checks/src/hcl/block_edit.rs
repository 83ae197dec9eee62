//! Edits of Terraform's own syntax: an attribute gets another value where it stands, or a line of its own.

use sekisho_model::{Change, Estate, Fix, Resource};
use sekisho_terraform::Value;
use sekisho_text::Span;

/// Changes of the attributes of one block, as long as all of them can be written.
#[derive(Debug)]
pub(crate) struct BlockEdit<'a> {
    estate: &'a Estate,
    file: usize,
    text: &'a str,
    block: Span,
    /// Where the opening brace stands.
    brace: usize,
    lines: String,
    changes: Vec<Change>,
}

impl<'a> BlockEdit<'a> {
    /// Changes in the block of a resource.
    pub(crate) fn of_resource(estate: &'a Estate, resource: &Resource) -> Option<Self> {
        Self::at(estate, resource.file, resource.span, "resource")
    }

    /// Changes in the first nested block of this name.
    pub(crate) fn of_nested(estate: &'a Estate, resource: &Resource, name: &str) -> Option<Self> {
        let blocks = resource.raw(name)?;
        let first = blocks.items()?.first()?;
        let place = &first.origin()?.place;
        Self::at(estate, estate.file_named(&place.file)?, place.span, name)
    }

    /// A block whose text begins with this word: `dynamic` blocks and the syntax of JSON are left alone.
    fn at(estate: &'a Estate, file: usize, block: Span, word: &str) -> Option<Self> {
        let read = estate.files().get(file)?;
        let is_own = read.path.rsplit('.').next() == Some("tf") && read.rendered_by.is_none();
        let text = block.slice(&read.text)?;
        let header = text.split_once('{')?.0;
        let is_plain = header.starts_with(word) && !header.contains(['#', '/', '\n', '$']);
        (is_own && is_plain).then_some(Self {
            estate,
            file,
            text: &read.text,
            block,
            brace: block.start as usize + header.len(),
            lines: String::new(),
            changes: Vec::new(),
        })
    }

    /// Gives an attribute this value. `now` is what is written, null included; what came from elsewhere may serve others
    /// as well and stays.
    pub(crate) fn set(mut self, name: &str, now: Option<&Value>, text: &str) -> Option<Self> {
        let Some(now) = now else {
            let indent = self.indent();
            self.lines.push_str(&format!("\n{indent}  {name} = {text}"));
            return Some(self);
        };
        let origin = now.origin()?;
        let span = origin.place.span;
        let is_here = self.estate.file_named(&origin.place.file) == Some(self.file)
            && origin.via().next().is_none()
            && span.start as usize > self.brace
            && span.end < self.block.end;
        is_here.then_some(())?;
        self.changes.push(Change::Replace {
            file: self.file,
            span,
            text: text.to_owned(),
        });
        Some(self)
    }

    /// Adds a nested block; there is none of this name yet.
    pub(crate) fn nested(mut self, name: &str, attributes: &[(&str, &str)]) -> Self {
        let indent = self.indent();
        let inside: String = attributes
            .iter()
            .map(|(name, text)| format!("\n{indent}    {name} = {text}"))
            .collect();
        self.lines
            .push_str(&format!("\n{indent}  {name} {{{inside}\n{indent}  }}"));
        self
    }

    /// The fix with these changes.
    pub(crate) fn done(self, fix: Fix) -> Option<Fix> {
        let mut changes = self.changes.clone();
        if !self.lines.is_empty() {
            changes.push(self.inserted()?);
        }
        Some(changes.into_iter().fold(fix, Fix::with))
    }

    /// New lines follow the line of the opening brace, or stand between the braces of an empty block.
    fn inserted(&self) -> Option<Change> {
        let after = self.brace + 1;
        let rest = self.text.get(after..)?.lines().next()?;
        let (at, text) = match rest.trim() {
            "}" => (after, format!("{}\n{}", self.lines, self.indent())),
            plain if plain.is_empty() || plain.starts_with(['#', '/']) => {
                (after + rest.len(), self.lines.clone())
            }
            _ => return None,
        };
        Some(Change::Replace {
            file: self.file,
            span: Span::new(at, at),
            text,
        })
    }

    fn indent(&self) -> &'a str {
        let before = self.text.get(..self.block.start as usize).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        if line.trim().is_empty() { line } else { "" }
    }
}
