//! Tells the linker how the program is laid out.
//!
//! Two files are made of the table of CPython's exports, so that extension modules bind the C API's functions and data:
//! one that keeps the symbols in the program although nothing in it refers to them, and one that names them in its
//! dynamic symbol table. Names that nobody defines are passed over.
//!
//! A third lays the functions that a start runs side by side. The program has a fixed address, as CPython has: nothing
//! of it is relocated when it starts, and what nobody writes to stays shared with the file. The unwinder is part of it,
//! so that one library less is loaded.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    export(&out);
    order(&out);
    unwinder();
    println!("cargo:rustc-link-arg-bins=-no-pie");
}

/// Exports the C API.
fn export(out: &Path) {
    let table = PathBuf::from("../abi/facts/exports.tsv");
    println!("cargo:rerun-if-changed={}", table.display());
    let text = fs::read_to_string(&table).expect("the table of exports is there");
    let names: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
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

/// Puts the functions of `start_order.txt` in front of the others. `cargo xtask order` writes that file.
fn order(out: &Path) {
    let names = Path::new("start_order.txt");
    println!("cargo:rerun-if-changed={}", names.display());
    let mut script = String::from("SECTIONS {\n.text.start : {\n");
    for name in fs::read_to_string(names).expect("the list of functions is there").lines() {
        let _ = writeln!(script, "*(.text.{name} .text.unlikely.{name})");
    }
    script.push_str("}\n}\nINSERT BEFORE .text;\n");
    fs::write(out.join("start.ld"), script).expect("the output folder can be written");
    println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", out.join("start.ld").display());
}

/// Links the unwinder from the C compiler's archive in front of its shared library, which then is not needed. Where there
/// is no such archive the library is loaded.
fn unwinder() {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    println!("cargo:rerun-if-env-changed=CC");
    let Ok(answer) = Command::new(compiler).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let path = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    if let Some(folder) = path.parent().filter(|_| path.is_absolute()) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
