//! Where nodes live, how they are reached, and what they may do.
