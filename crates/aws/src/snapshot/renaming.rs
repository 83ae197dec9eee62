//! Names inside of an answer that the provider calls otherwise.

use sekisho_terraform::{Content, Value};

use super::shape::placed;

/// Names in `snake_case`, and what the provider calls them.
pub(crate) type Names = &'static [(&'static str, &'static str)];

/// The same value with other names at every depth.
pub(crate) fn renamed(value: &Value, names: Names) -> Value {
    let new = match value.content() {
        Content::Object(_) => {
            let fields = value.entries().into_iter().flatten();
            let fields = fields.map(|(name, part)| {
                let known = names.iter().find(|(from, _)| *from == name.as_ref());
                let name = known.map_or_else(|| name.clone(), |(_, to)| (*to).into());
                (name, renamed(part, names))
            });
            Value::object(fields.collect())
        }
        Content::Tuple(items) => {
            Value::tuple(items.iter().map(|item| renamed(item, names)).collect())
        }
        _ => return value.clone(),
    };
    placed(new, value)
}
