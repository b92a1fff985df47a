//! Compiles the variadic functions.

fn main() {
    println!("cargo:rerun-if-changed=src/variadic.c");
    cc::Build::new().file("src/variadic.c").opt_level(2).compile("taipan_variadic");
}
