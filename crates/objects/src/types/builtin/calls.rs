//! Calling native functions: one vectorcall function for each convention of `METH_*`.

#![expect(unsafe_code, reason = "calls C functions with argument arrays")]

use super::PyBuiltin;
use crate::errors::check_stack;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType, Raised};
use crate::protocols::call::{self, nargs_of};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use core::mem::transmute;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_macros::pymethods;

type Ref = *mut PyObject;

/// The bits of `ml_flags` that say how the function is called.
const CONVENTION: i32 = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;

/// The vectorcall function for these flags; `METH_VARARGS` functions have none.
pub fn convention(flags: i32) -> Option<vectorcallfunc> {
    const FAST_KEYWORDS: i32 = METH_FASTCALL | METH_KEYWORDS;
    const METHOD: i32 = METH_METHOD | METH_FASTCALL | METH_KEYWORDS;
    match flags & CONVENTION {
        METH_NOARGS => Some(call_noargs),
        METH_O => Some(call_one),
        METH_FASTCALL => Some(call_fast),
        FAST_KEYWORDS => Some(call_fast_keywords),
        METHOD => Some(call_method),
        _ => None,
    }
}

/// `name() takes no keyword arguments`.
#[cold]
pub fn no_keywords(function: &PyObject) -> Raised {
    match call::function_str(function) {
        Ok(name) => raised!(TypeError, "{name} takes no keyword arguments"),
        Err(raised) => raised,
    }
}

/// `name() takes no arguments (1 given)`, `name() takes exactly one argument (0 given)`.
#[cold]
pub fn wrong_count(function: &PyObject, takes: &str, given: usize) -> Raised {
    match call::function_str(function) {
        Ok(name) => raised!(TypeError, "{name} takes {takes} ({given} given)"),
        Err(raised) => raised,
    }
}

/// Whether a tuple of names holds any.
///
/// # Safety
/// `names` is a live tuple or null.
#[inline(always)]
pub unsafe fn has_names(names: Ref) -> bool {
    // SAFETY: the caller's promise.
    unsafe { names.cast::<PyTuple>().as_ref() }.is_some_and(|names| !names.is_empty())
}

const PLACE: &str = " while calling a Python object";

unsafe extern "C" fn call_noargs(callable: Ref, _args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let builtin = &*callable.cast::<PyBuiltin>();
        if has_names(names) {
            let _ = no_keywords(builtin);
            return null_mut();
        }
        let nargs = nargs_of(nargsf);
        if nargs != 0 {
            let _ = wrong_count(builtin, "no arguments", nargs);
            return null_mut();
        }
        if check_stack(PLACE).is_err() {
            return null_mut();
        }
        match builtin.def().ml_meth {
            Some(function) => function(builtin.receiver_pointer(), null_mut()),
            None => null_mut(),
        }
    }
}

unsafe extern "C" fn call_one(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let builtin = &*callable.cast::<PyBuiltin>();
        if has_names(names) {
            let _ = no_keywords(builtin);
            return null_mut();
        }
        let nargs = nargs_of(nargsf);
        if nargs != 1 {
            let _ = wrong_count(builtin, "exactly one argument", nargs);
            return null_mut();
        }
        if check_stack(PLACE).is_err() {
            return null_mut();
        }
        match builtin.def().ml_meth {
            Some(function) => function(builtin.receiver_pointer(), *args),
            None => null_mut(),
        }
    }
}

unsafe extern "C" fn call_fast(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let builtin = &*callable.cast::<PyBuiltin>();
        if has_names(names) {
            let _ = no_keywords(builtin);
            return null_mut();
        }
        if check_stack(PLACE).is_err() {
            return null_mut();
        }
        let function: Option<PyCFunctionFast> = transmute(builtin.def().ml_meth);
        match function {
            Some(function) => function(builtin.receiver_pointer(), args, nargs_of(nargsf) as isize),
            None => null_mut(),
        }
    }
}

unsafe extern "C" fn call_fast_keywords(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let builtin = &*callable.cast::<PyBuiltin>();
        if check_stack(PLACE).is_err() {
            return null_mut();
        }
        let function: Option<PyCFunctionFastWithKeywords> = transmute(builtin.def().ml_meth);
        match function {
            Some(function) => function(builtin.receiver_pointer(), args, nargs_of(nargsf) as isize, names),
            None => null_mut(),
        }
    }
}

unsafe extern "C" fn call_method(callable: Ref, args: *const Ref, nargsf: usize, names: Ref) -> Ref {
    // SAFETY: the vectorcall protocol; the declaration's function takes what its flags say.
    unsafe {
        let builtin = &*callable.cast::<PyBuiltin>();
        if check_stack(PLACE).is_err() {
            return null_mut();
        }
        let function: Option<PyCMethod> = transmute(builtin.def().ml_meth);
        let (receiver, class) = (builtin.receiver_pointer(), builtin.class_pointer());
        match function {
            Some(function) => function(receiver, class, args, nargs_of(nargsf) as isize, names),
            None => null_mut(),
        }
    }
}

#[pymethods(SLOTS)]
impl PyBuiltin {
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let def = self.def();
        if def.ml_flags & METH_VARARGS == 0 {
            return match call::vectorcall_of(self) {
                // SAFETY: the function is this object's own.
                Some(function) => unsafe { call::vectorcall_tuple(function, self, args, kwargs) },
                None => Err(raised!(SystemError, "{}() method: bad call flags", self.short_name())),
            };
        }
        check_stack(PLACE)?;
        let receiver = self.receiver_pointer();
        let kwargs = kwargs.map(PyType::as_object);
        // SAFETY: the declaration's function takes what its flags say.
        unsafe {
            let result = if def.ml_flags & METH_KEYWORDS != 0 {
                let function: Option<PyCFunctionWithKeywords> = transmute(def.ml_meth);
                let kwargs = crate::model::trampoline::opt_ptr(kwargs);
                function.map(|function| function(receiver, args.as_ptr(), kwargs))
            } else {
                if kwargs.and_then(|kwargs| kwargs.downcast::<PyDict>()).is_some_and(|d| !d.is_empty()) {
                    return Err(raised!(TypeError, "{}() takes no keyword arguments", self.short_name()));
                }
                def.ml_meth.map(|function| function(receiver, args.as_ptr()))
            };
            Obj::from_result(result.unwrap_or(null_mut()))
        }
    }
}
