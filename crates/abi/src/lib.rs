//! The C layouts of CPython 3.14: structs, offsets, flags and function-pointer types, each declared once. No behaviour.
