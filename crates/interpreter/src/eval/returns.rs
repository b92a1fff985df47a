//! Leaving a frame with a result.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::machine::Machine;
use crate::calls;
use crate::frames::{Owner, set_current};
use crate::value::Value;

/// Ends the running frame. The value goes to the caller's stack, or out of the loop where the frame was its entry.
#[inline(always)]
pub(crate) fn return_value(m: &mut Machine) -> Option<Value> {
    let value = m.pop().heap_safe();
    // SAFETY: the frame ends; its caller waits in a call.
    unsafe {
        let frame = m.frame;
        (*frame).instr = m.pc.sub(1);
        (*frame).sp = m.sp;
        let entered = (*frame).is_entry;
        let previous = (*frame).previous;
        set_current(m.thread, previous);
        match (*frame).owner {
            Owner::Thread => calls::frames::end(m.thread, frame),
            _ => crate::generators::frame_returned(m.thread, frame),
        }
        if entered {
            return Some(value);
        }
        m.frame = previous;
        m.sp = (*previous).sp;
        m.pc = (*previous).instr.add(1 + (*previous).return_offset as usize);
        m.push(value);
    }
    None
}
