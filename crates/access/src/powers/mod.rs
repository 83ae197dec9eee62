//! What a subject's rights amount to.
//!
//! A right becomes a power when it lets its holder do more than the words of the rule: read what others hide, run code as
//! somebody else, change who may do what, take a guard away. The list is closed ([`PowerKind`]); each entry is computed from
//! the rules as the API server would apply them to the requests in question, with what those requests carry: a `create` names
//! no object, things outside of namespaces are reached by cluster-wide bindings only, and some deeds need two rights at once.

mod kind;
mod pattern;
mod power;
mod table;

pub use kind::PowerKind;
pub use pattern::Names;
pub use power::{Power, Proof, powers_of};
