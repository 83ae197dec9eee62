use sekisho_text::Route;
use serde_json::Value;

use super::refusal::DocumentError;
use super::statement::Statement;
use super::version::Version;

/// One policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its language version.
    pub version: Version,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Reads a policy (IAM User Guide, "Grammar of the IAM JSON policy language"): one statement may stand without its list.
    /// Unknown elements are refused, since a misspelt `Condition` would widen the statement in silence.
    pub fn read(value: &Value) -> Result<Self, DocumentError> {
        let root = Route::root();
        let Some(fields) = value.as_object() else {
            return Err(DocumentError::new(&root, "a policy is a map"));
        };
        for key in fields.keys() {
            if !matches!(key.as_str(), "Version" | "Id" | "Statement") {
                return Err(DocumentError::new(
                    &root.key(key.clone()),
                    "no such element",
                ));
            }
        }
        let version = match fields.get("Version").map(Value::as_str) {
            None | Some(Some("2008-10-17")) => Version::V2008,
            Some(Some("2012-10-17")) => Version::V2012,
            Some(_) => {
                return Err(DocumentError::new(
                    &root.key("Version"),
                    "2012-10-17 or 2008-10-17 is expected",
                ));
            }
        };
        let route = root.key("Statement");
        let statements = match fields.get("Statement") {
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Statement::read(item, &route.index(index)))
                .collect::<Result<Vec<_>, _>>()?,
            Some(one) => vec![Statement::read(one, &route)?],
            None => return Err(DocumentError::new(&route, "a policy needs statements")),
        };
        Ok(Self {
            version,
            statements,
        })
    }

    /// Reads a policy from its JSON text.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value = serde_json::from_str(text)
            .map_err(|error| DocumentError::new(&Route::root(), error.to_string()))?;
        Self::read(&value)
    }
}
