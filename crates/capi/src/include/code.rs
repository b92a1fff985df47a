//! `code.h`: code objects.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::code::PyCode;

unsafe fn code<'a>(object: *mut PyCodeObject) -> &'a PyObject {
    // SAFETY: the caller passes a live code object.
    unsafe { &*object.cast() }
}

c_api! {
    fn PyCode_GetCode(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_code"))) }
    fn PyCode_GetVarnames(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_varnames"))) }
    fn PyCode_GetCellvars(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_cellvars"))) }
    fn PyCode_GetFreevars(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_freevars"))) }
    fn PyCode_Addr2Line(object: *mut PyCodeObject, byte: c_int) -> c_int {
        code(object).downcast::<PyCode>().and_then(|code| code.line_at((byte.max(0) / 2) as usize)).unwrap_or(-1)
    }
}
