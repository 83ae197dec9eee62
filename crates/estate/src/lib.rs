//! Reading an estate: files, folders, standard input, Helm charts and kustomizations.
//!
//! Nothing supplied is lost in silence: what cannot be judged is `unread`, what is not ours to judge is `skipped`.

mod assemble;
mod chart;
mod gather;
mod kubeconfig;
mod kustomization;
mod objects;
mod pipelines;
mod places;
mod process;
mod read;
mod settings;
mod shipped;
mod snapshots;
mod terraform;

pub use assemble::{Text, assemble, assemble_beside, documents};
pub use gather::{Gathered, Input, gather};
pub use read::{Render, read};
pub use settings::{find_settings, parse_settings};
pub use shipped::shipped_threat_model;

/// The largest file that is read, in bytes; kubectl's own limit for a request is far below.
pub const MAX_FILE: u64 = 32 * 1024 * 1024;
