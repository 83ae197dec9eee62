//! What AWS means, without a network: the Terraform modules that everybody uses, and the form of an account snapshot.
//!
//! Terraform and snapshots meet in one model: a [`sekisho_model::Resource`] with the type and the attributes that the
//! Terraform provider `aws` gives it, so that one check judges both.

pub mod calls;
pub mod modules;
pub mod snapshot;
pub mod web_acl;
