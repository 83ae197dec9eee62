//! What the API server (Kubernetes 1.36) makes of a built-in object before anybody judges it.
//!
//! [`admit`] takes an object as a client sends it and answers what the server would store: unknown fields dropped (with a
//! [`Note`]), values normalised, defaults set; or the [`Refusal`]s of decoding (400) and validation (422). [`scope`] and
//! [`removed`] tell what is known of a kind without an object.
//!
//! The facts about types in `data/` are written by `examples/pack.rs`; the semantics follow the upstream files named at the
//! head of each module. What only a cluster can know is left out: allocated addresses and ports, generated identifiers,
//! and whatever admission plugins and webhooks change.

mod access;
mod admit;
mod armor;
mod base64;
mod decode;
mod defaults;
mod encode;
pub mod image;
mod meant;
mod moment;
mod note;
mod prepare;
mod quality;
mod quantity;
mod removed;
mod scope;
mod shape;
mod types;
mod validate;

pub use admit::{Outcome, Stored, admit, is_default};
pub use note::{Meant, Note, NoteKind, Refusal, Slip, server_message};
pub use quantity::{Quantity, QuantityError};
pub use removed::{Gone, RemovedVersion, removed};
pub use scope::{Scope, is_served, scope};
pub use shape::{FieldType, ObjectType, kinds, object_types};
