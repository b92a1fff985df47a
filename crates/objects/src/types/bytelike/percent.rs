//! The `%` operator of byte strings.

use super::argument;
use crate::codecs::Input;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, PyType, Raised};
use crate::protocols::{buffer, number, object};
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::float::PyFloat;
use crate::types::int::{self, PyInt};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::{errors, intern};
use taipan_kernels::format::percent::{Conversion, Count};

/// The arguments, taken one after another.
struct Arguments<'a> {
    all: &'a PyObject,
    tuple: Option<&'a PyTuple>,
    next: usize,
    /// What a mapping key chose, instead of the next argument.
    chosen: Option<Obj>,
    is_mapping: bool,
}

impl Arguments<'_> {
    fn take(&mut self) -> PyResult {
        if let Some(chosen) = self.chosen.take() {
            return Ok(chosen);
        }
        let at = self.next;
        self.next += 1;
        match self.tuple {
            Some(tuple) if at < tuple.len() => Ok(tuple.get(at).owned()),
            None if at == 0 => Ok(self.all.owned()),
            _ => Err(raised!(TypeError, "not enough arguments for format string")),
        }
    }

    fn all_taken(&self) -> bool {
        match self.tuple {
            Some(tuple) => self.next >= tuple.len(),
            None => self.next > 0 || self.is_mapping,
        }
    }
}

/// Whether keys select arguments: a mapping that is no tuple, text or byte string.
fn is_mapping(args: &PyObject) -> bool {
    args.class().mp_subscript().is_some()
        && !PyTuple::check(args)
        && !PyBytes::check(args)
        && !PyStr::check(args)
        && !PyByteArray::check(args)
}

fn star(args: &mut Arguments<'_>, what: &str) -> PyResult<isize> {
    let value = args.take()?;
    let Some(value) = value.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "* wants int"));
    };
    match value.to_i64() {
        Some(value) if what == "width" => Ok(value as isize),
        Some(value) if i32::try_from(value).is_ok() => Ok(value as isize),
        _ if what == "width" => Err(raised!(OverflowError, "Python int too large to convert to C ssize_t")),
        _ => Err(raised!(OverflowError, "Python int too large to convert to C int")),
    }
}

/// The width that an argument gives, without its sign.
pub fn absolute_width(width: isize) -> PyResult<usize> {
    match width {
        isize::MIN => Err(raised!(OverflowError, "width too big")),
        width => Ok(width.unsigned_abs()),
    }
}

/// The bytes of `%b` and `%s`.
fn bytes_of(value: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.downcast::<PyBytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(array) = value.downcast::<PyByteArray>() {
        return Ok(array.to_vec());
    }
    if let Some(method) = object::lookup_special(value, intern!("__bytes__"))? {
        let result = crate::protocols::call::call(&method, &[])?;
        return match result.downcast::<PyBytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(raised!(TypeError, "__bytes__ returned non-bytes (type {})", result.class().name())),
        };
    }
    if buffer::is_exporter(value) {
        return Ok(argument(value)?.as_slice().to_vec());
    }
    Err(raised!(
        TypeError,
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        value.class().name()
    ))
}

/// The byte of `%c`.
fn character(value: &PyObject) -> PyResult<u8> {
    let bytes: Input<'_>;
    let found = if let Some(found) = value.downcast::<PyBytes>() {
        bytes = Input::Bytes(found);
        Some((bytes.as_slice(), "bytes"))
    } else if let Some(array) = value.downcast::<PyByteArray>() {
        bytes = Input::Copied(array.to_vec());
        Some((bytes.as_slice(), "bytearray"))
    } else {
        None
    };
    match found {
        Some((&[byte], _)) => return Ok(byte),
        Some((bytes, kind)) => {
            return Err(raised!(
                TypeError,
                "%c requires an integer in range(256) or a single byte, not a {kind} object of length {}",
                bytes.len()
            ));
        }
        None => {}
    }
    if !number::is_index(value) {
        return Err(raised!(
            TypeError,
            "%c requires an integer in range(256) or a single byte, not {}",
            object::fully_qualified_name(value.class())?
        ));
    }
    match number::as_isize(value, None)? {
        byte @ 0..=255 => Ok(byte as u8),
        _ => Err(raised!(OverflowError, "%c arg not in range(256)")),
    }
}

/// The integer of `%d` and its like.
fn integer(value: &PyObject, code: char) -> PyResult<crate::model::Py<PyInt>> {
    if let Some(value) = value.downcast::<PyInt>() {
        return Ok(value.to_owned());
    }
    let needs_index = matches!(code, 'o' | 'x' | 'X');
    let refuse = || -> Raised {
        raised!(
            TypeError,
            "%{code} format: {} is required, not {}",
            if needs_index { "an integer" } else { "a real number" },
            value.class().name()
        )
    };
    if !number::is_number(value) || (needs_index && !number::is_index(value)) {
        return Err(refuse());
    }
    let result = if needs_index { number::index(value) } else { number::int(value) };
    result.map_err(|raised| {
        if errors::matches(&raised, errors::Exc::TypeError) {
            errors::clear(raised);
            refuse()
        } else {
            raised
        }
    })
}

fn double(value: &PyObject) -> PyResult<f64> {
    if let Some(value) = value.downcast::<PyFloat>() {
        return Ok(value.value());
    }
    number::as_f64(value).map_err(|raised| {
        if errors::matches(&raised, errors::Exc::TypeError) {
            errors::clear(raised);
            raised!(TypeError, "float argument required, not {}", value.class().name())
        } else {
            raised
        }
    })
}

/// One conversion, written to `out`.
fn convert(conversion: &mut Conversion, args: &mut Arguments<'_>, out: &mut Vec<u8>) -> PyResult<()> {
    let mut width = match conversion.width {
        Count::None => 0,
        Count::Fixed(width) => width,
        Count::Star => {
            let width = star(args, "width")?;
            if width < 0 {
                conversion.left = true;
            }
            absolute_width(width)?
        }
    };
    let precision = match conversion.precision {
        Count::None => None,
        Count::Fixed(precision) => Some(precision),
        Count::Star => Some(star(args, "precision")?.max(0) as usize),
    };
    if let Some(error) = conversion.error {
        return Err(raised!(ValueError, "{}", error.message(true)));
    }
    if width > isize::MAX as usize / 8 {
        return Err(raised!(MemoryError));
    }
    let code = char::from_u32(conversion.code).unwrap_or('\0');
    if conversion.literal {
        out.push(b'%');
        return Ok(());
    }
    if !"rsabcdiuoxXeEfFgG".contains(code) {
        args.take()?;
        return Err(raised!(ValueError, "{}", conversion.unsupported()));
    }
    let value = args.take()?;
    let text: Vec<u8> = match code {
        'r' | 'a' => {
            let shown = object::ascii(&value)?;
            limited(shown.to_utf8()?.as_bytes().to_vec(), precision)
        }
        's' | 'b' => limited(bytes_of(&value)?, precision),
        'c' => vec![character(&value)?],
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let value = integer(&value, code)?;
            if matches!(code, 'd' | 'i' | 'u') {
                int::check_decimal_length(&value)?;
            }
            out.extend_from_slice(conversion.integer(value.view(), width, precision).as_bytes());
            return Ok(());
        }
        _ => {
            let x = double(&value)?;
            crate::types::str::spec::check_precision(precision)?;
            out.extend_from_slice(conversion.double(x, width, precision).as_bytes());
            return Ok(());
        }
    };
    width = width.max(text.len());
    let (before, after) = conversion.pad_text(text.len(), width);
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(&text);
    out.resize(out.len() + after, b' ');
    Ok(())
}

fn limited(mut text: Vec<u8>, precision: Option<usize>) -> Vec<u8> {
    text.truncate(precision.unwrap_or(usize::MAX));
    text
}

/// `format % args`.
pub fn format(format: &[u8], args: &PyObject) -> PyResult<Vec<u8>> {
    let mut arguments = Arguments {
        all: args,
        tuple: args.downcast::<PyTuple>(),
        next: 0,
        chosen: None,
        is_mapping: is_mapping(args),
    };
    let mut out = Vec::with_capacity(format.len() + 16);
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'%', &format[at..]) {
        out.extend_from_slice(&format[at..at + found]);
        let mut conversion = Conversion::parse(format, at + found + 1);
        if let Some(key) = &conversion.key {
            if !arguments.is_mapping {
                return Err(raised!(TypeError, "format requires a mapping"));
            }
            if let Some(error) = conversion.error
                && key.is_empty()
            {
                return Err(raised!(ValueError, "{}", error.message(true)));
            }
            let key = PyBytes::new(&format[key.clone()]);
            arguments.chosen = Some(object::get_item(args, &key)?);
        }
        convert(&mut conversion, &mut arguments, &mut out)?;
        at = conversion.end;
    }
    out.extend_from_slice(&format[at..]);
    if !arguments.all_taken() {
        return Err(raised!(TypeError, "not all arguments converted during bytes formatting"));
    }
    Ok(out)
}
