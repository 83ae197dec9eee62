use std::sync::Arc;

use crate::origin::{Origin, Place};
use crate::syntax::{Expr, ExprKind};

/// Where the words of a stand-in count as written: at the call in the user's own text.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The call, the outermost one when stand-ins call each other.
    pub(crate) place: Place,
    /// What the module is called to people.
    pub(crate) title: Arc<str>,
}

impl Standing {
    /// The origin of what the stand-in says by itself.
    pub(crate) fn default(&self) -> Origin {
        Origin::default_of(self.place.clone(), Arc::clone(&self.title))
    }
}

/// True when an expression has the same value wherever it stands.
pub(crate) fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Tuple(items) => items.iter().all(is_constant),
        ExprKind::Object(entries) => entries.iter().all(|(_, value)| is_constant(value)),
        _ => false,
    }
}
