//! What lower floors call here, in the shape of the table of upcalls.

#![expect(unsafe_code, reason = "functions of the table of upcalls")]

use crate::calls::native::run_function;
use crate::frames::{self, PyFrame};
use core::ffi::c_int;
use core::ptr::null_mut;
use taipan_abi::PyTypeObject;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::cell::PyCell;

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
    // SAFETY: the caller's promise.
    unsafe { run_function(callable, args, nargs, names) }.map_or(null_mut(), Obj::into_raw)
}

/// The globals of the running frame, borrowed; null where none runs.
///
/// # Safety
/// A thread state is attached.
pub unsafe extern "C" fn current_globals() -> *mut PyObject {
    let frame = frames::skip_incomplete(frames::current(thread::current()));
    // SAFETY: frames of the chain are alive.
    unsafe { frame.as_ref() }.map_or(null_mut(), |frame| frame.globals.cast())
}

/// The built-ins of the running frame or of the interpreter, borrowed.
///
/// # Safety
/// A thread state is attached.
pub unsafe extern "C" fn current_builtins() -> *mut PyObject {
    let thread = thread::current();
    let frame = frames::skip_incomplete(frames::current(thread));
    // SAFETY: frames of the chain are alive.
    match unsafe { frame.as_ref() } {
        Some(frame) => frame.builtins,
        None => frames::peek(&thread.interpreter().builtins),
    }
}

/// The class and the first argument for `super()`, new references.
///
/// # Safety
/// Both pointers are valid for a write.
pub unsafe extern "C" fn super_arguments(class: *mut *mut PyTypeObject, object: *mut *mut PyObject) -> c_int {
    match find_super_arguments() {
        Ok((found, receiver)) => {
            // SAFETY: the caller's promise.
            unsafe {
                class.write(found.into_raw().cast());
                object.write(receiver.into_raw());
            }
            0
        }
        Err(_) => -1,
    }
}

fn find_super_arguments() -> PyResult<(Obj, Obj)> {
    let frame = frames::skip_incomplete(frames::current(thread::current()));
    // SAFETY: frames of the chain are alive.
    let Some(frame) = (unsafe { frame.as_ref() }) else {
        return Err(raised!(RuntimeError, "super(): no current frame"));
    };
    let code = frame.code();
    if code.raw.co_argcount == 0 {
        return Err(raised!(RuntimeError, "super(): no arguments"));
    }
    // SAFETY: the first argument is the first local; a cell there holds it.
    let first = unsafe { *frame.localsplus() };
    let receiver = match first.object_opt() {
        Some(cell) if is_argument_cell(code) => match cell.downcast_exact::<PyCell>() {
            Some(cell) => cell.contents.get(),
            None => Some(cell.owned()),
        },
        _ if first.is_null() => None,
        _ => Some(first.to_obj()),
    };
    let Some(receiver) = receiver else {
        return Err(raised!(RuntimeError, "super(): arg[0] deleted"));
    };
    // SAFETY: the names are a tuple; free variables are the last of the locals and are cells.
    unsafe {
        let names = (*code.raw.co_localsplusnames.cast::<PyTuple>()).as_slice();
        let total = code.raw.co_nlocalsplus as usize;
        let first_free = total - code.raw.co_nfreevars as usize;
        for (index, name) in names.iter().enumerate().take(total).skip(first_free) {
            if name.downcast::<PyStr>().is_none_or(|name| !name.eq_str("__class__")) {
                continue;
            }
            let value = *frame.localsplus().add(index);
            let Some(cell) = value.object_opt().and_then(|cell| cell.downcast_exact::<PyCell>()) else {
                return Err(raised!(RuntimeError, "super(): bad __class__ cell"));
            };
            let Some(class) = cell.contents.get() else {
                return Err(raised!(RuntimeError, "super(): empty __class__ cell"));
            };
            if class.downcast::<TypeObject>().is_none() {
                return Err(raised!(
                    RuntimeError,
                    "super(): __class__ is not a type ({})",
                    class.class().name()
                ));
            }
            return Ok((class, receiver));
        }
    }
    Err(raised!(RuntimeError, "super(): __class__ cell not found"))
}

/// Whether the first argument is shared with inner functions, so that a cell holds it.
fn is_argument_cell(code: &taipan_objects::types::code::PyCode) -> bool {
    use taipan_bytecode::code::flags::CO_FAST_CELL;
    use taipan_objects::types::bytes::PyBytes;
    // SAFETY: the kinds are a bytes object, one byte for each of the locals.
    unsafe { (*code.raw.co_localspluskinds.cast::<PyBytes>()).as_slice() }
        .first()
        .is_some_and(|kind| kind & CO_FAST_CELL != 0)
}

/// The code object of a frame object, a new reference.
///
/// # Safety
/// `frame` is a live frame object.
pub unsafe extern "C" fn frame_code(frame: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe { (*frame.cast::<PyFrame>()).code().into_obj().into_raw() }
}
