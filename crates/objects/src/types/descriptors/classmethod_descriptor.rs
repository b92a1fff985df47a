//! `classmethod_descriptor`: a native class method of a type.

#![expect(unsafe_code, reason = "reads C declarations")]

use super::head::{DescrHead, doc_object, text_signature};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, TypeObject};
use crate::protocols::call;
use crate::types::builtin::{PyBuiltin, doc};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "classmethod_descriptor", exported = PyClassMethodDescr_Type, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyClassMethodDescr {
    head: DescrHead,
    def: *const PyMethodDef,
    vectorcall: *const core::ffi::c_void,
}

const _: () = assert!(size_of::<PyClassMethodDescr>() == size_of::<PyMethodDescrObject>());

/// `PyDescr_NewClassMethod` of an interned name.
pub fn new_classmethod(class: &TypeObject, name: &PyStr, def: &'static PyMethodDef) -> Obj {
    crate::memory::new(PyClassMethodDescr {
        head: DescrHead::new(class, name),
        def,
        vectorcall: core::ptr::null(),
    })
    .into_obj()
}

impl PyClassMethodDescr {
    /// The declaration it was made from.
    pub fn def(&self) -> &'static PyMethodDef {
        // SAFETY: declarations live as long as the process.
        unsafe { &*self.def }
    }

    fn short_name(&self) -> &'static str {
        // SAFETY: the name is a C string that lives as long as the process.
        unsafe { doc::c_text(self.def().ml_name) }
    }

    fn text(&self) -> &'static str {
        // SAFETY: the docstring is a C string that lives as long as the process.
        unsafe { doc::c_text(self.def().ml_doc) }
    }
}

#[pymethods(METHODS)]
impl PyClassMethodDescr {
    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, owner: Option<&PyObject>) -> PyResult {
        let (name, class) = (&self.head.name, &*self.head.class);
        let given = owner.or_else(|| instance.map(|instance| &**instance.class()));
        let Some(given) = given else {
            return Err(raised!(
                TypeError,
                "descriptor '{name}' for type '{}' needs either an object or a type",
                class.name()
            ));
        };
        let Some(owner) = given.downcast::<TypeObject>() else {
            return Err(raised!(
                TypeError,
                "descriptor '{name}' for type '{}' needs a type, not a '{}' as arg 2",
                class.name(),
                given.class().name()
            ));
        };
        if !owner.is_subtype_of(class) {
            return Err(raised!(
                TypeError,
                "descriptor '{name}' requires a subtype of '{}' but received '{}'",
                class.name(),
                owner.name()
            ));
        }
        let defining = (self.def().ml_flags & METH_METHOD != 0).then_some(class);
        Ok(PyBuiltin::new(self.def(), Some(owner), None, defining).into_obj())
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if args.is_empty() {
            return Err(raised!(
                TypeError,
                "descriptor '{}' of '{}' object needs an argument",
                self.head.name,
                self.head.class.name()
            ));
        }
        let bound = self.bind(None, Some(args.get(0)))?;
        call::call_tuple(&bound, &args.slice(1, args.len()), kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(self.head.repr("method"))
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
        Ok(doc_object(self.short_name(), self.text()))
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> Option<&'static str> {
        text_signature(self.def(), self.short_name(), self.text())
    }
}
