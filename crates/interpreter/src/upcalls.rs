//! What lower floors call here, in the shape of the table of upcalls.

#![expect(unsafe_code, reason = "functions of the table of upcalls")]

use core::ffi::c_int;
use taipan_abi::PyTypeObject;
use taipan_objects::prelude::*;

/// `vectorcall` of Python functions.
///
/// # Safety
/// As every vectorcall function: `callable` is a function, `args` holds the arguments.
pub unsafe extern "C" fn function_vectorcall(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargs: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    let _ = (callable, args, nargs, names);
    todo!()
}

/// The globals of the running frame, borrowed; null where none runs.
///
/// # Safety
/// A thread state is attached.
pub unsafe extern "C" fn current_globals() -> *mut PyObject {
    todo!()
}

/// The built-ins of the running frame or of the interpreter, borrowed.
///
/// # Safety
/// A thread state is attached.
pub unsafe extern "C" fn current_builtins() -> *mut PyObject {
    todo!()
}

/// The class and the first argument for `super()`, new references.
///
/// # Safety
/// Both pointers are valid for a write.
pub unsafe extern "C" fn super_arguments(class: *mut *mut PyTypeObject, object: *mut *mut PyObject) -> c_int {
    let _ = (class, object);
    todo!()
}

/// The code object of a frame object, a new reference.
///
/// # Safety
/// `frame` is a live frame object.
pub unsafe extern "C" fn frame_code(frame: *mut PyObject) -> *mut PyObject {
    let _ = frame;
    todo!()
}
