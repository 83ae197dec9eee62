//! From syntax to values, as hclsyntax evaluates (`expression.go`, `expression_template.go`, `expression_ops.go`).

mod access;
mod expression;
mod iterate;
mod operators;
mod template;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use sekisho_text::Span;

use crate::limits::Limits;
use crate::origin::{Origin, Place};
use crate::standing::Standing;
use crate::syntax::Name;
use crate::value::Value;

pub(crate) use access::{get_attribute, get_index, splat_items};
pub(crate) use expression::{failed, not_null_unknown};
pub(crate) use iterate::pairs;

/// Collections inside of each other; walks over values are recursive.
const DEEPEST: usize = 100;

/// Why an expression has no value.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) message: String,
    /// A limit was reached: `try` must not hide it.
    pub(crate) is_limit: bool,
}

pub(crate) type Outcome = Result<Value, Fault>;

/// Where names get their values.
pub(crate) trait Names {
    /// The value of the longest known beginning of `names`, and how many names it took.
    fn look_up(&self, names: &[Name], place: &Place) -> Result<(Value, usize), String>;
}

/// Where files get their texts, and what else functions may know of their surroundings.
pub(crate) trait Surroundings {
    /// The text of a file, or the value a function gives when it was not read.
    fn file(&self, path: &str) -> Option<Arc<str>>;
    /// All paths below a folder.
    fn paths(&self) -> Vec<Arc<str>>;
    /// True when the configuration requires a provider of this local name.
    fn has_provider(&self, name: &str) -> bool;
    /// True when a file that was not handed in does not exist.
    fn has_all_files(&self) -> bool;
}

/// Work left.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    pub(crate) limits: Limits,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            left: Cell::new(limits.work),
            limits,
        }
    }

    /// Takes some work away; false when there is not enough.
    pub(crate) fn spend(&self, work: usize) -> bool {
        let work = u64::try_from(work).unwrap_or(u64::MAX);
        let left = self.left.get().checked_sub(work);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// Everything one expression is evaluated in.
#[derive(Clone)]
pub(crate) struct Scope<'s> {
    pub(crate) names: &'s dyn Names,
    pub(crate) surroundings: &'s dyn Surroundings,
    pub(crate) budget: &'s Budget,
    pub(crate) file: Arc<str>,
    /// Set in a stand-in: where its words count as written.
    pub(crate) standing: Option<Rc<Standing>>,
    /// Names bound by `for`, the innermost last.
    pub(crate) bound: Vec<(Arc<str>, Value)>,
    /// Templates that are being rendered.
    pub(crate) templates: usize,
}

impl Scope<'_> {
    pub(crate) fn place(&self, span: Span) -> Place {
        if let Some(standing) = &self.standing {
            return standing.place.clone();
        }
        Place {
            file: Arc::clone(&self.file),
            span,
        }
    }

    pub(crate) fn fault(&self, span: Span, message: impl Into<String>) -> Fault {
        Fault {
            place: self.place(span),
            message: message.into(),
            is_limit: false,
        }
    }

    pub(crate) fn at(&self, span: Span, value: Value) -> Value {
        value.or_at(|| Origin::at(self.place(span)))
    }

    pub(crate) fn spend(&self, span: Span, work: usize) -> Result<(), Fault> {
        if self.budget.spend(work) {
            return Ok(());
        }
        Err(self.limit(span, "this needs more work than is allowed"))
    }

    /// Refuses a value that could not be walked over: too deep, or too large because parts of it stand often.
    pub(crate) fn check_value(&self, span: Span, value: &Value) -> Result<(), Fault> {
        let (depth, weight) = value.measures();
        if depth > DEEPEST {
            return Err(self.limit(span, "collections are nested too deep"));
        }
        self.check_size(span, weight)
    }

    pub(crate) fn limit(&self, span: Span, message: &str) -> Fault {
        Fault {
            is_limit: true,
            ..self.fault(span, message)
        }
    }

    /// Refuses a collection or text that is too large.
    pub(crate) fn check_size(&self, span: Span, size: usize) -> Result<(), Fault> {
        if size > self.budget.limits.size {
            return Err(self.limit(span, "the result is larger than is allowed"));
        }
        Ok(())
    }
}
