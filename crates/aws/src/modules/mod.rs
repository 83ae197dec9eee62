//! Well-known modules whose source is often absent.
