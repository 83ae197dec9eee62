//! Whether the policies that guard the cluster really guard it.
