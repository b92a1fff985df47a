//! `module`.

#![expect(unsafe_code, reason = "walks the C tables of a specification")]

mod attributes;
mod extension;
pub mod missing;

use crate::intern;
use crate::model::spec::ModuleSpec;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, TypeObject, none_ref};
use crate::types::builtin::{PyBuiltin, doc};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_macros::pytype;

/// Create a module object.
///
/// The name must be a string; the optional doc argument can have any type.
#[pytype(name = "module", exported = PyModule_Type, layout = PyModuleObject, gc(manual), flags(BASETYPE), dict = dict, weakref = weaklist, signature = "(name, doc=None)", parts(attributes::METHODS, extension::SLOTS))]
pub struct PyModule {
    ob_base: PyObject,
    #[member(name = "__dict__", readonly)]
    dict: ObjCell,
    def: Cell<*mut taipan_abi::PyModuleDef>,
    state: Cell<*mut core::ffi::c_void>,
    weaklist: Cell<*mut PyObject>,
    name: ObjCell,
}

impl PyModule {
    /// An empty module with `__name__` and the rest of what a module begins with.
    pub fn new(name: &str) -> Py<PyModule> {
        Self::with_name(&PyStr::intern_text(name))
    }

    /// As [`PyModule::new`] with a Python string (`PyModule_NewObject`).
    pub fn with_name(name: &PyStr) -> Py<PyModule> {
        let module = crate::memory::new(Self::bare());
        // Keys are strings, so this cannot fail.
        let _ = module.begin(name, none_ref());
        module
    }

    /// A module with an empty dictionary.
    fn bare() -> PyModule {
        PyModule {
            ob_base: PyObject::EMPTY,
            dict: ObjCell::new(Some(PyDict::new().into_obj())),
            def: Cell::new(core::ptr::null_mut()),
            state: Cell::new(core::ptr::null_mut()),
            weaklist: Cell::new(core::ptr::null_mut()),
            name: ObjCell::empty(),
        }
    }

    /// Fills the dictionary with what a module begins with.
    fn begin(&self, name: &PyStr, doc: &PyObject) -> PyResult<()> {
        let dict = self.dict();
        dict.set_item(intern!("__name__"), name)?;
        dict.set_item(intern!("__doc__"), doc)?;
        for key in [intern!("__package__"), intern!("__loader__"), intern!("__spec__")] {
            dict.set_item(key, none_ref())?;
        }
        if name.downcast_exact::<PyStr>().is_some() {
            self.name.set(Some(name.owned()));
        }
        Ok(())
    }

    /// A native module, its `exec` not run yet.
    pub fn from_spec(spec: &'static ModuleSpec) -> PyResult<Py<PyModule>> {
        let module = PyModule::new(spec.name.to_str().unwrap_or("?"));
        let name = module.name()?;
        let dict = module.dict();
        if !spec.doc.is_empty() {
            let doc = PyStr::new(spec.doc.to_str().unwrap_or(""));
            dict.set_item(intern!("__doc__"), &doc)?;
        }
        for functions in spec.functions {
            for def in functions.0.iter().take_while(|def| !def.ml_name.is_null()) {
                // SAFETY: names of declarations live as long as the process.
                let key = unsafe { doc::c_name(def.ml_name) };
                let function = PyBuiltin::new(def, Some(&module), Some(&name), None);
                dict.set_item(&key, &function)?;
            }
        }
        Ok(module)
    }

    /// Its dictionary.
    pub fn dict(&self) -> Py<PyDict> {
        let dict = self.dict.get().unwrap_or_else(|| PyDict::new().into_obj());
        // SAFETY: only dictionaries are stored there.
        unsafe { dict.downcast_unchecked() }
    }

    /// Its dictionary, borrowed: a module keeps the one it was made with.
    #[inline(always)]
    pub fn dict_ref(&self) -> Option<&PyDict> {
        // SAFETY: the field changes only when the collector clears a dead module; only dictionaries are stored there.
        unsafe { self.dict.peek().map(|dict| dict.downcast_unchecked()) }
    }

    /// Adds a name.
    pub fn add(&self, name: &str, value: &PyObject) -> PyResult<()> {
        self.dict().set_item(&PyStr::intern_text(name), value)
    }

    /// Adds a type under its short name.
    pub fn add_type(&self, class: &TypeObject) -> PyResult<()> {
        self.add(class.short_name(), class)
    }

    /// Adds an integer.
    pub fn add_int(&self, name: &str, value: i64) -> PyResult<()> {
        self.add(name, &PyInt::from_i64(value))
    }

    /// Adds a string.
    pub fn add_str(&self, name: &str, value: &str) -> PyResult<()> {
        self.add(name, &PyStr::new(value))
    }

    /// `__name__`; `SystemError` where it is gone.
    pub fn name(&self) -> PyResult<Py<PyStr>> {
        let found: Option<Obj> = self.dict().get_str(intern!("__name__"))?;
        found
            .and_then(|name| name.downcast_owned::<PyStr>())
            .ok_or_else(|| raised!(SystemError, "nameless module"))
    }

    /// The C definition of an extension module, or null.
    pub fn def(&self) -> *mut taipan_abi::PyModuleDef {
        self.def.get()
    }

    /// Makes it the module of a C definition.
    pub fn set_def(&self, def: *mut taipan_abi::PyModuleDef) {
        self.def.set(def);
    }

    /// The state of an extension module, or null.
    pub fn state(&self) -> *mut core::ffi::c_void {
        self.state.get()
    }

    /// Sets the state of an extension module.
    pub fn set_state(&self, state: *mut core::ffi::c_void) {
        self.state.set(state);
    }
}
