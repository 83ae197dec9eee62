//! Rego as Open Policy Agent evaluates it, for the policies of Gatekeeper.
//!
//! The engines are those of `regorus`. Where they would answer differently from OPA, the text is changed before they see
//! it ([`Source`] → layout, functions, negations), or the module is refused with the place and the reason: a [`Fault`].
//! `tests/rego/` holds cases with OPA's answers.

mod bind;
mod edit;
mod fault;
mod format;
pub(crate) mod go_pattern;
mod host;
mod inspect;
mod layout;
mod lift;
mod program;
mod source;
mod term;
mod text;
mod token;
mod walk;

pub use fault::Fault;
pub use host::ExternalData;
pub use program::{Failure, Limits, Program};
pub use source::{Source, Version};

pub(crate) use term::to_json;

/// A value of the engines.
pub type Value = regorus::Value;
