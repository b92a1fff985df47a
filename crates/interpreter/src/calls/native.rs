//! Calling any callable with values of the stack, and Python functions from native code.

#![expect(unsafe_code, reason = "passes argument arrays to C functions")]

use super::frames::{code_of, fits_exactly, has_room, push_general, push_objects_here};
use crate::eval;
use crate::eval::machine::object_in;
use crate::frames::Frame;
use crate::value::Value;
use core::mem::MaybeUninit;
use taipan_abi::PY_VECTORCALL_ARGUMENTS_OFFSET;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// How many arguments are gathered without allocating.
const FEW: usize = 8;

/// Calls with `count` values of the running frame's stack, the last of them named by `names`. The values stay where they
/// are; integers among them get objects.
///
/// # Safety
/// `args` are slots of the stack of `frame`, below `sp`.
#[inline(never)]
pub(crate) unsafe fn call_values(
    frame: *mut Frame,
    sp: *mut Value,
    callable: &PyObject,
    args: *mut Value,
    count: usize,
    names: Option<&PyTuple>,
) -> PyResult {
    let positional = count - names.map_or(0, PyTuple::len);
    let names = taipan_objects::model::trampoline::opt_ptr(names.map(PyType::as_object));
    // SAFETY: the slots hold values; the array has one element of room before the arguments.
    unsafe {
        let mut few = [const { MaybeUninit::<*mut PyObject>::uninit() }; FEW + 1];
        let mut many = Vec::new();
        let array: *mut *mut PyObject = if count <= FEW {
            few.as_mut_ptr().cast()
        } else {
            many.reserve_exact(count + 1);
            many.as_mut_ptr()
        };
        for index in 0..count {
            array.add(index + 1).write(object_in(frame, sp, args.add(index)).as_ptr());
        }
        let nargsf = positional | PY_VECTORCALL_ARGUMENTS_OFFSET;
        Obj::from_result(call::vectorcall_raw(callable, array.add(1), nargsf, names))
    }
}

/// `vectorcall` of Python functions: binds the arguments to a new frame and runs it.
///
/// # Safety
/// As of every vectorcall function.
pub(crate) unsafe fn run_function(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    names: *mut PyObject,
) -> PyResult {
    let thread = thread::current();
    if !thread.has_stack() {
        taipan_objects::errors::check_stack("")?;
    }
    // SAFETY: the caller's promise; the values take their own counts.
    unsafe {
        let positional = call::nargs_of(nargsf);
        let names = names.cast::<PyTuple>().as_ref();
        let code = code_of(&*callable.cast());
        if names.is_none() && fits_exactly(code, positional) && has_room(thread, code) {
            let frame = push_objects_here(thread, &*callable, args, positional);
            return eval::run(thread, frame).map(Value::into_obj);
        }
        let count = positional + names.map_or(0, PyTuple::len);
        let mut few = [Value::NULL; FEW];
        let mut many = Vec::new();
        let values: *mut Value = if count <= FEW {
            few.as_mut_ptr()
        } else {
            many.reserve_exact(count);
            many.as_mut_ptr()
        };
        for index in 0..count {
            values.add(index).write(Value::new_ref(&**args.add(index)));
        }
        let function = Value::new_ref(&*callable);
        let frame = push_general(thread, function, values, positional, names, None)?;
        eval::run(thread, frame).map(Value::into_obj)
    }
}
