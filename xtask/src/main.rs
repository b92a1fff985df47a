//! What people who work on Taipan run: `cargo xtask tidy`, `codegen`, `conformance`, `identity`, `bench`.

fn main() {}
