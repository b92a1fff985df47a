//! `wrapper_descriptor` and `method-wrapper`: a type's slot as a method, unbound and bound.

#![expect(unsafe_code, reason = "reads C declarations and calls C functions")]

use super::head::{DescrHead, doc_object};
use crate::errors::check_stack;
use crate::model::trampoline::opt_ptr;
use crate::model::{
    CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::types::builtin::doc;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::c_void;
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "wrapper_descriptor", exported = PyWrapperDescr_Type, layout = PyWrapperDescrObject, gc, flags(METHOD_DESCRIPTOR, DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyWrapperDescr {
    head: DescrHead,
    base: *const wrapperbase,
    wrapped: *mut c_void,
}

/// `PyDescr_NewWrapper` of an interned name.
pub fn new_wrapper(
    class: &TypeObject,
    name: &PyStr,
    base: &'static wrapperbase,
    wrapped: *mut c_void,
) -> Obj {
    crate::memory::new(PyWrapperDescr { head: DescrHead::new(class, name), base, wrapped }).into_obj()
}

impl PyWrapperDescr {
    /// The declaration of the slot.
    pub fn base(&self) -> &'static wrapperbase {
        // SAFETY: declarations live as long as the process.
        unsafe { &*self.base }
    }

    /// The slot's C function.
    pub fn wrapped(&self) -> *mut c_void {
        self.wrapped
    }

    /// The class it belongs to.
    pub fn class_of(&self) -> &TypeObject {
        &self.head.class
    }

    fn short_name(&self) -> &'static str {
        // SAFETY: the name is a C string that lives as long as the process.
        unsafe { doc::c_text(self.base().name) }
    }

    fn text(&self) -> &'static str {
        // SAFETY: the docstring is a C string that lives as long as the process.
        unsafe { doc::c_text(self.base().doc) }
    }

    /// Calls the slot on an instance of the class.
    fn call_on(&self, receiver: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        check_stack(" while calling a Python object")?;
        let base = self.base();
        let Some(wrapper) = base.wrapper else {
            return Err(raised!(SystemError, "slot wrapper {} without a function", self.short_name()));
        };
        // SAFETY: the wrapper belongs to the slot whose function is given to it; the flag says which of its two shapes
        // it has.
        unsafe {
            if base.flags & PyWrapperFlag_KEYWORDS != 0 {
                let wrapper = core::mem::transmute::<wrapperfunc, wrapperfunc_kwds>(wrapper);
                let kwargs = opt_ptr(kwargs.map(PyType::as_object));
                return Obj::from_result(wrapper(receiver.as_ptr(), args.as_ptr(), self.wrapped, kwargs));
            }
            if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
                return Err(raised!(TypeError, "wrapper {}() takes no keyword arguments", self.short_name()));
            }
            Obj::from_result(wrapper(receiver.as_ptr(), args.as_ptr(), self.wrapped))
        }
    }
}

#[pymethods(METHODS)]
impl PyWrapperDescr {
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let (name, class) = (&self.head.name, &*self.head.class);
        if args.is_empty() {
            return Err(raised!(
                TypeError,
                "descriptor '{name}' of '{}' object needs an argument",
                class.name()
            ));
        }
        let receiver = args.get(0);
        if !receiver.class().is_subtype_of(class) {
            return Err(raised!(
                TypeError,
                "descriptor '{name}' requires a '{}' object but received a '{}'",
                class.name(),
                receiver.class().name()
            ));
        }
        self.call_on(receiver, &args.slice(1, args.len()), kwargs)
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance else { return Ok(self.owned()) };
        self.head.check(instance)?;
        let wrapper = PyMethodWrapper {
            ob_base: PyObject::EMPTY,
            descr: PyType::to_owned(self),
            receiver: instance.owned(),
        };
        Ok(crate::memory::new(wrapper).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(self.head.repr("slot wrapper"))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        self.head.reduce()
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
        doc::split(self.short_name(), self.text()).0
    }
}

#[pytype(name = "method-wrapper", exported = _PyMethodWrapper_Type, gc, flags(DISALLOW_INSTANTIATION), parts(BOUND))]
pub struct PyMethodWrapper {
    ob_base: PyObject,
    descr: Py<PyWrapperDescr>,
    #[member(name = "__self__", readonly)]
    receiver: Obj,
}

impl PyMethodWrapper {
    /// The slot wrapper that was bound.
    pub fn descriptor(&self) -> &PyWrapperDescr {
        &self.descr
    }

    /// What it is bound to.
    pub fn receiver(&self) -> &PyObject {
        &self.receiver
    }
}

#[pymethods(BOUND)]
impl PyMethodWrapper {
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        self.descr.call_on(&self.receiver, args, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(PyStr::new(&format!(
            "<method-wrapper '{}' of {} object at {:p}>",
            self.descr.short_name(),
            self.receiver.class().name(),
            self.receiver.as_ptr()
        )))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let receiver = crate::types::method::pointer_hash(self.receiver.as_ptr());
        Ok(receiver ^ crate::types::method::pointer_hash(self.descr.as_ptr()))
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyMethodWrapper>()) else {
            return Ok(not_implemented());
        };
        let equal = self.descr.is(&other.descr) && self.receiver.is(&other.receiver);
        (equal == (op == CompareOp::Eq)).to_py()
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let getattr = crate::types::builtin::builtin_function("getattr")?;
        (getattr, (self.receiver.clone(), self.descr.head.name.clone())).to_py()
    }

    #[getter(__objclass__)]
    fn class_object(&self) -> PyResult {
        Ok(self.descr.head.class.owned())
    }

    #[getter(__name__)]
    fn name(&self) -> &'static str {
        self.descr.short_name()
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult {
        self.descr.head.qualname()
    }

    #[getter(__doc__)]
    fn doc(&self) -> PyResult {
        Ok(doc_object(self.descr.short_name(), self.descr.text()))
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> Option<&'static str> {
        doc::split(self.descr.short_name(), self.descr.text()).0
    }
}
