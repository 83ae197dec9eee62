//! CEL inside of Gatekeeper templates (`K8sNativeValidation`): the same validator as that of the API server, with the variables
//! `params` and `anyObject`, without an authorizer, and with the budget of a single call for all expressions together.
//!
//! Gatekeeper v3.23 `pkg/drivers/k8scel/{driver.go,schema,transform}`.

use sekisho_cel::Type;
use serde_json::{Value as Json, json};

use super::compile::{AdmissionPolicy, Compiler, Validation, items, text};
use super::environment::{Optional, VARIABLES, environment, variable_type};
use super::matching::MatchRules;
use super::request::Request;
use super::scope::{PER_CALL, Sight};

const ANY_OBJECT: &str = r#"has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object"#;
const RESERVED: &str = "gatekeeper_internal_";

/// What fails, in the template's words; true when it could not be evaluated.
pub(crate) type Failing = (String, bool);

impl AdmissionPolicy {
    /// Compiles the `source` of a template's code.
    ///
    /// # Errors
    /// Why Gatekeeper would refuse it, or could not evaluate an expression.
    pub(crate) fn of_template(kind: &str, source: &Json) -> Result<Self, String> {
        let mut compiler = Compiler { errors: Vec::new() };
        let optional = |params, variables| Optional {
            params,
            authorizer: false,
            variables,
        };
        let mut with = environment(optional(true, true));
        let mut plain = environment(optional(false, true));
        let mut variables = Vec::new();
        for (name, expression) in [("anyObject", ANY_OBJECT), ("params", "params")] {
            let path = format!("variables.{name}");
            if let Some(expression) = compiler.compile(&path, expression, &with, &[]) {
                for environment in [&mut with, &mut plain] {
                    environment.field(VARIABLES, name, Type::Dyn);
                }
                variables.push((name.to_owned(), expression));
            }
        }
        for (index, variable) in items(source, "variables") {
            let name = text(variable, "name");
            if name.starts_with(RESERVED) || matches!(name, "params" | "anyObject") {
                return Err(format!("`{name}` is a reserved name of a variable"));
            }
            let path = format!("variables[{index}].expression");
            // Gatekeeper compiles all variables with the constraint in sight.
            if let Some(expression) =
                compiler.compile(&path, text(variable, "expression"), &with, &[])
            {
                let of = variable_type(expression.output());
                with.field(VARIABLES, name, of.clone());
                plain.field(VARIABLES, name, of);
                variables.push((name.to_owned(), expression));
            }
        }
        let mut conditions = Vec::new();
        // Gatekeeper reads the conditions of this key, and knows no `matchConditions`.
        for (index, condition) in items(source, "matchCondition") {
            if text(condition, "name").starts_with(RESERVED) {
                return Err(format!("matchCondition[{index}] has a reserved name"));
            }
            let path = format!("matchCondition[{index}].expression");
            conditions.extend(compiler.compile(
                &path,
                text(condition, "expression"),
                &plain,
                &[Type::Bool],
            ));
        }
        let mut validations = Vec::new();
        for (index, validation) in items(source, "validations") {
            let path = format!("validations[{index}]");
            let expression = compiler.compile(
                &format!("{path}.expression"),
                text(validation, "expression"),
                &plain,
                &[Type::Bool],
            );
            let worded = text(validation, "messageExpression");
            let message_expression = (!worded.is_empty())
                .then(|| {
                    compiler.compile(
                        &format!("{path}.messageExpression"),
                        worded,
                        &plain,
                        &[Type::Text],
                    )
                })
                .flatten();
            validations.extend(expression.map(|expression| Validation {
                expression,
                message: text(validation, "message").to_owned(),
                message_expression,
                reason: String::new(),
            }));
        }
        let fails = match source
            .get("failurePolicy")
            .filter(|policy| !policy.is_null())
        {
            None => true,
            Some(policy) => match policy.as_str() {
                Some("Fail") => true,
                Some("Ignore") => false,
                _ => return Err(format!("`{policy}` is no failure policy")),
            },
        };
        match compiler.message() {
            Some(message) => Err(message),
            None => Ok(Self {
                name: kind.to_owned(),
                rules: MatchRules::default(),
                fails,
                param_kind: None,
                conditions,
                variables,
                validations,
                annotations: Vec::new(),
            }),
        }
    }

    /// What a request violates, with the parameters of a constraint; `null` when it has none.
    pub(crate) fn failing(&self, request: &Request<'_>, parameters: &Json) -> Vec<Failing> {
        let asked = request.value();
        let nothing = json!(null);
        let conditions = Sight::new(request, &asked, &nothing, None, &[]).without_namespace();
        let failed = |reason: String| {
            if self.fails {
                vec![(reason, true)]
            } else {
                Vec::new()
            }
        };
        match self.conditions_hold(&conditions) {
            Ok(true) => {}
            Ok(false) => return Vec::new(),
            Err(reason) => return failed(reason),
        }
        let seen = Sight::new(request, &asked, parameters, None, &self.variables);
        match self.validate(&seen, &seen, PER_CALL) {
            Ok(findings) => findings
                .into_iter()
                .map(|finding| (finding.message, finding.failed))
                .collect(),
            Err(reason) => failed(reason),
        }
    }
}
