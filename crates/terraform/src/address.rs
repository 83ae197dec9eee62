use std::fmt;
use std::sync::Arc;

/// The key of one instance of a resource or module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Of `count`.
    Index(u64),
    /// Of `for_each`.
    Name(Arc<str>),
    /// `count` or `for_each` is not known: this stands for all instances, perhaps none.
    Unknown,
}

/// One step into a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The name of the call.
    pub name: Arc<str>,
    /// Which instance of it.
    pub key: Option<Key>,
}

/// What stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A `resource` block.
    Managed,
    /// A `data` block.
    Data,
    /// A `module` call.
    Module,
    /// An `ephemeral` block.
    Ephemeral,
}

/// The address of a resource, data source or module call: `module.net["a"].aws_subnet.b[0]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The modules on the way, from the root.
    pub module: Vec<ModuleStep>,
    /// What it is.
    pub mode: Mode,
    /// The type (`aws_subnet`); empty for a module.
    pub kind: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// Which instance; `None` for the only one, or for all.
    pub key: Option<Key>,
}

impl Address {
    /// The same without its key.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self {
            key: None,
            ..self.clone()
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(out, "[{index}]"),
            Self::Name(name) => {
                let escaped = name
                    .replace('\\', "\\\\")
                    .replace('"', "\\\"")
                    .replace('\n', "\\n");
                write!(out, "[\"{escaped}\"]")
            }
            Self::Unknown => out.write_str("[?]"),
        }
    }
}

impl fmt::Display for ModuleStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "module.{}", self.name)?;
        self.key.iter().try_for_each(|key| write!(out, "{key}"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.module {
            write!(out, "{step}.")?;
        }
        match self.mode {
            Mode::Managed => write!(out, "{}.{}", self.kind, self.name)?,
            Mode::Data => write!(out, "data.{}.{}", self.kind, self.name)?,
            Mode::Ephemeral => write!(out, "ephemeral.{}.{}", self.kind, self.name)?,
            Mode::Module => write!(out, "module.{}", self.name)?,
        }
        self.key.iter().try_for_each(|key| write!(out, "{key}"))
    }
}
