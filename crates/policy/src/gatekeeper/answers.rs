use std::collections::HashMap;

use crate::rego::Value;

/// What evaluates to the same: the code of a template, the parameters, and the inventory that it may look at.
pub(crate) type Evaluation = [u8; 32];

/// What code answered about one request: constraints with the same code and parameters, in one set of policies or in two, are evaluated once.
#[derive(Debug, Default)]
pub struct Answers(HashMap<Evaluation, Result<Vec<Value>, String>>);

impl Answers {
    /// The answer that is known, or that of `evaluate`.
    pub(super) fn of(
        &mut self,
        evaluation: Evaluation,
        evaluate: impl FnOnce() -> Result<Vec<Value>, String>,
    ) -> &Result<Vec<Value>, String> {
        self.0.entry(evaluation).or_insert_with(evaluate)
    }
}
