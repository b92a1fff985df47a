//! `pymem.h`: memory.

#![expect(unsafe_code, reason = "functions that C calls")]

use core::ffi::*;
use core::ptr::null_mut;

use taipan_objects::memory::{raw_alloc, raw_alloc_zeroed, raw_free, raw_realloc};

macro_rules! domain {
    ($malloc:ident, $calloc:ident, $realloc:ident $(, $free:ident)?) => {
        c_api! {
            fn $malloc(size: usize) -> *mut c_void { if size > isize::MAX as usize { null_mut() } else { raw_alloc(size.max(1)).cast() } }
            fn $calloc(count: usize, size: usize) -> *mut c_void {
                match count.checked_mul(size).filter(|&size| size <= isize::MAX as usize) {
                    Some(size) => raw_alloc_zeroed(size.max(1)).cast(),
                    None => null_mut(),
                }
            }
            fn $realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
                if size > isize::MAX as usize { null_mut() } else { raw_realloc(pointer.cast(), size.max(1)).cast() }
            }
            $(fn $free(pointer: *mut c_void) { raw_free(pointer.cast()) })?
        }
    };
}

domain!(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);
domain!(PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
// `PyObject_Free` is a slot of the object model, which exports it.
domain!(PyObject_Malloc, PyObject_Calloc, PyObject_Realloc);
