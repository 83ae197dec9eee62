//! What NetworkPolicies let through, and whether they bind.
