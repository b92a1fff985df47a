//! The pure-Python library, packed into the program.
