use sekisho_text::Span;

/// The characters of a scalar: most often exactly the bytes of the text, otherwise a string of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    Slice(Span),
    Owned(Box<str>),
}

impl Text {
    pub(crate) fn as_str<'a>(&'a self, source: &'a str) -> &'a str {
        match self {
            Self::Slice(span) => span.slice(source).unwrap_or_default(),
            Self::Owned(text) => text,
        }
    }
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// A tag as written: `!!str` is the handle `!!` and the suffix `str`; percent escapes are already bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) handle: Vec<u8>,
    pub(crate) suffix: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    StreamEnd,
    Version { major: u8, minor: u8 },
    TagDirective(Box<Tag>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    FlowEntry,
    BlockEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag(Box<Tag>),
    Scalar { text: Text, style: Style },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) span: Span,
    pub(crate) kind: TokenKind,
}
