//! `make_scanner`: JSON text to objects.

use super::strings::{decode_error, need_str, scan_units};
use taipan_kernels::unit::Unit;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::with_units;

/// JSON scanner object
#[pytype(name = "_json.Scanner", gc, flags(BASETYPE), parts(SCANNER))]
pub struct PyJsonScanner {
    ob_base: PyObject,
    /// strict
    #[member(readonly, kind = BOOL)]
    strict: bool,
    #[member(readonly, kind = OBJECT)]
    object_hook: Obj,
    #[member(readonly, kind = OBJECT)]
    object_pairs_hook: Obj,
    #[member(readonly, kind = OBJECT)]
    parse_float: Obj,
    #[member(readonly, kind = OBJECT)]
    parse_int: Obj,
    #[member(readonly, kind = OBJECT)]
    parse_constant: Obj,
}

#[pymethods(SCANNER)]
impl PyJsonScanner {
    #[new(signature = "(context)", name = "make_scanner")]
    fn py_new(cls: &TypeObject, context: &PyObject) -> PyResult<Py<PyJsonScanner>> {
        memory::new_in(
            cls,
            PyJsonScanner {
                ob_base: PyObject::EMPTY,
                strict: object::is_true(&*object::get_attr(context, intern!("strict"))?)?,
                object_hook: object::get_attr(context, intern!("object_hook"))?,
                object_pairs_hook: object::get_attr(context, intern!("object_pairs_hook"))?,
                parse_float: object::get_attr(context, intern!("parse_float"))?,
                parse_int: object::get_attr(context, intern!("parse_int"))?,
                parse_constant: object::get_attr(context, intern!("parse_constant"))?,
            },
        )
    }

    #[call(signature = "(string, idx)", name = "scan_once")]
    fn call(&self, string: &PyObject, idx: isize) -> PyResult<(Obj, usize)> {
        let text = need_str(string)?;
        let Ok(start) = usize::try_from(idx) else {
            return Err(raised!(ValueError, "idx cannot be negative"));
        };
        let keys = PyDict::new();
        with_units!(text.units(), u => Scan { scanner: self, text, units: u, keys: &keys }.value(start))
    }
}

/// One call of a scanner.
struct Scan<'a, T> {
    scanner: &'a PyJsonScanner,
    text: &'a PyStr,
    units: &'a [T],
    /// One object for each key.
    keys: &'a PyDict,
}

#[cold]
fn no_value(at: usize) -> Raised {
    errors::set_stop_iteration(Some(PyInt::from_i64(at as i64).into_obj()))
}

impl<T: Unit> Scan<'_, T> {
    fn at(&self, i: usize) -> Option<u8> {
        self.units.get(i).and_then(|&c| u8::try_from(c.into()).ok())
    }

    fn skip_space(&self, mut i: usize) -> usize {
        while matches!(self.at(i), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            i += 1;
        }
        i
    }

    fn starts_with(&self, at: usize, word: &[u8]) -> bool {
        word.iter().enumerate().all(|(i, &c)| self.at(at + i) == Some(c))
    }

    fn error(&self, message: &str, at: usize) -> Raised {
        decode_error(message, self.text, at as isize)
    }

    fn value(&self, at: usize) -> PyResult<(Obj, usize)> {
        match self.at(at) {
            Some(b'"') => {
                let (text, end) = scan_units(self.text, self.units, at + 1, self.scanner.strict)?;
                return Ok((text.into_obj(), end));
            }
            Some(b'{') => {
                errors::check_stack(" while decoding a JSON object from a unicode string")?;
                return self.object(at + 1);
            }
            Some(b'[') => {
                errors::check_stack(" while decoding a JSON array from a unicode string")?;
                return self.array(at + 1);
            }
            Some(b'n') if self.starts_with(at, b"null") => return Ok((none(), at + 4)),
            Some(b't') if self.starts_with(at, b"true") => return Ok((PyInt::from_bool(true), at + 4)),
            Some(b'f') if self.starts_with(at, b"false") => return Ok((PyInt::from_bool(false), at + 5)),
            Some(b'N') if self.starts_with(at, b"NaN") => return self.constant("NaN", at),
            Some(b'I') if self.starts_with(at, b"Infinity") => return self.constant("Infinity", at),
            Some(b'-') if self.starts_with(at, b"-Infinity") => return self.constant("-Infinity", at),
            _ => {}
        }
        self.number(at)
    }

    fn constant(&self, name: &str, at: usize) -> PyResult<(Obj, usize)> {
        Ok((call::call(&self.scanner.parse_constant, &[&PyStr::new(name)])?, at + name.len()))
    }

    fn digits(&self, mut i: usize) -> usize {
        while self.at(i).is_some_and(|c| c.is_ascii_digit()) {
            i += 1;
        }
        i
    }

    fn number(&self, start: usize) -> PyResult<(Obj, usize)> {
        let first = start + usize::from(self.at(start) == Some(b'-'));
        let mut end = match self.at(first) {
            Some(b'0') => first + 1,
            Some(b'1'..=b'9') => self.digits(first),
            _ => return Err(no_value(start)),
        };
        let mut is_float = false;
        if self.at(end) == Some(b'.') && self.at(end + 1).is_some_and(|c| c.is_ascii_digit()) {
            is_float = true;
            end = self.digits(end + 1);
        }
        if matches!(self.at(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.at(end + 1), Some(b'+' | b'-')));
            let digits = end + 1 + sign;
            if self.at(digits).is_some_and(|c| c.is_ascii_digit()) {
                is_float = true;
                end = self.digits(digits);
            }
        }
        let bytes: Vec<u8> = (start..end).filter_map(|i| self.at(i)).collect();
        let scanner = self.scanner;
        let parse = if is_float { &scanner.parse_float } else { &scanner.parse_int };
        let value = if is_float && parse.is(PyFloat::type_object()) {
            taipan_kernels::float::parse(&bytes).map(|x| PyFloat::new(x).into_obj())
        } else if !is_float && parse.is(PyInt::type_object()) && bytes.len() < 18 {
            core::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| text.parse().ok())
                .map(|n| PyInt::from_i64(n).into_obj())
        } else {
            None
        };
        let value = match value {
            Some(value) => value,
            None => call::call(parse, &[&PyStr::from_ascii(&bytes)])?,
        };
        Ok((value, end))
    }

    fn array(&self, start: usize) -> PyResult<(Obj, usize)> {
        let mut items = Vec::new();
        let mut at = self.skip_space(start);
        if self.at(at) != Some(b']') {
            loop {
                let (item, next) = self.value(at)?;
                items.try_reserve(1).map_err(|_| raised!(MemoryError))?;
                items.push(item);
                at = self.skip_space(next);
                match self.at(at) {
                    Some(b']') => break,
                    Some(b',') => {}
                    _ => return Err(self.error("Expecting ',' delimiter", at)),
                }
                let comma = at;
                at = self.skip_space(at + 1);
                if self.at(at) == Some(b']') {
                    return Err(self.error("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((PyList::from_vec(items).into_obj(), at + 1))
    }

    /// A key and its value; gives the place behind them.
    fn member(&self, at: usize) -> PyResult<(Obj, Obj, usize)> {
        if self.at(at) != Some(b'"') {
            return Err(self.error("Expecting property name enclosed in double quotes", at));
        }
        let (key, end) = scan_units(self.text, self.units, at + 1, self.scanner.strict)?;
        let key = self.keys.set_default(&key, &key)?;
        let colon = self.skip_space(end);
        if self.at(colon) != Some(b':') {
            return Err(self.error("Expecting ':' delimiter", colon));
        }
        let (value, end) = self.value(self.skip_space(colon + 1))?;
        Ok((key, value, end))
    }

    fn object(&self, start: usize) -> PyResult<(Obj, usize)> {
        let has_pairs_hook = !self.scanner.object_pairs_hook.is_none();
        let (dict, mut pairs) = (PyDict::new(), Vec::new());
        let mut at = self.skip_space(start);
        if self.at(at) != Some(b'}') {
            loop {
                let (key, value, next) = self.member(at)?;
                if has_pairs_hook {
                    pairs.push(PyTuple::from_vec(vec![key, value]).into_obj());
                } else {
                    dict.set_item(&key, &value)?;
                }
                at = self.skip_space(next);
                match self.at(at) {
                    Some(b'}') => break,
                    Some(b',') => {}
                    _ => return Err(self.error("Expecting ',' delimiter", at)),
                }
                let comma = at;
                at = self.skip_space(at + 1);
                if self.at(at) == Some(b'}') {
                    return Err(self.error("Illegal trailing comma before end of object", comma));
                }
            }
        }
        let value = if has_pairs_hook {
            call::call(&self.scanner.object_pairs_hook, &[&PyList::from_vec(pairs)])?
        } else if !self.scanner.object_hook.is_none() {
            call::call(&self.scanner.object_hook, &[&dict])?
        } else {
            dict.into_obj()
        };
        Ok((value, at + 1))
    }
}
