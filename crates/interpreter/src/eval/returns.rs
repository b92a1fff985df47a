//! Leaving a frame with a result.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::machine::Machine;
use crate::calls;
use crate::frames::{Owner, set_current};
use crate::value::Value;
use taipan_objects::prelude::*;

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
        m.frame = previous;
        m.sp = (*previous).sp;
        if is_init {
            m.pc = (*previous).instr.add(1);
            finish_init(value)?;
            m.skip((*previous).return_offset as usize);
            return Ok(None);
        }
        m.pc = (*previous).instr.add(1 + (*previous).return_offset as usize);
        m.push(value);
    }
    Ok(None)
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
