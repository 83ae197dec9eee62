use sekisho_text::Span;

/// Why a document could not be read as kubectl reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The bytes at fault; empty when the fault is that something is absent there.
    pub span: Span,
    /// What is wrong, in lower case and without a final period.
    pub message: String,
}

impl Error {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    pub(crate) fn at(offset: usize, message: impl Into<String>) -> Self {
        Self::new(Span::new(offset, offset), message)
    }
}

pub(crate) type Result<T> = std::result::Result<T, Error>;
