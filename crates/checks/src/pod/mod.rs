//! What a pod may do to its node: Pod Security, and what a namespace enforces of it.
