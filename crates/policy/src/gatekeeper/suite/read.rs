use serde_json::Value;

use super::assertion::Assertion;
use crate::gatekeeper::object;

/// A file of tests: `kind: Suite` of `test.gatekeeper.sh`
/// (<https://open-policy-agent.github.io/gatekeeper/website/docs/gator#writing-test-suites>).
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// Nothing of it is run.
    pub skip: bool,
    /// Its tests, in their order.
    pub tests: Vec<Test>,
}

/// One template and one constraint with the cases that they are tried on. Paths are relative to the suite's folder.
#[derive(Debug, Clone, Default)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Nothing of it is run.
    pub skip: bool,
    /// The constraint is expected not to fit the template's schema.
    pub invalid: bool,
    pub(super) template: String,
    pub(super) constraint: String,
    pub(super) expansion: String,
    /// Its cases, in their order.
    pub cases: Vec<Case>,
}

/// One object and what is expected of it.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// It is not run.
    pub skip: bool,
    pub(super) object: String,
    pub(super) inventory: Vec<String>,
    pub(super) assertions: Vec<Assertion>,
}

impl Suite {
    /// Whether a document is a suite; others are no matter of ours.
    pub fn is(document: &Value) -> bool {
        object::group_version(document).0 == "test.gatekeeper.sh"
            && object::kind(document) == "Suite"
    }

    /// Reads a suite.
    ///
    /// # Errors
    /// What is of the wrong type, and where.
    pub fn read(document: &Value) -> Result<Self, String> {
        Ok(Self {
            skip: flag(document, "skip")?,
            tests: list(document, "tests")?
                .iter()
                .map(test)
                .collect::<Result<_, _>>()?,
        })
    }
}

fn test(value: &Value) -> Result<Test, String> {
    Ok(Test {
        name: text(value, "name")?,
        skip: flag(value, "skip")?,
        invalid: flag(value, "invalid")?,
        template: text(value, "template")?,
        constraint: text(value, "constraint")?,
        expansion: text(value, "expansion")?,
        cases: list(value, "cases")?
            .iter()
            .map(case)
            .collect::<Result<_, _>>()?,
    })
}

fn case(value: &Value) -> Result<Case, String> {
    Ok(Case {
        name: text(value, "name")?,
        skip: flag(value, "skip")?,
        object: text(value, "object")?,
        inventory: object::texts(value.get("inventory"), "inventory")?,
        assertions: list(value, "assertions")?
            .iter()
            .map(Assertion::read)
            .collect::<Result<_, _>>()?,
    })
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("`{key}` must be a text")),
    }
}

fn flag(value: &Value, key: &str) -> Result<bool, String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(format!("`{key}` must be true or false")),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(format!("`{key}` must be a list")),
    }
}
