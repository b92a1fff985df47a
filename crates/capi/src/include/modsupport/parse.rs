//! `PyArg_ParseTuple` and its relatives: formats that say what arguments are and where they go.
//!
//! The words of a format are C's (see "Parsing arguments and building values" of the C API manual).

#![expect(unsafe_code, reason = "stores what was parsed where variadic C arguments point")]

use crate::glue::*;
use crate::va::VaList;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::null_mut;
use taipan_abi::{Py_buffer, Py_complex};
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer;
use taipan_objects::types::bytearray::PyByteArray;

/// A format, and what messages call the function.
pub struct Format<'f> {
    rest: &'f [u8],
    function: Option<String>,
    message: Option<String>,
}

impl<'f> Format<'f> {
    /// # Safety
    /// `format` is a terminated string.
    pub unsafe fn new(format: *const c_char) -> Self {
        // SAFETY: the caller's promise.
        let text = unsafe { CStr::from_ptr(format) }.to_bytes();
        let (mut rest, mut function, mut message) = (text, None, None);
        if let Some(at) = text.iter().position(|&b| b == b':') {
            rest = &text[..at];
            function = Some(String::from_utf8_lossy(&text[at + 1..]).into_owned());
        } else if let Some(at) = text.iter().position(|&b| b == b';') {
            rest = &text[..at];
            message = Some(String::from_utf8_lossy(&text[at + 1..]).into_owned());
        }
        Format { rest, function, message }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn take_if(&mut self, wanted: u8) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.take();
        }
        there
    }

    /// How many arguments are needed, and how many there may be.
    fn bounds(&self) -> (usize, usize) {
        let (mut depth, mut least, mut most) = (0, None, 0);
        let mut bytes = self.rest.iter().copied().peekable();
        while let Some(unit) = bytes.next() {
            match unit {
                b'(' => {
                    if depth == 0 {
                        most += 1;
                    }
                    depth += 1;
                }
                b')' => depth -= 1,
                b'|' => least = Some(most),
                b'e' if depth == 0 => {
                    most += 1;
                    bytes.next();
                }
                _ if depth == 0 && unit.is_ascii_alphabetic() => most += 1,
                _ => {}
            }
        }
        (least.unwrap_or(most), most)
    }

    /// How many items stand up to the parenthesis that closes this group.
    fn nested_count(&self) -> usize {
        let (mut depth, mut count) = (0, 0);
        let mut bytes = self.rest.iter().copied();
        while let Some(unit) = bytes.next() {
            match unit {
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'(' => {
                    count += usize::from(depth == 0);
                    depth += 1;
                }
                b'e' => {
                    count += usize::from(depth == 0);
                    bytes.next();
                }
                _ => count += usize::from(depth == 0 && unit.is_ascii_alphabetic()),
            }
        }
        count
    }

    fn name(&self) -> &str {
        self.function.as_deref().unwrap_or("function")
    }

    /// The `TypeError` for an argument, or what the format says instead.
    #[cold]
    fn complaint(&self, place: &str, what: &str) -> Raised {
        if let Some(message) = &self.message {
            return raised!(TypeError, "{message}");
        }
        match &self.function {
            Some(function) => raised!(TypeError, "{function}() {place} {what}"),
            None => raised!(TypeError, "{place} {what}"),
        }
    }
}

fn must_be(wanted: &str, value: &PyObject) -> String {
    let found = if value.is_none() { "None" } else { value.class().name() };
    format!("must be {wanted}, not {found}")
}

/// Parses positional arguments.
///
/// # Safety
/// The pointers are those that the format asks for.
pub unsafe fn tuple(args: &PyTuple, mut format: Format<'_>, va: &mut VaList) -> PyResult<()> {
    let (least, most) = format.bounds();
    let given = args.len();
    if given < least || given > most {
        if let Some(message) = &format.message {
            return Err(raised!(TypeError, "{message}"));
        }
        let (how, bound) = if least == most {
            ("exactly", least)
        } else if given < least {
            ("at least", least)
        } else {
            ("at most", most)
        };
        if most == 0 {
            let name = format.function.as_ref().map_or("function", |name| name);
            return Err(raised!(
                TypeError,
                "{name}{} takes no arguments",
                if format.function.is_some() { "()" } else { "" }
            ));
        }
        return Err(raised!(
            TypeError,
            "{}{} takes {how} {bound} argument{} ({given} given)",
            format.name(),
            if format.function.is_some() { "()" } else { "" },
            if bound == 1 { "" } else { "s" }
        ));
    }
    let mut index = 0;
    while let Some(unit) = format.peek() {
        if unit == b'|' {
            format.take();
            continue;
        }
        let value = (index < given).then(|| args.get(index));
        if value.is_none() && index >= given {
            break;
        }
        index += 1;
        let place = format!("argument {index}");
        // SAFETY: the caller's promise.
        unsafe { argument(&mut format, value, &place, va) }?;
    }
    if let Some(left) = format.peek()
        && !left.is_ascii_alphabetic()
        && !matches!(left, b'(' | b'|')
    {
        return Err(raised!(SystemError, "bad format string: {}", String::from_utf8_lossy(format.rest)));
    }
    Ok(())
}

/// Parses a single object.
///
/// # Safety
/// As for [`tuple`].
pub unsafe fn single(value: &PyObject, mut format: Format<'_>, va: &mut VaList) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe { argument(&mut format, Some(value), "argument", va) }
}

/// Parses positional and named arguments.
///
/// # Safety
/// As for [`tuple`]; `names` ends with a null pointer.
pub unsafe fn keywords(
    args: &PyTuple,
    kwargs: Option<&PyDict>,
    mut format: Format<'_>,
    names: *const *const c_char,
    va: &mut VaList,
) -> PyResult<()> {
    let mut params = Vec::new();
    // SAFETY: the caller's promise.
    unsafe {
        let mut at = names;
        while !(*at).is_null() {
            params.push(CStr::from_ptr(*at).to_string_lossy().into_owned());
            at = at.add(1);
        }
    }
    let positional_only = params.iter().take_while(|name| name.is_empty()).count();
    let (given, named) = (args.len(), kwargs.map_or(0, |kwargs| kwargs.len()));
    if given + named > params.len() {
        let what = if given == 0 { "keyword " } else { "" };
        return Err(raised!(
            TypeError,
            "{}{} takes {} {} {what}argument{} ({} given)",
            format.name(),
            if format.function.is_some() { "()" } else { "" },
            if format.rest.contains(&b'|') { "at most" } else { "exactly" },
            params.len(),
            if params.len() == 1 { "" } else { "s" },
            given + named
        ));
    }
    let (mut optional, mut keyword_only, mut used) = (false, false, 0);
    for (index, name) in params.iter().enumerate() {
        loop {
            if format.take_if(b'|') {
                optional = true;
            } else if format.take_if(b'$') {
                keyword_only = true;
                if given > index {
                    return Err(too_many_positional(&format, index, given, optional));
                }
            } else {
                break;
            }
        }
        let by_name = match kwargs {
            Some(kwargs) if index >= positional_only => kwargs.get_item(&PyStr::new(name))?,
            _ => None,
        };
        used += usize::from(by_name.is_some());
        let value = match (index < given && !keyword_only, &by_name) {
            (true, Some(_)) => {
                return Err(raised!(
                    TypeError,
                    "argument for {}{} given by name ('{name}') and position ({})",
                    format.name(),
                    if format.function.is_some() { "()" } else { "" },
                    index + 1
                ));
            }
            (true, None) => Some(args.get(index)),
            (false, Some(value)) => Some(&**value),
            (false, None) => None,
        };
        if value.is_none() && !optional {
            return Err(missing(&format, index, name, positional_only, given));
        }
        let place = format!("argument {}", index + 1);
        // SAFETY: the caller's promise.
        unsafe { argument(&mut format, value, &place, va) }?;
    }
    if used < named
        && let Some(kwargs) = kwargs
    {
        return Err(unexpected(&format, kwargs, &params[positional_only..]));
    }
    Ok(())
}

#[cold]
fn too_many_positional(format: &Format<'_>, most: usize, given: usize, optional: bool) -> Raised {
    raised!(
        TypeError,
        "{}{} takes {} {most} positional argument{} ({given} given)",
        format.name(),
        if format.function.is_some() { "()" } else { "" },
        if optional { "at most" } else { "exactly" },
        if most == 1 { "" } else { "s" }
    )
}

#[cold]
fn missing(format: &Format<'_>, index: usize, name: &str, positional_only: usize, given: usize) -> Raised {
    let brackets = if format.function.is_some() { "()" } else { "" };
    if index < positional_only {
        let least = positional_only;
        return raised!(
            TypeError,
            "{}{brackets} takes at least {least} positional argument{} ({given} given)",
            format.name(),
            if least == 1 { "" } else { "s" }
        );
    }
    raised!(TypeError, "{}{brackets} missing required argument '{name}' (pos {})", format.name(), index + 1)
}

#[cold]
fn unexpected(format: &Format<'_>, kwargs: &PyDict, params: &[String]) -> Raised {
    for (key, _) in kwargs.items_snapshot() {
        let Some(name) = key.downcast::<PyStr>() else {
            return raised!(TypeError, "keywords must be strings");
        };
        if !params.iter().any(|param| name.eq_str(param)) {
            let brackets = if format.function.is_some() { "()" } else { "" };
            return match &format.function {
                Some(function) => {
                    raised!(TypeError, "{function}{brackets} got an unexpected keyword argument '{name}'")
                }
                None => raised!(TypeError, "this function got an unexpected keyword argument '{name}'"),
            };
        }
    }
    raised!(TypeError, "invalid keyword arguments")
}

/// One unit of the format: converts the value, or passes over the pointers where there is none.
unsafe fn argument(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    // SAFETY: the caller passed the pointers that the format asks for.
    unsafe {
        if format.take_if(b'(') {
            return nested(format, value, place, va);
        }
        match format.peek() {
            Some(b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'n' | b'l' | b'k' | b'L' | b'K') => {
                integer(format, value, place, va)
            }
            Some(b'f' | b'd' | b'D' | b'c' | b'C' | b'p') => scalar(format, value, place, va),
            Some(b's' | b'z' | b'y' | b'w') => text(format, value, place, va),
            Some(b'e') => encoded(format, value, place, va),
            Some(b'S' | b'Y' | b'U' | b'O') => any(format, value, place, va),
            _ => Err(raised!(SystemError, "bad format char passed to PyArg_Parse")),
        }
    }
}

unsafe fn nested(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    let mut kind = "sequence";
    let items = match value {
        None => None,
        Some(value) => {
            let is_text = value.downcast::<PyStr>().is_some()
                || value.downcast::<PyBytes>().is_some()
                || value.downcast::<PyByteArray>().is_some();
            if value.downcast::<PyTuple>().is_none() && (is_text || !sequence::is_sequence(value)) {
                let wanted = format!("{}-item tuple", format.nested_count());
                return Err(format.complaint(place, &must_be(&wanted, value)));
            }
            kind = if value.downcast::<PyTuple>().is_some() { "tuple" } else { "sequence" };
            let count = format.nested_count();
            if object::len(value)? != count {
                let what = format!("must be {kind} of length {count}, not {}", object::len(value)?);
                return Err(format.complaint(place, &what));
            }
            Some(iter::collect(value)?)
        }
    };
    let mut index = 0;
    while !format.take_if(b')') {
        let item = match &items {
            None => None,
            Some(items) => match items.get(index) {
                Some(item) => Some(&**item),
                None => {
                    let what = format!("must be {kind} of length {}, not {}", index + 1, items.len());
                    return Err(format.complaint(place, &what));
                }
            },
        };
        index += 1;
        // SAFETY: the caller's promise.
        unsafe { argument(format, item, &format!("{place}, item {}", index - 1), va) }?;
    }
    if let Some(items) = &items
        && items.len() != index
    {
        let what = format!("must be {kind} of length {index}, not {}", items.len());
        return Err(format.complaint(place, &what));
    }
    Ok(())
}

unsafe fn integer(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    let unit = format.take().unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe {
        let out = va.pointer::<c_void>();
        let Some(value) = value else { return Ok(()) };
        if !number::is_index(value) {
            let found = value.class().name();
            let _ = place;
            return Err(raised!(TypeError, "'{found}' object cannot be interpreted as an integer"));
        }
        let number = number::index(value)?;
        let low = number.view().to_u64_wrapping();
        let bounded = |low: i64, high: i64, small: &str, large: &str| match number.to_i64() {
            Some(value) if (low..=high).contains(&value) => Ok(value),
            Some(value) if value < low => Err(raised!(OverflowError, "{small}")),
            None if number.sign() < 0 => Err(raised!(OverflowError, "{small}")),
            _ => Err(raised!(OverflowError, "{large}")),
        };
        match unit {
            b'b' => {
                let value = bounded(
                    0,
                    255,
                    "unsigned byte integer is less than minimum",
                    "unsigned byte integer is greater than maximum",
                )?;
                out.cast::<u8>().write(value as u8);
            }
            b'B' => out.cast::<u8>().write(low as u8),
            b'h' => {
                let value = bounded(
                    -32768,
                    32767,
                    "signed short integer is less than minimum",
                    "signed short integer is greater than maximum",
                )?;
                out.cast::<i16>().write(value as i16);
            }
            b'H' => out.cast::<u16>().write(low as u16),
            b'i' => {
                let value = bounded(
                    i64::from(i32::MIN),
                    i64::from(i32::MAX),
                    "signed integer is less than minimum",
                    "signed integer is greater than maximum",
                )?;
                out.cast::<i32>().write(value as i32);
            }
            b'I' => out.cast::<u32>().write(low as u32),
            b'n' => out.cast::<isize>().write(number::as_isize(&number, Some(Exc::OverflowError))?),
            b'l' | b'L' => {
                let value = number
                    .to_i64()
                    .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C long"))?;
                out.cast::<i64>().write(value);
            }
            _ => out.cast::<u64>().write(low),
        }
    }
    Ok(())
}

unsafe fn scalar(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    let unit = format.take().unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe {
        let out = va.pointer::<c_void>();
        let Some(value) = value else { return Ok(()) };
        match unit {
            b'f' => out.cast::<f32>().write(number::as_f64(value)? as f32),
            b'd' => out.cast::<f64>().write(number::as_f64(value)?),
            b'D' => {
                let number = call::call(taipan_objects::types::complex::PyComplex::type_object(), &[value])?;
                let parts = number
                    .downcast::<taipan_objects::types::complex::PyComplex>()
                    .map(|number| number.parts());
                let (real, imag) = parts.unwrap_or((0.0, 0.0));
                out.cast::<Py_complex>().write(Py_complex { real, imag });
            }
            b'c' => {
                let byte = match (value.downcast::<PyBytes>(), value.downcast::<PyByteArray>()) {
                    (Some(bytes), _) if bytes.len() == 1 => bytes.as_slice()[0],
                    (_, Some(bytes)) if bytes.len() == 1 => bytes.to_vec()[0],
                    _ => return Err(format.complaint(place, &must_be("a byte string of length 1", value))),
                };
                out.cast::<u8>().write(byte);
            }
            b'C' => match value.downcast::<PyStr>() {
                Some(text) if text.len() == 1 => out.cast::<c_int>().write(text.char_at(0) as c_int),
                _ => return Err(format.complaint(place, &must_be("a unicode character", value))),
            },
            _ => out.cast::<c_int>().write(c_int::from(object::is_true(value)?)),
        }
    }
    Ok(())
}

/// `s`, `z`, `y`, `w` and what may follow them.
unsafe fn text(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    let unit = format.take().unwrap_or(0);
    let none_allowed = unit == b'z';
    let is_none = none_allowed && value.is_some_and(ObjectExt::is_none);
    // SAFETY: the caller's promise.
    unsafe {
        if format.take_if(b'*') {
            let view = va.pointer::<Py_buffer>();
            let Some(value) = value else { return Ok(()) };
            if is_none {
                taipan_objects::protocols::fill::fill_info(&mut *view, value, null_mut(), 0, true, 0)?;
                drop(Obj::from_raw((*view).obj));
                (*view).obj = null_mut();
                return Ok(());
            }
            if unit != b'y'
                && unit != b'w'
                && let Some(string) = value.downcast::<PyStr>()
            {
                let utf8 = string.to_utf8()?;
                return taipan_objects::protocols::fill::fill_info(
                    &mut *view,
                    value,
                    utf8.as_ptr().cast_mut(),
                    utf8.len(),
                    true,
                    0,
                );
            }
            let flags = if unit == b'w' { taipan_abi::PyBUF_WRITABLE } else { taipan_abi::PyBUF_SIMPLE };
            if !buffer::is_exporter(value) {
                let wanted = if unit == b'w' { "read-write bytes-like object" } else { "bytes-like object" };
                return match &format.function {
                    _ if unit == b'w' => Err(format.complaint(place, &must_be(wanted, value))),
                    _ => Err(raised!(
                        TypeError,
                        "a bytes-like object is required, not '{}'",
                        value.class().name()
                    )),
                };
            }
            return buffer::get_raw(value, view, flags);
        }
        let out = va.pointer::<*const c_char>();
        let length = format.take_if(b'#').then(|| va.pointer::<isize>());
        let Some(value) = value else { return Ok(()) };
        if is_none {
            out.write(core::ptr::null());
            if let Some(length) = length {
                length.write(0);
            }
            return Ok(());
        }
        let wanted = match (unit, length.is_some()) {
            (b'z', _) => "str or None",
            (b'y', _) => "bytes",
            _ => "str",
        };
        let bytes = match (value.downcast::<PyStr>(), value.downcast::<PyBytes>()) {
            (Some(string), _) if unit != b'y' => string.to_utf8()?.as_bytes(),
            (_, Some(bytes)) if unit == b'y' || length.is_some() => bytes.as_slice(),
            _ if unit == b'y' || length.is_some() => {
                let exporter = Borrowed::of(value, format, place)?;
                core::slice::from_raw_parts(exporter.start, exporter.length)
            }
            _ => return Err(format.complaint(place, &must_be(wanted, value))),
        };
        match length {
            Some(length) => length.write(bytes.len() as isize),
            None if bytes.contains(&0) => {
                let what = if unit == b'y' { "byte" } else { "character" };
                return Err(raised!(ValueError, "embedded null {what}"));
            }
            None => {}
        }
        // Strings keep their UTF-8 with a NUL behind it, byte strings have one too.
        out.write(bytes.as_ptr().cast());
    }
    Ok(())
}

/// Bytes of an exporter that needs no release: they stay as long as the exporter.
struct Borrowed {
    start: *const u8,
    length: usize,
}

impl Borrowed {
    fn of(value: &PyObject, format: &Format<'_>, place: &str) -> PyResult<Borrowed> {
        // SAFETY: types and their tables live as long as their objects.
        let releases = unsafe { (*value.class().raw()).tp_as_buffer.as_ref() }
            .is_some_and(|procs| procs.bf_releasebuffer.is_some());
        if releases {
            return Err(format.complaint(place, &must_be("read-only bytes-like object", value)));
        }
        let view = buffer::Buffer::get(value, taipan_abi::PyBUF_SIMPLE)?;
        Ok(Borrowed { start: view.as_bytes().as_ptr(), length: view.len() })
    }
}

/// `es`, `et` and their forms with a length: encoded text in memory of its own.
unsafe fn encoded(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    format.take();
    let keeps_bytes = format.take() == Some(b't');
    // SAFETY: the caller's promise.
    unsafe {
        let encoding = va.pointer::<c_char>();
        let out = va.pointer::<*mut c_char>();
        let length = format.take_if(b'#').then(|| va.pointer::<isize>());
        let Some(value) = value else { return Ok(()) };
        let bytes = match (value.downcast::<PyStr>(), value.downcast::<PyBytes>()) {
            (Some(string), _) => {
                let encoding = (!encoding.is_null()).then(|| crate::glue::text(encoding));
                taipan_objects::codecs::encode_text(string, encoding.as_deref(), None)?.as_slice().to_vec()
            }
            (_, Some(bytes)) if keeps_bytes => bytes.as_slice().to_vec(),
            _ => {
                let wanted = if keeps_bytes { "str, bytes or bytearray" } else { "str" };
                return Err(format.complaint(place, &must_be(wanted, value)));
            }
        };
        if length.is_none() && bytes.contains(&0) {
            return Err(raised!(ValueError, "embedded null character"));
        }
        if let Some(length) = length {
            if !(*out).is_null() {
                if *length < bytes.len() as isize + 1 {
                    return Err(raised!(
                        ValueError,
                        "encoded string too long ({}, maximum length {})",
                        bytes.len(),
                        *length - 1
                    ));
                }
            } else {
                *out = taipan_objects::memory::alloc_in(taipan_objects::memory::Domain::Mem, bytes.len() + 1)
                    .cast();
            }
            *length = bytes.len() as isize;
        } else {
            *out =
                taipan_objects::memory::alloc_in(taipan_objects::memory::Domain::Mem, bytes.len() + 1).cast();
        }
        if (*out).is_null() {
            return Err(raised!(MemoryError));
        }
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), (*out).cast(), bytes.len());
        (*out).add(bytes.len()).write(0);
    }
    Ok(())
}

/// `S`, `Y`, `U`, `O`, `O!` and `O&`.
unsafe fn any(
    format: &mut Format<'_>,
    value: Option<&PyObject>,
    place: &str,
    va: &mut VaList,
) -> PyResult<()> {
    let unit = format.take().unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe {
        if unit == b'O' && format.take_if(b'!') {
            let class = class_at(va.pointer());
            let out = va.pointer::<Ref>();
            let Some(value) = value else { return Ok(()) };
            if !value.class().is_subtype_of(class) {
                return Err(format.complaint(place, &must_be(class.name(), value)));
            }
            out.write(value.as_ptr());
            return Ok(());
        }
        if unit == b'O' && format.take_if(b'&') {
            let convert = va.pointer::<c_void>();
            let out = va.pointer::<c_void>();
            let Some(value) = value else { return Ok(()) };
            let convert: unsafe extern "C" fn(Ref, *mut c_void) -> c_int = core::mem::transmute(convert);
            if convert(value.as_ptr(), out) != 0 {
                return Ok(());
            }
            if !taipan_objects::errors::occurred() {
                return Err(format.complaint(place, "(unspecified)"));
            }
            return Err(Raised::claim());
        }
        let out = va.pointer::<Ref>();
        let Some(value) = value else { return Ok(()) };
        let (fits, wanted) = match unit {
            b'S' => (value.downcast::<PyBytes>().is_some(), "bytes"),
            b'Y' => (value.downcast::<PyByteArray>().is_some(), "bytearray"),
            b'U' => (value.downcast::<PyStr>().is_some(), "str"),
            _ => (true, ""),
        };
        if !fits {
            return Err(format.complaint(place, &must_be(wanted, value)));
        }
        out.write(value.as_ptr());
    }
    Ok(())
}
