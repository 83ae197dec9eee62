//! One folder of configuration, before anything is evaluated.

mod constraint;
mod declared;
mod folder;
mod overrides;
mod references;

pub(crate) use constraint::{Constraint, constraint};
pub(crate) use declared::{Module, ResourceKey};
pub(crate) use folder::{
    clean_join, is_configuration, is_json, read_module, relative, texts_of_values,
};
pub(crate) use references::{Mention, mentions, mentions_of_body};
