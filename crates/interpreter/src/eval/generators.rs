//! Yielding, and resuming generators in the same loop.

#![expect(unsafe_code, reason = "frames move between stacks")]

use super::machine::Machine;
use crate::calls::frames::leave_recursion;
use crate::frames::{Frame, set_current, stack};
use crate::generators::{self, IsSuspended, PyAsyncGenerator, PyCoroutine, State, Suspended};
use crate::monitoring::stepping;
use crate::value::Value;
use taipan_objects::errors;
use taipan_objects::model::thread::EvalBreaker;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;

/// The first instruction of a generator function: its frame moves into a new generator, which the caller gets.
#[inline(never)]
pub(crate) fn return_generator(m: &mut Machine) -> PyResult<Option<Value>> {
    m.save();
    let made = Value::owned(generators::make(m.frame)?);
    // SAFETY: what the frame held has moved; its memory is the topmost of the stack.
    unsafe {
        let frame = m.frame;
        let (entered, previous) = ((*frame).is_entry, (*frame).previous);
        set_current(m.thread, previous);
        leave_recursion(m.thread);
        stack::pop(m.thread, frame);
        if entered {
            return Ok(Some(made));
        }
        return_to(m, previous, made);
    }
    Ok(None)
}

/// Goes on in the frame that called, with a result.
///
/// # Safety
/// The frame waits in a call.
#[inline(always)]
unsafe fn return_to(m: &mut Machine, frame: *mut Frame, value: Value) {
    // SAFETY: the caller's promise.
    unsafe {
        m.frame = frame;
        m.sp = (*frame).sp;
        m.pc = (*frame).instr.add(1 + (*frame).return_offset as usize);
    }
    m.push(value);
}

/// `yield`: the value goes to whoever resumed the generator.
#[inline(always)]
pub(crate) fn yield_value(m: &mut Machine, oparg: usize) -> Option<Value> {
    let value = m.pop().heap_safe();
    m.save();
    // SAFETY: the running frame is a generator's.
    unsafe {
        let frame = m.frame;
        Suspended::of(frame).suspend(m.thread, oparg != 0);
        let (entered, previous) = ((*frame).is_entry, (*frame).previous);
        (*frame).previous = core::ptr::null_mut();
        set_current(m.thread, previous);
        if entered {
            return Some(value);
        }
        take_yielded(m, previous, value);
    }
    None
}

/// Goes on in the frame that resumed a generator, with what it yields.
///
/// # Safety
/// The frame waits where it resumed the generator.
#[inline(always)]
pub(crate) unsafe fn take_yielded(m: &mut Machine, resumer: *mut Frame, value: Value) {
    // SAFETY: the caller's promise. The instructions that resume in the loop, `FOR_ITER` and `SEND`, have one cache entry.
    unsafe {
        m.frame = resumer;
        m.sp = (*resumer).sp;
        m.pc = (*resumer).instr.add(2);
    }
    m.push(value);
}

/// Whether the loop may resume it: a suspended or fresh generator or coroutine.
#[inline(always)]
pub(crate) fn is_ready(generator: &Suspended) -> bool {
    matches!(generator.state.get(), State::Created | State::Suspended | State::Delegating)
}

/// Goes on in a generator's frame; when it returns, the caller goes on `offset` code units behind the instruction.
#[inline(always)]
pub(crate) fn resume(m: &mut Machine, generator: &Suspended, value: Value, offset: usize) -> PyResult<()> {
    m.save();
    let frame = generator.begin(m.thread, value)?;
    // SAFETY: both frames are alive: the generator is on the caller's stack.
    unsafe {
        (*m.frame).return_offset = offset as u16;
        (*frame).previous = m.frame;
        set_current(m.thread, frame);
        m.frame = frame;
        m.sp = (*frame).sp;
        m.pc = (*frame).instr.add(1);
    }
    Ok(())
}

/// `SEND` to a generator or coroutine that waits: goes on in its frame.
#[inline(always)]
pub(crate) fn send_directly(m: &mut Machine, oparg: usize) -> Option<PyResult<()>> {
    let generator = generators::as_direct(m.peek(2).object_opt()?)?;
    if !is_ready(generator) || (generator.state.get() == State::Created && !m.peek(1).is_none()) {
        return None;
    }
    let value = m.pop();
    Some(resume(m, generator, value, 1 + oparg))
}

/// `SEND`: sends the value on top into the receiver below it.
#[inline(always)]
pub(crate) fn send(m: &mut Machine, oparg: usize) -> PyResult<()> {
    if let Some(resumed) = send_directly(m, oparg) {
        return resumed;
    }
    m.save();
    let (receiver, value) = (m.obj(2), m.obj(1));
    let sent = if m.thread.eval_breaker.get() & EvalBreaker::TRACING != 0 {
        m.outline(|m| stepping::send(m, receiver, value))
    } else {
        iter::send(receiver, value)
    };
    match sent? {
        Sent::Next(value) => {
            m.replace_obj(1, value);
            m.skip(1);
        }
        Sent::Return(value) => {
            m.replace_obj(1, value);
            m.skip(1 + oparg);
        }
    }
    Ok(())
}

/// `GET_AWAITABLE`: the iterator of an `await`; `oparg` says whether `async with` awaits.
#[inline(never)]
pub(crate) fn get_awaitable(frame: *mut Frame, object: &PyObject, oparg: usize) -> PyResult {
    let iterator = match awaitable_iterator(object) {
        Ok(iterator) => iterator,
        Err(raised) => {
            let has_await = object.class().am_await().is_some();
            let method = match oparg {
                1 => "__aenter__",
                2 => "__aexit__",
                _ => return Err(raised),
            };
            if has_await || !errors::matches(&raised, Exc::TypeError) {
                return Err(raised);
            }
            errors::clear(raised);
            return Err(raised!(
                TypeError,
                "'async with' received an object from {method} that does not implement __await__: {}",
                object.class().name()
            ));
        }
    };
    let _ = frame;
    if let Some(coroutine) = iterator.downcast_exact::<PyCoroutine>()
        && coroutine.suspended().delegate().is_some()
    {
        return Err(raised!(RuntimeError, "coroutine is being awaited already"));
    }
    Ok(iterator)
}

/// The iterator that `await object` runs (`_PyCoro_GetAwaitableIter`).
pub(crate) fn awaitable_iterator(object: &PyObject) -> PyResult {
    if generators::is_awaitable_generator(object) {
        return Ok(object.owned());
    }
    let class = object.class();
    let Some(get) = class.am_await() else {
        return Err(raised!(TypeError, "'{}' object can't be awaited", class.name()));
    };
    // SAFETY: the slot of a live object.
    let iterator = unsafe { Obj::from_result(get(object.as_ptr()))? };
    if iterator.downcast_exact::<PyCoroutine>().is_some() || generators::is_awaitable_generator(&iterator) {
        return Err(raised!(TypeError, "__await__() returned a coroutine"));
    }
    if !iter::is_iterator(&iterator) {
        return Err(raised!(
            TypeError,
            "__await__() returned non-iterator of type '{}'",
            iterator.class().name()
        ));
    }
    Ok(iterator)
}

/// `GET_AITER`.
#[inline(never)]
pub(crate) fn get_aiter(object: &PyObject) -> PyResult {
    let class = object.class();
    let Some(get) = class.am_aiter() else {
        return Err(raised!(
            TypeError,
            "'async for' requires an object with __aiter__ method, got {}",
            class.name()
        ));
    };
    // SAFETY: the slot of a live object.
    let iterator = unsafe { Obj::from_result(get(object.as_ptr()))? };
    if iterator.class().am_anext().is_none() {
        return Err(raised!(
            TypeError,
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            iterator.class().name()
        ));
    }
    Ok(iterator)
}

/// `GET_ANEXT`: what to await for the next item.
#[inline(never)]
pub(crate) fn get_anext(iterator: &PyObject) -> PyResult {
    let class = iterator.class();
    let Some(get) = class.am_anext() else {
        return Err(raised!(
            TypeError,
            "'async for' requires an iterator with __anext__ method, got {}",
            class.name()
        ));
    };
    // SAFETY: the slot of a live object.
    let next = unsafe { Obj::from_result(get(iterator.as_ptr()))? };
    if iterator.downcast_exact::<PyAsyncGenerator>().is_some() {
        return Ok(next);
    }
    match awaitable_iterator(&next) {
        Ok(awaitable) => Ok(awaitable),
        Err(raised) => Err(errors::set_from_cause(
            raised,
            Exc::TypeError,
            format_args!("'async for' received an invalid object from __anext__: {}", next.class().name()),
        )),
    }
}
