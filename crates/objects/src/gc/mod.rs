//! The cycle collector.

#![expect(unsafe_code, reason = "links objects through their heads")]

use crate::model::PyObject;

/// The collector's state of one interpreter.
pub struct GcState {}

impl GcState {
    #[expect(clippy::new_without_default, reason = "made by the interpreter state alone")]
    pub fn new() -> Self {
        GcState {}
    }
}

/// Makes the collector look at the object.
///
/// # Safety
/// The object is of a collected type, not tracked, and its fields are in place.
pub unsafe fn track(object: *mut PyObject) {
    let _ = object;
    todo!()
}

/// Makes the collector forget the object; nothing happens when it did not know it.
///
/// # Safety
/// The object is of a collected type.
pub unsafe fn untrack(object: *mut PyObject) {
    let _ = object;
    todo!()
}

/// Whether the collector looks at the object.
pub fn is_tracked(object: &PyObject) -> bool {
    let _ = object;
    todo!()
}
