//! What an expression may name: variables, types, and the functions of Kubernetes 1.36.
//!
//! The table of functions (`data/functions.txt`) is what the environment of k8s.io/apiserver v0.36.2
//! (`pkg/cel/environment`) declares, in its order: the order decides which overload a free type parameter takes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use crate::types::Type;

/// One form of a function.
#[derive(Debug)]
pub(crate) struct Overload {
    pub(crate) id: &'static str,
    pub(crate) is_member: bool,
    pub(crate) args: Vec<Type>,
    pub(crate) result: Type,
}

/// A function with all its forms, in the order of declaration.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) overloads: Vec<Overload>,
}

/// The function of this name.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    functions().get(name.strip_prefix('.').unwrap_or(name))
}

fn functions() -> &'static HashMap<&'static str, Function> {
    static FUNCTIONS: OnceLock<HashMap<&'static str, Function>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut functions: HashMap<&'static str, Function> = HashMap::new();
        for (name, overload) in include_str!("../data/functions.txt")
            .lines()
            .filter_map(read)
        {
            let empty = || Function {
                name,
                overloads: Vec::new(),
            };
            functions
                .entry(name)
                .or_insert_with(empty)
                .overloads
                .push(overload);
        }
        functions
    })
}

fn read(line: &'static str) -> Option<(&'static str, Overload)> {
    let mut parts = line.split(" | ");
    let (name, id, kind, args) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let args = args
        .split(';')
        .filter(|arg| !arg.is_empty())
        .map(Type::read);
    let overload = Overload {
        id,
        is_member: kind == "m",
        args: args.collect::<Option<_>>()?,
        result: Type::read(parts.next()?)?,
    };
    Some((name, overload))
}

/// A type that stands in an expression as a value.
pub(crate) fn type_named(name: &str) -> Option<Type> {
    Some(match name.strip_prefix('.').unwrap_or(name) {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "google.protobuf.Duration" => Type::Duration,
        "int" => Type::Int,
        "list" => Type::list(Type::Param(0)),
        "map" => Type::map(Type::Param(0), Type::Param(1)),
        "null_type" => Type::Null,
        "string" => Type::Text,
        "google.protobuf.Timestamp" => Type::Timestamp,
        "type" => Type::Type(None),
        "uint" => Type::Uint,
        "optional_type" | "net.IP" | "net.CIDR" => Type::Named(Arc::from(name), Vec::new()),
        _ => return None,
    })
}

/// Names of types that may be written but not used as values.
pub(crate) fn is_type_without_value(name: &str) -> bool {
    matches!(
        name.strip_prefix("google.protobuf."),
        Some(
            "Value"
                | "Any"
                | "Struct"
                | "ListValue"
                | "NullValue"
                | "BoolValue"
                | "BytesValue"
                | "DoubleValue"
                | "FloatValue"
                | "Int32Value"
                | "Int64Value"
                | "StringValue"
                | "UInt32Value"
                | "UInt64Value"
        )
    ) || matches!(name, "duration" | "timestamp")
}

/// The fields of an object type.
pub type Fields = BTreeMap<String, Type>;

/// The names that an expression may use besides the functions.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Type>,
    objects: BTreeMap<Arc<str>, Arc<Fields>>,
}

impl Environment {
    /// Declares a variable; its name may hold dots.
    pub fn variable(&mut self, name: &str, of: Type) {
        self.variables.insert(name.to_owned(), of);
    }

    /// Declares an object type with its fields, in place of what was declared under that name.
    pub fn object(&mut self, name: &str, fields: Fields) {
        self.objects.insert(Arc::from(name), Arc::new(fields));
    }

    /// Adds one field to a declared object type.
    pub fn field(&mut self, object: &str, name: &str, of: Type) {
        if let Some(fields) = self.objects.get_mut(object) {
            Arc::make_mut(fields).insert(name.to_owned(), of);
        }
    }

    pub(crate) fn type_of(&self, name: &str) -> Option<&Type> {
        self.variables.get(name.strip_prefix('.').unwrap_or(name))
    }

    pub(crate) fn fields_of(&self, object: &str) -> Option<&Fields> {
        self.objects.get(object).map(|fields| &**fields)
    }
}
