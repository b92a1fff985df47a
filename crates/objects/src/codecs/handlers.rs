//! Error handlers: the standard ones, done natively, and those that Python code registered.

use super::registry;
use crate::errors::{self, Exc};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, Raised};
use crate::protocols::{call, number, object};
use crate::types::bytes::PyBytes;
use crate::types::str::{PyStr, encode_error, make_unicode_error, unicode_error};
use crate::types::tuple::PyTuple;
use crate::{intern, with_units};
use taipan_kernels::codecs::handlers::{self as kernel, Utf};
use taipan_kernels::codecs::{CodecError, escape};
use taipan_kernels::text::TextBuilder;
use taipan_kernels::unicode::names;

/// What is done about what cannot be decoded or encoded.
pub enum Handler<'a> {
    Strict,
    Ignore,
    Replace,
    SurrogateEscape,
    SurrogatePass,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    /// A name that is looked up when it is needed.
    Named(&'a str, Option<Obj>),
}

/// What an encoder's handler puts in place of characters.
pub enum Replacement {
    /// Text, to be encoded.
    Text(Vec<u32>),
    /// Bytes, taken as they are.
    Bytes(Vec<u8>),
}

impl<'a> Handler<'a> {
    /// The handler of a name; none is `strict`.
    pub fn of_name(name: Option<&'a str>) -> Self {
        match name {
            None | Some("strict") => Handler::Strict,
            Some("ignore") => Handler::Ignore,
            Some("replace") => Handler::Replace,
            Some("surrogateescape") => Handler::SurrogateEscape,
            Some("surrogatepass") => Handler::SurrogatePass,
            Some("backslashreplace") => Handler::BackslashReplace,
            Some("xmlcharrefreplace") => Handler::XmlCharRefReplace,
            Some("namereplace") => Handler::NameReplace,
            Some(name) => Handler::Named(name, None),
        }
    }

    fn callable(&mut self) -> PyResult {
        let name = match self {
            Handler::XmlCharRefReplace => "xmlcharrefreplace",
            Handler::NameReplace => "namereplace",
            Handler::Named(_, Some(known)) => return Ok(known.clone()),
            Handler::Named(name, None) => name,
            _ => "strict",
        };
        let found = registry::lookup_error(name)?;
        if let Handler::Named(_, known) = self {
            *known = Some(found.clone());
        }
        Ok(found)
    }

    /// Appends what stands for undecodable bytes; gives the place to go on at, and the bytes that replace the input where
    /// the handler changed it.
    pub fn decode_error(
        &mut self,
        encoding: &str,
        input: &[u8],
        error: &CodecError,
        out: &mut TextBuilder,
    ) -> PyResult<(usize, Option<Vec<u8>>)> {
        let bad = &input[error.start..error.end];
        match self {
            Handler::Ignore => return Ok((error.end, None)),
            Handler::Replace => {
                out.push(0xfffd);
                return Ok((error.end, None));
            }
            Handler::BackslashReplace => {
                out.push_ascii(&kernel::backslashreplace_decode(bad));
                return Ok((error.end, None));
            }
            Handler::SurrogateEscape => {
                if let Some(points) = kernel::surrogateescape_decode(bad) {
                    out.extend(&points);
                    return Ok((error.start + points.len(), None));
                }
            }
            Handler::SurrogatePass => {
                let found = Utf::from_name(encoding)
                    .and_then(|utf| kernel::surrogatepass_decode(&input[error.start..], utf));
                if let Some((c, taken)) = found {
                    out.push(c);
                    return Ok((error.start + taken, None));
                }
            }
            Handler::Strict => {}
            Handler::XmlCharRefReplace | Handler::NameReplace | Handler::Named(..) => {
                return self.call_for_decoding(encoding, input, error, out);
            }
        }
        let source = PyBytes::new(input);
        let (start, end) = (error.start, error.end);
        Err(unicode_error(Exc::UnicodeDecodeError, Some(encoding), &source, start, end, error.reason))
    }

    fn call_for_decoding(
        &mut self,
        encoding: &str,
        input: &[u8],
        error: &CodecError,
        out: &mut TextBuilder,
    ) -> PyResult<(usize, Option<Vec<u8>>)> {
        let callable = self.callable()?;
        let source = PyBytes::new(input);
        let exception = make_unicode_error(
            Exc::UnicodeDecodeError,
            Some(encoding),
            &source,
            error.start,
            error.end,
            error.reason,
        )?;
        let result = call::call(&callable, &[&exception])?;
        let wrong = || raised!(TypeError, "decoding error handler must return (str, int) tuple");
        let (text, position) = pair(&result).ok_or_else(wrong)?;
        let text = text.downcast_owned::<PyStr>().ok_or_else(wrong)?;
        let position = number::as_isize(&position, Some(Exc::IndexError))?;
        let changed = object::get_attr(&exception, intern!("object"))?;
        let Some(changed) = changed.downcast::<PyBytes>() else {
            return Err(raised!(TypeError, "exception attribute object must be bytes"));
        };
        let next = in_bounds(position, changed.len())?;
        text.append_to(out);
        let replaced = (!changed.is(&source)).then(|| changed.as_slice().to_vec());
        Ok((next, replaced))
    }

    /// What stands for characters that cannot be encoded, and the place to go on at.
    pub fn encode_error(
        &mut self,
        encoding: &str,
        text: &PyStr,
        error: &CodecError,
    ) -> PyResult<(Replacement, usize)> {
        let (start, end) = (error.start, error.end);
        let ascii = |bytes: Vec<u8>| Replacement::Text(bytes.into_iter().map(u32::from).collect());
        with_units!(text.units(), u => match self {
            Handler::Strict => {}
            Handler::Ignore => return Ok((Replacement::Bytes(Vec::new()), end)),
            Handler::Replace => return Ok((Replacement::Text(vec!['?' as u32; end - start]), end)),
            Handler::BackslashReplace => {
                return Ok((ascii(kernel::backslashreplace_encode(&u[start..end])), end));
            }
            Handler::XmlCharRefReplace => {
                return Ok((ascii(kernel::xmlcharrefreplace(&u[start..end]).into_bytes()), end));
            }
            Handler::NameReplace => return Ok((ascii(name_replace(&u[start..end])), end)),
            Handler::SurrogateEscape => {
                let escapes = |c: &&_| matches!(u32::from(**c), 0xdc80..0xdd00);
                let count = u[start..end].iter().take_while(escapes).count();
                if let Some(bytes) = kernel::surrogateescape_encode(&u[start..start + count])
                    && count > 0
                {
                    return Ok((Replacement::Bytes(bytes), start + count));
                }
            }
            Handler::SurrogatePass => {
                let found = Utf::from_name(encoding)
                    .and_then(|utf| kernel::surrogatepass_encode(&u[start..end], utf));
                if let Some(bytes) = found {
                    return Ok((Replacement::Bytes(bytes), end));
                }
            }
            Handler::Named(..) => return self.call_for_encoding(encoding, text, error),
        });
        Err(encode_error(encoding, text, error))
    }

    fn call_for_encoding(
        &mut self,
        encoding: &str,
        text: &PyStr,
        error: &CodecError,
    ) -> PyResult<(Replacement, usize)> {
        let callable = self.callable()?;
        let exception = make_unicode_error(
            Exc::UnicodeEncodeError,
            Some(encoding),
            text,
            error.start,
            error.end,
            error.reason,
        )?;
        let result = call::call(&callable, &[&exception])?;
        let wrong = || raised!(TypeError, "encoding error handler must return (str/bytes, int) tuple");
        let (value, position) = pair(&result).ok_or_else(wrong)?;
        let replacement = if let Some(text) = value.downcast::<PyStr>() {
            Replacement::Text(text.units().to_code_points())
        } else if let Some(bytes) = value.downcast::<PyBytes>() {
            Replacement::Bytes(bytes.as_slice().to_vec())
        } else {
            return Err(wrong());
        };
        let position = number::as_isize(&position, Some(Exc::IndexError))?;
        Ok((replacement, in_bounds(position, text.len())?))
    }
}

/// The two items of a tuple.
fn pair(result: &PyObject) -> Option<(Obj, Obj)> {
    let tuple = result.downcast::<PyTuple>()?;
    match tuple.as_slice() {
        [first, second] => Some((first.owned(), second.owned())),
        _ => None,
    }
}

fn in_bounds(position: isize, length: usize) -> PyResult<usize> {
    let adjusted = if position < 0 { position + length as isize } else { position };
    match usize::try_from(adjusted) {
        Ok(place) if place <= length => Ok(place),
        _ => Err(raised!(IndexError, "position {adjusted} from error handler out of bounds")),
    }
}

/// `\N{…}` for characters that have a name, escapes for the others.
pub fn name_replace<C: Copy + Into<u32>>(text: &[C]) -> Vec<u8> {
    let mut out = Vec::new();
    for &c in text {
        match names::name(c.into()) {
            Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
            None => escape::push_escape(&mut out, c.into()),
        }
    }
    out
}

/// The exception that a handler was given, opened up.
enum Failure {
    Encode { text: Py<PyStr>, encoding: String },
    Decode { bytes: Py<PyBytes>, encoding: String },
    Translate { text: Py<PyStr> },
}

fn dont_know(exception: &PyObject) -> Raised {
    raised!(TypeError, "don't know how to handle {} in error callback", exception.class().name())
}

fn open(exception: &PyObject) -> PyResult<(Failure, usize, usize)> {
    let is = |exc: Exc| exception.class().is_subtype_of(exc.type_object());
    let (encode, decode) = (is(Exc::UnicodeEncodeError), is(Exc::UnicodeDecodeError));
    if !encode && !decode && !is(Exc::UnicodeTranslateError) {
        return Err(dont_know(exception));
    }
    let object = object::get_attr(exception, intern!("object"))?;
    let place = |name| -> PyResult<usize> {
        let value = number::as_isize(&*object::get_attr(exception, name)?, None)?;
        Ok(usize::try_from(value).unwrap_or(0))
    };
    let (start, end) = (place(intern!("start"))?, place(intern!("end"))?);
    let encoding = |name| -> PyResult<String> {
        Ok(object::str(&*object::get_attr(exception, name)?)?.to_string_lossy().into_owned())
    };
    if decode {
        let bytes = object
            .downcast_into::<PyBytes>()
            .map_err(|_| raised!(TypeError, "object attribute must be bytes"))?;
        let (start, end) = clamp(start, end, bytes.len());
        return Ok((Failure::Decode { bytes, encoding: encoding(intern!("encoding"))? }, start, end));
    }
    let text =
        object.downcast_into::<PyStr>().map_err(|_| raised!(TypeError, "object attribute must be str"))?;
    let (start, end) = clamp(start, end, text.len());
    if encode {
        return Ok((Failure::Encode { text, encoding: encoding(intern!("encoding"))? }, start, end));
    }
    Ok((Failure::Translate { text }, start, end))
}

fn clamp(start: usize, end: usize, length: usize) -> (usize, usize) {
    let end = end.min(length);
    (start.min(end), end)
}

fn answer(text: Py<PyStr>, position: usize) -> PyResult {
    let position = crate::types::int::PyInt::from_i64(position as i64);
    Ok(PyTuple::from_vec(vec![text.into_obj(), position.into_obj()]).into_obj())
}

fn raise_again(exception: &PyObject) -> Raised {
    errors::set_object(exception.class(), exception)
}

/// A standard handler called from Python code with an exception.
pub fn standard(name: &str, exception: &PyObject) -> PyResult {
    if name == "strict" {
        if exception.class().is_subtype_of(Exc::BaseException.type_object()) {
            return Err(raise_again(exception));
        }
        return Err(raised!(TypeError, "codec must pass exception instance"));
    }
    let (failure, start, end) = open(exception)?;
    let (text, encoding) = match &failure {
        Failure::Decode { bytes, encoding } => {
            return standard_decoding(name, exception, bytes, encoding, start, end);
        }
        Failure::Encode { text, encoding } => (text, Some(encoding)),
        Failure::Translate { text } => (text, None),
    };
    let part = &text.units().to_code_points()[start..end];
    let ascii = |bytes: Vec<u8>| answer(PyStr::from_ascii(&bytes), end);
    match name {
        "ignore" => answer(PyStr::empty(), end),
        "replace" => {
            let with = if encoding.is_some() { '?' as u32 } else { 0xfffd };
            answer(PyStr::from_code_points(&vec![with; end - start]), end)
        }
        "backslashreplace" => ascii(kernel::backslashreplace_encode(part)),
        "xmlcharrefreplace" if encoding.is_some() => ascii(kernel::xmlcharrefreplace(part).into_bytes()),
        "namereplace" if encoding.is_some() => ascii(name_replace(part)),
        "surrogateescape" | "surrogatepass" if encoding.is_some() => {
            let bytes = if name == "surrogateescape" {
                kernel::surrogateescape_encode(part)
            } else {
                encoding
                    .and_then(|encoding| Utf::from_name(encoding))
                    .and_then(|utf| kernel::surrogatepass_encode(part, utf))
            };
            let bytes = bytes.ok_or_else(|| raise_again(exception))?;
            let position = crate::types::int::PyInt::from_i64(end as i64);
            let parts = vec![PyBytes::new(&bytes).into_obj(), position.into_obj()];
            Ok(PyTuple::from_vec(parts).into_obj())
        }
        _ => Err(dont_know(exception)),
    }
}

fn standard_decoding(
    name: &str,
    exception: &PyObject,
    bytes: &PyBytes,
    encoding: &str,
    start: usize,
    end: usize,
) -> PyResult {
    let bytes = bytes.as_slice();
    match name {
        "ignore" => answer(PyStr::empty(), end),
        "replace" => answer(PyStr::from_char(0xfffd), end),
        "backslashreplace" => {
            answer(PyStr::from_ascii(&kernel::backslashreplace_decode(&bytes[start..end])), end)
        }
        "surrogateescape" => match kernel::surrogateescape_decode(&bytes[start..end]) {
            Some(points) => answer(PyStr::from_code_points(&points), start + points.len()),
            None => Err(raise_again(exception)),
        },
        "surrogatepass" => {
            let found =
                Utf::from_name(encoding).and_then(|utf| kernel::surrogatepass_decode(&bytes[start..], utf));
            match found {
                Some((c, taken)) => answer(PyStr::from_char(c), start + taken),
                None => Err(raise_again(exception)),
            }
        }
        _ => Err(dont_know(exception)),
    }
}
