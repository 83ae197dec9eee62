use std::collections::BTreeSet;

/// A truth value that may wait for context keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tri {
    /// Certainly.
    Yes,
    /// Certainly not.
    No,
    /// It depends on these: names of context keys, or what else is not known.
    Unknown(BTreeSet<String>),
}

impl Tri {
    /// Unknown because of one thing.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::Unknown(BTreeSet::from([what.into()]))
    }

    /// Both hold. A certain no needs no further look.
    #[must_use]
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Unknown(mut open) => match other() {
                Self::No => Self::No,
                Self::Yes => Self::Unknown(open),
                Self::Unknown(more) => {
                    open.extend(more);
                    Self::Unknown(open)
                }
            },
        }
    }

    /// At least one holds. A certain yes needs no further look.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        self.not().and(|| other().not()).not()
    }

    /// The opposite.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "reads as logic beside `and` and `or`"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            open @ Self::Unknown(_) => open,
        }
    }

    /// Every one holds; of none, yes.
    pub fn all(items: impl IntoIterator<Item = Self>) -> Self {
        items
            .into_iter()
            .fold(Self::Yes, |sum, item| sum.and(|| item))
    }

    /// At least one holds; of none, no.
    pub fn any(items: impl IntoIterator<Item = Self>) -> Self {
        items
            .into_iter()
            .fold(Self::No, |sum, item| sum.or(|| item))
    }
}

impl From<bool> for Tri {
    fn from(certain: bool) -> Self {
        if certain { Self::Yes } else { Self::No }
    }
}
