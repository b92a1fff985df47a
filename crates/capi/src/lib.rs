//! The C API: `extern "C"` names over what is below.
