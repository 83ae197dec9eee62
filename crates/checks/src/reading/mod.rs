//! Input that does not mean what it seems to say.
