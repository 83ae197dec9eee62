//! Text to tokens, with the rules of kubectl's reader: libyaml's scanner as go-yaml v2 carries it (YAML 1.1).

mod block;
mod cursor;
mod directive;
mod keys;
mod plain;
mod quoted;
mod tag;
mod token;

use std::collections::VecDeque;

use sekisho_text::Span;

use crate::error::{Error, Result};
use crate::note::Comment;
use cursor::Cursor;
use keys::{Candidate, column};
pub(crate) use token::{Style, Tag, Text, Token, TokenKind};

/// Reads the tokens of one document, as far ahead as an implicit key needs.
#[derive(Debug)]
pub(crate) struct Scanner<'t> {
    cursor: Cursor<'t>,
    queue: VecDeque<Token>,
    /// Tokens handed out so far.
    taken: usize,
    /// The queue's first token cannot become part of a key any more.
    ready: bool,
    candidates: Vec<Candidate>,
    /// Tokens that may turn out to begin a key, with the level of their candidate.
    awaited: Vec<(usize, usize)>,
    key_allowed: bool,
    indent: i64,
    indents: Vec<i64>,
    depth: usize,
    pub(crate) comments: Vec<Comment>,
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(text: &'t str, span: Span, depth: usize) -> Self {
        Self {
            cursor: Cursor::new(text, span),
            queue: VecDeque::new(),
            taken: 0,
            ready: false,
            candidates: vec![Candidate::default()],
            awaited: Vec::new(),
            key_allowed: true,
            indent: -1,
            indents: Vec::new(),
            depth,
            comments: Vec::new(),
        }
    }

    /// The next token, without taking it.
    pub(crate) fn peek(&mut self) -> Result<&Token> {
        if !self.ready {
            self.fill()?;
            self.ready = true;
        }
        let end = self.cursor.span(self.cursor.offset, self.cursor.offset);
        self.queue
            .front()
            .ok_or_else(|| Error::new(end, "the document ends too early"))
    }

    /// Takes the token that was peeked.
    pub(crate) fn take(&mut self) -> Option<Token> {
        self.ready = false;
        self.taken += 1;
        self.queue.pop_front()
    }

    fn fill(&mut self) -> Result<()> {
        loop {
            if !self.queue.is_empty() {
                let Some(level) = self.awaited_level() else {
                    return Ok(());
                };
                if !self.is_valid(level)? {
                    return Ok(());
                }
            }
            self.fetch()?;
        }
    }

    fn flow_level(&self) -> usize {
        self.candidates.len() - 1
    }

    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token();
        let mark = self.cursor.mark();
        self.close_blocks(column(mark));
        let (here, byte) = (mark.offset, self.cursor.peek());
        let in_flow = self.flow_level() > 0;
        let before_gap = self.cursor.is_gap(here + 1);
        if self.cursor.is_over() {
            return self.fetch_end();
        }
        if mark.column == 0 {
            match byte {
                b'%' => return self.fetch_directive(),
                b'-' if self.cursor.at_indicator(b'-') => {
                    return self.fetch_marker(TokenKind::DocumentStart);
                }
                b'.' if self.cursor.at_indicator(b'.') => {
                    return self.fetch_marker(TokenKind::DocumentEnd);
                }
                _ => {}
            }
        }
        match byte {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.withdraw_key()?;
                self.key_allowed = true;
                self.push_sign(TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if before_gap => self.fetch_entry(),
            b'?' if in_flow || before_gap => self.fetch_key(),
            b':' if in_flow || before_gap => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(true),
            b'>' if !in_flow => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted(true),
            b'"' => self.fetch_quoted(false),
            b'?' | b':' if !in_flow && !before_gap => self.fetch_plain(),
            b'\t' => Err(Error::new(
                self.cursor.span(here, here + 1),
                "a tab cannot indent; use spaces",
            )),
            b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(Error::new(
                self.cursor.span(here, here + 1),
                format!("a value cannot begin with `{}`", char::from(byte)),
            )),
            _ => self.fetch_plain(),
        }
    }

    fn skip_to_token(&mut self) {
        loop {
            loop {
                match self.cursor.peek() {
                    b' ' => self.cursor.skip(1),
                    b'\t' if self.flow_level() > 0 || !self.key_allowed => self.cursor.skip(1),
                    _ => break,
                }
            }
            self.skip_comment();
            if self.cursor.break_width(self.cursor.offset) == 0 {
                return;
            }
            self.cursor.next_line();
            if self.flow_level() == 0 {
                self.key_allowed = true;
            }
        }
    }

    fn skip_comment(&mut self) {
        if self.cursor.peek() == b'#' {
            let (start, end) = (self.cursor.offset, self.cursor.line_end());
            self.comments.push(Comment {
                span: Span::new(start, end),
            });
            self.cursor.go_to(end);
        }
    }

    fn push(&mut self, start: usize, end: usize, kind: TokenKind) {
        let span = self.cursor.span(start, end);
        self.queue.push_back(Token { span, kind });
    }

    /// Pushes a token of one byte.
    fn push_sign(&mut self, kind: TokenKind) {
        let start = self.cursor.offset;
        self.cursor.skip(1);
        self.push(start, start + 1, kind);
    }

    /// Puts a token before the one with this number; after all others when that one is gone already.
    fn insert(&mut self, number: usize, token: Token) {
        match number.checked_sub(self.taken) {
            Some(position) if position <= self.queue.len() => self.queue.insert(position, token),
            _ => self.queue.push_back(token),
        }
    }

    /// Opens a block collection when this column is deeper than the current one.
    fn open_block(
        &mut self,
        to: i64,
        before: Option<usize>,
        kind: TokenKind,
        offset: usize,
    ) -> Result<()> {
        if self.flow_level() > 0 || self.indent >= to {
            return Ok(());
        }
        if self.indents.len() >= self.depth {
            return Err(Error::at(
                offset,
                format!("nested deeper than {} levels", self.depth),
            ));
        }
        self.indents.push(self.indent);
        self.indent = to;
        let token = Token {
            span: self.cursor.span(offset, offset),
            kind,
        };
        match before {
            Some(number) => self.insert(number, token),
            None => self.queue.push_back(token),
        }
        Ok(())
    }

    /// Closes every block collection deeper than this column.
    fn close_blocks(&mut self, to: i64) {
        if self.flow_level() > 0 {
            return;
        }
        while self.indent > to {
            self.push(self.cursor.offset, self.cursor.offset, TokenKind::BlockEnd);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_end(&mut self) -> Result<()> {
        self.close_blocks(-1);
        self.withdraw_key()?;
        self.key_allowed = false;
        self.push(self.cursor.offset, self.cursor.offset, TokenKind::StreamEnd);
        Ok(())
    }

    fn fetch_marker(&mut self, kind: TokenKind) -> Result<()> {
        self.close_blocks(-1);
        self.withdraw_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        self.cursor.skip(3);
        self.push(start, start + 3, kind);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<()> {
        self.offer_key()?;
        self.open_flow()?;
        self.key_allowed = true;
        self.push_sign(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<()> {
        self.withdraw_key()?;
        self.close_flow();
        self.key_allowed = false;
        self.push_sign(kind);
        Ok(())
    }

    fn fetch_entry(&mut self) -> Result<()> {
        let mark = self.cursor.mark();
        if self.flow_level() == 0 {
            if !self.key_allowed {
                return Err(self.misplaced("a list item cannot begin here"));
            }
            self.open_block(
                column(mark),
                None,
                TokenKind::BlockSequenceStart,
                mark.offset,
            )?;
        }
        self.withdraw_key()?;
        self.key_allowed = true;
        self.push_sign(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        let mark = self.cursor.mark();
        if self.flow_level() == 0 {
            if !self.key_allowed {
                return Err(self.misplaced("a key cannot begin here"));
            }
            self.open_block(
                column(mark),
                None,
                TokenKind::BlockMappingStart,
                mark.offset,
            )?;
        }
        self.withdraw_key()?;
        self.key_allowed = self.flow_level() == 0;
        self.push_sign(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let level = self.candidates.len() - 1;
        if self.is_valid(level)? {
            self.confirm_key()?;
        } else {
            let mark = self.cursor.mark();
            if self.flow_level() == 0 {
                if !self.key_allowed {
                    return Err(
                        self.misplaced("a second `:` on this line needs quotes around its text")
                    );
                }
                self.open_block(
                    column(mark),
                    None,
                    TokenKind::BlockMappingStart,
                    mark.offset,
                )?;
            }
            self.key_allowed = self.flow_level() == 0;
        }
        self.push_sign(TokenKind::Value);
        Ok(())
    }

    fn misplaced(&self, message: &str) -> Error {
        let here = self.cursor.offset;
        Error::new(self.cursor.span(here, here + 1), message)
    }
}
