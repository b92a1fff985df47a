//! Tracing and monitoring: what `sys.settrace`, `sys.setprofile` and `sys.monitoring` ask for.

use crate::frames::PyFrame;
use taipan_objects::prelude::*;

/// `frame.f_lineno = value`.
pub(crate) fn set_line_number(frame: &PyFrame, value: Option<&PyObject>) -> PyResult<()> {
    let _ = (frame, value);
    Err(raised!(ValueError, "f_lineno can only be set in a trace function"))
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
