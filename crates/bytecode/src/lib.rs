//! The instruction table, code-object data, line and exception tables, and the marshal codec.
