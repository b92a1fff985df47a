//! `int`: arbitrary-precision integers.

use crate::model::{Obj, Py, PyObject, PyResult};
use taipan_kernels::int::{Int, IntRef};
use taipan_macros::pytype;

/// An integer: 30-bit digits, least significant first; the low bits of the tag are the sign.
#[pytype(name = "int", exported = PyLong_Type, layout = PyLongObject, subclass_flag = LONG_SUBCLASS, flags(BASETYPE), basicsize = 24, itemsize = 4)]
pub struct PyInt {
    ob_base: PyObject,
    lv_tag: usize,
    digits: [u32; 1],
}

impl PyInt {
    /// An integer; small ones (-5 to 1024) are shared and immortal.
    pub fn from_i64(value: i64) -> Py<PyInt> {
        let _ = value;
        todo!()
    }

    /// An integer.
    pub fn from_u64(value: u64) -> Py<PyInt> {
        let _ = value;
        todo!()
    }

    /// An integer of a kernel's result.
    pub fn from_int(value: Int) -> Py<PyInt> {
        let _ = value;
        todo!()
    }

    /// `True` or `False`.
    pub fn from_bool(value: bool) -> Obj {
        let _ = value;
        todo!()
    }

    /// The value as the kernels take it.
    pub fn view(&self) -> IntRef<'_> {
        let _ = self;
        todo!()
    }

    /// The value, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        let _ = self;
        todo!()
    }

    /// Whether it has at most one digit (`_PyLong_IsCompact`).
    pub fn is_compact(&self) -> bool {
        let _ = self;
        todo!()
    }

    /// The value of a compact integer.
    pub fn compact_value(&self) -> isize {
        let _ = self;
        todo!()
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        let _ = self;
        todo!()
    }

    /// The value as a double; `OverflowError` where it is too large.
    pub fn to_f64(&self) -> PyResult<f64> {
        let _ = self;
        todo!()
    }

    /// Parses text as `int(text, base)` does; `None` where it is no number (the caller words the error).
    pub fn parse(text: &str, base: u32) -> PyResult<Option<Py<PyInt>>> {
        let _ = (text, base);
        todo!()
    }

    /// The number of bits in its magnitude.
    pub fn bit_length(&self) -> u64 {
        let _ = self;
        todo!()
    }
}
