//! What fields the server's kinds have, as its published schema tells them to a type checker.

use crate::types::{self, Type};

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Double,
    /// Base64 text of bytes.
    Bytes,
    /// A point in time.
    Time,
    /// Anything, such as a number or a text.
    Any,
    /// Something that the schema gives no type.
    Untyped,
    /// A list.
    List(Box<FieldType>),
    /// A map from texts.
    Map(Box<FieldType>),
    /// An object with fields of its own, by its name.
    Object(&'static str),
}

/// An object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectType {
    /// Its name: `apps/v1.Deployment`.
    pub name: &'static str,
    /// Its fields by name.
    pub fields: Vec<(&'static str, FieldType)>,
}

/// All kinds that the server serves: group, version, kind.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    types::kinds()
}

/// The object type of a kind and, after it, all object types inside of it; empty when the kind is not served.
pub fn object_types(group: &str, version: &str, kind: &str) -> Vec<ObjectType> {
    let Some(kind) = types::kind(group, version, kind) else {
        return Vec::new();
    };
    let mut open = vec![kind.shape];
    let mut found: Vec<ObjectType> = Vec::new();
    while let Some(number) = open.pop() {
        let shape = types::shape(number);
        if found.iter().any(|known| known.name == shape.name) {
            continue;
        }
        let fields = shape
            .fields
            .iter()
            .map(|field| (field.name, told(&field.of, &mut open)));
        let fields = fields.collect();
        found.push(ObjectType {
            name: shape.name,
            fields,
        });
    }
    found
}

fn told(of: &Type, open: &mut Vec<usize>) -> FieldType {
    match of {
        Type::Text(_) => FieldType::Text,
        Type::Bool => FieldType::Bool,
        Type::Int32 | Type::Int64 => FieldType::Int,
        Type::Float => FieldType::Double,
        Type::Quantity => FieldType::Untyped,
        Type::IntOrString | Type::Raw => FieldType::Any,
        Type::Time | Type::MicroTime => FieldType::Time,
        Type::Bytes => FieldType::Bytes,
        Type::Struct(number) => {
            open.push(*number);
            FieldType::Object(types::shape(*number).name)
        }
        Type::Pointer(inner) => told(inner, open),
        Type::List(inner, _) => FieldType::List(Box::new(told(inner, open))),
        Type::Map(inner, _) => FieldType::Map(Box::new(told(inner, open))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_has_the_fields_of_its_pods() {
        let found = object_types("apps", "v1", "Deployment");
        assert_eq!(found[0].name, "apps/v1.Deployment");
        let container = found
            .iter()
            .find(|one| one.name == "core/v1.Container")
            .unwrap();
        assert!(container.fields.contains(&("image", FieldType::Text)));
        assert!(object_types("apps", "v0", "Deployment").is_empty());
    }
}
