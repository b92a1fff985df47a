//! `sliceobject.h`: `slice`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::slice::PySlice;

/// One bound of a slice, clipped to the range of `isize`.
fn bound(value: &PyObject, default: isize) -> PyResult<isize> {
    if value.is_none() {
        return Ok(default);
    }
    if !number::is_index(value) {
        return Err(raised!(TypeError, "slice indices must be integers or None or have an __index__ method"));
    }
    number::as_isize(value, None)
}

c_api! {
    fn PySlice_New(start: Ref, stop: Ref, step: Ref) -> Ref {
        let part = |part: Ref| opt(part).map_or_else(none, ObjectExt::owned);
        new_ref(PySlice::new(part(start), part(stop), part(step)))
    }
    fn PySlice_Unpack(slice: Ref, start: *mut isize, stop: *mut isize, step: *mut isize) -> c_int {
        status(typed::<PySlice>(slice).and_then(|slice| {
            let by = bound(&slice.step, 1)?;
            if by == 0 {
                return Err(raised!(ValueError, "slice step cannot be zero"));
            }
            *step = by.max(-isize::MAX);
            *start = bound(&slice.start, if by < 0 { isize::MAX } else { 0 })?;
            *stop = bound(&slice.stop, if by < 0 { isize::MIN } else { isize::MAX })?;
            Ok(())
        }))
    }
    fn PySlice_AdjustIndices(length: isize, start: *mut isize, stop: *mut isize, step: isize) -> isize {
        let clip = |value: isize| {
            if value < 0 {
                let value = value.saturating_add(length);
                if value < 0 { if step < 0 { -1 } else { 0 } } else { value }
            } else if value >= length {
                if step < 0 { length - 1 } else { length }
            } else {
                value
            }
        };
        *start = clip(*start);
        *stop = clip(*stop);
        if step < 0 {
            if *stop < *start { (*start - *stop - 1) / -step + 1 } else { 0 }
        } else if *start < *stop {
            (*stop - *start - 1) / step + 1
        } else {
            0
        }
    }
    fn PySlice_GetIndicesEx(slice: Ref, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize, count: *mut isize) -> c_int {
        if PySlice_Unpack(slice, start, stop, step) < 0 {
            return -1;
        }
        *count = PySlice_AdjustIndices(length, start, stop, *step);
        0
    }
}
