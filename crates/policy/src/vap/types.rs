//! Built-in kinds as object types of CEL, and the kinds behind resources.

use sekisho_cel::{Environment, Fields, Type};
use sekisho_schema::FieldType;

/// The plural of a kind, as the names of built-in resources are made.
fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    if lower == "endpoints" {
        return lower;
    }
    match lower.as_bytes() {
        [.., b'a' | b'e' | b'i' | b'o' | b'u', b'y'] => format!("{lower}s"),
        [.., b'y'] => format!("{}ies", lower.trim_end_matches('y')),
        [.., b's' | b'x'] | [.., b'c' | b's', b'h'] => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}

/// The kinds that a resource of a group and version has.
pub(crate) fn kinds_of(group: &str, version: &str, resource: &str) -> Vec<&'static str> {
    sekisho_schema::kinds()
        .filter(|(known, in_version, kind)| {
            *known == group && *in_version == version && plural(kind) == resource
        })
        .map(|(_, _, kind)| kind)
        .collect()
}

/// Declares the object types of a kind; answers the type of its objects.
pub(crate) fn declare(
    environment: &mut Environment,
    group: &str,
    version: &str,
    kind: &str,
) -> Option<Type> {
    let found = sekisho_schema::object_types(group, version, kind);
    for object in &found {
        let fields: Fields = object
            .fields
            .iter()
            .filter_map(|(name, of)| Some(((*name).to_owned(), told(of)?)))
            .collect();
        environment.object(&named(object.name), fields);
    }
    found
        .first()
        .map(|object| Type::Object(named(object.name).into()))
}

/// A name that no expression writes by chance.
fn named(object: &str) -> String {
    format!("schema.{object}")
}

/// What the server's schema tells the checker; fields that it gives no type are not there.
fn told(of: &FieldType) -> Option<Type> {
    Some(match of {
        FieldType::Text => Type::Text,
        FieldType::Bool => Type::Bool,
        FieldType::Int => Type::Int,
        FieldType::Double => Type::Double,
        FieldType::Bytes => Type::Bytes,
        FieldType::Time => Type::Timestamp,
        FieldType::Any => Type::Dyn,
        FieldType::Untyped => return None,
        FieldType::List(item) => Type::list(told(item)?),
        FieldType::Map(item) => Type::map(Type::Text, told(item)?),
        FieldType::Object(name) => Type::Object(named(name).into()),
    })
}
