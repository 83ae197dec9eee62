use std::fmt;
use std::sync::Arc;

use sekisho_text::Span;

/// Longest chain that is told; what lies beyond is left out.
const LONGEST: usize = 16;

/// A place in one of the texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path as it was handed in.
    pub file: Arc<str>,
    /// The bytes there.
    pub span: Span,
}

/// One step on the way from the reader to the place where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Via {
    /// What was read: `var.cidrs`, `local.rules`, `module.net.subnets`.
    pub name: Arc<str>,
    /// Where it was read.
    pub place: Place,
}

/// Where a value was set, and through which variables, locals and module calls it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the value itself is written, or the expression that made it.
    pub place: Place,
    via: Option<Arc<Link>>,
    default_of: Option<Arc<str>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Link {
    via: Via,
    next: Option<Arc<Link>>,
    length: usize,
}

impl Origin {
    /// A value written here.
    pub fn at(place: Place) -> Self {
        Self {
            place,
            via: None,
            default_of: None,
        }
    }

    /// A value that the module called here has by itself.
    pub(crate) fn default_of(place: Place, module: Arc<str>) -> Self {
        Self {
            default_of: Some(module),
            ..Self::at(place)
        }
    }

    /// The well-known module whose own value this is: nothing in the texts sets it. The place is then the module's call.
    pub fn module_default(&self) -> Option<&Arc<str>> {
        self.default_of.as_ref()
    }

    /// The steps, from the reader to the writer: `var.cidrs` first, then what the module call passed for it.
    pub fn via(&self) -> impl Iterator<Item = &Via> {
        std::iter::successors(self.via.as_deref(), |link| link.next.as_deref())
            .map(|link| &link.via)
    }

    /// The same value, read through one more name.
    #[must_use]
    pub(crate) fn through(&self, via: Via) -> Self {
        Self {
            place: self.place.clone(),
            via: push(via, self.via.clone()),
            default_of: self.default_of.clone(),
        }
    }

    /// The origin of a part, once the whole came through these steps.
    #[must_use]
    pub(crate) fn inside(&self, whole: &Self) -> Self {
        let mut via = self.via.clone();
        let steps: Vec<&Via> = whole.via().collect();
        if via.is_none() {
            via.clone_from(&whole.via);
        } else {
            for step in steps.into_iter().rev() {
                via = push(step.clone(), via);
            }
        }
        Self {
            place: self.place.clone(),
            via,
            default_of: self.default_of.clone(),
        }
    }
}

fn push(via: Via, next: Option<Arc<Link>>) -> Option<Arc<Link>> {
    let length = next.as_ref().map_or(0, |link| link.length) + 1;
    if length > LONGEST {
        return next;
    }
    Some(Arc::new(Link { via, next, length }))
}

impl fmt::Debug for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}..{}",
            self.place.file, self.place.span.start, self.place.span.end
        )?;
        for via in self.via() {
            write!(out, " <- {}", via.name)?;
        }
        Ok(())
    }
}
