//! Between C calling conventions and Rust functions: what the generated entry points call.
//!
//! The functions take raw pointers that the C caller promises to be live for the whole call.

#![expect(unsafe_code, reason = "turns the arguments of C calls into references")]

use super::{Obj, ObjectExt, PyObject, PyResult, PyType, Raised, ToPy, TypeObject};
use crate::types::dict::PyDict;
use crate::types::module::PyModule;
use crate::types::tuple::PyTuple;
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_abi::{PYGEN_ERROR, PYGEN_NEXT, PYGEN_RETURN};

/// # Safety
/// `object` is a live `T`.
#[inline(always)]
pub unsafe fn cast<'a, T: PyType>(object: *mut PyObject) -> &'a T {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast() }
}

/// # Safety
/// `object` is live.
#[inline(always)]
pub unsafe fn borrow<'a>(object: *mut PyObject) -> &'a PyObject {
    // SAFETY: the caller's promise.
    unsafe { &*object }
}

/// # Safety
/// `object` is live or null.
#[inline(always)]
pub unsafe fn borrow_opt<'a>(object: *mut PyObject) -> Option<&'a PyObject> {
    // SAFETY: the caller's promise.
    unsafe { object.as_ref() }
}

/// # Safety
/// `object` is a live type.
#[inline(always)]
pub unsafe fn borrow_type<'a>(object: *mut PyObject) -> &'a TypeObject {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast() }
}

/// # Safety
/// `object` is a live module.
#[inline(always)]
pub unsafe fn borrow_module<'a>(object: *mut PyObject) -> &'a PyModule {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast() }
}

/// # Safety
/// `object` is a live tuple.
#[inline(always)]
pub unsafe fn borrow_tuple<'a>(object: *mut PyObject) -> &'a PyTuple {
    // SAFETY: the caller's promise.
    unsafe { &*object.cast() }
}

/// # Safety
/// `object` is a live dictionary or null.
#[inline(always)]
pub unsafe fn borrow_dict<'a>(object: *mut PyObject) -> Option<&'a PyDict> {
    // SAFETY: the caller's promise.
    unsafe { object.cast::<PyDict>().as_ref() }
}

/// The named arguments that `T`'s constructor without named parameters looks at: none of those for a derived class whose
/// own `__init__` takes them.
///
/// # Safety
/// `class` is a live type.
#[inline]
pub unsafe fn constructor_keywords<T: PyType>(class: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    if kwargs.is_null() {
        return kwargs;
    }
    // SAFETY: the caller's promise.
    let class = unsafe { borrow_type(class) };
    let base = T::type_object();
    let address = |ty: &TypeObject| ty.tp_init().map(|init| init as usize);
    if class.is(base) || address(class) == address(base) { kwargs } else { null_mut() }
}

/// A C result type with a value that means "an exception is set".
pub trait Failure {
    fn failure(raised: Raised) -> Self;
}

impl Failure for *mut PyObject {
    #[inline(always)]
    fn failure(_: Raised) -> Self {
        null_mut()
    }
}

impl Failure for c_int {
    #[inline(always)]
    fn failure(_: Raised) -> Self {
        -1
    }
}

/// What a bound Rust function may return: a value that becomes an object, or a result with one.
pub trait Returns {
    fn into_raw(self) -> *mut PyObject;
}

impl<T: ToPy> Returns for T {
    #[inline(always)]
    fn into_raw(self) -> *mut PyObject {
        ret_result(self.to_py())
    }
}

impl<T: ToPy> Returns for PyResult<T> {
    #[inline(always)]
    fn into_raw(self) -> *mut PyObject {
        ret_result(self.and_then(ToPy::to_py))
    }
}

#[inline(always)]
fn ret_result(result: PyResult) -> *mut PyObject {
    match result {
        Ok(object) => object.into_raw(),
        Err(_) => null_mut(),
    }
}

#[inline(always)]
pub fn ret_obj(result: impl Returns) -> *mut PyObject {
    result.into_raw()
}

/// `tp_iternext`: `Ok(None)` is the end, a null pointer without an exception.
#[inline(always)]
pub fn ret_iter(result: PyResult<Option<Obj>>) -> *mut PyObject {
    match result {
        Ok(Some(object)) => object.into_raw(),
        _ => null_mut(),
    }
}

#[inline(always)]
pub fn ret_bool(result: PyResult<bool>) -> c_int {
    result.map_or(-1, c_int::from)
}

#[inline(always)]
pub fn ret_unit(result: PyResult<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

#[inline(always)]
pub fn ret_len(result: PyResult<usize>) -> isize {
    result.map_or(-1, |length| length as isize)
}

#[inline(always)]
pub fn ret_hash(result: PyResult<isize>) -> isize {
    match result {
        Ok(-1) => -2,
        Ok(hash) => hash,
        Err(_) => -1,
    }
}

/// What a generator gave when something was sent into it.
pub enum Sent {
    /// It yielded the object.
    Next(Obj),
    /// It ended with this result.
    Return(Obj),
}

/// # Safety
/// `out` is valid for a write.
#[inline(always)]
pub unsafe fn ret_send(result: PyResult<Sent>, out: *mut *mut PyObject) -> c_int {
    let (status, object) = match result {
        Ok(Sent::Next(object)) => (PYGEN_NEXT, object.into_raw()),
        Ok(Sent::Return(object)) => (PYGEN_RETURN, object.into_raw()),
        Err(_) => (PYGEN_ERROR, null_mut()),
    };
    // SAFETY: the caller's promise.
    unsafe { *out = object };
    status
}

/// Calls a C function of two objects and takes its result.
///
/// # Safety
/// `function` follows the C API's rules.
#[inline(always)]
pub unsafe fn call_binary(function: taipan_abi::binaryfunc, a: &PyObject, b: &PyObject) -> PyResult {
    // SAFETY: the caller's promise; both objects are live.
    unsafe { Obj::from_result(function(a.as_ptr(), b.as_ptr())) }
}

/// Calls a C function of one object and takes its result.
///
/// # Safety
/// `function` follows the C API's rules.
#[inline(always)]
pub unsafe fn call_unary(function: taipan_abi::unaryfunc, a: &PyObject) -> PyResult {
    // SAFETY: the caller's promise; the object is live.
    unsafe { Obj::from_result(function(a.as_ptr())) }
}

/// A borrowed object as C wants it, null for none.
#[inline(always)]
pub fn opt_ptr(object: Option<&PyObject>) -> *mut PyObject {
    object.map_or(null_mut(), ObjectExt::as_ptr)
}

/// The status of a C function that returns -1 with an exception set.
#[inline(always)]
pub fn check_status(status: c_int) -> PyResult<c_int> {
    if status < 0 { Err(Raised::claim()) } else { Ok(status) }
}
