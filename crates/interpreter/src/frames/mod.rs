//! Frames: what runs now, and the objects that show it.

mod object;

pub use object::PyFrame;
use taipan_objects::prelude::*;

/// The frame object of the innermost running frame (`PyEval_GetFrame`).
pub fn current_frame_object() -> Option<Py<PyFrame>> {
    todo!()
}

/// The frame object `depth` frames above the innermost one (`sys._getframe`).
pub fn frame_at_depth(depth: usize) -> Option<Py<PyFrame>> {
    let _ = depth;
    todo!()
}

/// The current frame's local variables as `locals()` gives them: a fresh dictionary in functions, the namespace itself
/// elsewhere. `SystemError` where no frame runs.
pub fn current_locals() -> PyResult {
    todo!()
}
