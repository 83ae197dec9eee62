/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it is.
    Text(String),
    /// A variable; inside of double quotes it stays one word.
    Variable(String, bool),
    /// What is known only when it runs, as it is written: an expression of the platform, a substitution.
    Opaque(String),
}

/// What a script is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, with the scripts of the substitutions in it.
    Word(Vec<Piece>, Vec<String>),
    /// `;`, `&&`, `||`, `|`, `&`, `(`, `)` or a line end, which is `;`.
    Operator(&'static str),
    /// The output of the command goes elsewhere: `> file`.
    Output,
}

/// Cuts a script into words and operators, as POSIX and bash do. Redirections and the bodies of here-documents are left out.
pub(super) fn tokens(script: &str) -> Vec<Token> {
    let mut reader = Reader {
        text: script.chars().collect(),
        at: 0,
        tokens: Vec::new(),
        pieces: Vec::new(),
        inner: Vec::new(),
        is_word: false,
        is_target: false,
        heredocs: Vec::new(),
        awaits_heredoc: None,
    };
    reader.read();
    reader.tokens
}

struct Reader {
    text: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
    pieces: Vec<Piece>,
    inner: Vec<String>,
    /// A word has begun; it may be empty (`""`).
    is_word: bool,
    /// The next word is the target of a redirection.
    is_target: bool,
    heredocs: Vec<(String, bool)>,
    /// The next word ends a here-document; true when its tabs are cut.
    awaits_heredoc: Option<bool>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn is_next(&self, wanted: &str) -> bool {
        let mut wanted = wanted.chars().enumerate();
        wanted.all(|(ahead, letter)| self.peek(ahead) == Some(letter))
    }

    fn read(&mut self) {
        while let Some(letter) = self.peek(0) {
            match letter {
                '\\' if self.peek(1) == Some('\n') => self.at += 2,
                '\\' if self.is_next("\\\r\n") => self.at += 3,
                '\\' => {
                    if let Some(next) = self.peek(1) {
                        self.letter(next);
                    }
                    self.at += 2;
                }
                '\'' => self.single_quoted(),
                '"' => self.double_quoted(),
                '$' | '`' => self.substitution(false),
                ' ' | '\t' | '\r' => {
                    self.end_word();
                    self.at += 1;
                }
                '#' if !self.is_word => {
                    while self.peek(0).is_some_and(|letter| letter != '\n') {
                        self.at += 1;
                    }
                }
                '\n' => {
                    self.operator(";", 1);
                    self.skip_heredocs();
                }
                '<' | '>' => self.redirection(),
                '&' if self.is_next("&>") => {
                    self.end_word();
                    self.at += 1;
                    self.redirection();
                }
                '&' if self.is_next("&&") => self.operator("&&", 2),
                '&' => self.operator("&", 1),
                '|' if self.is_next("||") => self.operator("||", 2),
                '|' if self.is_next("|&") => self.operator("|", 2),
                '|' => self.operator("|", 1),
                ';' => self.operator(";", 1),
                '(' => self.operator("(", 1),
                ')' => self.operator(")", 1),
                letter => {
                    self.letter(letter);
                    self.at += 1;
                }
            }
        }
        self.end_word();
    }

    fn letter(&mut self, letter: char) {
        self.is_word = true;
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.push(letter);
        } else {
            self.pieces.push(Piece::Text(letter.to_string()));
        }
    }

    fn operator(&mut self, operator: &'static str, width: usize) {
        self.end_word();
        self.is_target = false;
        self.tokens.push(Token::Operator(operator));
        self.at += width;
    }

    fn end_word(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        let inner = std::mem::take(&mut self.inner);
        if !std::mem::take(&mut self.is_word) {
            return;
        }
        if let Some(cut) = self.awaits_heredoc.take() {
            let text = pieces.iter().map(|piece| match piece {
                Piece::Text(text) | Piece::Variable(text, _) | Piece::Opaque(text) => text.as_str(),
            });
            self.heredocs.push((text.collect(), cut));
        } else if !std::mem::take(&mut self.is_target) {
            self.tokens.push(Token::Word(pieces, inner));
        }
    }

    fn single_quoted(&mut self) {
        self.is_word = true;
        self.at += 1;
        while let Some(letter) = self.peek(0) {
            self.at += 1;
            if letter == '\'' {
                return;
            }
            self.letter(letter);
        }
    }

    fn double_quoted(&mut self) {
        self.is_word = true;
        self.at += 1;
        while let Some(letter) = self.peek(0) {
            match letter {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' if self.peek(1) == Some('\n') => self.at += 2,
                '\\' if self
                    .peek(1)
                    .is_some_and(|next| matches!(next, '"' | '\\' | '$' | '`')) =>
                {
                    if let Some(next) = self.peek(1) {
                        self.letter(next);
                    }
                    self.at += 2;
                }
                '$' | '`' => self.substitution(true),
                letter => {
                    self.letter(letter);
                    self.at += 1;
                }
            }
        }
    }

    /// `$NAME`, `${NAME…}`, `$(…)`, `` `…` `` and `${{ … }}` of GitHub.
    fn substitution(&mut self, quoted: bool) {
        self.is_word = true;
        if self.is_next("${{") {
            let start = self.at;
            while self.at < self.text.len() && !self.is_next("}}") {
                self.at += 1;
            }
            self.at = (self.at + 2).min(self.text.len());
            let written = self.written(start);
            self.pieces.push(Piece::Opaque(written));
        } else if self.is_next("$((") {
            let start = self.at;
            self.at += 1;
            self.balanced('(', ')');
            let written = self.written(start);
            self.pieces.push(Piece::Opaque(written));
        } else if self.is_next("$(") {
            let start = self.at;
            self.at += 1;
            let inside = self.balanced('(', ')');
            let written = self.written(start);
            self.inner.push(inside);
            self.pieces.push(Piece::Opaque(written));
        } else if self.is_next("`") {
            let start = self.at;
            self.at += 1;
            while self.peek(0).is_some_and(|letter| letter != '`') {
                self.at += if self.peek(0) == Some('\\') { 2 } else { 1 };
            }
            self.at = (self.at + 1).min(self.text.len());
            let written = self.written(start);
            self.inner.push(written.trim_matches('`').to_owned());
            self.pieces.push(Piece::Opaque(written));
        } else if self.is_next("${") {
            let start = self.at;
            self.at += 1;
            let inside = self.balanced('{', '}');
            if is_name(&inside) {
                self.pieces.push(Piece::Variable(inside, quoted));
            } else {
                let written = self.written(start);
                self.pieces.push(Piece::Opaque(written));
            }
        } else {
            self.at += 1;
            let mut name = String::new();
            while let Some(letter) = self
                .peek(0)
                .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
            {
                name.push(letter);
                self.at += 1;
            }
            if name.is_empty() {
                // `$?`, `$@`, `$!`; a lone dollar is itself.
                let special = self.peek(0).filter(|letter| "?@!*#$-".contains(*letter));
                if let Some(special) = special {
                    self.at += 1;
                    self.pieces.push(Piece::Opaque(format!("${special}")));
                } else {
                    self.letter('$');
                }
            } else {
                self.pieces.push(Piece::Variable(name, quoted));
            }
        }
    }

    fn written(&self, start: usize) -> String {
        self.text
            .get(start..self.at)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// What stands between two brackets, quotes respected; the reader stands on the first, and ends behind the last.
    fn balanced(&mut self, open: char, close: char) -> String {
        let mut depth = 0_usize;
        let mut quote: Option<char> = None;
        let mut inside = String::new();
        while let Some(letter) = self.peek(0) {
            self.at += 1;
            if letter == '\\' && quote != Some('\'') {
                inside.push(letter);
                if let Some(next) = self.peek(0) {
                    inside.push(next);
                    self.at += 1;
                }
                continue;
            }
            match quote {
                Some(mark) if mark == letter => quote = None,
                None if letter == '\'' || letter == '"' => quote = Some(letter),
                None if letter == open => {
                    depth += 1;
                    if depth == 1 {
                        continue;
                    }
                }
                None if letter == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return inside;
                    }
                }
                _ => {}
            }
            inside.push(letter);
        }
        inside
    }

    /// `> file`, `2>&1`, `<<EOF`, `<<< word`, `<(…)`.
    fn redirection(&mut self) {
        let is_number = matches!(self.pieces.as_slice(), [Piece::Text(text)] if text.bytes().all(|byte| byte.is_ascii_digit()));
        let is_error = matches!(self.pieces.as_slice(), [Piece::Text(text)] if text == "2");
        if is_number {
            self.pieces.clear();
            self.is_word = false;
        }
        self.end_word();
        if self.is_next("<<<") {
            self.at += 3;
            self.is_target = true;
        } else if self.is_next("<<") {
            self.at += 2;
            let cut = self.peek(0) == Some('-');
            self.at += usize::from(cut);
            self.awaits_heredoc = Some(cut);
        } else if self.is_next("<(") || self.is_next(">(") {
            self.at += 1;
            let inside = self.balanced('(', ')');
            self.is_word = true;
            self.inner.push(inside);
            self.pieces.push(Piece::Opaque("<()".to_owned()));
        } else {
            let is_output = self.peek(0) == Some('>') && !is_error;
            if is_output && !self.is_next(">&2") {
                self.tokens.push(Token::Output);
            }
            self.at += 1;
            while self
                .peek(0)
                .is_some_and(|letter| matches!(letter, '>' | '&' | '|'))
            {
                self.at += 1;
            }
            self.is_target = true;
        }
    }

    fn skip_heredocs(&mut self) {
        for (end, cut) in std::mem::take(&mut self.heredocs) {
            while self.at < self.text.len() {
                let mut line = String::new();
                while let Some(letter) = self.peek(0) {
                    self.at += 1;
                    if letter == '\n' {
                        break;
                    }
                    line.push(letter);
                }
                let line = if cut {
                    line.trim_start_matches('\t')
                } else {
                    &line
                };
                if line.trim_end_matches('\r') == end {
                    break;
                }
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
