//! Where a container may write, and what of the node it can see.
