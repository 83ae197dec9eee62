//! Where a container may write, and what of the node it can see.

pub(crate) mod dangerous_paths;
pub(crate) mod node_paths;

mod host_path;
mod local_volume_claim;
mod read_only_root;
mod sub_path;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &host_path::HostPath,
    &local_volume_claim::LocalVolumeClaim,
    &read_only_root::ReadOnlyRoot,
    &sub_path::SubPath,
];
