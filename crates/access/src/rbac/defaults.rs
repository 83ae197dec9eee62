use std::sync::LazyLock;

use serde_json::Value;

static ROLES: LazyLock<Vec<Value>> = LazyLock::new(|| parse(include_str!("../../data/roles.json")));
static BINDINGS: LazyLock<Vec<Value>> =
    LazyLock::new(|| parse(include_str!("../../data/bindings.json")));

/// The roles every API server creates at its start.
pub(super) fn roles() -> &'static [Value] {
    &ROLES
}

/// The default bindings to groups.
pub(super) fn bindings() -> &'static [Value] {
    &BINDINGS
}

/// The data is part of the program, and a test reads all of it.
fn parse(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(
            roles().len(),
            include_str!("../../data/roles.json").lines().count() - 2
        );
        assert_eq!(bindings().len(), 5);
        for name in [
            "cluster-admin",
            "admin",
            "edit",
            "view",
            "system:node",
            "extension-apiserver-authentication-reader",
        ] {
            assert!(
                roles().iter().any(|role| role["metadata"]["name"] == name),
                "{name}"
            );
        }
    }
}
