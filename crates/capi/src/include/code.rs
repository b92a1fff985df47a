//! `code.h`: code objects.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::code::{PyCode, extra};

unsafe fn code<'a>(object: *mut PyCodeObject) -> &'a PyObject {
    // SAFETY: the caller passes a live code object.
    unsafe { &*object.cast() }
}

/// The code object and index that a value belongs to.
unsafe fn extra_place<'a>(object: Ref, index: isize) -> Option<(&'a PyCode, usize)> {
    // SAFETY: the caller passes a live object.
    let code = unsafe { at(object) }.downcast::<PyCode>();
    match (code, usize::try_from(index)) {
        (Some(code), Ok(index)) if extra::is_index(index) => Some((code, index)),
        _ => {
            let _: Raised = bad_call();
            None
        }
    }
}

c_api! {
    fn PyUnstable_Code_GetExtra(object: Ref, index: isize, out: *mut *mut c_void) -> c_int {
        let Some(code) = at(object).downcast::<PyCode>() else {
            let _: Raised = bad_call();
            return -1;
        };
        *out = usize::try_from(index).map_or(core::ptr::null_mut(), |index| extra::get(code, index));
        0
    }
    fn PyUnstable_Code_SetExtra(object: Ref, index: isize, value: *mut c_void) -> c_int {
        let Some((code, index)) = extra_place(object, index) else { return -1 };
        extra::set(code, index, value);
        0
    }
    fn PyCode_GetCode(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_code"))) }
    fn PyCode_GetVarnames(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_varnames"))) }
    fn PyCode_GetCellvars(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_cellvars"))) }
    fn PyCode_GetFreevars(object: *mut PyCodeObject) -> Ref { new_ref(object::get_attr(code(object), intern!("co_freevars"))) }
    fn PyCode_Addr2Line(object: *mut PyCodeObject, byte: c_int) -> c_int {
        code(object).downcast::<PyCode>().and_then(|code| code.line_at((byte.max(0) / 2) as usize)).unwrap_or(-1)
    }
}
