//! Whether AWS watches and keeps a trail.
