//! The values of dictionaries with shared keys: an array with a place for each shared key, and the order in which they
//! were stored.
//!
//! Behind the head come `capacity` references (null: not set) and as many bytes, of which the first `size` name the
//! values that are set in order of insertion. The array of an instance lies behind the object (`embedded`); while it
//! is `valid` it holds the attributes, also those of a dictionary that was made of them.

#![expect(unsafe_code, reason = "arrays behind a head")]

use crate::memory;
use crate::model::{Obj, PyObject, PyResult};
use core::cell::Cell;
use core::mem::offset_of;
use core::ptr::null_mut;
use taipan_abi::PyDictValues;

/// The head of an array of values.
#[repr(C, align(8))]
pub struct DictValues {
    pub(super) capacity: Cell<u8>,
    /// How many are set.
    pub(super) size: Cell<u8>,
    /// Whether it lies behind an instance.
    pub(super) embedded: Cell<bool>,
    /// Whether an embedded one holds the instance's attributes.
    pub(super) valid: Cell<bool>,
}

const _: () = {
    assert!(size_of::<DictValues>() == offset_of!(PyDictValues, values));
    assert!(offset_of!(DictValues, valid) == offset_of!(PyDictValues, valid));
};

/// Bytes of an array with room for so many.
pub fn bytes_for(capacity: usize) -> usize {
    size_of::<DictValues>() + capacity * size_of::<*mut PyObject>() + capacity.next_multiple_of(8)
}

/// Initialises an array in memory of `bytes_for(capacity)` bytes.
///
/// # Safety
/// The memory is there.
pub unsafe fn init(values: *mut DictValues, capacity: usize, embedded: bool) {
    debug_assert!(capacity < 256);
    // SAFETY: the caller's promise.
    unsafe {
        values.write(DictValues {
            capacity: Cell::new(capacity as u8),
            size: Cell::new(0),
            embedded: Cell::new(embedded),
            valid: Cell::new(true),
        });
        for index in 0..capacity {
            place(values, index).write(null_mut());
        }
    }
}

/// A new array that is not embedded.
pub fn alloc(capacity: usize) -> PyResult<*mut DictValues> {
    let values = memory::raw_alloc(bytes_for(capacity)).cast::<DictValues>();
    if values.is_null() {
        return Err(raised!(MemoryError));
    }
    // SAFETY: fresh memory of this size.
    unsafe { init(values, capacity, false) };
    Ok(values)
}

/// A copy that is not embedded, with new references.
///
/// # Safety
/// `values` is live.
pub unsafe fn copy(values: *const DictValues) -> PyResult<*mut DictValues> {
    // SAFETY: the caller's promise; both arrays have the same capacity.
    unsafe {
        let capacity = (*values).capacity.get() as usize;
        let fresh = alloc(capacity)?;
        (*fresh).size.set((*values).size.get());
        for index in 0..capacity {
            if let Some(value) = (*place(values, index)).as_ref() {
                place(fresh, index)
                    .write(Obj::from_borrowed(core::ptr::from_ref(value).cast_mut()).into_raw());
            }
        }
        core::ptr::copy_nonoverlapping(order(values), order(fresh), (*values).size.get() as usize);
        Ok(fresh)
    }
}

/// The place of a value.
///
/// # Safety
/// `values` is live, `index` below its capacity.
#[inline(always)]
pub unsafe fn place(values: *const DictValues, index: usize) -> *mut *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe { values.add(1).cast::<*mut PyObject>().cast_mut().add(index) }
}

/// The order of insertion.
///
/// # Safety
/// `values` is live.
#[inline(always)]
pub unsafe fn order(values: *const DictValues) -> *mut u8 {
    // SAFETY: the bytes follow the references.
    unsafe { place(values, (*values).capacity.get() as usize).cast() }
}

/// Notes that value `index`, which was not set, is set now.
///
/// # Safety
/// As for `place`.
#[inline(always)]
pub unsafe fn note_added(values: *mut DictValues, index: usize) {
    // SAFETY: fewer than `capacity` were set.
    unsafe {
        let size = (*values).size.get();
        order(values).add(size as usize).write(index as u8);
        (*values).size.set(size + 1);
    }
}

/// Notes that value `index`, which was set, is not any more.
///
/// # Safety
/// As for `place`.
pub unsafe fn note_removed(values: *mut DictValues, index: usize) {
    // SAFETY: `index` is among the first `size` bytes.
    unsafe {
        let (order, size) = (order(values), (*values).size.get() as usize);
        let Some(at) = (0..size).find(|&i| *order.add(i) as usize == index) else { return };
        core::ptr::copy(order.add(at + 1), order.add(at), size - at - 1);
        (*values).size.set(size as u8 - 1);
    }
}

/// Takes all values out and makes the array empty.
///
/// # Safety
/// `values` is live. The caller drops what it gets when nothing refers to the array's owner any more than is sound.
pub unsafe fn take_all(values: *mut DictValues) -> Vec<Obj> {
    // SAFETY: each reference moves out once.
    unsafe {
        (*values).size.set(0);
        (0..(*values).capacity.get() as usize)
            .filter_map(|index| {
                let value = place(values, index).replace(null_mut());
                if value.is_null() { None } else { Some(Obj::from_raw(value)) }
            })
            .collect()
    }
}

/// Drops all values of an array whose owner nobody reaches any more.
///
/// # Safety
/// `values` is live, and stays it while the values are dropped.
pub unsafe fn drop_all(values: *mut DictValues) {
    // SAFETY: each reference moves out once.
    unsafe {
        (*values).size.set(0);
        for index in 0..(*values).capacity.get() as usize {
            let value = place(values, index).replace(null_mut());
            if !value.is_null() {
                drop(Obj::from_raw(value));
            }
        }
    }
}

/// Frees an array that is not embedded, and drops what it holds.
///
/// # Safety
/// `values` is live; nobody uses it afterwards. May run Python code.
pub unsafe fn free(values: *mut DictValues) {
    // SAFETY: the caller's promise; allocated by `raw_alloc`.
    unsafe {
        debug_assert!(!(*values).embedded.get());
        drop_all(values);
        memory::raw_free(values.cast());
    }
}
