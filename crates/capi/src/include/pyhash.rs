//! `pyhash.h`: what hashes strings.

#![expect(unsafe_code, reason = "functions that C calls")]

use core::ffi::*;
use taipan_objects::model::thread;

/// `PyHash_FuncDef`
#[repr(C)]
pub struct Definition {
    hash: unsafe extern "C" fn(*const c_void, isize) -> isize,
    name: *const c_char,
    hash_bits: c_int,
    seed_bits: c_int,
}

// SAFETY: nothing in it changes.
unsafe impl Sync for Definition {}

unsafe extern "C" fn hash(bytes: *const c_void, length: isize) -> isize {
    // SAFETY: the caller passes so many bytes.
    let bytes = unsafe { core::slice::from_raw_parts(bytes.cast::<u8>(), length.max(0) as usize) };
    thread::process().hash_secret().hash_bytes(bytes) as isize
}

static DEFINITION: Definition =
    Definition { hash, name: c"siphash13".as_ptr(), hash_bits: 64, seed_bits: 128 };

c_api! {
    fn PyHash_GetFuncDef() -> *const Definition { &raw const DEFINITION }
}
