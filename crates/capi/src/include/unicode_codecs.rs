//! `unicodeobject.h`: encodings beyond the common ones.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::codecs::{builtin, charmap};
use taipan_objects::prelude::*;

/// Bytes that C passes.
unsafe fn bytes<'a>(start: *const c_char, length: isize) -> &'a [u8] {
    if length <= 0 {
        return &[];
    }
    // SAFETY: the caller passes so many readable bytes.
    unsafe { core::slice::from_raw_parts(start.cast(), length as usize) }
}

unsafe fn errors_of<'a>(errors: *const c_char) -> Option<std::borrow::Cow<'a, str>> {
    // SAFETY: the caller passes a terminated string or null.
    (!errors.is_null()).then(|| unsafe { text(errors) })
}

/// The text, after the number of bytes it took was stored where the caller wants it.
unsafe fn counted(decoded: PyResult<(Py<PyStr>, usize)>, consumed: *mut isize) -> Ref {
    new_ref(decoded.map(|(text, count)| {
        if !consumed.is_null() {
            // SAFETY: the caller passes a valid pointer or null.
            unsafe { *consumed = count as isize };
        }
        text
    }))
}

/// As [`counted`], also with the byte order.
unsafe fn ordered(
    decoded: PyResult<(Py<PyStr>, usize, i32)>,
    order: *mut c_int,
    consumed: *mut isize,
) -> Ref {
    let decoded = decoded.map(|(text, count, found)| {
        if !order.is_null() {
            // SAFETY: the caller passes a valid pointer or null.
            unsafe { *order = found };
        }
        (text, count)
    });
    // SAFETY: as above.
    unsafe { counted(decoded, consumed) }
}

/// The text argument of an encoder.
unsafe fn subject<'a>(object: Ref) -> PyResult<&'a PyStr> {
    // SAFETY: the caller passes a live object or null.
    match unsafe { opt(object) }.and_then(|object| object.downcast::<PyStr>()) {
        Some(text) => Ok(text),
        None => Err(raised!(TypeError, "bad argument type for built-in operation")),
    }
}

unsafe fn order_of(order: *mut c_int) -> i32 {
    // SAFETY: the caller passes a valid pointer or null.
    unsafe { order.as_ref() }.copied().unwrap_or(0)
}

c_api! {
    fn PyUnicode_DecodeUTF8Stateful(start: *const c_char, length: isize, errors: *const c_char, consumed: *mut isize) -> Ref {
        counted(builtin::utf8_decode(bytes(start, length), errors_of(errors).as_deref(), consumed.is_null()), consumed)
    }
    fn PyUnicode_DecodeUTF7(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        counted(builtin::utf7_decode(bytes(start, length), errors_of(errors).as_deref(), true), null_mut())
    }
    fn PyUnicode_DecodeUTF7Stateful(start: *const c_char, length: isize, errors: *const c_char, consumed: *mut isize) -> Ref {
        counted(builtin::utf7_decode(bytes(start, length), errors_of(errors).as_deref(), consumed.is_null()), consumed)
    }
    fn PyUnicode_DecodeUTF16(start: *const c_char, length: isize, errors: *const c_char, order: *mut c_int) -> Ref {
        PyUnicode_DecodeUTF16Stateful(start, length, errors, order, null_mut())
    }
    fn PyUnicode_DecodeUTF16Stateful(start: *const c_char, length: isize, errors: *const c_char, order: *mut c_int, consumed: *mut isize) -> Ref {
        let decoded = builtin::utf16_decode(bytes(start, length), errors_of(errors).as_deref(), order_of(order), consumed.is_null());
        ordered(decoded, order, consumed)
    }
    fn PyUnicode_DecodeUTF32(start: *const c_char, length: isize, errors: *const c_char, order: *mut c_int) -> Ref {
        PyUnicode_DecodeUTF32Stateful(start, length, errors, order, null_mut())
    }
    fn PyUnicode_DecodeUTF32Stateful(start: *const c_char, length: isize, errors: *const c_char, order: *mut c_int, consumed: *mut isize) -> Ref {
        let decoded = builtin::utf32_decode(bytes(start, length), errors_of(errors).as_deref(), order_of(order), consumed.is_null());
        ordered(decoded, order, consumed)
    }
    fn PyUnicode_DecodeUnicodeEscape(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        counted(builtin::unicode_escape_decode(bytes(start, length), errors_of(errors).as_deref(), true), null_mut())
    }
    fn PyUnicode_DecodeRawUnicodeEscape(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        counted(builtin::raw_unicode_escape_decode(bytes(start, length), errors_of(errors).as_deref(), true), null_mut())
    }
    fn PyUnicode_DecodeCharmap(start: *const c_char, length: isize, mapping: Ref, errors: *const c_char) -> Ref {
        new_ref(charmap::decode(bytes(start, length), errors_of(errors).as_deref(), opt(mapping)))
    }
    fn PyUnicode_AsUTF16String(object: Ref) -> Ref { new_ref(subject(object).and_then(|text| builtin::utf16_encode(text, None, 0))) }
    fn PyUnicode_AsUTF32String(object: Ref) -> Ref { new_ref(subject(object).and_then(|text| builtin::utf32_encode(text, None, 0))) }
    fn PyUnicode_AsUnicodeEscapeString(object: Ref) -> Ref { new_ref(subject(object).map(builtin::unicode_escape_encode)) }
    fn PyUnicode_AsRawUnicodeEscapeString(object: Ref) -> Ref { new_ref(subject(object).map(builtin::raw_unicode_escape_encode)) }
    fn PyUnicode_AsCharmapString(object: Ref, mapping: Ref) -> Ref {
        if mapping.is_null() {
            return new_ref(Err::<Obj, _>(raised!(TypeError, "bad argument type for built-in operation")));
        }
        new_ref(subject(object).and_then(|text| charmap::encode(text, None, opt(mapping))))
    }
    fn PyUnicode_BuildEncodingMap(table: Ref) -> Ref {
        match opt(table).and_then(|table| table.downcast::<PyStr>()).filter(|table| !table.is_empty()) {
            Some(table) => new_ref(charmap::build(table)),
            None => new_ref(Err::<Obj, _>(bad_call())),
        }
    }
    fn PyUnicode_Translate(object: Ref, mapping: Ref, errors: *const c_char) -> Ref {
        let _ = errors;
        new_ref(subject(object).and_then(|text| call::method(text, intern!("translate"), &[at(mapping)])))
    }
    fn PyUnicode_FromWideChar(start: *const c_int, length: isize) -> Ref {
        if start.is_null() && length != 0 {
            return new_ref(Err::<Obj, _>(bad_call()));
        }
        let length = if length < 0 { (0..).find(|&index| *start.add(index) == 0).unwrap_or(0) } else { length as usize };
        if length == 0 {
            return new_ref(PyStr::empty());
        }
        let points = core::slice::from_raw_parts(start.cast::<u32>(), length);
        if let Some(bad) = points.iter().find(|&&c| c > 0x10_ffff) {
            return new_ref(Err::<Obj, _>(raised!(ValueError, "character U+{bad:x} is not in range [U+0000; U+10ffff]")));
        }
        new_ref(PyStr::from_code_points(points))
    }
    fn PyUnicode_AsWideChar(object: Ref, out: *mut c_int, room: isize) -> isize {
        let Some(text) = opt(object).and_then(|object| object.downcast::<PyStr>()) else {
            let _: Raised = bad_call();
            return -1;
        };
        let length = text.len();
        if out.is_null() {
            return length as isize + 1;
        }
        let room = room.max(0) as usize;
        let copied = length.min(room);
        for index in 0..copied {
            *out.add(index) = text.char_at(index) as c_int;
        }
        if copied < room {
            *out.add(copied) = 0;
        }
        copied as isize
    }
    fn PyUnicode_AsWideCharString(object: Ref, length: *mut isize) -> *mut c_int {
        let Some(text) = opt(object).and_then(|object| object.downcast::<PyStr>()) else {
            let _: Raised = bad_call();
            return null_mut();
        };
        let count = text.len();
        if length.is_null() && (0..count).any(|index| text.char_at(index) == 0) {
            let _: Raised = raised!(ValueError, "embedded null character");
            return null_mut();
        }
        let out = taipan_objects::memory::alloc_in(taipan_objects::memory::Domain::Mem, (count + 1) * size_of::<c_int>()).cast::<c_int>();
        if out.is_null() {
            let _: Raised = raised!(MemoryError);
            return null_mut();
        }
        for index in 0..count {
            *out.add(index) = text.char_at(index) as c_int;
        }
        *out.add(count) = 0;
        if !length.is_null() {
            *length = count as isize;
        }
        out
    }
    fn PyUnicode_AsUCS4(object: Ref, out: *mut u32, room: isize, with_null: c_int) -> *mut u32 {
        if out.is_null() || room < 0 {
            let _: Raised = bad_call();
            return null_mut();
        }
        let Ok(text) = typed::<PyStr>(object) else { return null_mut() };
        let wanted = text.len() + usize::from(with_null != 0);
        if (room as usize) < wanted {
            let _: Raised = raised!(SystemError, "string is longer than the buffer");
            if with_null != 0 && room > 0 {
                *out = 0;
            }
            return null_mut();
        }
        for index in 0..text.len() {
            *out.add(index) = text.char_at(index);
        }
        if with_null != 0 {
            *out.add(text.len()) = 0;
        }
        out
    }
    fn PyUnicode_AsUCS4Copy(object: Ref) -> *mut u32 {
        let Ok(text) = typed::<PyStr>(object) else { return null_mut() };
        let out = taipan_objects::memory::alloc_in(taipan_objects::memory::Domain::Mem, (text.len() + 1) * 4).cast::<u32>();
        if out.is_null() {
            let _: Raised = raised!(MemoryError);
            return null_mut();
        }
        PyUnicode_AsUCS4(object, out, text.len() as isize + 1, 1)
    }
    fn PyBytes_DecodeEscape(start: *const c_char, length: isize, errors: *const c_char, _unicode: isize, _encoding: *const c_char) -> Ref {
        new_ref(builtin::escape_decode(bytes(start, length), errors_of(errors).as_deref()))
    }
    fn PyBytes_Repr(object: Ref, _smart_quotes: c_int) -> Ref { new_ref(typed::<PyBytes>(object).and_then(|bytes| object::repr(bytes))) }
    fn PyBytes_Join(separator: Ref, items: Ref) -> Ref {
        if separator.is_null() {
            return new_ref(Err::<Obj, _>(bad_call()));
        }
        match at(separator).downcast::<PyBytes>() {
            Some(separator) => new_ref(call::method(separator, intern!("join"), &[at(items)])),
            None => new_ref(Err::<Obj, _>(raised!(TypeError, "sep: expected bytes, got {}", at(separator).class().name()))),
        }
    }
}
