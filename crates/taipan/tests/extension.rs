//! An extension module compiled by `cc` against prototypes of its own behaves in `taipan` as in CPython 3.14, whose
//! output lies beside it in `tests/extension`.

mod launch;

use std::fs;
use std::path::Path;
use std::process::Command;

/// Compiles `NAME.c`, runs `program`, and compares what it prints.
fn check(name: &str, program: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/extension");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("the folder for the library can be made");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(folder.join(name).with_extension("so"))
        .arg(source.join(name).with_extension("c"))
        .status()
        .expect("there is a C compiler");
    assert!(compiled.success());
    let output = launch::taipan()
        .arg(source.join(program).with_extension("py"))
        .env("PYTHONPATH", &folder)
        // What C prints and what Python prints comes in the order in which it was printed.
        .env("PYTHONUNBUFFERED", "1")
        .output()
        .expect("taipan starts");
    let wanted = source.join(program).with_extension("out");
    let wanted = fs::read_to_string(wanted).expect("the expected output is there");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted, "{errors}");
    assert!(output.status.success(), "{errors}");
}

#[test]
fn an_extension_behaves_as_in_cpython() {
    check("extension", "program");
}

#[test]
fn hooks_are_told_what_cpython_tells() {
    check("hooks", "hooks_program");
}

#[test]
fn damaged_blocks_are_found() {
    check("blocks", "blocks_program");
}

#[test]
fn types_and_tables_of_library_modules_are_reached_by_name() {
    check("buffers", "buffers_program");
}
