//! Which AWS rights pods get, and how.
