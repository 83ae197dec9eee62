use sekisho_text::Span;

use super::Composer;
use crate::error::{Error, Result};
use crate::scan::{Tag, TokenKind};

impl Composer<'_> {
    /// Reads directives and `---`; the span of the latter when it is there.
    pub(super) fn directives(&mut self) -> Result<Option<Span>> {
        let mut first = None;
        let mut version_seen = false;
        loop {
            let token = self.scanner.peek()?;
            let span = token.span;
            match &token.kind {
                TokenKind::Version { .. } if version_seen => {
                    return Err(Error::new(span, "the version is declared twice"));
                }
                TokenKind::Version { major: 1, minor: 1 } => version_seen = true,
                TokenKind::Version { .. } => {
                    return Err(Error::new(span, "kubectl reads only YAML 1.1"));
                }
                TokenKind::TagDirective(tag) => {
                    let Tag { handle, suffix } = tag.as_ref().clone();
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return Err(Error::new(span, "this tag handle is declared twice"));
                    }
                    self.handles.push((handle, suffix));
                }
                TokenKind::DocumentStart => {
                    self.scanner.take();
                    self.default_handles();
                    return Ok(Some(span));
                }
                _ if first.is_some() => {
                    return Err(Error::new(span, "`---` must follow a directive"));
                }
                _ => {
                    self.default_handles();
                    return Ok(None);
                }
            }
            first = first.or(Some(span));
            self.scanner.take();
        }
    }

    fn default_handles(&mut self) {
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self
                .handles
                .iter()
                .any(|(known, _)| known == handle.as_bytes())
            {
                self.handles
                    .push((handle.as_bytes().to_vec(), prefix.as_bytes().to_vec()));
            }
        }
    }
}
