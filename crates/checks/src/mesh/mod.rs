//! What the mesh encrypts, whom it believes, and whom it lets in.

pub(crate) mod config;
pub(crate) mod members;
pub(crate) mod mtls;
