//! What may change the cluster by way of Git.
