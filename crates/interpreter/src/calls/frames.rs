//! Pushing the frame of a call, and ending it.

#![expect(unsafe_code, reason = "frames lie in raw memory")]

use super::bind::bind;
use crate::eval::opaque_place;
use crate::frames::{self, Frame, HEADER_WORDS, Owner, slots, stack};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::code::flags::{CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS};
use taipan_objects::model::Raised;
use taipan_objects::model::thread::ThreadState;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::function::PyFunction;

/// Counts one more Python call.
#[inline(always)]
pub(crate) fn enter_recursion(thread: &ThreadState) -> PyResult<()> {
    let depth = thread.recursion_depth.get() + 1;
    if depth > thread.interpreter().recursion_limit.get() {
        return Err(too_deep());
    }
    thread.recursion_depth.set(depth);
    Ok(())
}

#[cold]
#[inline(never)]
fn too_deep() -> Raised {
    raised!(RecursionError, "maximum recursion depth exceeded")
}

#[inline(always)]
pub(crate) fn leave_recursion(thread: &ThreadState) {
    thread.recursion_depth.set(thread.recursion_depth.get() - 1);
}

/// The code object of a function.
#[inline(always)]
pub(crate) fn code_of(func: &PyFunction) -> &PyCode {
    // SAFETY: a function always has a code object; the caller's frame takes its own reference before other code runs.
    unsafe { &*frames::peek(&func.code).cast() }
}

/// Whether a call with so many positional arguments needs nothing but moving them.
#[inline(always)]
pub(crate) fn fits_exactly(code: &PyCode, count: usize) -> bool {
    let wanted = (CO_OPTIMIZED | CO_VARARGS | CO_VARKEYWORDS) as i32;
    code.raw.co_flags & wanted == CO_OPTIMIZED as i32
        && code.raw.co_kwonlyargcount == 0
        && code.raw.co_argcount as usize == count
}

/// Pushes a frame whose arguments fit exactly. Function and arguments are consumed, also on failure.
///
/// # Safety
/// `function` is a function, `args` holds `count` values, `fits_exactly` says so.
#[inline(always)]
pub(crate) unsafe fn push_exact(
    thread: &ThreadState,
    function: Value,
    args: *const Value,
    count: usize,
) -> PyResult<*mut Frame> {
    // SAFETY: the caller's promise.
    unsafe {
        if let Err(raised) = enter_recursion(thread) {
            return Err(discard(function, args, count, raised));
        }
        let code = code_of(function.cast());
        let frame = stack::push(thread, HEADER_WORDS + slots(code));
        fill_exact(frame, code, function, args, count, core::convert::identity);
        Ok(frame)
    }
}

/// Whether a call of the code runs out of neither depth nor the current chunk of the stack.
#[inline(always)]
pub(crate) fn has_room(thread: &ThreadState, code: &PyCode) -> bool {
    thread.recursion_depth.get() < thread.interpreter().recursion_limit.get()
        && stack::has_room(thread, HEADER_WORDS + slots(code))
}

/// As [`push_exact`], which cannot fail where there is room.
///
/// # Safety
/// As for [`push_exact`], and [`has_room`] says so.
#[inline(always)]
pub(crate) unsafe fn push_exact_here(
    thread: &ThreadState,
    function: Value,
    args: *const Value,
    count: usize,
) -> *mut Frame {
    thread.recursion_depth.set(thread.recursion_depth.get() + 1);
    // SAFETY: the caller's promise.
    unsafe {
        let code = code_of(function.cast());
        let frame = stack::push_within(thread, HEADER_WORDS + slots(code));
        fill_exact(frame, code, function, args, count, core::convert::identity);
        frame
    }
}

/// As [`push_exact_here`], with arguments that native code holds.
///
/// # Safety
/// `function` is a function, `args` holds `count` objects; [`fits_exactly`] and [`has_room`] say so.
#[inline(always)]
pub(crate) unsafe fn push_objects_here(
    thread: &ThreadState,
    function: &PyObject,
    args: *const *mut PyObject,
    count: usize,
) -> *mut Frame {
    thread.recursion_depth.set(thread.recursion_depth.get() + 1);
    // SAFETY: the caller's promise.
    unsafe {
        let function = Value::new_ref(function);
        let code = code_of(function.cast());
        let frame = stack::push_within(thread, HEADER_WORDS + slots(code));
        fill_exact(frame, code, function, args, count, |object| Value::new_ref(&*object));
        frame
    }
}

/// # Safety
/// The frame has room; `args` holds `count` words, of which `value` makes the parameters.
#[inline(always)]
unsafe fn fill_exact<T: Copy>(
    frame: *mut Frame,
    code: &PyCode,
    function: Value,
    args: *const T,
    count: usize,
    value: impl Fn(T) -> Value,
) {
    // SAFETY: the caller's promise.
    unsafe {
        Frame::init(frame, code, function, null_mut(), null_mut());
        // There are few: loops that the optimiser unrolls or makes wide would need registers that are not there.
        let mut to = (*frame).localsplus();
        let (mut from, end) = (args, args.add(count));
        while from != end {
            to.write(value(*from));
            (from, to) = (from.add(1), opaque_place(to.add(1)));
        }
        let end = (*frame).localsplus().add(code.raw.co_nlocalsplus as usize);
        while to != end {
            to.write(Value::NULL);
            to = opaque_place(to.add(1));
        }
    }
}

#[cold]
unsafe fn discard(function: Value, args: *const Value, count: usize, raised: Raised) -> Raised {
    for index in 0..count {
        // SAFETY: the arguments are consumed here.
        unsafe { (*args.add(index)).close() };
    }
    function.close();
    raised
}

/// Pushes the frame of a call. Function, arguments and namespace are consumed, also on failure.
///
/// # Safety
/// `function` is a function; `args` holds `positional` values and one for each name.
#[inline(never)]
pub(crate) unsafe fn push_general(
    thread: &ThreadState,
    function: Value,
    args: *const Value,
    positional: usize,
    names: Option<&PyTuple>,
    namespace: Option<Obj>,
) -> PyResult<*mut Frame> {
    // SAFETY: the caller's promise; until the frame is in the chain nobody else sees it.
    unsafe {
        let func: &PyFunction = function.cast();
        let code = code_of(func);
        let named = names.map_or(0, PyTuple::len);
        if names.is_none() && namespace.is_none() && fits_exactly(code, positional) {
            return push_exact(thread, function, args, positional);
        }
        if let Err(raised) = enter_recursion(thread) {
            return Err(discard(function, args, positional + named, raised));
        }
        let namespace = match namespace {
            Some(namespace) => namespace.into_raw(),
            None if code.raw.co_flags & CO_OPTIMIZED as i32 != 0 => null_mut(),
            None => func.globals.get().map_or(null_mut(), Obj::into_raw),
        };
        let frame = stack::push(thread, HEADER_WORDS + slots(code));
        Frame::init(frame, code, function, namespace, null_mut());
        let locals = (*frame).localsplus();
        for index in 0..code.raw.co_nlocalsplus as usize {
            locals.add(index).write(Value::NULL);
        }
        let mut taken = 0;
        let result = bind(func, code, locals, args, positional, names, &mut taken);
        for index in taken..positional + named {
            (*args.add(index)).close();
        }
        match result {
            Ok(()) => Ok(frame),
            Err(raised) => {
                end(thread, frame);
                Err(raised)
            }
        }
    }
}

/// Ends a frame of the thread's stack: closes what it holds and frees it.
///
/// # Safety
/// The frame is the topmost of the stack and no longer in the chain of running frames.
#[inline(always)]
pub(crate) unsafe fn end(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        debug_assert!((*frame).owner == Owner::Thread);
        leave_recursion(thread);
        frames::clear(&mut *frame);
        stack::pop(thread, frame);
    }
}
