//! `method_descriptor`: a native method of a type. Called with its instance first, without making a bound method.

#![expect(unsafe_code, reason = "reads C declarations and calls C functions")]

use super::head::{DescrHead, doc_object, text_signature};
use crate::errors::check_stack;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised, TypeObject};
use crate::protocols::call::{function_str, names_to_dict, nargs_of};
use crate::types::builtin::{PyBuiltin, doc, has_names, no_keywords, wrong_count};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::mem::transmute;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

type Ref = *mut PyObject;

#[pytype(name = "method_descriptor", exported = PyMethodDescr_Type, layout = PyMethodDescrObject, gc, flags(HAVE_VECTORCALL, METHOD_DESCRIPTOR, DISALLOW_INSTANTIATION), vectorcall = vectorcall, parts(METHODS))]
pub struct PyMethodDescr {
    head: DescrHead,
    def: *const PyMethodDef,
    vectorcall: Option<vectorcallfunc>,
}

/// `PyDescr_NewMethod` of an interned name.
pub fn new_method(class: &TypeObject, name: &PyStr, def: &'static PyMethodDef) -> Obj {
    crate::memory::new(PyMethodDescr {
        head: DescrHead::new(class, name),
        def,
        vectorcall: Some(convention(def.ml_flags)),
    })
    .into_obj()
}

fn convention(flags: i32) -> vectorcallfunc {
    const ALL: i32 = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;
    const FAST_KEYWORDS: i32 = METH_FASTCALL | METH_KEYWORDS;
    const METHOD: i32 = METH_METHOD | METH_FASTCALL | METH_KEYWORDS;
    match flags & ALL {
        METH_NOARGS => call_noargs,
        METH_O => call_one,
        METH_FASTCALL => call_fast,
        FAST_KEYWORDS => call_fast_keywords,
        METHOD => call_method,
        _ => call_varargs,
    }
}

const PLACE: &str = " while calling a Python object";

#[cold]
fn needs_argument(descr: &PyMethodDescr) -> Raised {
    match function_str(descr) {
        Ok(name) => raised!(TypeError, "unbound method {name} needs an argument"),
        Err(raised) => raised,
    }
}

/// The descriptor, its instance and the number of arguments behind it, checked.
///
/// # Safety
/// The arguments of a vectorcall of a method descriptor.
#[inline(always)]
unsafe fn enter<'a>(
    callable: Ref,
    args: *const Ref,
    nargsf: usize,
    names: Ref,
    keywords: bool,
) -> PyResult<(&'a PyMethodDescr, Ref, usize)> {
    // SAFETY: the caller's promise.
    unsafe {
        let descr = &*callable.cast::<PyMethodDescr>();
        let nargs = nargs_of(nargsf);
        if nargs == 0 {
            return Err(needs_argument(descr));
        }
        descr.head.check(&**args)?;
        if !keywords && has_names(names) {
            return Err(no_keywords(descr));
        }
        check_stack(PLACE)?;
        Ok((descr, *args, nargs - 1))
    }
}

unsafe extern "C" fn call_noargs(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, false) else {
            return null_mut();
        };
        if nargs != 0 {
            let _ = wrong_count(descr, "no arguments", nargs);
            return null_mut();
        }
        (*descr.def).ml_meth.map_or(null_mut(), |function| function(receiver, null_mut()))
    }
}

unsafe extern "C" fn call_one(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, false) else {
            return null_mut();
        };
        if nargs != 1 {
            let _ = wrong_count(descr, "exactly one argument", nargs);
            return null_mut();
        }
        (*descr.def).ml_meth.map_or(null_mut(), |function| function(receiver, *args.add(1)))
    }
}

unsafe extern "C" fn call_fast(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, false) else {
            return null_mut();
        };
        let function: Option<PyCFunctionFast> = transmute((*descr.def).ml_meth);
        function.map_or(null_mut(), |function| function(receiver, args.add(1), nargs as isize))
    }
}

unsafe extern "C" fn call_fast_keywords(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, true) else {
            return null_mut();
        };
        let function: Option<PyCFunctionFastWithKeywords> = transmute((*descr.def).ml_meth);
        function.map_or(null_mut(), |function| function(receiver, args.add(1), nargs as isize, names))
    }
}

unsafe extern "C" fn call_method(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, true) else {
            return null_mut();
        };
        let function: Option<PyCMethod> = transmute((*descr.def).ml_meth);
        let class = descr.head.class.raw();
        function.map_or(null_mut(), |function| function(receiver, class, args.add(1), nargs as isize, names))
    }
}

unsafe extern "C" fn call_varargs(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let keywords = (*(*callable.cast::<PyMethodDescr>()).def).ml_flags & METH_KEYWORDS != 0;
        let Ok((descr, receiver, nargs)) = enter(callable, args, nargsf, names, keywords) else {
            return null_mut();
        };
        let behind = args.add(1).cast::<&PyObject>();
        let tuple = PyTuple::from_slice(core::slice::from_raw_parts(behind, nargs));
        if !keywords {
            return (*descr.def).ml_meth.map_or(null_mut(), |function| function(receiver, tuple.as_ptr()));
        }
        let kwargs = match names.cast::<PyTuple>().as_ref() {
            Some(names) if !names.is_empty() => {
                match names_to_dict(names, core::slice::from_raw_parts(behind.add(nargs), names.len())) {
                    Ok(dict) => Some(dict),
                    Err(_) => return null_mut(),
                }
            }
            _ => None,
        };
        let kwargs = crate::model::trampoline::opt_ptr(kwargs.as_deref().map(PyType::as_object));
        let function: Option<PyCFunctionWithKeywords> = transmute((*descr.def).ml_meth);
        function.map_or(null_mut(), |function| function(receiver, tuple.as_ptr(), kwargs))
    }
}

#[pymethods(METHODS)]
impl PyMethodDescr {
    #[slot(tp_call, raw)]
    unsafe extern "C" fn call(slf: Ref, args: Ref, kwargs: Ref) -> Ref {
        // SAFETY: the arguments of this slot.
        unsafe { crate::protocols::call::vectorcall_slot(slf, args, kwargs) }
    }

    #[slot(tp_descr_get)]
    fn bind(&self, instance: Option<&PyObject>, owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance else { return Ok(self.owned()) };
        self.head.check(instance)?;
        let mut class = None;
        if self.def().ml_flags & METH_METHOD != 0 {
            if let Some(owner) = owner.filter(|owner| owner.downcast::<TypeObject>().is_none()) {
                return Err(raised!(
                    TypeError,
                    "descriptor '{}' needs a type, not '{}', as arg 2",
                    self.head.name,
                    owner.class().name()
                ));
            }
            class = Some(&*self.head.class);
        }
        Ok(PyBuiltin::new(self.def(), Some(instance), None, class).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(self.head.repr("method"))
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
        text_signature(self.def(), self.short_name(), self.text())
    }
}

impl PyMethodDescr {
    /// The declaration it was made from.
    #[inline(always)]
    pub fn def(&self) -> &'static PyMethodDef {
        // SAFETY: declarations live as long as the process.
        unsafe { &*self.def }
    }

    /// The class it belongs to.
    #[inline(always)]
    pub fn class_of(&self) -> &TypeObject {
        &self.head.class
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
