//! `longobject.h`: integers as arrays of digits and of bytes (PEP 757).

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::{PyLongExport, PyLongLayout};
use taipan_objects::prelude::*;

/// How digits lie in memory: 30 bits in 32, the lowest first, in the machine's order of bytes.
static LAYOUT: PyLongLayout =
    PyLongLayout { bits_per_digit: 30, digit_size: 4, digits_order: -1, digit_endianness: -1 };

/// An integer that is still being written.
struct Writer {
    negative: bool,
    digits: Vec<u32>,
}

/// `Py_ASNATIVEBYTES_*`.
const BIG_ENDIAN: c_int = 0;
const NATIVE_ENDIAN: c_int = 3;
const UNSIGNED_BUFFER: c_int = 4;
const REJECT_NEGATIVE: c_int = 8;
const ALLOW_INDEX: c_int = 16;

/// The integer in two's complement, the lowest byte first, in as few bytes as hold its sign.
fn complement(number: &PyInt) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0u64, 0);
    for &digit in number.digits() {
        buffer |= u64::from(digit) << bits;
        bits += 30;
        while bits >= 8 {
            bytes.push(buffer as u8);
            buffer >>= 8;
            bits -= 8;
        }
    }
    bytes.push(buffer as u8);
    bytes.push((buffer >> 8) as u8);
    if number.sign() < 0 {
        let mut carry = true;
        for byte in &mut bytes {
            let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
            *byte = sum;
            carry = over;
        }
    }
    // The sign byte goes where the one before says the same.
    while let [.., before, last] = bytes[..]
        && (last == 0 && before < 0x80 || last == 0xff && before >= 0x80)
    {
        bytes.pop();
    }
    bytes
}

unsafe fn as_native(object: Ref, out: *mut u8, room: isize, flags: c_int) -> PyResult<isize> {
    // SAFETY: the caller passes a live object or null, and room for so many bytes.
    unsafe {
        let Some(object) = opt(object).filter(|_| room >= 0) else { return Err(bad_call()) };
        let number = match object.downcast_owned::<PyInt>() {
            Some(number) => number,
            None if flags != -1 && flags & ALLOW_INDEX != 0 => number::index(object)?,
            None => return Err(raised!(TypeError, "expect int, got {}", object.class().name())),
        };
        let flags = if flags == -1 { NATIVE_ENDIAN | UNSIGNED_BUFFER } else { flags };
        if flags & REJECT_NEGATIVE != 0 && number.sign() < 0 {
            return Err(raised!(ValueError, "Cannot convert negative int"));
        }
        let bytes = complement(&number);
        let fill = if number.sign() < 0 { 0xff } else { 0 };
        for index in 0..room as usize {
            let byte = bytes.get(index).copied().unwrap_or(fill);
            let place = if flags & 3 == BIG_ENDIAN { room as usize - 1 - index } else { index };
            out.add(place).write(byte);
        }
        // An unsigned buffer needs no byte for the sign alone.
        let spare = flags & UNSIGNED_BUFFER != 0
            && number.sign() > 0
            && bytes.len() as isize == room + 1
            && bytes.last() == Some(&0);
        Ok(if spare { room } else { bytes.len() as isize })
    }
}

c_api! {
    fn PyLong_GetNativeLayout() -> *const PyLongLayout { &raw const LAYOUT }
    fn PyLong_Export(object: Ref, out: *mut PyLongExport) -> c_int {
        let Some(number) = opt(object).and_then(|object| object.downcast_owned::<PyInt>()) else {
            *out = PyLongExport::EMPTY;
            let found = opt(object).map_or("NULL", |object| object.class().name());
            let _: Raised = raised!(TypeError, "expected int, got {found}");
            return -1;
        };
        let mut export = PyLongExport::EMPTY;
        match number.to_i64() {
            Some(value) => export.value = value,
            None => {
                export.negative = u8::from(number.sign() < 0);
                export.ndigits = number.digits().len() as isize;
                export.digits = number.digits().as_ptr().cast();
                // Keeps the digits until the export is freed.
                export._reserved = number.into_obj().into_raw() as usize;
            }
        }
        *out = export;
        0
    }
    fn PyLong_FreeExport(export: *mut PyLongExport) {
        let kept = core::mem::replace(&mut (*export)._reserved, 0);
        if kept != 0 {
            drop(Obj::from_raw(kept as Ref));
        }
    }
    fn PyLongWriter_Create(negative: c_int, count: isize, digits: *mut *mut c_void) -> *mut c_void {
        if count <= 0 {
            let _: Raised = raised!(ValueError, "ndigits must be positive");
            *digits = null_mut();
            return null_mut();
        }
        let mut writer = Box::new(Writer { negative: negative != 0, digits: vec![0; count as usize] });
        *digits = writer.digits.as_mut_ptr().cast();
        Box::into_raw(writer).cast()
    }
    fn PyLongWriter_Finish(writer: *mut c_void) -> Ref {
        let writer = Box::from_raw(writer.cast::<Writer>());
        let mut digits = &writer.digits[..];
        while let [rest @ .., 0] = digits {
            digits = rest;
        }
        let negative = writer.negative && !digits.is_empty();
        new_ref(PyInt::from_view(taipan_kernels::int::IntRef { negative, digits }))
    }
    fn PyLongWriter_Discard(writer: *mut c_void) {
        if !writer.is_null() {
            drop(Box::from_raw(writer.cast::<Writer>()));
        }
    }
    fn PyLong_AsNativeBytes(object: Ref, out: *mut c_void, room: isize, flags: c_int) -> isize {
        as_native(object, out.cast(), room, flags).unwrap_or(-1)
    }
    fn PyLong_FromUnsignedNativeBytes(start: *const c_void, length: usize, flags: c_int) -> Ref {
        let mut bytes = core::slice::from_raw_parts(start.cast::<u8>(), length).to_vec();
        if flags != -1 && flags & 3 == BIG_ENDIAN {
            bytes.reverse();
        }
        let mut digits = Vec::new();
        let (mut buffer, mut bits) = (0u64, 0);
        for byte in bytes {
            buffer |= u64::from(byte) << bits;
            bits += 8;
            if bits >= 30 {
                digits.push((buffer & 0x3fff_ffff) as u32);
                buffer >>= 30;
                bits -= 30;
            }
        }
        digits.push(buffer as u32);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        new_ref(PyInt::from_view(taipan_kernels::int::IntRef { negative: false, digits: &digits }))
    }
    fn _PyLong_Copy(object: Ref) -> Ref {
        new_ref(typed::<PyInt>(object).map(|number| PyInt::from_view(number.view())))
    }
    fn _PyLong_NumBits(object: Ref) -> i64 {
        typed::<PyInt>(object).map_or(-1, |number| {
            let digits = number.digits();
            match digits.last() {
                Some(top) if number.sign() != 0 => (digits.len() as i64 - 1) * 30 + i64::from(32 - top.leading_zeros()),
                _ => 0,
            }
        })
    }
}
