//! `builtin_function_or_method`: native functions and bound native methods; `builtin_method`, the same with the class
//! that defines it.
//!
//! Every calling convention but the oldest has a vectorcall function of its own (`calls`), chosen when the object is
//! made, so that a call goes straight to the C function.

#![expect(unsafe_code, reason = "reads C declarations and calls C functions")]

mod attributes;
mod calls;
pub mod doc;

pub use attributes::builtin as builtin_function;
pub use calls::{has_names, no_keywords, wrong_count};

use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyType, TypeObject};
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_abi::{METH_METHOD, METH_STATIC, PyMethodDef, vectorcallfunc};
use taipan_macros::pytype;

/// A native function, bound to a receiver or a module.
#[pytype(name = "builtin_function_or_method", exported = PyCFunction_Type, layout = PyCFunctionObject, gc, flags(HAVE_VECTORCALL, DISALLOW_INSTANTIATION), weakref = weaklist, vectorcall = vectorcall, parts(attributes::METHODS, calls::SLOTS))]
pub struct PyBuiltin {
    ob_base: PyObject,
    def: *const PyMethodDef,
    receiver: ObjCell,
    #[member(name = "__module__")]
    module: ObjCell,
    weaklist: Cell<*mut PyObject>,
    vectorcall: Option<vectorcallfunc>,
}

/// A native method that is told the class that defines it (`METH_METHOD`).
#[pytype(name = "builtin_method", exported = PyCMethod_Type, layout = PyCMethodObject, gc, base = PyBuiltin, flags(HAVE_VECTORCALL, DISALLOW_INSTANTIATION), weakref = weaklist, vectorcall = vectorcall)]
pub struct PyBuiltinMethod {
    ob_base: PyObject,
    def: *const PyMethodDef,
    receiver: ObjCell,
    module: ObjCell,
    weaklist: Cell<*mut PyObject>,
    vectorcall: Option<vectorcallfunc>,
    class: ObjCell,
}

impl PyBuiltin {
    /// A native function (`PyCMethod_New`); `class` is the defining class of `METH_METHOD` functions.
    pub fn new(
        def: &'static PyMethodDef,
        receiver: Option<&PyObject>,
        module: Option<&PyObject>,
        class: Option<&TypeObject>,
    ) -> Py<PyBuiltin> {
        let (ob_base, def_pointer) = (PyObject::EMPTY, core::ptr::from_ref(def));
        let receiver = ObjCell::new(receiver.map(ObjectExt::owned));
        let module = ObjCell::new(module.map(ObjectExt::owned));
        let weaklist = Cell::new(core::ptr::null_mut());
        let vectorcall = calls::convention(def.ml_flags);
        if def.ml_flags & METH_METHOD != 0 {
            let class = ObjCell::new(class.map(|class| class.owned()));
            let method = crate::memory::new(PyBuiltinMethod {
                ob_base,
                def: def_pointer,
                receiver,
                module,
                weaklist,
                vectorcall,
                class,
            });
            // SAFETY: the struct begins with the fields of `PyBuiltin`, and its type derives from that one.
            return unsafe { method.into_obj().downcast_unchecked() };
        }
        crate::memory::new(PyBuiltin { ob_base, def: def_pointer, receiver, module, weaklist, vectorcall })
    }

    /// The declaration it was made from.
    #[inline(always)]
    pub fn def(&self) -> &'static PyMethodDef {
        // SAFETY: declarations live as long as the process.
        unsafe { &*self.def }
    }

    /// What it is bound to.
    #[inline(always)]
    pub fn receiver(&self) -> Option<&PyObject> {
        // SAFETY: the field is changed only when the collector clears a dead object.
        unsafe { self.receiver.peek() }
    }

    /// The receiver as the C function wants it: null for a static method.
    #[inline(always)]
    fn receiver_pointer(&self) -> *mut PyObject {
        if self.def().ml_flags & METH_STATIC != 0 {
            return core::ptr::null_mut();
        }
        crate::model::trampoline::opt_ptr(self.receiver())
    }

    /// The defining class of a `METH_METHOD` function.
    pub fn class_pointer(&self) -> *mut taipan_abi::PyTypeObject {
        match self.as_object().downcast::<PyBuiltinMethod>() {
            // SAFETY: the field is changed only when the collector clears a dead object.
            Some(method) => crate::model::trampoline::opt_ptr(unsafe { method.class.peek() }).cast(),
            None => core::ptr::null_mut(),
        }
    }

    /// Its module, or the module's name.
    pub fn module(&self) -> Option<Obj> {
        self.module.get()
    }

    /// The bare name.
    pub fn short_name(&self) -> &'static str {
        // SAFETY: the name is a C string that lives as long as the process.
        unsafe { doc::c_text(self.def().ml_name) }
    }

    /// `__name__`.
    pub fn name(&self) -> Py<PyStr> {
        PyStr::new(self.short_name())
    }
}
