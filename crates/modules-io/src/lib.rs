//! The native `_io` module.
