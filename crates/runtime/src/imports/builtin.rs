//! Native modules: the table of them, and making them.
//!
//! A module is made anew for each interpreter; within one, a second import gives the module that the first one made,
//! with its dictionary as it was after `exec`.

use core::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;
use taipan_objects::model::spec::ModuleSpec;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// The native modules of the program, by name.
static TABLE: OnceLock<HashMap<&'static str, &'static ModuleSpec>> = OnceLock::new();

/// Says which native modules there are. The first call counts.
pub fn register(lists: &[&'static [&'static ModuleSpec]]) {
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        for spec in lists.iter().flat_map(|list| list.iter()) {
            table.insert(spec.name.to_str().unwrap_or("?"), *spec);
        }
        table
    });
}

/// The declaration of a native module.
pub fn find(name: &str) -> Option<&'static ModuleSpec> {
    TABLE.get().and_then(|table| table.get(name)).copied()
}

/// The names of all native modules, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = TABLE.get().map_or_else(Vec::new, |table| table.keys().copied().collect());
    names.sort_unstable();
    names
}

/// Modules of this interpreter whose contents were filled in, by name.
#[derive(Default)]
struct Made(RefCell<HashMap<&'static str, Py<PyModule>>>);

fn made() -> &'static Made {
    thread::current().interpreter().extension()
}

/// A new module, or the one an earlier import made.
pub fn create(spec: &'static ModuleSpec) -> PyResult<Py<PyModule>> {
    let name = spec.name.to_str().unwrap_or("?");
    if let Some(module) = made().0.borrow().get(name) {
        return Ok(module.clone());
    }
    PyModule::from_spec(spec)
}

/// Runs a module's `exec`, once.
pub fn exec(spec: &'static ModuleSpec, module: &PyModule) -> PyResult<()> {
    let name = spec.name.to_str().unwrap_or("?");
    if made().0.borrow().contains_key(name) {
        return Ok(());
    }
    if let Some(exec) = spec.exec {
        exec(module)?;
    }
    made().0.borrow_mut().insert(name, module.to_owned());
    Ok(())
}

/// Both at once, for modules that exist before importlib.
pub fn create_and_exec(spec: &'static ModuleSpec) -> PyResult<Py<PyModule>> {
    let module = create(spec)?;
    exec(spec, &module)?;
    Ok(module)
}

/// Forgets the modules of the interpreter that ends.
pub fn clear() {
    let modules = made().0.take();
    drop(modules);
}
