//! Where secret values stand, and how they arrive.
