//! What `str` does as a type: construction, comparison, indexing, `repr`.

use super::arguments::affordable;
use super::{PyStr, StrUnits, iterator, text};
use crate::codecs;
use crate::errors::Exc;
use crate::model::args::OptArg;
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, not_implemented};
use crate::protocols::{number, object};
use crate::types::bytes::PyBytes;
use crate::types::int::PyInt;
use crate::types::slice::{PySlice, SliceIndices};
use crate::types::tuple::PyTuple;
use crate::with_units;
use taipan_kernels::codecs::escape;
use taipan_kernels::text::TextBuilder;
use taipan_kernels::unicode;
use taipan_macros::pymethods;

/// The text as `repr` writes it.
pub(super) fn repr_text(string: &PyStr) -> PyResult<Py<PyStr>> {
    let (mut single, mut double, mut plain) = (false, false, true);
    with_units!(string.units(), u => for &c in u {
        match u32::from(c) {
            39 => single = true,
            34 => double = true,
            92 => plain = false,
            c => plain &= unicode::is_printable(c),
        }
    });
    let quote = if single && !double { b'"' } else { b'\'' };
    affordable(string.len().saturating_mul(string.kind() as usize))?;
    let mut out = TextBuilder::with_capacity(string.len() + 2);
    out.push_ascii(&[quote]);
    if plain && (!single || quote == b'"') {
        string.append_to(&mut out);
    } else {
        with_units!(string.units(), u => u.iter().for_each(|&c| push_shown(&mut out, c.into(), quote)));
    }
    out.push_ascii(&[quote]);
    PyStr::try_from_builder(out)
}

fn push_shown(out: &mut TextBuilder, c: u32, quote: u8) {
    match c {
        92 => out.push_ascii(b"\\\\"),
        9 => out.push_ascii(b"\\t"),
        10 => out.push_ascii(b"\\n"),
        13 => out.push_ascii(b"\\r"),
        c if c == u32::from(quote) => out.push_ascii(&[b'\\', quote]),
        c if unicode::is_printable(c) => out.push(c),
        c => {
            let mut escaped = Vec::new();
            escape::push_escape(&mut escaped, c);
            out.push_ascii(&escaped);
        }
    }
}

impl PyStr {
    /// The characters of a slice.
    pub(super) fn slice(&self, indices: SliceIndices) -> Py<PyStr> {
        let SliceIndices { start, step, count, .. } = indices;
        if count == 0 {
            return PyStr::empty();
        }
        if step == 1 {
            return self.substring(start as usize, start as usize + count);
        }
        fn pick<T: Copy>(units: &[T], start: isize, step: isize, count: usize) -> Vec<T> {
            // The last step may leave the range of sizes; it is not used.
            let places = core::iter::successors(Some(start), |at| Some(at.wrapping_add(step)));
            places.take(count).map(|at| units[at as usize]).collect()
        }
        match self.units() {
            StrUnits::Ascii(u) => PyStr::from_ascii(&pick(u, start, step, count)),
            StrUnits::Latin1(u) => PyStr::from_latin1(&pick(u, start, step, count)),
            StrUnits::Two(u) => text::from_two(&pick(u, start, step, count)),
            StrUnits::Four(u) => text::from_four(&pick(u, start, step, count)),
        }
    }

    /// The character at `index`; `IndexError` outside.
    pub fn get_char(&self, index: isize) -> PyResult<Py<PyStr>> {
        match usize::try_from(index) {
            Ok(index) if index < self.len() => Ok(PyStr::from_char(self.char_at(index))),
            _ => Err(raised!(IndexError, "string index out of range")),
        }
    }

    /// Whether `a OP b` holds.
    #[inline]
    pub fn compare_text(&self, other: &PyStr, op: CompareOp) -> bool {
        match op {
            CompareOp::Eq => self.eq(other),
            CompareOp::Ne => !self.eq(other),
            _ => op.holds(self.cmp(other)),
        }
    }
}

/// `str(object, encoding, errors)` for an exact `str`.
fn make(object: Option<&PyObject>, encoding: Option<&str>, errors: Option<&str>) -> PyResult<Py<PyStr>> {
    match object {
        None => Ok(PyStr::empty()),
        Some(object) if encoding.is_none() && errors.is_none() => object::str(object),
        Some(object) if PyStr::check(object) => Err(raised!(TypeError, "decoding str is not supported")),
        Some(object) => codecs::decode_object(object, encoding, errors),
    }
}

#[pymethods(SLOTS)]
impl PyStr {
    #[new(by_position, signature = "(object=None, encoding=None, errors=None)")]
    fn py_new(
        cls: &TypeObject,
        object: OptArg<&PyObject>,
        encoding: OptArg<&str>,
        errors: OptArg<&str>,
    ) -> PyResult<Py<PyStr>> {
        let value = make(object.given(), encoding.given(), errors.given())?;
        if cls.is(PyStr::type_object()) {
            return Ok(value);
        }
        PyStr::new_in_subclass(cls, &value)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        repr_text(self)
    }

    #[slot(tp_str)]
    fn str(&self) -> Py<PyStr> {
        self.to_exact()
    }

    #[slot(tp_hash)]
    fn hash_slot(&self) -> PyResult<isize> {
        Ok(self.hash())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyStr>() {
            Some(other) => Ok(PyInt::from_bool(self.compare_text(other, op))),
            None => Ok(not_implemented()),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(iterator::iterate(self))
    }

    #[slot(sq_length)]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_length)]
    fn mapping_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_concat)]
    fn sequence_concat(&self, other: &PyObject) -> PyResult<Py<PyStr>> {
        match other.downcast::<PyStr>() {
            Some(other) => self.concat(other),
            None => {
                Err(raised!(TypeError, "can only concatenate str (not \"{}\") to str", other.class().name()))
            }
        }
    }

    #[slot(sq_repeat)]
    fn sequence_repeat(&self, count: isize) -> PyResult<Py<PyStr>> {
        match count {
            ..=0 => Ok(PyStr::empty()),
            1 => Ok(self.to_exact()),
            _ => text::repeat(self, count as usize),
        }
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult<Py<PyStr>> {
        self.get_char(index)
    }

    #[slot(sq_contains)]
    fn contains(&self, other: &PyObject) -> PyResult<bool> {
        match other.downcast::<PyStr>() {
            Some(other) => Ok(self.find(other, 0, self.len()).is_some()),
            None => Err(raised!(
                TypeError,
                "'in <string>' requires string as left operand, not {}",
                other.class().name()
            )),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult<Py<PyStr>> {
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            return Ok(self.slice(slice.indices_for(self.len())?));
        }
        if !number::is_index(key) {
            return Err(raised!(TypeError, "string indices must be integers, not '{}'", key.class().name()));
        }
        let index = number::as_isize(key, Some(Exc::IndexError))?;
        self.get_char(if index < 0 { index.wrapping_add(self.len() as isize) } else { index })
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyStr>() {
            Some(format) => super::percent::format(format, b).map(Py::into_obj),
            None => Ok(not_implemented()),
        }
    }

    /// Return a formatted version of the string as described by format_spec.
    #[pymethod(name = "__format__", signature = "(format_spec, /)")]
    fn format_value(&self, spec: &PyStr) -> PyResult<Py<PyStr>> {
        super::spec::format_str(self, spec)
    }

    /// Return the size of the string in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn size_of(&self) -> usize {
        self.memory_size()
    }

    #[pymethod(name = "__getnewargs__")]
    fn new_args(&self) -> Py<PyTuple> {
        PyTuple::from_vec(vec![self.substring_copy().into_obj()])
    }

    /// Encode the string using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding in which to encode the string.
    ///   errors
    ///     The error handling scheme to use for encoding errors.
    ///     The default is 'strict' meaning that encoding errors raise a
    ///     UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and
    ///     'xmlcharrefreplace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeEncodeErrors.
    #[pymethod(signature = "(encoding='utf-8', errors='strict')")]
    fn encode(&self, encoding: OptArg<&str>, errors: OptArg<&str>) -> PyResult<Py<PyBytes>> {
        codecs::encode_text(self, encoding.given(), errors.given())
    }
}

impl PyStr {
    /// A plain string of the same text, for pickling.
    fn substring_copy(&self) -> Py<PyStr> {
        self.copied()
    }
}

/// `ascii(string)` of what `repr` gave: characters beyond ASCII escaped.
pub fn escape_to_ascii(shown: &PyStr) -> Py<PyStr> {
    if shown.is_ascii() {
        return shown.to_exact();
    }
    let mut out = Vec::with_capacity(shown.len() * 2);
    with_units!(shown.units(), u => for &c in u {
        match u32::from(c) {
            c @ 0..128 => out.push(c as u8),
            c => escape::push_escape(&mut out, c),
        }
    });
    PyStr::from_ascii(&out)
}

/// As an object, for tables of shared characters.
pub fn char_object(c: u32) -> Obj {
    PyStr::from_char(c).into_obj()
}
