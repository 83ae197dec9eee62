/// The language version of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when none is given: `${…}` is plain text.
    V2008,
    /// `2012-10-17`.
    V2012,
}
