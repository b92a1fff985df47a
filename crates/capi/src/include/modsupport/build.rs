//! `Py_BuildValue`.

#![expect(unsafe_code, reason = "reads the arguments of variadic C calls")]

use crate::glue::*;
use crate::va::VaList;
use core::ffi::{CStr, c_char, c_void};
use taipan_abi::Py_complex;
use taipan_objects::prelude::*;
use taipan_objects::types::complex::PyComplex;

/// A format that is being read.
struct Format<'f> {
    rest: &'f [u8],
}

impl Format<'_> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Passes over what stands between units.
    fn skip(&mut self) {
        while let Some(b' ' | b'\t' | b',' | b':') = self.peek() {
            self.take();
        }
    }
}

/// The objects of a format up to `end`.
unsafe fn items(format: &mut Format<'_>, end: Option<u8>, va: &mut VaList) -> PyResult<Vec<Obj>> {
    let mut items = Vec::new();
    loop {
        format.skip();
        match format.peek() {
            None if end.is_none() => return Ok(items),
            None => return Err(raised!(SystemError, "unmatched paren in format")),
            next if next == end => {
                format.take();
                return Ok(items);
            }
            // SAFETY: the caller passed what the format asks for.
            Some(_) => items.push(unsafe { item(format, va) }?),
        }
    }
}

/// The bytes of a string argument: all, or as many as a following size says.
unsafe fn bytes<'a>(format: &mut Format<'_>, va: &mut VaList) -> Option<&'a [u8]> {
    // SAFETY: the caller passed what the format asks for.
    unsafe {
        let start = va.pointer::<c_char>();
        let sized = format.peek() == Some(b'#');
        let length = sized.then(|| {
            format.take();
            va.word() as usize
        });
        if start.is_null() {
            return None;
        }
        Some(match length {
            Some(length) => core::slice::from_raw_parts(start.cast(), length),
            None => CStr::from_ptr(start).to_bytes(),
        })
    }
}

unsafe fn item(format: &mut Format<'_>, va: &mut VaList) -> PyResult {
    let unit = format.take().unwrap_or(0);
    let signed = |value: i64| Ok(PyInt::from_i64(value).into_obj());
    // SAFETY: the caller passed what the format asks for.
    unsafe {
        match unit {
            b'(' => Ok(PyTuple::from_vec(items(format, Some(b')'), va)?).into_obj()),
            b'[' => Ok(PyList::from_vec(items(format, Some(b']'), va)?).into_obj()),
            b'{' => {
                let pairs = items(format, Some(b'}'), va)?;
                if pairs.len() % 2 != 0 {
                    return Err(raised!(SystemError, "Bad dict format"));
                }
                let dict = PyDict::new();
                for pair in pairs.chunks(2) {
                    dict.set_item(&pair[0], &pair[1])?;
                }
                Ok(dict.into_obj())
            }
            b'b' | b'h' | b'i' => signed(i64::from(va.int())),
            b'B' | b'H' | b'I' => Ok(PyInt::from_u64(u64::from(va.int() as u32)).into_obj()),
            b'l' | b'L' | b'n' => signed(va.word() as i64),
            b'k' | b'K' => Ok(PyInt::from_u64(va.word()).into_obj()),
            b'p' => Ok(PyInt::from_bool(va.int() != 0)),
            b'd' | b'f' => Ok(PyFloat::new(va.double()).into_obj()),
            b'D' => {
                let value = va.pointer::<Py_complex>().read();
                Ok(PyComplex::new(value.real, value.imag).into_obj())
            }
            b'c' => Ok(PyBytes::new(&[va.int() as u8]).into_obj()),
            b'C' => match u32::try_from(va.int()) {
                Ok(c) if c <= 0x10_ffff => Ok(PyStr::from_char(c).into_obj()),
                _ => Err(raised!(OverflowError, "character argument not in range(0x110000)")),
            },
            b's' | b'z' | b'U' => match bytes(format, va) {
                None => Ok(none()),
                Some(bytes) => {
                    Ok(taipan_objects::codecs::decode_bytes(bytes, None, Some("utf-8"), None)?.into_obj())
                }
            },
            b'y' => Ok(bytes(format, va).map_or_else(none, |bytes| PyBytes::new(bytes).into_obj())),
            b'O' | b'S' | b'N' => {
                if format.peek() == Some(b'&') {
                    format.take();
                    let convert = va.pointer::<c_void>();
                    let argument = va.pointer::<c_void>();
                    let convert: unsafe extern "C" fn(*mut c_void) -> Ref = core::mem::transmute(convert);
                    return Obj::from_result(convert(argument));
                }
                let object = va.pointer::<PyObject>();
                if object.is_null() {
                    // The exception that made the argument null goes on.
                    if !taipan_objects::errors::occurred() {
                        return Err(raised!(SystemError, "NULL object passed to Py_BuildValue"));
                    }
                    return Err(Raised::claim());
                }
                Ok(if unit == b'N' { Obj::from_raw(object) } else { Obj::from_borrowed(object) })
            }
            _ => Err(raised!(SystemError, "bad format char passed to Py_BuildValue")),
        }
    }
}

/// The value of a format: `None` for none, the object for one unit, a tuple for more.
///
/// # Safety
/// The arguments are those that the format asks for.
pub unsafe fn value(format: *const c_char, va: &mut VaList) -> PyResult {
    // SAFETY: the caller's promise.
    let mut items = unsafe { values(format, va) }?;
    Ok(match items.len() {
        0 => none(),
        1 => items.remove(0),
        _ => PyTuple::from_vec(items).into_obj(),
    })
}

/// The objects of a format.
///
/// # Safety
/// As for [`value`].
pub unsafe fn values(format: *const c_char, va: &mut VaList) -> PyResult<Vec<Obj>> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut format = Format { rest: CStr::from_ptr(format).to_bytes() };
        items(&mut format, None, va)
    }
}
