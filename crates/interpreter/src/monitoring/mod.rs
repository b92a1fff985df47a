//! Tracing and monitoring: what `sys.settrace`, `sys.setprofile` and `sys.monitoring` (PEP 669) ask for.
//!
//! While somebody listens, the thread's eval breaker has the bit `TRACING`, and the loop runs in a second form that asks
//! [`stepping`] before each instruction. The fast form knows nothing of it but the bit.

pub(crate) mod events;
pub mod foreign;
mod jump;
mod lines;
pub(crate) mod stepping;
pub mod tools;
pub mod trace;

use crate::frames::PyFrame;
use taipan_objects::prelude::*;

/// `frame.f_lineno = value`.
pub(crate) fn set_line_number(frame: &PyFrame, value: Option<&PyObject>) -> PyResult<()> {
    match value {
        Some(value) => jump::set_line_number(frame, value),
        None => Err(cannot_delete("f_lineno")),
    }
}

/// The error of deleting an attribute that can only be set.
pub(crate) fn cannot_delete(name: &str) -> taipan_objects::model::Raised {
    raised!(AttributeError, "attribute '{name}' of 'frame' objects cannot be deleted")
}

/// `frame.f_trace = value`.
pub(crate) fn set_frame_trace(frame: &PyFrame, value: Option<&PyObject>) -> PyResult<()> {
    frame.trace.set(value.map(ObjectExt::owned));
    Ok(())
}

/// `frame.f_trace_opcodes = value`.
pub(crate) fn set_trace_opcodes(frame: &PyFrame, value: bool) -> PyResult<()> {
    frame.trace_opcodes.set(value);
    Ok(())
}
