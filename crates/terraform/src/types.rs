use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The type of a value, or of what a variable accepts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Not known yet, or anything (`any`).
    Dynamic,
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// Text.
    String,
    /// A list of one type.
    List(Arc<Type>),
    /// A set of one type.
    Set(Arc<Type>),
    /// A map of one type.
    Map(Arc<Type>),
    /// A list in which each place has its own type.
    Tuple(Arc<Vec<Type>>),
    /// A map in which each key has its own type.
    Object(Arc<BTreeMap<Arc<str>, Field>>),
}

/// One attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// What it holds.
    pub of: Type,
    /// True when it may be left out.
    pub optional: bool,
}

impl Type {
    /// A list of this.
    pub fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    /// A set of this.
    pub fn set(of: Self) -> Self {
        Self::Set(Arc::new(of))
    }

    /// A map of this.
    pub fn map(of: Self) -> Self {
        Self::Map(Arc::new(of))
    }

    /// An object with these required attributes.
    pub fn object(fields: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        let field = |(name, of)| {
            (
                name,
                Field {
                    of,
                    optional: false,
                },
            )
        };
        Self::Object(Arc::new(fields.into_iter().map(field).collect()))
    }

    /// Bool, number or string.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// True when nothing in it is [`Type::Dynamic`].
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Dynamic => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.is_settled(),
            Self::Tuple(items) => items.iter().all(Self::is_settled),
            Self::Object(fields) => fields.values().all(|field| field.of.is_settled()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic => out.write_str("any"),
            Self::Bool => out.write_str("bool"),
            Self::Number => out.write_str("number"),
            Self::String => out.write_str("string"),
            Self::List(of) => write!(out, "list({of})"),
            Self::Set(of) => write!(out, "set({of})"),
            Self::Map(of) => write!(out, "map({of})"),
            Self::Tuple(_) => out.write_str("tuple"),
            Self::Object(_) => out.write_str("object"),
        }
    }
}
