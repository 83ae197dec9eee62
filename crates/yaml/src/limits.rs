/// What one text may cost. A text that costs more is an error, never a partial reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nested collections, counted through aliases too. Values above [`Limits::DEEPEST`] count as that.
    pub depth: u32,
    /// Nodes of one document: as written, and again after aliases and merges are followed.
    pub nodes: u32,
    /// Bytes of the whole text.
    pub bytes: u32,
}

impl Limits {
    /// The deepest nesting a thread with a small stack can walk.
    pub const DEEPEST: u32 = 400;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 200,
            nodes: 4_000_000,
            bytes: 32 << 20,
        }
    }
}
