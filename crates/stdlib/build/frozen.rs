//! Compiles the modules that lie in the program as code objects: what start-up needs, and what CPython freezes too.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use taipan_ast::{Arena, errors::IgnoreWarnings};
use taipan_compiler::CompileOptions;
use taipan_parser::{Mode, ParseOptions};

/// The modules by path, with the names that their code objects carry.
const MODULES: &[(&str, &str)] = &[
    ("importlib/_bootstrap.py", "importlib._bootstrap"),
    ("importlib/_bootstrap_external.py", "importlib._bootstrap_external"),
    ("importlib/util.py", "importlib.util"),
    ("importlib/machinery.py", "importlib.machinery"),
    ("zipimport.py", "zipimport"),
    ("abc.py", "abc"),
    ("codecs.py", "codecs"),
    ("io.py", "io"),
    ("_collections_abc.py", "_collections_abc"),
    ("_sitebuiltins.py", "_sitebuiltins"),
    ("genericpath.py", "genericpath"),
    ("ntpath.py", "ntpath"),
    ("posixpath.py", "posixpath"),
    ("os.py", "os"),
    ("site.py", "site"),
    ("stat.py", "stat"),
    ("runpy.py", "runpy"),
    ("__hello__.py", "__hello__"),
    ("__phello__/__init__.py", "__phello__"),
    ("__phello__/ham/__init__.py", "__phello__.ham"),
    ("__phello__/ham/eggs.py", "__phello__.ham.eggs"),
    ("__phello__/spam.py", "__phello__.spam"),
];

/// Writes each module's marshalled code, and `frozen.rs`, which includes them.
pub fn write(files: &BTreeMap<String, Vec<u8>>, out: &Path) {
    let mut table = String::from("&[\n");
    for (path, name) in MODULES {
        let Some(source) = files.get(*path) else { continue };
        let code = compile(source, name);
        let file = out.join(format!("{name}.frozen"));
        std::fs::write(&file, code).expect("the output folder can be written to");
        writeln!(table, "    ({path:?}, include_bytes!({:?})),", file.display().to_string())
            .expect("a string takes everything");
    }
    table.push(']');
    std::fs::write(out.join("frozen.rs"), table).expect("the output folder can be written to");
}

fn compile(source: &[u8], name: &str) -> Vec<u8> {
    let source = std::str::from_utf8(source).unwrap_or_else(|error| panic!("{name}: {error}"));
    let arena = Arena::new();
    let module = taipan_parser::parse(source, &ParseOptions::new(Mode::Exec), &arena, &mut IgnoreWarnings)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let options = CompileOptions::new(format!("<frozen {name}>"));
    let code = taipan_compiler::compile(&module, &options, &mut IgnoreWarnings)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    taipan_bytecode::marshal::dump_code(&std::sync::Arc::new(code))
}
