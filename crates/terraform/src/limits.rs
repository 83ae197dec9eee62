/// What one evaluation may cost. Past a limit things are unknown for that reason, and a problem says so once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of evaluation: about one for each expression and each item that is made, so this bounds the memory too.
    pub work: u64,
    /// Bytes of one text and items of one collection that an expression makes.
    pub size: usize,
    /// Instances of one resource or module call.
    pub instances: usize,
    /// Instances of modules altogether.
    pub modules: usize,
    /// Instances of resources altogether.
    pub resources: usize,
    /// Module calls inside of each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            work: 8_000_000,
            size: 1 << 20,
            instances: 2_000,
            modules: 2_000,
            resources: 50_000,
            depth: 24,
        }
    }
}
