//! Packs the pure-Python library into one file that the crate includes.
//!
//! The library comes from the `rustpython-pylib` crate (CPython's `Lib`, with some edits, which [`patches`] undoes) and
//! from `lib/`, which holds what that crate lacks. [`pack`] says what the file looks like; [`frozen`] compiles what start-up
//! needs.

mod frozen;
mod pack;
mod patches;
mod selection;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let library = Path::new(rustpython_pylib::LIB_PATH);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", own.display());
    println!("cargo::rerun-if-changed={}", library.display());

    let mut files = BTreeMap::new();
    collect(library, "", &mut files);
    files.retain(|path, _| selection::belongs(path));
    let licence = files.remove("PSF-LICENSE").expect("the library has a licence");
    files.insert("LICENSE.txt".into(), licence);
    for (path, data) in &mut files {
        patches::apply(path, data);
    }
    collect(&own, "", &mut files);

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    frozen::write(&files, &out);
    fs::write(out.join("library.pack"), pack::pack(&files)).expect("the output folder can be written to");
}

/// Every file below `folder`, by its path with `/` between the parts.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let entry = entry.expect("a folder can be read");
        let name = entry.file_name().into_string().expect("the library's names are ASCII");
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type().expect("a file has a type").is_dir() {
            collect(&entry.path(), &path, files);
        } else {
            files.insert(path, fs::read(entry.path()).expect("a file can be read"));
        }
    }
}
