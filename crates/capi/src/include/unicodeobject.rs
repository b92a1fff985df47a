//! `unicodeobject.h`: `str`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_objects::prelude::*;

use taipan_objects::codecs;

/// Bytes that C passes.
unsafe fn bytes<'a>(start: *const c_char, length: isize) -> &'a [u8] {
    if length <= 0 {
        return &[];
    }
    // SAFETY: the caller passes so many readable bytes.
    unsafe { core::slice::from_raw_parts(start.cast(), length as usize) }
}

/// A text argument that may be null.
unsafe fn opt_text<'a>(pointer: *const c_char) -> Option<std::borrow::Cow<'a, str>> {
    // SAFETY: the caller passes a terminated string or null.
    (!pointer.is_null()).then(|| unsafe { text(pointer) })
}

fn decoded(bytes: &[u8], encoding: &str, errors: Option<&str>) -> PyResult<Py<PyStr>> {
    codecs::decode_bytes(bytes, None, Some(encoding), errors)
}

c_api! {
    fn PyUnicode_FromString(text: *const c_char) -> Ref { new_ref(decoded(CStr::from_ptr(text).to_bytes(), "utf-8", None)) }
    fn PyUnicode_FromStringAndSize(text: *const c_char, length: isize) -> Ref {
        if length < 0 {
            let _: Raised = raised!(SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
            return null_mut();
        }
        new_ref(decoded(bytes(text, length), "utf-8", None))
    }
    fn PyUnicode_FromKindAndData(kind: c_int, data: *const c_void, length: isize) -> Ref {
        let Ok(count) = usize::try_from(length) else {
            let _: Raised = raised!(ValueError, "size must be positive");
            return null_mut();
        };
        new_ref(match kind {
            _ if count == 0 => Ok(PyStr::empty()),
            1 => Ok(PyStr::from_latin1(core::slice::from_raw_parts(data.cast(), count))),
            2 => {
                let units = core::slice::from_raw_parts(data.cast::<u16>(), count);
                Ok(PyStr::from_code_points(&units.iter().map(|&unit| u32::from(unit)).collect::<Vec<u32>>()))
            }
            4 => Ok(PyStr::from_code_points(core::slice::from_raw_parts(data.cast(), count))),
            _ => Err(raised!(SystemError, "invalid kind")),
        })
    }
    fn PyUnicode_FromOrdinal(ordinal: c_int) -> Ref {
        new_ref(match u32::try_from(ordinal) {
            Ok(c) if c <= 0x10_ffff => Ok(PyStr::from_char(c)),
            _ => Err(raised!(ValueError, "chr() arg not in range(0x110000)")),
        })
    }
    fn PyUnicode_FromObject(object: Ref) -> Ref {
        match opt(object) {
            Some(object) => match object.downcast::<PyStr>() {
                Some(text) if object.downcast_exact::<PyStr>().is_some() => new_ref(text.to_owned()),
                Some(text) => new_ref(text.substring(0, text.len())),
                None => new_ref(Err::<Obj, _>(raised!(TypeError, "Can't convert '{}' object to str implicitly", object.class().name()))),
            },
            None => new_ref(Err::<Obj, _>(bad_call())),
        }
    }
    fn PyUnicode_New(length: isize, widest: u32) -> Ref {
        // The caller writes the characters in place.
        new_ref(usize::try_from(length).map_err(|_| raised!(SystemError, "Negative size passed to PyUnicode_New")).and_then(|length| PyStr::unfilled(length, widest)))
    }
    fn PyUnicode_GetLength(object: Ref) -> isize {
        match opt(object).and_then(|object| object.downcast::<PyStr>()) {
            Some(text) => text.len() as isize,
            None => {
                let _: Raised = raised!(TypeError, "bad argument type for built-in operation");
                -1
            }
        }
    }
    fn PyUnicode_ReadChar(object: Ref, index: isize) -> u32 {
        match typed::<PyStr>(object) {
            Err(_) => u32::MAX,
            Ok(text) => match usize::try_from(index).ok().filter(|&index| index < text.len()) {
                Some(index) => text.char_at(index),
                None => {
                    let _: Raised = raised!(IndexError, "string index out of range");
                    u32::MAX
                }
            },
        }
    }
    fn PyUnicode_AsUTF8AndSize(object: Ref, length: *mut isize) -> *const c_char {
        match opt(object).and_then(|object| object.downcast::<PyStr>()) {
            None => {
                let _: Raised = raised!(TypeError, "bad argument type for built-in operation");
                if !length.is_null() {
                    *length = -1;
                }
                core::ptr::null()
            }
            Some(string) => match string.to_utf8() {
                // Behind the cached bytes of a string there is always a NUL.
                Ok(utf8) => {
                    if !length.is_null() {
                        *length = utf8.len() as isize;
                    }
                    utf8.as_ptr().cast()
                }
                Err(_) => {
                    if !length.is_null() {
                        *length = -1;
                    }
                    core::ptr::null()
                }
            },
        }
    }
    fn PyUnicode_AsUTF8(object: Ref) -> *const c_char { PyUnicode_AsUTF8AndSize(object, null_mut()) }
    fn PyUnicode_AsUTF8String(object: Ref) -> Ref { new_ref(typed::<PyStr>(object).and_then(|text| codecs::builtin::utf8_encode(text, None))) }
    fn PyUnicode_AsASCIIString(object: Ref) -> Ref { new_ref(typed::<PyStr>(object).and_then(|text| codecs::builtin::ascii_encode(text, None))) }
    fn PyUnicode_AsLatin1String(object: Ref) -> Ref { new_ref(typed::<PyStr>(object).and_then(|text| codecs::builtin::latin1_encode(text, None))) }
    fn PyUnicode_AsEncodedString(object: Ref, encoding: *const c_char, errors: *const c_char) -> Ref {
        let (encoding, errors) = (opt_text(encoding), opt_text(errors));
        new_ref(typed::<PyStr>(object).and_then(|text| codecs::encode_text(text, encoding.as_deref(), errors.as_deref())))
    }
    fn PyUnicode_Decode(start: *const c_char, length: isize, encoding: *const c_char, errors: *const c_char) -> Ref {
        let (encoding, errors) = (opt_text(encoding), opt_text(errors));
        new_ref(decoded(bytes(start, length), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref()))
    }
    fn PyUnicode_DecodeUTF8(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        new_ref(decoded(bytes(start, length), "utf-8", opt_text(errors).as_deref()))
    }
    fn PyUnicode_DecodeASCII(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        new_ref(decoded(bytes(start, length), "ascii", opt_text(errors).as_deref()))
    }
    fn PyUnicode_DecodeLatin1(start: *const c_char, length: isize, errors: *const c_char) -> Ref {
        new_ref(decoded(bytes(start, length), "latin-1", opt_text(errors).as_deref()))
    }
    fn PyUnicode_DecodeFSDefault(start: *const c_char) -> Ref { new_ref(PyStr::decode_fs(CStr::from_ptr(start).to_bytes())) }
    fn PyUnicode_DecodeFSDefaultAndSize(start: *const c_char, length: isize) -> Ref { new_ref(PyStr::decode_fs(bytes(start, length))) }
    fn PyUnicode_EncodeFSDefault(object: Ref) -> Ref { new_ref(typed::<PyStr>(object).and_then(PyStr::encode_fs).map(|bytes| PyBytes::new(&bytes))) }
    fn PyUnicode_FromEncodedObject(object: Ref, encoding: *const c_char, errors: *const c_char) -> Ref {
        let (encoding, errors) = (opt_text(encoding), opt_text(errors));
        new_ref(codecs::decode_object(at(object), encoding.as_deref(), errors.as_deref()))
    }
    fn PyUnicode_GetDefaultEncoding() -> *const c_char { c"utf-8".as_ptr() }
    fn PyUnicode_FSConverter(object: Ref, out: *mut c_void) -> c_int {
        let out = out.cast::<Ref>();
        if object.is_null() {
            crate::include::refcount::Py_DecRef(*out);
            *out = null_mut();
            return 1;
        }
        let path = taipan_objects::system::path::fspath(at(object)).and_then(|path| match path.downcast::<PyStr>() {
            Some(text) => Ok(PyBytes::new(&text.encode_fs()?).into_obj()),
            None => Ok(path),
        });
        match path {
            Ok(path) => {
                *out = path.into_raw();
                const CLEANUP_SUPPORTED: c_int = 0x20000;
                CLEANUP_SUPPORTED
            }
            Err(_) => 0,
        }
    }
    fn PyUnicode_FSDecoder(object: Ref, out: *mut c_void) -> c_int {
        let out = out.cast::<Ref>();
        if object.is_null() {
            crate::include::refcount::Py_DecRef(*out);
            *out = null_mut();
            return 1;
        }
        let path = taipan_objects::system::path::fspath(at(object)).map(|path| match path.downcast::<PyBytes>() {
            Some(bytes) => PyStr::decode_fs(bytes.as_slice()).into_obj(),
            None => path,
        });
        match path {
            Ok(path) => {
                *out = path.into_raw();
                const CLEANUP_SUPPORTED: c_int = 0x20000;
                CLEANUP_SUPPORTED
            }
            Err(_) => 0,
        }
    }
    fn PyUnicode_InternFromString(text: *const c_char) -> Ref { new_ref(PyStr::intern(string(text))) }
    fn PyUnicode_InternInPlace(object: *mut Ref) {
        if let Ok(text) = Obj::from_raw(*object).downcast_into::<PyStr>() {
            *object = PyStr::intern(text).into_obj().into_raw();
        }
    }
    fn PyUnicode_Concat(a: Ref, b: Ref) -> Ref { new_ref(sequence::concat(at(a), at(b))) }
    fn PyUnicode_Append(left: *mut Ref, right: Ref) {
        if (*left).is_null() {
            return;
        }
        let old = Obj::from_raw(*left);
        *left = match opt(right) {
            Some(right) => new_ref(sequence::concat(&old, right)),
            None => null_mut(),
        };
    }
    fn PyUnicode_AppendAndDel(left: *mut Ref, right: Ref) {
        PyUnicode_Append(left, right);
        crate::include::refcount::Py_DecRef(right);
    }
    fn PyUnicode_Join(separator: Ref, items: Ref) -> Ref {
        let separator = opt(separator).map_or_else(|| Ok(PyStr::from_char(32)), |s| typed::<PyStr>(s.as_ptr()).map(PyType::to_owned));
        new_ref(separator.and_then(|separator| PyStr::join(&separator, at(items))))
    }
    fn PyUnicode_Split(object: Ref, separator: Ref, most: isize) -> Ref {
        let separator = opt(separator).map_or_else(none, ObjectExt::owned);
        new_ref(call::method(at(object), intern!("split"), &[&separator, &PyInt::from_i64(most as i64)]))
    }
    fn PyUnicode_Substring(object: Ref, start: isize, end: isize) -> Ref {
        new_ref(typed::<PyStr>(object).and_then(|text| {
            if start < 0 || end < 0 {
                return Err(raised!(IndexError, "string index out of range"));
            }
            let end = (end as usize).min(text.len());
            Ok(text.substring((start as usize).min(end), end))
        }))
    }
    fn PyUnicode_Replace(object: Ref, old: Ref, new: Ref, most: isize) -> Ref {
        new_ref(call::method(at(object), intern!("replace"), &[at(old), at(new), &PyInt::from_i64(most as i64)]))
    }
    fn PyUnicode_Contains(object: Ref, part: Ref) -> c_int { truth(sequence::contains(at(object), at(part))) }
    fn PyUnicode_Compare(a: Ref, b: Ref) -> c_int {
        match (at(a).downcast::<PyStr>(), at(b).downcast::<PyStr>()) {
            (Some(a), Some(b)) => a.cmp(b) as c_int,
            _ => {
                let _: Raised = raised!(TypeError, "Can't compare {} and {}", at(a).class().name(), at(b).class().name());
                -1
            }
        }
    }
    fn PyUnicode_CompareWithASCIIString(a: Ref, b: *const c_char) -> c_int {
        match at(a).downcast::<PyStr>() {
            Some(a) => a.cmp(&PyStr::from_latin1(CStr::from_ptr(b).to_bytes())) as c_int,
            None => -1,
        }
    }
    fn PyUnicode_EqualToUTF8(a: Ref, b: *const c_char) -> c_int {
        at(a).downcast::<PyStr>().map_or(0, |a| c_int::from(CStr::from_ptr(b).to_str().is_ok_and(|b| a.eq_str(b))))
    }
    fn PyUnicode_EqualToUTF8AndSize(a: Ref, b: *const c_char, length: isize) -> c_int {
        at(a).downcast::<PyStr>().map_or(0, |a| c_int::from(core::str::from_utf8(bytes(b, length)).is_ok_and(|b| a.eq_str(b))))
    }
    fn PyUnicode_Equal(a: Ref, b: Ref) -> c_int {
        match (at(a).downcast::<PyStr>(), at(b).downcast::<PyStr>()) {
            (Some(a), Some(b)) => c_int::from(a.eq(b)),
            _ => {
                let _: Raised = raised!(TypeError, "first argument must be str, not {}", at(a).class().name());
                -1
            }
        }
    }
    fn PyUnicode_RichCompare(a: Ref, b: Ref, op: c_int) -> Ref { new_ref(object::compare(at(a), at(b), CompareOp::from_raw(op))) }
    fn PyUnicode_Format(format: Ref, args: Ref) -> Ref { new_ref(number::remainder(at(format), at(args))) }
    fn PyUnicode_IsIdentifier(object: Ref) -> c_int { at(object).downcast::<PyStr>().map_or(0, |text| c_int::from(text.is_identifier())) }
    fn PyUnicode_Find(object: Ref, part: Ref, start: isize, end: isize, direction: c_int) -> isize {
        let method = if direction > 0 { intern!("find") } else { intern!("rfind") };
        let number = |value: isize| PyInt::from_i64(value as i64);
        match call::method(at(object), method, &[at(part), &number(start), &number(end)]) {
            Ok(found) => number::as_isize(&found, None).unwrap_or(-2),
            Err(_) => -2,
        }
    }
    fn PyUnicode_Tailmatch(object: Ref, part: Ref, start: isize, end: isize, direction: c_int) -> isize {
        let method = if direction > 0 { intern!("endswith") } else { intern!("startswith") };
        let number = |value: isize| PyInt::from_i64(value as i64);
        match call::method(at(object), method, &[at(part), &number(start), &number(end)]) {
            Ok(found) => isize::from(found.is(&PyInt::from_bool(true))),
            Err(_) => -1,
        }
    }
    fn Py_HashBuffer(data: *const c_void, length: isize) -> isize {
        taipan_objects::model::thread::process().hash_secret().hash_bytes(bytes(data.cast(), length)) as isize
    }
}

/// The lower-case letters of ASCII, as `Py_TOLOWER` looks them up.
#[unsafe(no_mangle)]
pub static _Py_ctype_tolower: [u8; 256] = cased(false);

/// The upper-case letters of ASCII, as `Py_TOUPPER` looks them up.
#[unsafe(no_mangle)]
pub static _Py_ctype_toupper: [u8; 256] = cased(true);

const fn cased(upper: bool) -> [u8; 256] {
    let (mut table, mut c) = ([0; 256], 0);
    while c < 256 {
        let byte = c as u8;
        table[c] = if upper { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
        c += 1;
    }
    table
}

/// The classes of ASCII characters, as `Py_ISALPHA` and the like look them up: lower 1, upper 2, digit 4, hexadecimal
/// digit 8, space 16.
#[unsafe(no_mangle)]
pub static _Py_ctype_table: [c_uint; 256] = classes();

const fn classes() -> [c_uint; 256] {
    let (mut table, mut c) = ([0; 256], 0);
    while c < 128 {
        let byte = c as u8;
        let mut bits = 0;
        if byte.is_ascii_lowercase() {
            bits |= 1;
        }
        if byte.is_ascii_uppercase() {
            bits |= 2;
        }
        if byte.is_ascii_digit() {
            bits |= 4;
        }
        if byte.is_ascii_hexdigit() {
            bits |= 8;
        }
        if matches!(byte, 9..=13 | 32) {
            bits |= 16;
        }
        table[c] = bits;
        c += 1;
    }
    table
}
