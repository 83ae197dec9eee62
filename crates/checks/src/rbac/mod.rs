//! What subjects can really do through their bindings.
