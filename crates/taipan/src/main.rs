//! The program `taipan` and the embedding API.

fn main() {}
