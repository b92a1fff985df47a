//! From a raised exception to its handler: through the exception tables of this frame and its callers.

#![expect(unsafe_code, reason = "walks frames and the value stack")]

use super::exceptions::Fault;
use super::machine::Machine;
use crate::calls;
use crate::frames::{Frame, Owner, first_instruction, set_current};
use crate::monitoring::stepping::{self, Pending};
use crate::value::Value;
use taipan_bytecode::exceptiontable::find_handler;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::bytes::PyBytes;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::traceback::PyTraceback;

/// Adds the running instruction to the traceback of the exception that is set.
pub(crate) fn add_traceback(frame: &mut Frame, thread: &taipan_objects::model::thread::ThreadState) {
    if frame.is_incomplete() {
        return;
    }
    let unit = frame.unit();
    // SAFETY: an exception is set, and it is alive as long as it is.
    unsafe {
        let Some(exception) = (*thread.raw()).current_exception.cast::<PyBaseException>().as_ref() else {
            return;
        };
        let exception = exception.to_owned();
        let shown = frame.frame_object().owned();
        // The line is worked out when it is asked for.
        let entry = PyTraceback::new(exception.traceback.get(), shown, (unit * 2) as i32, -1);
        exception.traceback.set(Some(entry.into_obj()));
    }
}

/// Finds the handler of the exception that is set and goes on there. `Err` where the exception leaves the frame by which
/// the loop was entered; that frame is gone then.
#[cold]
#[inline(never)]
pub(crate) fn unwind(m: &mut Machine, mut fault: Fault, mut tracer: Option<&mut Pending>) -> PyResult<()> {
    loop {
        let frame = m.frame();
        if matches!(fault, Fault::Raised) {
            m.save();
            add_traceback(frame, m.thread);
        }
        if let Some(pending) = tracer.as_deref_mut() {
            // What a callback raises goes on instead.
            let again = matches!(fault, Fault::Reraised);
            if stepping::raised(m, pending, again).is_err() {
                add_traceback(m.frame(), m.thread);
            }
        }
        if find(m) {
            if tracer.is_some() && tell_handled(m).is_err() {
                fault = Fault::Raised;
                continue;
            }
            return Ok(());
        }
        if tracer.is_some() {
            // As above.
            let _: PyResult<()> = stepping::unwound(m);
        }
        if leave(m) {
            return Err(Raised::claim());
        }
        fault = Fault::Raised;
    }
}

/// Tells listeners that the exception on top is handled where `pc` stands.
fn tell_handled(m: &mut Machine) -> PyResult<()> {
    let exception = m.obj(1).owned();
    // The handler's first instruction is where `pc` stands, not the one before.
    let target = m.unit() + 1;
    let result = stepping::handled(m, target, &exception);
    if result.is_err() {
        m.skip(1);
    }
    result
}

/// Goes to the handler of the running instruction, if there is one.
fn find(m: &mut Machine) -> bool {
    let code = m.code();
    // SAFETY: the table is a bytes object; the stack is at least as deep as the handler wants it.
    unsafe {
        let table: &PyBytes = &*code.raw.co_exceptiontable.cast();
        let Some(handler) = find_handler(table.as_slice(), m.unit()) else { return false };
        let bottom = m.frame().stack_base().add(handler.depth);
        if m.sp < bottom {
            // Such a table is none of our compiler's: the handler cannot be meant.
            return false;
        }
        let lasti = m.frame().unit();
        while m.sp > bottom {
            let value = m.pop();
            value.close();
        }
        if handler.lasti {
            m.push(Value::small(lasti as i64));
        }
        let exception = taipan_objects::errors::take(Raised::claim());
        m.push(Value::owned(exception));
        m.pc = first_instruction(code).add(handler.target);
    }
    true
}

/// Ends the running frame. Says whether the loop was entered by it; else its caller runs now.
fn leave(m: &mut Machine) -> bool {
    // SAFETY: the frame's values lie between bottom and top of its stack.
    unsafe {
        let bottom = m.frame().stack_base();
        while m.sp > bottom {
            m.pop().close();
        }
        let frame = m.frame;
        (*frame).sp = m.sp;
        let entered = (*frame).is_entry;
        let previous = (*frame).previous;
        set_current(m.thread, previous);
        match (*frame).owner {
            Owner::Generator => crate::generators::frame_failed(m.thread, frame),
            _ => calls::frames::end(m.thread, frame),
        }
        if !entered {
            resume_caller(m, previous);
        }
        entered
    }
}

/// Makes `frame`, which waits in a call, the running one. `pc` stands behind the calling instruction's unit.
///
/// # Safety
/// The frame waits in a call.
#[inline(always)]
pub(crate) unsafe fn resume_caller(m: &mut Machine, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        m.frame = frame;
        m.sp = (*frame).sp;
        m.pc = (*frame).instr.add(1);
    }
}
