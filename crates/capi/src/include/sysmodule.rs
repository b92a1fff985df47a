//! `sysmodule.h`: the module sys.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

use taipan_runtime::sys;

c_api! {
    fn PySys_GetObject(name: *const c_char) -> Ref {
        let found = sys::get(&string(name));
        swallow(found).flatten().map_or(null_mut(), |value| value.as_ptr())
    }
    fn PySys_GetAttr(name: Ref) -> Ref {
        new_ref(typed::<PyStr>(name).and_then(sys::get).and_then(|found| found.ok_or_else(|| raised!(RuntimeError, "lost sys.{}", text_of(name)))))
    }
    fn PySys_GetAttrString(name: *const c_char) -> Ref {
        new_ref(sys::get(&string(name)).and_then(|found| found.ok_or_else(|| raised!(RuntimeError, "lost sys.{}", text(name)))))
    }
    fn PySys_GetOptionalAttr(name: Ref, out: *mut Ref) -> c_int { optional(typed::<PyStr>(name).and_then(sys::get), out) }
    fn PySys_GetOptionalAttrString(name: *const c_char, out: *mut Ref) -> c_int { optional(sys::get(&string(name)), out) }
    fn PySys_SetObject(name: *const c_char, value: Ref) -> c_int {
        match opt(value) {
            Some(value) => status(sys::set(&string(name), value)),
            None => status(sys::dict().map_or(Ok(()), |dict| dict.del_item(&string(name)).map(drop))),
        }
    }
    fn Py_GetVersion() -> *const c_char {
        static VERSION: std::sync::OnceLock<std::ffi::CString> = std::sync::OnceLock::new();
        VERSION.get_or_init(|| std::ffi::CString::new(sys::version()).unwrap_or_default()).as_ptr()
    }
    fn Py_IsInitialized() -> c_int { 1 }
    fn Py_GetPlatform() -> *const c_char { c"linux".as_ptr() }
}

unsafe fn text_of(name: Ref) -> String {
    // SAFETY: the caller passes a live string.
    unsafe { at(name) }
        .downcast::<PyStr>()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// `Py_Version` as a variable.
#[unsafe(no_mangle)]
pub static Py_Version: c_ulong = 0x030e_07f0;
