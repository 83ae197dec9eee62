//! YAML exactly as kubectl reads it, with the bytes of every value.
//!
//! kubectl cuts a file at its `---` lines and gives each piece to go-yaml v2: YAML 1.1 with libyaml's scanner, Go's own
//! number rules, merges in the order they are written, and the last of two equal keys. A reader of YAML 1.2 would see other
//! values in the same text, so this crate has a scanner of its own that follows those rules, their oddities included
//! (apimachinery 0.32 `util/yaml/decoder.go`; sigs.k8s.io/yaml 1.4 `yaml.go`, and in its `goyaml.v2` the files
//! `scannerc.go`, `parserc.go`, `decode.go`, `resolve.go`). What it cannot read in the same way is an error.
//!
//! ```
//! use sekisho_text::Route;
//! use sekisho_yaml::{Limits, parse};
//!
//! let stream = parse("securityContext:\n  privileged: yes # danger\n", &Limits::default());
//! let document = &stream.documents[0];
//! assert_eq!(document.to_json()["securityContext"]["privileged"], true);
//! let place = document.locate(&Route::of("securityContext.privileged")).unwrap();
//! assert_eq!(place.value.slice(document.text()), Some("yes"));
//! ```

mod builder;
mod compose;
mod document;
pub mod edit;
mod emit;
mod error;
mod expand;
mod json;
mod json_text;
mod limits;
mod locate;
mod node;
mod note;
mod resolve;
mod scan;
mod settle;
mod stream;

pub use document::{Document, Syntax};
pub use emit::to_yaml;
pub use error::Error;
pub use limits::Limits;
pub use locate::Place;
pub use node::{MapEntry, Node, Value};
pub use note::{Comment, Note};
pub use stream::{Stream, parse, parse_shared};
