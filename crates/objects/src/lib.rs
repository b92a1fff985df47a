//! The object model and every built-in type.
