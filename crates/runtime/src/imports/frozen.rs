//! Frozen modules: code that lies in the program and needs no file.

use core::cell::Cell;
use std::sync::OnceLock;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// Gives the marshalled code of a library module by its path below the library (`importlib/_bootstrap.py`).
pub type Reader = fn(&str) -> Option<&'static [u8]>;

static READER: OnceLock<Reader> = OnceLock::new();

/// Says where the code comes from. The first call counts.
pub fn set_reader(reader: Reader) {
    let _ = READER.set(reader);
}

/// A frozen module.
#[derive(Clone, Copy, Debug)]
pub struct Frozen {
    pub name: &'static str,
    /// The path of its source below the library.
    path: &'static str,
    pub is_package: bool,
    /// What it is a copy of, as `_imp.find_frozen` tells; `None` where it is no module of the library.
    pub origin: Option<&'static str>,
    /// Needed to start at all: never switched off.
    essential: bool,
}

const fn module(name: &'static str, path: &'static str) -> Frozen {
    Frozen { name, path, is_package: false, origin: Some(name), essential: false }
}

const fn alias(
    name: &'static str,
    path: &'static str,
    origin: Option<&'static str>,
    is_package: bool,
) -> Frozen {
    Frozen { name, path, is_package, origin, essential: false }
}

const fn essential(name: &'static str, path: &'static str, origin: &'static str) -> Frozen {
    Frozen { name, path, is_package: false, origin: Some(origin), essential: true }
}

static MODULES: &[Frozen] = &[
    essential("_frozen_importlib", "importlib/_bootstrap.py", "importlib._bootstrap"),
    essential(
        "_frozen_importlib_external",
        "importlib/_bootstrap_external.py",
        "importlib._bootstrap_external",
    ),
    essential("zipimport", "zipimport.py", "zipimport"),
    module("abc", "abc.py"),
    module("codecs", "codecs.py"),
    module("io", "io.py"),
    module("_collections_abc", "_collections_abc.py"),
    module("_sitebuiltins", "_sitebuiltins.py"),
    module("genericpath", "genericpath.py"),
    module("ntpath", "ntpath.py"),
    module("posixpath", "posixpath.py"),
    module("os", "os.py"),
    module("site", "site.py"),
    module("stat", "stat.py"),
    module("importlib.util", "importlib/util.py"),
    module("importlib.machinery", "importlib/machinery.py"),
    module("runpy", "runpy.py"),
    module("__hello__", "__hello__.py"),
    alias("__hello_alias__", "__hello__.py", Some("__hello__"), false),
    alias("__phello_alias__", "__hello__.py", Some("__hello__"), true),
    alias("__phello_alias__.spam", "__hello__.py", Some("__hello__"), false),
    alias("__phello__", "__phello__/__init__.py", Some("__phello__"), true),
    alias("__phello__.__init__", "__phello__/__init__.py", Some("<__phello__"), false),
    alias("__phello__.ham", "__phello__/ham/__init__.py", Some("__phello__.ham"), true),
    alias("__phello__.ham.__init__", "__phello__/ham/__init__.py", Some("<__phello__.ham"), false),
    module("__phello__.ham.eggs", "__phello__/ham/eggs.py"),
    module("__phello__.spam", "__phello__/spam.py"),
    alias("__hello_only__", "__hello__.py", None, false),
];

/// What `_imp._override_frozen_modules_for_tests` set: above 0 on, below 0 off, 0 as configured.
#[derive(Default)]
struct Override(Cell<i32>);

pub fn set_override(value: i32) {
    thread::current().interpreter().extension::<Override>().0.set(value);
}

fn is_enabled() -> bool {
    match thread::current().interpreter().extension::<Override>().0.get() {
        0 => crate::state::config().frozen_modules,
        value => value > 0,
    }
}

/// The frozen module of this name, where it may be used.
pub fn find(name: &str) -> Option<&'static Frozen> {
    MODULES.iter().find(|module| module.name == name).filter(|module| module.essential || is_enabled())
}

/// All names.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.name)
}

impl Frozen {
    /// Its code object.
    pub fn code(&self) -> PyResult<Py<PyCode>> {
        let bytes = READER.get().and_then(|read| read(self.path));
        let Some(bytes) = bytes else {
            let name = PyStr::new(self.name);
            return Err(errors::set_import_error(
                errors::Exc::ImportError,
                format_args!("No code for frozen object named '{}'", self.name),
                Some(&name),
                None,
                None,
            ));
        };
        let code = crate::marshal::load_trusted(bytes)?;
        match code.downcast_into::<PyCode>() {
            Ok(code) => Ok(code),
            Err(other) => {
                let name = other.class().name();
                Err(raised!(TypeError, "frozen object {} is not a code object but {name}", self.name))
            }
        }
    }
}

/// Imports a frozen module without importlib (`PyImport_ImportFrozenModule`): the bootstrap itself.
pub fn import(name: &str) -> PyResult<Py<PyModule>> {
    let Some(frozen) = find(name) else {
        return Err(raised!(ImportError, "no frozen module {name}"));
    };
    let code = frozen.code()?;
    let module = PyModule::new(name);
    let modules = super::modules()?;
    object::set_item(&modules, &PyStr::intern_text(name), Some(&module))?;
    let dict = module.dict();
    if let Some(builtins) = thread::current().interpreter().builtins.get() {
        dict.set_item(intern!("__builtins__"), &builtins)?;
    }
    if let Some(origin) = frozen.origin {
        dict.set_item(intern!("__origname__"), &PyStr::new(origin))?;
    }
    taipan_interpreter::eval_code(&code, &dict, None)?;
    Ok(module)
}
