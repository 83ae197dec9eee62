use serde_json::Value;

use crate::gatekeeper::Violation;
use crate::rego::go_pattern;

/// How many violations a case must have, all of them or those with a message (gator `pkg/gator/verify/assertion.go`).
#[derive(Debug, Clone)]
pub(super) struct Assertion {
    count: Count,
    message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Some,
    None,
    Exactly(usize),
    /// Neither a number, `yes` nor `no`: an error of the case, not of the suite.
    Wrong,
}

/// Why an assertion does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// The violations are others.
    Failed(String),
    /// The assertion itself is wrong.
    Wrong(String),
}

impl Assertion {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let count = match value.get("violations") {
            // gator reads suites as YAML 1.2, where `yes` is a text; ours reads YAML 1.1.
            None | Some(Value::Null | Value::Bool(true)) => Count::Some,
            Some(Value::Bool(false)) => Count::None,
            Some(Value::String(word)) => match word.as_str() {
                "yes" => Count::Some,
                "no" => Count::None,
                _ => Count::Wrong,
            },
            Some(Value::Number(number)) => match number.as_u64() {
                Some(count) => Count::Exactly(usize::try_from(count).unwrap_or(usize::MAX)),
                None => Count::Wrong,
            },
            Some(_) => return Err("`violations` must be a number, `yes` or `no`".to_owned()),
        };
        let message = match value.get("message") {
            None | Some(Value::Null) => None,
            Some(Value::String(message)) => Some(message.clone()),
            Some(_) => return Err("`message` must be a text".to_owned()),
        };
        Ok(Self { count, message })
    }

    pub(super) fn hold(&self, violations: &[Violation]) -> Result<(), Broken> {
        let pattern = match &self.message {
            None => None,
            Some(message) => match go_pattern::compile(message) {
                Some(pattern) => Some(pattern),
                None => {
                    return Err(Broken::Wrong(format!(
                        "`{message}` is no regular expression"
                    )));
                }
            },
        };
        let fits = |violation: &&Violation| {
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(&violation.message))
        };
        let count = violations.iter().filter(fits).count();
        let (good, wanted) = match self.count {
            Count::Some => (count > 0, "at least 1".to_owned()),
            Count::None => (count == 0, "none".to_owned()),
            Count::Exactly(wanted) => (count == wanted, format!("exactly {wanted}")),
            Count::Wrong => {
                let what = "`violations` must be a number that is not negative, `yes` or `no`";
                return Err(Broken::Wrong(what.to_owned()));
            }
        };
        if good {
            return Ok(());
        }
        let like = match &self.message {
            Some(message) => format!(" with a message like `{message}`"),
            None => String::new(),
        };
        let said: Vec<&str> = violations
            .iter()
            .map(|violation| violation.message.as_str())
            .collect();
        let said = if said.is_empty() {
            String::new()
        } else {
            format!("; the messages are: {}", said.join(" | "))
        };
        Err(Broken::Failed(format!(
            "{count} violations{like}, but {wanted} expected{said}"
        )))
    }
}
