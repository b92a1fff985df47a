//! `getset_descriptor`: an attribute of a native type that C functions read and write.

#![expect(unsafe_code, reason = "reads C declarations and calls C functions")]

use super::head::DescrHead;
use crate::model::trampoline::{check_status, opt_ptr};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject, none};
use crate::types::builtin::doc;
use crate::types::str::PyStr;
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "getset_descriptor", exported = PyGetSetDescr_Type, layout = PyGetSetDescrObject, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyGetSetDescr {
    head: DescrHead,
    def: *const PyGetSetDef,
}

/// `PyDescr_NewGetSet` of an interned name.
pub fn new_getset(class: &TypeObject, name: &PyStr, def: &'static PyGetSetDef) -> Obj {
    crate::memory::new(PyGetSetDescr { head: DescrHead::new(class, name), def }).into_obj()
}

impl PyGetSetDescr {
    /// The declaration it was made from.
    #[inline(always)]
    pub fn def(&self) -> &'static PyGetSetDef {
        // SAFETY: declarations live as long as the process.
        unsafe { &*self.def }
    }

    /// The class it belongs to.
    #[inline(always)]
    pub fn class_of(&self) -> &TypeObject {
        &self.head.class
    }
}

#[pymethods(METHODS)]
impl PyGetSetDescr {
    #[slot(tp_descr_get)]
    fn get(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance else { return Ok(self.owned()) };
        self.head.check(instance)?;
        match self.def().get {
            // SAFETY: the getter takes an instance of the class, which was checked, and its closure.
            Some(get) => unsafe { Obj::from_result(get(instance.as_ptr(), self.def().closure)) },
            None => Err(raised!(
                AttributeError,
                "attribute '{}' of '{}' objects is not readable",
                self.head.name,
                self.head.class.name()
            )),
        }
    }

    #[slot(tp_descr_set)]
    fn set(&self, instance: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.head.check(instance)?;
        match self.def().set {
            // SAFETY: the setter takes an instance of the class, which was checked, a value or null, and its closure.
            Some(set) => unsafe {
                check_status(set(instance.as_ptr(), opt_ptr(value), self.def().closure)).map(drop)
            },
            None => Err(raised!(
                AttributeError,
                "attribute '{}' of '{}' objects is not writable",
                self.head.name,
                self.head.class.name()
            )),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(self.head.repr("attribute"))
    }

    #[getter(__objclass__)]
    fn class_object(&self) -> PyResult {
        Ok(self.head.class.owned())
    }

    #[getter(__name__)]
    fn name(&self) -> PyResult {
        Ok(self.head.name.owned())
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult {
        self.head.qualname()
    }

    #[getter(__doc__)]
    fn doc(&self) -> PyResult {
        if self.def().doc.is_null() {
            return Ok(none());
        }
        // SAFETY: the docstring is a C string that lives as long as the process.
        Ok(PyStr::new(unsafe { doc::c_text(self.def().doc) }).into_obj())
    }
}
