//! The scalar types of the C API under their C names.

use core::ffi::{c_int, c_uint, c_void};

pub type Py_ssize_t = isize;
pub type Py_hash_t = isize;
pub type Py_uhash_t = usize;
pub type Py_uintptr_t = usize;
pub type Py_UCS1 = u8;
pub type Py_UCS2 = u16;
pub type Py_UCS4 = u32;
pub type PyTime_t = i64;
/// One 30-bit digit of an integer, least significant first.
pub type digit = u32;
pub type sdigit = i32;
pub type twodigits = u64;
pub type stwodigits = i64;
pub type wchar_t = i32;
pub type pthread_key_t = c_uint;
pub type PyThread_type_lock = *mut c_void;
/// One 16-bit unit of adaptive byte code: opcode in the low byte, argument in the high one.
pub type _Py_CODEUNIT = u16;
/// What a `sendfunc` reports: `PYGEN_RETURN`, `PYGEN_ERROR` or `PYGEN_NEXT`.
pub type PySendResult = c_int;
/// What `PyGILState_Ensure` reports: `PyGILState_LOCKED` or `PyGILState_UNLOCKED`.
pub type PyGILState_STATE = c_int;
pub type PyLockStatus = c_int;
