use super::cursor::Mark;
use super::{Scanner, Token, TokenKind};
use crate::error::{Error, Result};

/// The furthest a `:` may stand from the start of its key on the same line, in characters.
const FARTHEST: usize = 1024;

/// A place where a key without `?` may have begun; one per level of flow collections.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Candidate {
    pub(super) possible: bool,
    required: bool,
    /// The number of the token it begins with, counted from the start of the document.
    pub(super) token: usize,
    pub(super) mark: Mark,
}

impl Scanner<'_> {
    /// Whether the candidate on this level may still become a key.
    pub(super) fn is_valid(&mut self, level: usize) -> Result<bool> {
        let now = self.cursor.mark();
        let Some(candidate) = self.candidates.get_mut(level) else {
            return Ok(false);
        };
        if !candidate.possible {
            return Ok(false);
        }
        let mark = candidate.mark;
        if mark.line == now.line && mark.column + FARTHEST >= now.column {
            return Ok(true);
        }
        if candidate.required {
            return Err(self.missing_colon(mark));
        }
        candidate.possible = false;
        Ok(false)
    }

    /// Notes that a key may begin here.
    pub(super) fn offer_key(&mut self) -> Result<()> {
        if !self.key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark();
        let candidate = Candidate {
            possible: true,
            required: self.flow_level() == 0 && self.indent == column(mark),
            token: self.taken + self.queue.len(),
            mark,
        };
        self.withdraw_key()?;
        let level = self.candidates.len().saturating_sub(1);
        if let Some(last) = self.candidates.last_mut() {
            *last = candidate;
        }
        match self
            .awaited
            .iter_mut()
            .find(|(token, _)| *token == candidate.token)
        {
            Some(entry) => entry.1 = level,
            None => self.awaited.push((candidate.token, level)),
        }
        Ok(())
    }

    /// Gives the candidate of this level up.
    pub(super) fn withdraw_key(&mut self) -> Result<()> {
        let Some(candidate) = self.candidates.last_mut() else {
            return Ok(());
        };
        if !candidate.possible {
            return Ok(());
        }
        let Candidate {
            required,
            token,
            mark,
            ..
        } = *candidate;
        if required {
            return Err(self.missing_colon(mark));
        }
        candidate.possible = false;
        self.stop_waiting(token);
        Ok(())
    }

    /// Makes the candidate of this level a key: its token, and perhaps a new block mapping, go before it.
    pub(super) fn confirm_key(&mut self) -> Result<()> {
        let Some(candidate) = self.candidates.last_mut() else {
            return Ok(());
        };
        candidate.possible = false;
        let Candidate { token, mark, .. } = *candidate;
        let span = self.cursor.span(mark.offset, mark.offset);
        self.insert(
            token,
            Token {
                span,
                kind: TokenKind::Key,
            },
        );
        self.open_block(
            column(mark),
            Some(token),
            TokenKind::BlockMappingStart,
            mark.offset,
        )?;
        self.stop_waiting(token);
        self.key_allowed = false;
        Ok(())
    }

    /// The level whose candidate begins with the next token to hand out.
    pub(super) fn awaited_level(&mut self) -> Option<usize> {
        let next = self.taken;
        self.awaited.retain(|(token, _)| *token >= next);
        self.awaited
            .iter()
            .find(|(token, _)| *token == next)
            .map(|(_, level)| *level)
    }

    pub(super) fn open_flow(&mut self) -> Result<()> {
        let mark = self.cursor.mark();
        self.candidates.push(Candidate {
            token: self.taken + self.queue.len(),
            mark,
            ..Candidate::default()
        });
        if self.flow_level() > self.depth {
            return Err(Error::at(
                mark.offset,
                format!("nested deeper than {} levels", self.depth),
            ));
        }
        Ok(())
    }

    /// Closing a flow collection forgets the waiting of its level's last token, even where that token is the collection's
    /// own first one: `[]: x` is refused by kubectl for this reason.
    pub(super) fn close_flow(&mut self) {
        if self.flow_level() > 0
            && let Some(candidate) = self.candidates.pop()
        {
            self.stop_waiting(candidate.token);
        }
    }

    fn stop_waiting(&mut self, token: usize) {
        self.awaited.retain(|(waiting, _)| *waiting != token);
    }

    fn missing_colon(&self, mark: Mark) -> Error {
        Error::new(
            self.cursor.span(mark.offset, mark.offset + 1),
            "this line has no `:` after its key",
        )
    }
}

/// A column as a level of indentation.
pub(super) fn column(mark: Mark) -> i64 {
    i64::try_from(mark.column).unwrap_or(i64::MAX)
}
