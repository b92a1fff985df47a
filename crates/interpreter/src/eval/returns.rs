//! Leaving a frame with a result.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::common::opaque_place;
use super::machine::Machine;
use crate::calls;
use crate::frames::{Frame, Owner, set_current, stack};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

/// Ends a frame whose caller waits in the same loop and that nobody looked at. Otherwise nothing happens, and the general
/// way is due.
#[inline(always)]
pub(crate) fn to_caller(m: &mut Machine) -> bool {
    // SAFETY: the frame ends; its caller waits in a call. What it held is closed when the frame is gone: nothing runs in
    // between.
    unsafe {
        let frame = m.frame;
        let plain = (*frame).owner == Owner::Thread
            && !(*frame).is_entry
            && (*frame).object.is_null()
            && (*frame).locals.is_null()
            && !stack::is_first(m.thread, frame);
        if !plain || (*frame).is_init && !m.peek(1).is_none() {
            return false;
        }
        // The result may borrow from a variable.
        let value = m.peek(1).heap_safe();
        m.poke(1, value);
        let (first, end) = ((*frame).localsplus(), m.slot(1));
        let mut at = end;
        while at != first {
            // What dies with the frame dies before its caller goes on. Where that may run code, it dies one after the other.
            let value = *at.sub(1);
            if may_run_code(value) {
                take_back(m, at, end);
                return false;
            }
            m.let_go_ended(value);
            at = opaque_place(at.sub(1));
        }
        m.sp = end;
        let previous = (*frame).previous;
        set_current(m.thread, previous);
        calls::frames::leave_recursion(m.thread);
        m.let_go_ended((*frame).function);
        m.let_go_ended((*frame).executable);
        stack::pop_within(m.thread, frame);
        m.frame = previous;
        m.sp = (*previous).sp;
        m.pc = (*previous).instr.add(1 + (*previous).return_offset as usize);
        if !(*frame).is_init {
            m.push(value);
        }
    }
    true
}

/// Takes back what was let go of between two places: the counts are as before.
///
/// # Safety
/// The values there were the only ones that the instruction let go of, the last one first.
#[inline(always)]
unsafe fn take_back(m: &mut Machine, mut at: *mut Value, end: *mut Value) {
    // SAFETY: the caller's promise; what died is linked through its count.
    unsafe {
        while at != end {
            let value = *at;
            at = at.add(1);
            if value.is_owned() && value.ptr() == m.dead {
                m.dead = value.ptr().cast::<*mut PyObject>().replace(null_mut());
                (*value.ptr()).ob_refcnt.set(1);
            } else {
                let _ = value.dup();
            }
        }
    }
}

/// Whether closing a value may run code: it is the last reference to something that holds others.
#[inline(always)]
fn may_run_code(value: Value) -> bool {
    value.is_owned() && value.object().refcount() == 1 && {
        let flags = value.object().class().flags();
        flags & (taipan_abi::Py_TPFLAGS_HAVE_GC | taipan_abi::Py_TPFLAGS_HEAPTYPE) != 0
    }
}

/// Ends the running frame. The value goes to the caller's stack, or out of the loop where the frame was its entry.
#[inline(always)]
pub(crate) fn return_value(m: &mut Machine) -> PyResult<Option<Value>> {
    let value = m.pop().heap_safe();
    // SAFETY: the frame ends; its caller waits in a call.
    unsafe {
        let frame = m.frame;
        (*frame).instr = m.pc.sub(1);
        (*frame).sp = m.sp;
        let (entered, is_init) = ((*frame).is_entry, (*frame).is_init);
        let previous = (*frame).previous;
        set_current(m.thread, previous);
        match (*frame).owner {
            Owner::Thread => calls::frames::end(m.thread, frame),
            _ => crate::generators::frame_returned(m.thread, frame),
        }
        if entered {
            return Ok(Some(value));
        }
        hand_over(m, previous, is_init, value)?;
    }
    Ok(None)
}

/// Goes on in the frame that called, with what the call gave.
///
/// # Safety
/// The frame waits in a call.
#[inline(always)]
pub(crate) unsafe fn hand_over(
    m: &mut Machine,
    caller: *mut Frame,
    is_init: bool,
    value: Value,
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        m.frame = caller;
        m.sp = (*caller).sp;
        if is_init {
            m.pc = (*caller).instr.add(1);
            finish_init(value)?;
            m.skip((*caller).return_offset as usize);
            return Ok(());
        }
        m.pc = (*caller).instr.add(1 + (*caller).return_offset as usize);
    }
    m.push(value);
    Ok(())
}

/// `__init__` returns `None`; the instance is on the stack already.
#[inline(always)]
fn finish_init(value: Value) -> PyResult<()> {
    if value.is_none() {
        return Ok(());
    }
    wrong_init(value)
}

#[cold]
#[inline(never)]
fn wrong_init(value: Value) -> PyResult<()> {
    let object = value.into_obj();
    Err(raised!(TypeError, "__init__() should return None, not '{}'", object.class().name()))
}
