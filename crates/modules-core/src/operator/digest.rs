//! Comparing secrets in a time that does not depend on where they differ.

use taipan_abi::PyBUF_SIMPLE;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::{self, Buffer};

/// Whether the bytes are equal, looking at all of them.
fn same(a: &[u8], b: &[u8]) -> bool {
    let lengths = u8::from(a.len() != b.len());
    // Of different lengths the second is compared with itself, so that the time is that of its length.
    let left = if lengths == 0 { a } else { b };
    let difference = left.iter().zip(b).fold(lengths, |all, (x, y)| core::hint::black_box(all | (x ^ y)));
    difference == 0
}

/// `_compare_digest(a, b)`.
pub fn compare(a: &PyObject, b: &PyObject) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
        let (Some(x), Some(y)) = (x.as_ascii(), y.as_ascii()) else {
            return Err(raised!(TypeError, "comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(same(x.as_bytes(), y.as_bytes()));
    }
    if !buffer::is_exporter(a) || !buffer::is_exporter(b) {
        return Err(raised!(
            TypeError,
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.class().name(),
            b.class().name()
        ));
    }
    let (x, y) = (Buffer::get(a, PyBUF_SIMPLE)?, Buffer::get(b, PyBUF_SIMPLE)?);
    Ok(same(x.as_bytes(), y.as_bytes()))
}
