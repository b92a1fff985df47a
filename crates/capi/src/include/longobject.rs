//! `longobject.h`: `int`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// The value through `__index__`, as C's conversions take it.
unsafe fn integer(object: Ref) -> PyResult<Py<PyInt>> {
    // SAFETY: the caller passes a live object or null.
    match unsafe { opt(object) } {
        None => Err(bad_call()),
        Some(object) => match object.downcast_owned::<PyInt>() {
            Some(number) => Ok(number),
            None => number::index(object),
        },
    }
}

/// The value, `OverflowError` where it does not fit.
unsafe fn fitting<T: TryFrom<i128>>(object: Ref, c_type: &str) -> PyResult<T> {
    // SAFETY: as for `integer`.
    let number = unsafe { integer(object) }?;
    taipan_objects::protocols::number::index_to_integer::<T>(&number, c_type)
}

unsafe fn overflowing(object: Ref, overflow: *mut c_int) -> c_longlong {
    // SAFETY: the caller's pointers are valid.
    unsafe {
        *overflow = 0;
        match integer(object) {
            Err(_) => -1,
            Ok(number) => number.to_i64().unwrap_or_else(|| {
                *overflow = number.sign();
                -1
            }),
        }
    }
}

/// The low 64 bits.
unsafe fn masked(object: Ref) -> u64 {
    // SAFETY: as for `integer`.
    unsafe { integer(object) }.map_or(u64::MAX, |number| number.view().to_u64_wrapping())
}

c_api! {
    fn PyLong_FromLong(value: c_long) -> Ref { new_ref(PyInt::from_i64(value)) }
    fn PyLong_FromLongLong(value: c_longlong) -> Ref { new_ref(PyInt::from_i64(value)) }
    fn PyLong_FromSsize_t(value: isize) -> Ref { new_ref(PyInt::from_i64(value as i64)) }
    fn PyLong_FromInt32(value: i32) -> Ref { new_ref(PyInt::from_i64(i64::from(value))) }
    fn PyLong_FromInt64(value: i64) -> Ref { new_ref(PyInt::from_i64(value)) }
    fn PyLong_FromUnsignedLong(value: c_ulong) -> Ref { new_ref(PyInt::from_u64(value)) }
    fn PyLong_FromUnsignedLongLong(value: c_ulonglong) -> Ref { new_ref(PyInt::from_u64(value)) }
    fn PyLong_FromUInt32(value: u32) -> Ref { new_ref(PyInt::from_u64(u64::from(value))) }
    fn PyLong_FromUInt64(value: u64) -> Ref { new_ref(PyInt::from_u64(value)) }
    fn PyLong_FromSize_t(value: usize) -> Ref { new_ref(PyInt::from_u64(value as u64)) }
    fn PyLong_FromVoidPtr(value: *mut c_void) -> Ref { new_ref(PyInt::from_u64(value as u64)) }
    fn PyLong_FromDouble(value: f64) -> Ref { new_ref(number::int(&PyFloat::new(value))) }
    fn PyLong_FromUnicodeObject(text: Ref, base: c_int) -> Ref {
        new_ref(call::call(PyInt::type_object(), &[at(text), &PyInt::from_i64(i64::from(base))]))
    }
    fn PyLong_FromString(text: *const c_char, end: *mut *mut c_char, base: c_int) -> Ref {
        if !end.is_null() {
            *end = text.cast_mut().add(CStr::from_ptr(text).count_bytes());
        }
        new_ref(call::call(PyInt::type_object(), &[&string(text), &PyInt::from_i64(i64::from(base))]))
    }
    fn PyLong_AsLong(object: Ref) -> c_long { fitting::<i64>(object, "C long").unwrap_or(-1) }
    fn PyLong_AsInt(object: Ref) -> c_int { fitting::<i32>(object, "C int").unwrap_or(-1) }
    fn PyLong_AsLongLong(object: Ref) -> c_longlong { fitting::<i64>(object, "C long long").unwrap_or(-1) }
    fn PyLong_AsSsize_t(object: Ref) -> isize { fitting::<isize>(object, "C ssize_t").unwrap_or(-1) }
    fn PyLong_AsSize_t(object: Ref) -> usize { fitting::<usize>(object, "C size_t").unwrap_or(usize::MAX) }
    fn PyLong_AsUnsignedLong(object: Ref) -> c_ulong { fitting::<u64>(object, "C unsigned long").unwrap_or(u64::MAX) }
    fn PyLong_AsUnsignedLongLong(object: Ref) -> c_ulonglong {
        fitting::<u64>(object, "C unsigned long long").unwrap_or(u64::MAX)
    }
    fn PyLong_AsInt32(object: Ref, out: *mut i32) -> c_int {
        match fitting::<i32>(object, "C int32_t") {
            Ok(value) => {
                *out = value;
                0
            }
            Err(_) => -1,
        }
    }
    fn PyLong_AsInt64(object: Ref, out: *mut i64) -> c_int {
        match fitting::<i64>(object, "C int64_t") {
            Ok(value) => {
                *out = value;
                0
            }
            Err(_) => -1,
        }
    }
    fn PyLong_AsUInt32(object: Ref, out: *mut u32) -> c_int {
        match fitting::<u32>(object, "C uint32_t") {
            Ok(value) => {
                *out = value;
                0
            }
            Err(_) => -1,
        }
    }
    fn PyLong_AsUInt64(object: Ref, out: *mut u64) -> c_int {
        match fitting::<u64>(object, "C uint64_t") {
            Ok(value) => {
                *out = value;
                0
            }
            Err(_) => -1,
        }
    }
    fn PyLong_AsUnsignedLongMask(object: Ref) -> c_ulong { masked(object) }
    fn PyLong_AsUnsignedLongLongMask(object: Ref) -> c_ulonglong { masked(object) }
    fn PyLong_AsLongAndOverflow(object: Ref, overflow: *mut c_int) -> c_long { overflowing(object, overflow) }
    fn PyLong_AsLongLongAndOverflow(object: Ref, overflow: *mut c_int) -> c_longlong { overflowing(object, overflow) }
    fn PyLong_AsDouble(object: Ref) -> f64 {
        match typed::<PyInt>(object) {
            Ok(number) => number.to_f64().unwrap_or(-1.0),
            Err(raised) => {
                errors::clear(raised);
                let _: Raised = raised!(TypeError, "an integer is required");
                -1.0
            }
        }
    }
    fn PyLong_AsVoidPtr(object: Ref) -> *mut c_void {
        match typed::<PyInt>(object).map(|number| (number.sign(), number.to_i64())) {
            Ok((sign, Some(value))) if sign <= 0 => value as *mut c_void,
            Ok(_) => fitting::<u64>(object, "C unsigned long").unwrap_or(0) as *mut c_void,
            Err(_) => null_mut(),
        }
    }
    fn PyLong_GetSign(object: Ref, sign: *mut c_int) -> c_int {
        match opt(object).and_then(|object| object.downcast::<PyInt>()) {
            Some(number) => {
                *sign = number.sign();
                0
            }
            None => {
                let _: Raised = raised!(TypeError, "expect int, got {}", at(object).class().name());
                -1
            }
        }
    }
    fn PyLong_IsZero(object: Ref) -> c_int { typed::<PyInt>(object).map_or(-1, |number| c_int::from(number.sign() == 0)) }
    fn PyLong_IsPositive(object: Ref) -> c_int { typed::<PyInt>(object).map_or(-1, |number| c_int::from(number.sign() > 0)) }
    fn PyLong_IsNegative(object: Ref) -> c_int { typed::<PyInt>(object).map_or(-1, |number| c_int::from(number.sign() < 0)) }
    fn _PyLong_Sign(object: Ref) -> c_int { at(object).downcast::<PyInt>().map_or(0, PyInt::sign) }
    fn PyUnstable_Long_IsCompact(object: *const PyLongObject) -> c_int {
        at(object.cast_mut().cast()).downcast::<PyInt>().map_or(0, |number| c_int::from(number.is_compact()))
    }
    fn PyUnstable_Long_CompactValue(object: *const PyLongObject) -> isize {
        at(object.cast_mut().cast()).downcast::<PyInt>().map_or(0, PyInt::compact_value)
    }
    fn _PyLong_AsByteArray(object: Ref, bytes: *mut u8, length: usize, little: c_int, signed: c_int, with_exceptions: c_int) -> c_int {
        use taipan_kernels::int::bytes::{ToBytesError, to_bytes};
        let Ok(number) = typed::<PyInt>(object) else { return -1 };
        let out = core::slice::from_raw_parts_mut(bytes, length);
        match to_bytes(number.view(), out, little != 0, signed != 0) {
            Ok(()) => 0,
            Err(error) => {
                if with_exceptions != 0 {
                    let _: Raised = match error {
                        ToBytesError::TooBig => raised!(OverflowError, "int too big to convert"),
                        ToBytesError::NegativeUnsigned => raised!(OverflowError, "can't convert negative int to unsigned"),
                    };
                }
                -1
            }
        }
    }
    fn _PyLong_FromByteArray(bytes: *const u8, length: usize, little: c_int, signed: c_int) -> Ref {
        let bytes = core::slice::from_raw_parts(bytes, length);
        new_ref(PyInt::from_int(taipan_kernels::int::bytes::from_bytes(bytes, little != 0, signed != 0)))
    }
    fn PyLong_FromNativeBytes(bytes: *const c_void, length: usize, flags: c_int) -> Ref {
        let bytes = core::slice::from_raw_parts(bytes.cast::<u8>(), length);
        let little = flags == -1 || flags & Py_ASNATIVEBYTES_NATIVE_ENDIAN != 0;
        let signed = flags == -1 || flags & Py_ASNATIVEBYTES_UNSIGNED_BUFFER == 0;
        new_ref(PyInt::from_int(taipan_kernels::int::bytes::from_bytes(bytes, little, signed)))
    }
}
