//! Whether workloads stay up, and stay within their bounds.
