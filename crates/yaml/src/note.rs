use sekisho_text::Span;

/// A comment, from its `#` to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, the `#` included.
    pub span: Span,
}

impl Comment {
    /// What it says, without the `#` and without spaces around.
    pub fn text(self, source: &str) -> &str {
        self.span
            .slice(source)
            .map_or("", |text| text.trim_start_matches('#').trim())
    }
}

/// Something in a readable document that other readers may read differently, or that hides a part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A plain scalar to which YAML 1.2 (core schema) gives another value: `yes`, `010`, `1_000`.
    Ambiguous {
        /// The scalar.
        span: Span,
        /// What kubectl reads, as JSON.
        kubectl: String,
        /// What a YAML 1.2 reader reads, as JSON.
        core: String,
    },
    /// A key stands twice in one map; kubectl keeps the last value in silence.
    DuplicateKey {
        /// The key as it is sent.
        key: String,
        /// The key whose value is lost.
        lost: Span,
        /// The key whose value is kept.
        kept: Span,
    },
    /// Keys of different types become the same text (`1` and `'1'`); which value kubectl keeps is left to chance.
    CollidingKey {
        /// The key as it is sent.
        key: String,
        /// The key whose value is kept here.
        first: Span,
        /// The other key.
        second: Span,
    },
    /// A merge replaces a key written before it. kubectl lets the merge win, YAML's merge type lets the written key win.
    MergeReplaces {
        /// The key as it is sent.
        key: String,
        /// The written key whose value is lost.
        lost: Span,
        /// The merge (`<<`).
        merge: Span,
    },
}

impl Note {
    /// The bytes to point at.
    pub fn span(&self) -> Span {
        match self {
            Self::Ambiguous { span, .. } => *span,
            Self::DuplicateKey { kept, .. } => *kept,
            Self::CollidingKey { second, .. } => *second,
            Self::MergeReplaces { merge, .. } => *merge,
        }
    }
}
