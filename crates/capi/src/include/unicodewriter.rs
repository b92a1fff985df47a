//! `unicodeobject.h`: `PyUnicodeWriter` (PEP 756).

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

use taipan_kernels::text::TextBuilder;

/// What `PyUnicodeWriter_Create` gives out.
pub struct Writer(TextBuilder);

unsafe fn writer<'a>(pointer: *mut c_void) -> &'a mut TextBuilder {
    // SAFETY: the caller passes what `PyUnicodeWriter_Create` gave it.
    unsafe { &mut (*pointer.cast::<Writer>()).0 }
}

c_api! {
    fn PyUnicodeWriter_Create(length: isize) -> *mut c_void {
        if length < 0 {
            let _: Raised = raised!(ValueError, "length must be positive");
            return null_mut();
        }
        Box::into_raw(Box::new(Writer(TextBuilder::with_capacity(length as usize)))).cast()
    }
    fn PyUnicodeWriter_Discard(pointer: *mut c_void) {
        if !pointer.is_null() {
            drop(Box::from_raw(pointer.cast::<Writer>()));
        }
    }
    fn PyUnicodeWriter_Finish(pointer: *mut c_void) -> Ref {
        let writer = Box::from_raw(pointer.cast::<Writer>());
        new_ref(PyStr::try_from_builder(writer.0))
    }
    fn PyUnicodeWriter_WriteChar(pointer: *mut c_void, c: u32) -> c_int {
        if c > 0x10_ffff {
            let _: Raised = raised!(ValueError, "character must be in range(0x110000)");
            return -1;
        }
        writer(pointer).push(c);
        0
    }
    fn PyUnicodeWriter_WriteASCII(pointer: *mut c_void, start: *const c_char, length: isize) -> c_int {
        PyUnicodeWriter_WriteUTF8(pointer, start, length)
    }
    fn PyUnicodeWriter_WriteUTF8(pointer: *mut c_void, start: *const c_char, length: isize) -> c_int {
        let bytes = if length < 0 {
            CStr::from_ptr(start).to_bytes()
        } else {
            core::slice::from_raw_parts(start.cast::<u8>(), length as usize)
        };
        match taipan_objects::codecs::decode_bytes(bytes, None, Some("utf-8"), None) {
            Ok(text) => {
                text.append_to(writer(pointer));
                0
            }
            Err(_) => -1,
        }
    }
    fn PyUnicodeWriter_WriteUCS4(pointer: *mut c_void, start: *const u32, length: isize) -> c_int {
        writer(pointer).extend(core::slice::from_raw_parts(start, length.max(0) as usize));
        0
    }
    fn PyUnicodeWriter_WriteStr(pointer: *mut c_void, object: Ref) -> c_int {
        status(object::str(at(object)).map(|text| text.append_to(writer(pointer))))
    }
    fn PyUnicodeWriter_WriteRepr(pointer: *mut c_void, object: Ref) -> c_int {
        match opt(object) {
            None => {
                writer(pointer).push_ascii(b"<NULL>");
                0
            }
            Some(object) => status(object::repr(object).map(|text| text.append_to(writer(pointer)))),
        }
    }
    fn PyUnicodeWriter_WriteSubstring(pointer: *mut c_void, object: Ref, start: isize, end: isize) -> c_int {
        status(typed::<PyStr>(object).and_then(|text| {
            let length = text.len() as isize;
            if start < 0 || start > end {
                return Err(raised!(ValueError, "start must be positive and end must be greater than start"));
            }
            if end > length {
                return Err(raised!(ValueError, "end must be less than or equal to the string length"));
            }
            text.substring(start as usize, end as usize).append_to(writer(pointer));
            Ok(())
        }))
    }
    fn PyUnicodeWriter_WriteWideChar(pointer: *mut c_void, start: *const u32, length: isize) -> c_int {
        let length = usize::try_from(length).unwrap_or_else(|_| (0..).take_while(|&at| *start.add(at) != 0).count());
        let text = core::slice::from_raw_parts(start, length);
        if let Some(wrong) = text.iter().find(|&&c| c > 0x10_ffff) {
            let _: Raised = raised!(ValueError, "character U+{wrong:x} is not in range [U+0000; U+10ffff]");
            return -1;
        }
        writer(pointer).extend(text);
        0
    }
    fn PyUnicodeWriter_DecodeUTF8Stateful(pointer: *mut c_void, start: *const c_char, length: isize, errors: *const c_char, consumed: *mut isize) -> c_int {
        let length = if length < 0 { CStr::from_ptr(start).count_bytes() as isize } else { length };
        let decoded = crate::include::unicode_codecs::PyUnicode_DecodeUTF8Stateful(start, length, errors, consumed);
        match Obj::from_result(decoded) {
            Ok(text) => status(typed::<PyStr>(text.as_ptr()).map(|text| text.append_to(writer(pointer)))),
            Err(_) => -1,
        }
    }
    // Every writer is one of `PyUnicodeWriter_Create`: those of the older, private interface are not exported.
    fn _PyUnicodeWriter_WriteLatin1String(pointer: *mut c_void, start: *const c_char, length: isize) -> c_int {
        let bytes = core::slice::from_raw_parts(start.cast::<u8>(), length.max(0) as usize);
        PyStr::from_latin1(bytes).append_to(writer(pointer));
        0
    }
}
