//! `pymem.h`: memory.

#![expect(unsafe_code, reason = "functions that C calls")]

use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::PyMemAllocatorEx;
use taipan_objects::memory::{Domain, allocator, set_allocator, set_up_debug_hooks};
use taipan_objects::memory::{alloc_in, alloc_zeroed_in, free_in, realloc_in};

macro_rules! domain {
    ($domain:ident, $malloc:ident, $calloc:ident, $realloc:ident $(, $free:ident)?) => {
        c_api! {
            fn $malloc(size: usize) -> *mut c_void {
                if size > isize::MAX as usize { null_mut() } else { alloc_in(Domain::$domain, size).cast() }
            }
            fn $calloc(count: usize, size: usize) -> *mut c_void {
                match count.checked_mul(size).filter(|&size| size <= isize::MAX as usize) {
                    Some(size) => alloc_zeroed_in(Domain::$domain, size).cast(),
                    None => null_mut(),
                }
            }
            fn $realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
                if size > isize::MAX as usize { null_mut() } else { realloc_in(Domain::$domain, pointer.cast(), size).cast() }
            }
            $(fn $free(pointer: *mut c_void) { free_in(Domain::$domain, pointer.cast()) })?
        }
    };
}

domain!(Raw, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);
domain!(Mem, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
// `PyObject_Free` is a slot of the object model, which exports it.
domain!(Object, PyObject_Malloc, PyObject_Calloc, PyObject_Realloc);

c_api! {
    fn PyMem_GetAllocator(domain: c_int, out: *mut PyMemAllocatorEx) {
        let found = match Domain::from_number(domain) {
            Some(domain) => core::ptr::read(allocator(domain)),
            None => PyMemAllocatorEx { ctx: null_mut(), malloc: None, calloc: None, realloc: None, free: None },
        };
        out.write(found);
    }
    fn PyMem_SetAllocator(domain: c_int, allocator: *const PyMemAllocatorEx) {
        if let Some(domain) = Domain::from_number(domain) {
            set_allocator(domain, core::ptr::read(allocator));
        }
    }
    fn PyMem_SetupDebugHooks() { set_up_debug_hooks() }
}
