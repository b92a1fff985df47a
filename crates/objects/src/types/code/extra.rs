//! What extensions keep with a code object (`PyUnstable_Code_SetExtra`): values at indices that they asked for, each with
//! the function that frees it.

#![expect(unsafe_code, reason = "values are C's pointers")]

use super::PyCode;
use crate::model::thread;
use core::cell::RefCell;
use core::ffi::c_void;
use core::ptr::null_mut;
use taipan_abi::{PyCodeObject, freefunc};

/// How many indices there are (`MAX_CO_EXTRA_USERS`).
const MAX: usize = 255;

/// What frees the values of each index, in one interpreter.
#[derive(Default)]
struct Indices(RefCell<Vec<Option<freefunc>>>);

/// The values of a code object.
type Values = Vec<*mut c_void>;

fn indices() -> &'static Indices {
    thread::current().interpreter().extension::<Indices>()
}

/// A new index; none where all are taken.
pub fn request_index(free: Option<freefunc>) -> Option<usize> {
    let mut known = indices().0.borrow_mut();
    if known.len() >= MAX {
        return None;
    }
    known.push(free);
    Some(known.len() - 1)
}

/// Whether somebody asked for the index.
pub fn is_index(index: usize) -> bool {
    index < indices().0.borrow().len()
}

/// The value at an index; null where there is none.
pub fn get(code: &PyCode, index: usize) -> *mut c_void {
    // SAFETY: the field is null or a list that `set` made.
    let values = unsafe { code.raw.co_extra.cast::<Values>().as_ref() };
    values.and_then(|values| values.get(index)).copied().unwrap_or(null_mut())
}

/// Stores a value, and frees the one before.
pub fn set(code: &PyCode, index: usize, value: *mut c_void) {
    let free = indices().0.borrow().get(index).copied().flatten();
    // SAFETY: the field is null or a list that this function made; nobody holds a borrow of it.
    let before = unsafe {
        let field = &raw mut (*code.raw_ptr()).co_extra;
        if (*field).is_null() {
            *field = Box::into_raw(Box::<Values>::default()).cast();
        }
        let values = &mut *(*field).cast::<Values>();
        if values.len() <= index {
            values.resize(index + 1, null_mut());
        }
        core::mem::replace(&mut values[index], value)
    };
    if let Some(free) = free
        && !before.is_null()
    {
        // SAFETY: the extension promised that the function frees such values.
        unsafe { free(before) };
    }
}

/// Frees the values of a code object that ends.
///
/// # Safety
/// Called by the `tp_dealloc` of the code object.
pub(super) unsafe fn free(code: *mut PyCodeObject) {
    // SAFETY: the caller's promise; the field is null or a list that `set` made.
    unsafe {
        let field = core::mem::replace(&mut (*code).co_extra, null_mut());
        if field.is_null() {
            return;
        }
        let values = Box::from_raw(field.cast::<Values>());
        for (index, value) in values.into_iter().enumerate() {
            let free = indices().0.borrow().get(index).copied().flatten();
            if let Some(free) = free
                && !value.is_null()
            {
                free(value);
            }
        }
    }
}
