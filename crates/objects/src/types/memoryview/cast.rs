//! `memoryview.cast`.

use super::layout::{Description, format_of};
use super::{PyMemoryView, flags, item};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::protocols::{buffer, iter};
use crate::types::int::PyInt;
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use taipan_abi::PyBUF_MAX_NDIM;

fn dimension(object: &Obj) -> PyResult<isize> {
    let Some(value) = object.downcast::<PyInt>() else {
        return Err(raised!(TypeError, "memoryview.cast(): elements of shape must be integers"));
    };
    match value.to_i64() {
        Some(value) if value > 0 => Ok(value as isize),
        Some(_) => Err(raised!(ValueError, "memoryview.cast(): elements of shape must be integers > 0")),
        None => Err(raised!(OverflowError, "Python int too large to convert to C ssize_t")),
    }
}

/// The shape that is asked for, whose product must give the length.
fn wanted_shape(given: &PyObject, length: isize, itemsize: isize) -> PyResult<Vec<isize>> {
    let items = iter::collect(given)?;
    let shape = items.iter().map(dimension).collect::<PyResult<Vec<isize>>>()?;
    let mut product = itemsize;
    for &n in &shape {
        product = product
            .checked_mul(n)
            .ok_or_else(|| raised!(ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX"))?;
    }
    if product != length {
        return Err(raised!(TypeError, "memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(shape)
}

/// `view.cast(format, shape)`.
pub fn cast(memory: &PyMemoryView, format: &str, shape: Option<&PyObject>) -> PyResult<Py<PyMemoryView>> {
    const NATIVE: &str = "must be a native single character format prefixed with an optional '@'";
    let view = memory.checked()?;
    if memory.flags.get() & flags::C == 0 {
        return Err(raised!(TypeError, "memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || view.ndim != 1) && buffer::shape(view).contains(&0) {
        return Err(raised!(TypeError, "memoryview: cannot cast view with zeros in shape or strides"));
    }
    if let Some(shape) = shape {
        if !PyList::check(shape) && !PyTuple::check(shape) {
            return Err(raised!(TypeError, "shape must be a list or a tuple"));
        }
        let ndim = crate::protocols::object::len(shape)?;
        if ndim > PyBUF_MAX_NDIM as usize {
            return Err(raised!(
                ValueError,
                "memoryview: number of dimensions must not exceed {PyBUF_MAX_NDIM}"
            ));
        }
        if view.ndim != 1 && ndim != 1 {
            return Err(raised!(TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
    }
    let Some((code, size, text)) = item::native(format) else {
        return Err(raised!(ValueError, "memoryview: destination format {NATIVE}"));
    };
    // Items that are no native ones can still be seen as bytes.
    let source_is_byte = item::native(format_of(view)).is_some_and(|(code, ..)| item::is_byte(code));
    if !item::is_byte(code) && !source_is_byte {
        return Err(raised!(TypeError, "memoryview: cannot cast between two non-byte formats"));
    }
    let (size, length) = (size as isize, view.len);
    if length % size != 0 {
        return Err(raised!(TypeError, "memoryview: length is not a multiple of itemsize"));
    }
    let mut description = Description::of(view);
    description.set_format(text, size, length);
    if let Some(shape) = shape {
        description.set_shape(wanted_shape(shape, length, size)?);
    }
    memory.derived(description)
}
