//! Single items by their format: one native character of the `struct` module's.

use super::layout::read_item;
use crate::errors::{self, Exc};
use crate::model::{Obj, ObjectExt, PyObject, PyResult, Raised};
use crate::protocols::{number, object};
use crate::types::bytes::PyBytes;
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use core::ffi::CStr;
use taipan_kernels::float::arith::{from_half, to_half};

/// The native format of a text, with or without `@`: its character, its size, and the text in a C string.
pub fn native(format: &str) -> Option<(u8, usize, &'static CStr)> {
    let code = match *format.as_bytes() {
        [code] | [b'@', code] => code,
        _ => return None,
    };
    let with_at = format.len() == 2;
    macro_rules! table {
        ($($code:literal => $size:expr, $plain:literal, $at:literal;)*) => {
            match code {
                $($code => Some((code, $size, if with_at { $at } else { $plain })),)*
                _ => None,
            }
        };
    }
    table! {
        b'c' => 1, c"c", c"@c";
        b'b' => 1, c"b", c"@b";
        b'B' => 1, c"B", c"@B";
        b'?' => 1, c"?", c"@?";
        b'h' => 2, c"h", c"@h";
        b'H' => 2, c"H", c"@H";
        b'i' => 4, c"i", c"@i";
        b'I' => 4, c"I", c"@I";
        b'l' => 8, c"l", c"@l";
        b'L' => 8, c"L", c"@L";
        b'q' => 8, c"q", c"@q";
        b'Q' => 8, c"Q", c"@Q";
        b'n' => 8, c"n", c"@n";
        b'N' => 8, c"N", c"@N";
        b'f' => 4, c"f", c"@f";
        b'd' => 8, c"d", c"@d";
        b'e' => 2, c"e", c"@e";
        b'P' => 8, c"P", c"@P";
    }
}

/// Whether items are single bytes.
pub fn is_byte(code: u8) -> bool {
    matches!(code, b'b' | b'B' | b'c')
}

/// An item's value.
pub fn unpack(item: *const u8, code: u8, size: usize) -> Obj {
    let bytes = read_item(item, size);
    let unsigned =
        u64::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
    let int = |value: i64| PyInt::from_i64(value).into_obj();
    let float = |value: f64| PyFloat::new(value).into_obj();
    match code {
        b'c' => PyBytes::new(&bytes[..1]).into_obj(),
        b'b' => int(bytes[0] as i8 as i64),
        b'B' => int(bytes[0] as i64),
        b'?' => PyInt::from_bool(bytes[0] != 0),
        b'h' => int(unsigned as i16 as i64),
        b'H' => int(unsigned as u16 as i64),
        b'i' => int(unsigned as i32 as i64),
        b'I' => int(unsigned as u32 as i64),
        b'l' | b'q' | b'n' => int(unsigned as i64),
        b'f' => float(f32::from_bits(unsigned as u32) as f64),
        b'd' => float(f64::from_bits(unsigned)),
        b'e' => float(from_half(unsigned as u16)),
        _ => PyInt::from_u64(unsigned).into_obj(),
    }
}

#[cold]
fn wrong_type(code: u8) -> Raised {
    raised!(TypeError, "memoryview: invalid type for format '{}'", code as char)
}

#[cold]
fn wrong_value(code: u8) -> Raised {
    raised!(ValueError, "memoryview: invalid value for format '{}'", code as char)
}

fn integer<T: TryFrom<i128>>(value: &PyObject, code: u8) -> PyResult<T> {
    let value = number::index(value).map_err(|raised| reworded(raised, code))?;
    value.to_i128().and_then(|value| T::try_from(value).ok()).ok_or_else(|| wrong_value(code))
}

/// The errors of conversions in this type's words; any other is passed on.
fn reworded(raised: Raised, code: u8) -> Raised {
    if errors::matches(&raised, Exc::TypeError) {
        errors::clear(raised);
        wrong_type(code)
    } else if errors::matches(&raised, Exc::OverflowError) || errors::matches(&raised, Exc::ValueError) {
        errors::clear(raised);
        wrong_value(code)
    } else {
        raised
    }
}

/// The bytes of a value in this format.
pub fn pack(value: &PyObject, code: u8) -> PyResult<Vec<u8>> {
    let double = || number::as_f64(value).map_err(|raised| reworded(raised, code));
    Ok(match code {
        b'b' => integer::<i8>(value, code)?.to_ne_bytes().to_vec(),
        b'B' => integer::<u8>(value, code)?.to_ne_bytes().to_vec(),
        b'h' => integer::<i16>(value, code)?.to_ne_bytes().to_vec(),
        b'H' => integer::<u16>(value, code)?.to_ne_bytes().to_vec(),
        b'i' => integer::<i32>(value, code)?.to_ne_bytes().to_vec(),
        b'I' => integer::<u32>(value, code)?.to_ne_bytes().to_vec(),
        b'l' | b'q' | b'n' => integer::<i64>(value, code)?.to_ne_bytes().to_vec(),
        b'L' | b'Q' | b'N' | b'P' => integer::<u64>(value, code)?.to_ne_bytes().to_vec(),
        b'f' => (double()? as f32).to_ne_bytes().to_vec(),
        b'd' => double()?.to_ne_bytes().to_vec(),
        b'e' => match to_half(double()?) {
            Some(half) => half.to_ne_bytes().to_vec(),
            None => return Err(wrong_value(code)),
        },
        b'?' => vec![object::is_true(value)? as u8],
        b'c' => match value.downcast::<PyBytes>() {
            Some(bytes) if bytes.len() == 1 => bytes.as_slice().to_vec(),
            Some(_) => return Err(wrong_value(code)),
            None => return Err(wrong_type(code)),
        },
        _ => return Err(raised!(NotImplementedError, "memoryview: format {} not supported", code as char)),
    })
}
