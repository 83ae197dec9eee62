//! Where images come from, and whether anybody looks at them.
