//! Defaults of the API server: what it sets before it validates and stores.
//!
//! Upstream: the `SetDefaults_*` functions of `pkg/apis/*/v1/defaults.go` and the `+default` markers, both applied per Go
//! type, the outer struct first. Defaults that admission plugins or allocators set (cluster addresses, node ports,
//! service accounts, tolerations) are no part of it: they depend on the cluster.

mod admission;
mod autoscaling;
mod batch;
mod extension;
mod image;
mod pod;
mod rest;
mod service;
mod storage;
mod volume;
mod workload;

use serde_json::Value;

use crate::access::Object;
use crate::types::{self, Shape, Type};

/// Sets the defaults of a struct and of everything in it.
pub(crate) fn apply(object: &mut Object, shape: &'static Shape) {
    own(object, shape.name);
    for field in &shape.fields {
        let plain_struct = matches!(field.of, Type::Struct(_));
        if plain_struct && !object.contains_key(field.name) {
            let mut made = Value::Object(Object::new());
            within(&mut made, &field.of);
            if made.as_object().is_some_and(|made| !made.is_empty()) {
                object.insert(field.name.to_owned(), made);
            }
        } else if let Some(value) = object.get_mut(field.name) {
            within(value, &field.of);
        } else if let Some(value) = field
            .default
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
        {
            let is_zero = matches!(&value, Value::String(text) if text.is_empty()) || value == 0;
            if !is_zero || matches!(field.of, Type::Pointer(_)) {
                object.insert(field.name.to_owned(), value);
            }
        }
    }
}

fn within(value: &mut Value, of: &Type) {
    match (of, value) {
        (Type::Pointer(inner), value) => within(value, inner),
        (Type::Struct(number), Value::Object(object)) => apply(object, types::shape(*number)),
        (Type::List(inner, _), Value::Array(items)) => {
            for item in items.iter_mut() {
                within(item, inner);
            }
        }
        (Type::Map(inner, _), Value::Object(entries)) if matches!(**inner, Type::Struct(_)) => {
            for item in entries.values_mut() {
                within(item, inner);
            }
        }
        _ => {}
    }
}

fn own(object: &mut Object, shape: &str) {
    match shape.split_once('/').map_or("", |(group, _)| group) {
        "core" => {
            pod::set(object, shape)
                || volume::set(object, shape)
                || service::set(object, shape)
                || storage::set(object, shape)
                || rest::set_core(object, shape)
        }
        "apps" => workload::set(object, shape),
        "batch" => batch::set(object, shape),
        "autoscaling" => autoscaling::set(object, shape),
        "admissionregistration" => admission::set(object, shape),
        "apiextensions" | "apiregistration" => extension::set(object, shape),
        "storage" => storage::set(object, shape),
        _ => rest::set(object, shape),
    };
}
