//! What expressions see while a policy judges: objects, and variables that are computed once, when they are asked for.

use std::cell::{Cell, RefCell};

use sekisho_cel::{Check, Decision, Expression, Fault, Scope, Value};
use serde_json::Value as Json;

use super::request::{Authorizer, Request};

/// What one expression may cost.
pub(crate) const PER_CALL: u64 = 1_000_000;
/// What all expressions of one kind in a policy may cost together.
pub(crate) const PER_POLICY: u64 = 10_000_000;
/// The same for match conditions.
pub(crate) const PER_CONDITIONS: u64 = 2_500_000;

/// The budget is spent.
const OUT_OF_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";

/// What a phase of judging sees: its variables are computed for it alone.
pub(crate) struct Sight<'a> {
    pub(crate) request: &'a Request<'a>,
    /// The variable `request`.
    pub(crate) asked: &'a Json,
    pub(crate) params: &'a Json,
    pub(crate) namespace: &'a Json,
    pub(crate) authorizer: Option<&'a dyn Authorizer>,
    pub(crate) variables: &'a [(String, Expression)],
    known: RefCell<Vec<Option<Result<Value<'a>, Fault>>>>,
    spent: Cell<u64>,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(
        request: &'a Request<'a>,
        asked: &'a Json,
        params: &'a Json,
        authorizer: Option<&'a dyn Authorizer>,
        variables: &'a [(String, Expression)],
    ) -> Self {
        Self {
            request,
            asked,
            params,
            namespace: request.namespace_object,
            authorizer,
            variables,
            known: RefCell::new(vec![None; variables.len()]),
            spent: Cell::new(0),
        }
    }

    /// Without the namespace, as match conditions see it.
    pub(crate) fn without_namespace(mut self) -> Self {
        self.namespace = &Json::Null;
        self
    }

    /// Computes an expression and takes its cost from the budget.
    ///
    /// # Errors
    /// The outer one when the budget is spent: then nothing more is computed. The inner one tells why there is no value.
    pub(crate) fn evaluate(
        &self,
        expression: &Expression,
        budget: &mut u64,
    ) -> Result<Result<Value<'a>, String>, String> {
        let run = expression.run(self, PER_CALL);
        for cost in [self.spent.take(), run.cost] {
            *budget = budget.checked_sub(cost).ok_or(OUT_OF_BUDGET)?;
        }
        Ok(run.outcome.map_err(|fault| {
            format!(
                "expression '{}' resulted in error: {fault}",
                expression.source()
            )
        }))
    }
}

impl<'a> Scope<'a> for Sight<'a> {
    fn value(&self, name: &str) -> Option<Value<'a>> {
        Some(match name {
            "object" => Value::from_json(self.request.object),
            "oldObject" => Value::from_json(self.request.old_object),
            "params" => Value::from_json(self.params),
            "request" => Value::from_json(self.asked),
            "namespaceObject" => Value::from_json(self.namespace),
            "variables" => Value::Lazy,
            "authorizer" if self.authorizer.is_some() => sekisho_cel::authorizer(),
            "authorizer.requestResource" if self.authorizer.is_some() => {
                sekisho_cel::question(Check {
                    group: Some(self.request.group.to_owned()),
                    resource: Some(self.request.resource.to_owned()),
                    subresource: self.request.subresource.to_owned(),
                    namespace: self.request.namespace.to_owned(),
                    name: self.request.name.to_owned(),
                    ..Check::default()
                })
            }
            _ => return None,
        })
    }

    fn lazy(&self, field: &str) -> Option<Result<Value<'a>, Fault>> {
        let index = self.variables.iter().position(|(name, _)| name == field)?;
        if let Some(Some(known)) = self.known.borrow().get(index) {
            return Some(known.clone());
        }
        let (name, expression) = self.variables.get(index)?;
        let run = expression.run(self, PER_CALL);
        self.spent.set(self.spent.get().saturating_add(run.cost));
        let value = run.outcome.map_err(|fault| {
            let message = format!(
                "composited variable {} fails to evaluate: {fault}",
                sekisho_cel::quoted(name)
            );
            Fault::Error(message.into())
        });
        if let Some(place) = self.known.borrow_mut().get_mut(index) {
            *place = Some(value.clone());
        }
        Some(value)
    }

    fn authorize(&self, check: &Check, verb: &str) -> Decision {
        match self.authorizer {
            Some(authorizer) => authorizer.decide(self.request.user, check, verb),
            None => Decision {
                is_allowed: false,
                reason: String::new(),
                error: Some("there is no authorizer".to_owned()),
            },
        }
    }
}
