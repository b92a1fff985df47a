//! The slots of `bytes`, and what `bytes` alone has.

use super::{PyBytes, construct, iterator::PyBytesIter, layout};
use crate::errors::{self, Exc};
use crate::model::args::OptArg;
use crate::model::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, not_implemented};
use crate::protocols::buffer::fill_info;
use crate::protocols::{call, number};
use crate::types::bytelike::{self, ByteLike};
use crate::types::int::PyInt;
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use taipan_abi::Py_buffer;
use taipan_macros::pymethods;

impl PyBytes {
    fn byte_at(&self, index: isize) -> PyResult {
        match usize::try_from(index).ok().and_then(|index| self.as_slice().get(index).copied()) {
            Some(byte) => Ok(PyInt::from_i64(byte as i64).into_obj()),
            None => Err(raised!(IndexError, "index out of range")),
        }
    }
}

/// The warning of the option `-b` where text and bytes are compared; an error with `-bb`.
fn warn_of_text(other: &PyObject, op: CompareOp) -> PyResult<()> {
    if crate::model::thread::bytes_warning() == 0 || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(());
    }
    let kind = if PyStr::check(other) {
        "string"
    } else if PyInt::check(other) {
        "int"
    } else {
        return Ok(());
    };
    errors::warn(Exc::BytesWarning, 1, format_args!("Comparison between bytes and {kind}"))
}

#[pymethods(SLOTS)]
impl PyBytes {
    #[new(signature = "(source=b'', encoding='utf-8', errors='strict')")]
    fn py_new(
        cls: &TypeObject,
        source: OptArg<&PyObject>,
        encoding: OptArg<&str>,
        errors: OptArg<&str>,
    ) -> PyResult {
        construct::construct(cls, source.given(), encoding.given(), errors.given())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(bytelike::shown(self.as_slice(), "", ""))
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        if crate::model::thread::bytes_warning() > 0 {
            errors::warn(Exc::BytesWarning, 1, format_args!("str() on a bytes instance"))?;
        }
        self.repr()
    }

    #[slot(tp_hash)]
    fn py_hash(&self) -> PyResult<isize> {
        Ok(self.hash())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyBytes>() {
            Some(other) => {
                let (a, b) = (self.as_slice(), other.as_slice());
                Ok(PyInt::from_bool(match op {
                    CompareOp::Eq => a == b,
                    CompareOp::Ne => a != b,
                    _ => op.holds(a.cmp(b)),
                }))
            }
            None => {
                warn_of_text(other, op)?;
                Ok(not_implemented())
            }
        }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(PyBytesIter::new(self).into_obj())
    }

    #[slot(sq_length)]
    fn py_len(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(sq_concat)]
    fn concat(&self, other: &PyObject) -> PyResult {
        if self.is_empty() && PyBytes::check_exact(other) {
            return Ok(other.owned());
        }
        if PyBytes::check_exact(self)
            && let Some(other) = other.downcast::<PyBytes>()
            && other.is_empty()
        {
            return Ok(self.as_object().owned());
        }
        bytelike::concat(self, other)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, count: isize) -> PyResult {
        let length = bytelike::repeated_length(self.len(), count)?;
        if length == self.len() && PyBytes::check_exact(self) {
            return Ok(self.as_object().owned());
        }
        // An empty one is nobody else's either, as in CPython.
        Ok(layout::fresh(length, |out| bytelike::repeat_into(out, self.as_slice()))?.into_obj())
    }

    #[slot(sq_item)]
    fn sq_item(&self, index: isize) -> PyResult {
        self.byte_at(index)
    }

    #[slot(sq_contains)]
    fn contains(&self, value: &PyObject) -> PyResult<bool> {
        bytelike::contains(self, value)
    }

    #[slot(mp_length)]
    fn mp_length(&self) -> PyResult<usize> {
        Ok(self.len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if number::is_index(key) {
            let index = number::as_isize(key, Some(Exc::IndexError))?;
            return self.byte_at(if index < 0 { index + self.len() as isize } else { index });
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(raised!(
                TypeError,
                "byte indices must be integers or slices, not {}",
                key.class().name()
            ));
        };
        let bytes = self.as_slice();
        let slice = slice.indices_for(bytes.len())?;
        if slice.step == 1 {
            if slice.count == bytes.len() {
                return Ok(self.unchanged());
            }
            let start = slice.start as usize;
            return Ok(PyBytes::new(&bytes[start..start + slice.count]).into_obj());
        }
        let picked: Vec<u8> =
            (0..slice.count as isize).map(|i| bytes[(slice.start + i * slice.step) as usize]).collect();
        Ok(PyBytes::new(&picked).into_obj())
    }

    #[slot(nb_remainder)]
    fn remainder(a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyBytes>() {
            Some(format) => Ok(PyBytes::new(&bytelike::percent_format(format.as_slice(), b)?).into_obj()),
            None => Ok(not_implemented()),
        }
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(&self, view: &mut Py_buffer, flags: i32) -> PyResult<()> {
        fill_info(view, self, layout::data(self), self.len(), true, flags)
    }
}

#[pymethods(METHODS)]
impl PyBytes {
    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self) -> (Obj,) {
        (PyBytes::new(self.as_slice()).into_obj(),)
    }

    /// Convert this value to exact type bytes.
    #[pymethod(name = "__bytes__")]
    fn to_bytes(&self) -> Obj {
        self.unchanged()
    }

    /// Create a bytes object from a string of hexadecimal numbers.
    ///
    /// Spaces between two numbers are accepted.
    /// Example: bytes.fromhex('B9 01EF') -> b'\\xb9\\x01\\xef'.
    #[pymethod(class, signature = "(string, /)")]
    fn fromhex(cls: &TypeObject, string: &PyObject) -> PyResult {
        let result = PyBytes::new(&bytelike::from_hex(string)?).into_obj();
        if cls.is(PyBytes::type_object()) { Ok(result) } else { call::call(cls, &[&result]) }
    }
}
