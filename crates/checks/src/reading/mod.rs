//! Input that does not mean what it seems to say.

pub(crate) mod yaml_notes;

mod refused_object;
mod removed_api;
mod unknown_field;
mod yaml_ambiguous_scalar;
mod yaml_duplicate_key;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &refused_object::RefusedObject,
    &removed_api::RemovedApi,
    &unknown_field::UnknownField,
    &yaml_ambiguous_scalar::YamlAmbiguousScalar,
    &yaml_duplicate_key::YamlDuplicateKey,
];
