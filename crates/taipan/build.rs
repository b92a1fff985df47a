//! Exports the C API from the program, so that extension modules bind its functions and data.
//!
//! Two files for the linker are made of the table of CPython's exports: one that keeps the symbols in the program although
//! nothing in it refers to them, and one that names them in its dynamic symbol table. Names that nobody defines are
//! passed over.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let table = PathBuf::from("../abi/facts/exports.tsv");
    println!("cargo:rerun-if-changed={}", table.display());
    let text = fs::read_to_string(&table).expect("the table of exports is there");
    let names: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut keep = String::from("EXTERN(\n");
    let mut export = String::from("{\n");
    for name in names {
        let _ = writeln!(keep, "{name}");
        let _ = writeln!(export, "{name};");
    }
    keep.push_str(")\n");
    export.push_str("};\n");
    fs::write(out.join("keep.ld"), keep).expect("the output folder can be written");
    fs::write(out.join("export.list"), export).expect("the output folder can be written");
    println!("cargo:rustc-link-arg-bins={}", out.join("keep.ld").display());
    println!("cargo:rustc-link-arg-bins=-Wl,--dynamic-list={}", out.join("export.list").display());
}
