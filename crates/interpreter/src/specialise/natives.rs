//! Calls of native functions without the vectorcall in between.

#![expect(unsafe_code, reason = "calls C functions with arrays of arguments")]

use crate::eval::machine::Machine;
use core::mem::transmute;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

type Fast = unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize) -> *mut PyObject;
type FastKeywords =
    unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize, *mut PyObject) -> *mut PyObject;

/// The conventions that have forms of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    NoArgs,
    One,
    Fast,
    FastKeywords,
}

const CONVENTIONS: i32 = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;

pub(super) fn convention(def: &PyMethodDef) -> Option<Convention> {
    match def.ml_flags & CONVENTIONS {
        METH_NOARGS => Some(Convention::NoArgs),
        METH_O => Some(Convention::One),
        METH_FASTCALL => Some(Convention::Fast),
        flags if flags == METH_FASTCALL | METH_KEYWORDS => Some(Convention::FastKeywords),
        _ => None,
    }
}

/// Calls `function(receiver, argument)`; the argument is a slot of the stack, or missing.
///
/// # Safety
/// The function has the convention of the call.
#[inline(always)]
pub(super) unsafe fn call_one(
    m: &Machine,
    callable: &PyObject,
    function: PyCFunction,
    receiver: *mut PyObject,
    argument: Option<usize>,
) -> PyResult {
    if !m.thread.has_stack() {
        return Err(too_deep());
    }
    let argument = argument.map_or(null_mut(), |depth| m.obj(depth).as_ptr());
    // SAFETY: the caller's promise.
    unsafe { checked(callable, function(receiver, argument)) }
}

/// Calls `function(receiver, args…)` with the topmost `count` values.
///
/// # Safety
/// The function has the convention of the call.
#[inline(always)]
pub(super) unsafe fn call_fast(
    m: &Machine,
    callable: &PyObject,
    function: PyCFunction,
    receiver: *mut PyObject,
    count: usize,
    keywords: bool,
) -> PyResult {
    if !m.thread.has_stack() {
        return Err(too_deep());
    }
    let args = m.own(count);
    // SAFETY: the caller's promise.
    unsafe {
        let result = if keywords {
            transmute::<PyCFunction, FastKeywords>(function)(receiver, args, count as isize, null_mut())
        } else {
            transmute::<PyCFunction, Fast>(function)(receiver, args, count as isize)
        };
        checked(callable, result)
    }
}

/// The result of the native function being called: null needs an exception, a result needs none.
///
/// # Safety
/// A new reference or null.
#[inline(always)]
unsafe fn checked(callable: &PyObject, result: *mut PyObject) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        if result.is_null() == errors::occurred() {
            return Obj::from_result(result);
        }
        broken(callable, result)
    }
}

/// # Safety
/// As for [`checked`].
#[cold]
#[inline(never)]
unsafe fn broken(callable: &PyObject, result: *mut PyObject) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe { Obj::from_result(taipan_objects::protocols::call::check_result(callable, result)) }
}

#[cold]
#[inline(never)]
fn too_deep() -> taipan_objects::model::Raised {
    match errors::check_stack(" while calling a Python object") {
        Err(raised) => raised,
        Ok(()) => raised!(RecursionError, "maximum recursion depth exceeded while calling a Python object"),
    }
}
