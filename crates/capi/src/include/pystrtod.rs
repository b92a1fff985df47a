//! `pystrtod.h` and the packing of `floatobject.h`: floating-point numbers as text and as bytes.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_kernels::float;
use taipan_objects::prelude::*;

/// `Py_DTSF_*`.
const SIGN: c_int = 1;
const ADD_DOT_0: c_int = 2;
const ALT: c_int = 4;
const NO_NEG_0: c_int = 8;

unsafe fn write_bytes<const N: usize>(out: *mut c_char, mut bytes: [u8; N], little: c_int) {
    if little == 0 {
        bytes.reverse();
    }
    // SAFETY: the caller passes room for the bytes.
    unsafe { out.cast::<[u8; N]>().write(bytes) };
}

unsafe fn read_bytes<const N: usize>(start: *const c_char, little: c_int) -> [u8; N] {
    // SAFETY: the caller passes so many bytes.
    let mut bytes = unsafe { start.cast::<[u8; N]>().read() };
    if little == 0 {
        bytes.reverse();
    }
    bytes
}

c_api! {
    fn PyOS_string_to_double(start: *const c_char, end: *mut *mut c_char, overflow: Ref) -> c_double {
        let bytes = CStr::from_ptr(start).to_bytes();
        let parsed = float::parse_prefix(bytes);
        let complete = parsed.filter(|&(_, length)| !end.is_null() || length == bytes.len());
        let Some((value, length)) = complete else {
            if !end.is_null() {
                *end = start.cast_mut();
            }
            let shown = String::from_utf8_lossy(bytes);
            let shown: String = shown.chars().take(200).collect();
            let _: Raised = raised!(ValueError, "could not convert string to float: '{shown}'");
            return -1.0;
        };
        if !end.is_null() {
            *end = start.cast_mut().add(length);
        }
        let named = bytes[..length].iter().any(|b| matches!(b, b'n' | b'N'));
        if value.is_infinite() && !named {
            if overflow.is_null() {
                return value;
            }
            let shown: String = String::from_utf8_lossy(bytes).chars().take(200).collect();
            let message = PyStr::new(&format!("value too large to convert to float: '{shown}'"));
            crate::include::pyerrors::PyErr_SetObject(overflow, message.as_ptr());
            return -1.0;
        }
        value
    }
    fn PyOS_double_to_string(value: c_double, code: c_char, precision: c_int, flags: c_int, kind: *mut c_int) -> *mut c_char {
        use taipan_kernels::float::{Code, Flags};
        let letter = code as u8;
        let code = match letter.to_ascii_lowercase() {
            b'e' => Code::E,
            b'f' => Code::F,
            b'g' => Code::G,
            b'r' if letter == b'r' && precision == 0 => Code::R,
            _ => {
                let _: Raised = bad_call();
                return null_mut();
            }
        };
        let text = float::double_to_string(value, code, precision.max(0) as usize, Flags {
            sign: flags & SIGN != 0,
            add_dot_0: flags & ADD_DOT_0 != 0,
            alternate: flags & ALT != 0,
            no_negative_zero: flags & NO_NEG_0 != 0,
            upper: letter.is_ascii_uppercase(),
        });
        if !kind.is_null() {
            *kind = if value.is_nan() { 2 } else { c_int::from(value.is_infinite()) };
        }
        let out = taipan_objects::memory::alloc_in(taipan_objects::memory::Domain::Mem, text.len() + 1);
        if out.is_null() {
            let _: Raised = raised!(MemoryError);
            return null_mut();
        }
        core::ptr::copy_nonoverlapping(text.as_ptr(), out, text.len());
        out.add(text.len()).write(0);
        out.cast()
    }
    fn PyFloat_Pack2(value: c_double, out: *mut c_char, little: c_int) -> c_int {
        match float::arith::to_half(value) {
            Some(half) => {
                write_bytes(out, half.to_le_bytes(), little);
                0
            }
            None => {
                let _: Raised = raised!(OverflowError, "float too large to pack with e format");
                -1
            }
        }
    }
    fn PyFloat_Pack4(value: c_double, out: *mut c_char, little: c_int) -> c_int {
        let narrow = value as f32;
        if narrow.is_infinite() && value.is_finite() {
            let _: Raised = raised!(OverflowError, "float too large to pack with f format");
            return -1;
        }
        let mut bits = narrow.to_bits();
        if value.is_nan() {
            // A signalling NaN stays one.
            let wide = value.to_bits();
            bits = ((wide >> 32) as u32 & 0x8000_0000) | 0x7f80_0000 | ((wide >> 29) as u32 & 0x007f_ffff);
            if bits & 0x007f_ffff == 0 {
                bits |= 0x0040_0000;
            }
        }
        write_bytes(out, bits.to_le_bytes(), little);
        0
    }
    fn PyFloat_Pack8(value: c_double, out: *mut c_char, little: c_int) -> c_int {
        write_bytes(out, value.to_bits().to_le_bytes(), little);
        0
    }
    fn PyFloat_Unpack2(start: *const c_char, little: c_int) -> c_double { float::arith::from_half(u16::from_le_bytes(read_bytes(start, little))) }
    fn PyFloat_Unpack4(start: *const c_char, little: c_int) -> c_double {
        let bits = u32::from_le_bytes(read_bytes(start, little));
        let narrow = f32::from_bits(bits);
        if narrow.is_nan() {
            let wide = (u64::from(bits & 0x8000_0000) << 32) | 0x7ff0_0000_0000_0000 | (u64::from(bits & 0x007f_ffff) << 29);
            return f64::from_bits(wide);
        }
        f64::from(narrow)
    }
    fn PyFloat_Unpack8(start: *const c_char, little: c_int) -> c_double { f64::from_bits(u64::from_le_bytes(read_bytes(start, little))) }
    fn _Py_HashDouble(object: Ref, value: c_double) -> isize {
        match float::arith::hash(value) {
            Some(hash) => hash as isize,
            None => Py_HashPointer(object.cast()),
        }
    }
    fn Py_HashPointer(pointer: *const c_void) -> isize {
        let address = pointer as usize;
        let hash = address.rotate_right(4) as isize;
        if hash == -1 { -2 } else { hash }
    }
    fn PyObject_GenericHash(object: Ref) -> isize { Py_HashPointer(object.cast()) }
    fn PyOS_strtoul(start: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong { strtoul(start, end, base) }
    fn PyOS_strtol(start: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long { strtol(start, end, base) }
    fn PyOS_mystricmp(a: *const c_char, b: *const c_char) -> c_int { compared(CStr::from_ptr(a).to_bytes(), CStr::from_ptr(b).to_bytes()) }
    fn PyOS_mystrnicmp(a: *const c_char, b: *const c_char, most: isize) -> c_int {
        let cut = |bytes: &'static [u8]| &bytes[..bytes.len().min(most.max(0) as usize)];
        compared(cut(CStr::from_ptr(a).to_bytes()), cut(CStr::from_ptr(b).to_bytes()))
    }
}

unsafe extern "C" {
    fn strtoul(start: *const c_char, end: *mut *mut c_char, base: c_int) -> c_ulong;
    fn strtol(start: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long;
}

/// The difference of the first letters that differ, case aside.
fn compared(a: &[u8], b: &[u8]) -> c_int {
    for index in 0..a.len().max(b.len()) {
        let lower = |bytes: &[u8]| bytes.get(index).map_or(0, |byte| c_int::from(byte.to_ascii_lowercase()));
        let difference = lower(a) - lower(b);
        if difference != 0 {
            return difference;
        }
    }
    0
}
