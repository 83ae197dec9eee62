//! CEL, the Common Expression Language, as the Kubernetes API server 1.36 uses it.
//!
//! An [`Environment`] declares what an expression may name. [`Expression::compile`] parses it, checks its types and makes
//! it ready; [`Expression::run`] computes it in a [`Scope`] over borrowed JSON, and counts its cost. What is accepted, what
//! is refused, what comes out and what is said about it are the API server's: cel-go 0.26.0 with the library of
//! k8s.io/apiserver 0.36.
//!
//! Differences, all of them refusals or limits: message literals (`google.protobuf.Duration{…}`) are refused; syntax errors
//! after the first one are not told; made texts and lists are bounded.
//!
//! Language: <https://github.com/google/cel-spec/blob/master/doc/langdef.md>.
//! Library: <https://kubernetes.io/docs/reference/using-api/cel/>.

mod arithmetic;
mod ast;
mod authorize;
mod check;
mod compare;
mod convert;
mod cost;
mod declare;
mod expression;
mod fault;
mod format;
mod issue;
mod library;
mod lists;
mod macros;
mod named;
mod net;
mod number;
mod parse;
mod pattern;
mod plan;
mod quantity;
mod run;
mod semver;
mod text;
mod time;
mod token;
mod types;
mod unescape;
mod unify;
mod url;
mod validate;
mod value;

pub use authorize::{Check, Decision, authorizer, question};
pub use declare::{Environment, Fields};
pub use expression::{Expression, Refusal, check};
pub use fault::Fault;
pub use issue::Issue;
pub use net::{Address, Network};
pub use number::quoted;
pub use quantity::Quantity;
pub use run::{Run, Scope};
pub use semver::Version;
pub use time::Moment;
pub use types::Type;
pub use url::Url;
pub use value::{List, Map, Table, Text, Thing, Value};
