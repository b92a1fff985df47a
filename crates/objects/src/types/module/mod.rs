//! `module`.

use crate::model::spec::ModuleSpec;
use crate::model::{ObjCell, Py, PyObject, PyResult, PyType, TypeObject};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_macros::pytype;

/// A module.
#[pytype(name = "module", exported = PyModule_Type, layout = PyModuleObject, gc, flags(BASETYPE), dict = dict, weakref = weaklist)]
pub struct PyModule {
    ob_base: PyObject,
    dict: ObjCell,
    def: Cell<*mut taipan_abi::PyModuleDef>,
    state: Cell<*mut core::ffi::c_void>,
    weaklist: Cell<*mut PyObject>,
    name: ObjCell,
}

impl PyModule {
    /// An empty module with `__name__` and the rest of what a module begins with.
    pub fn new(name: &str) -> Py<PyModule> {
        let _ = name;
        todo!()
    }

    /// A native module, its `exec` not run yet.
    pub fn from_spec(spec: &'static ModuleSpec) -> PyResult<Py<PyModule>> {
        let _ = spec;
        todo!()
    }

    /// Its dictionary.
    pub fn dict(&self) -> Py<PyDict> {
        let _ = self;
        todo!()
    }

    /// Adds a name.
    pub fn add(&self, name: &str, value: &PyObject) -> PyResult<()> {
        let _ = (self, name, value);
        todo!()
    }

    /// Adds a type under its short name.
    pub fn add_type(&self, class: &TypeObject) -> PyResult<()> {
        let _ = (self, class);
        todo!()
    }

    /// Adds an integer.
    pub fn add_int(&self, name: &str, value: i64) -> PyResult<()> {
        let _ = (self, name, value);
        todo!()
    }

    /// Adds a string.
    pub fn add_str(&self, name: &str, value: &str) -> PyResult<()> {
        let _ = (self, name, value);
        todo!()
    }

    /// `__name__`; `SystemError` where it is gone.
    pub fn name(&self) -> PyResult<Py<PyStr>> {
        let _ = self;
        todo!()
    }
}
