//! Formatted string literals and template strings.

use super::machine::Machine;
use taipan_objects::prelude::*;
use taipan_objects::types::template::{PyInterpolation, PyTemplate};

/// `!s`, `!r`, `!a`.
#[inline(never)]
pub(crate) fn convert_value(value: &PyObject, conversion: usize) -> PyResult {
    match conversion {
        1 => object::str(value),
        2 => object::repr(value),
        _ => object::ascii(value),
    }
    .map(Py::into_obj)
}

/// `{value}`: strings stand for themselves.
#[inline(always)]
pub(crate) fn format_simple(value: &PyObject) -> PyResult<Option<Obj>> {
    if PyStr::check_exact(value) { Ok(None) } else { object::format(value, None).map(|s| Some(s.into_obj())) }
}

/// `{value:spec}`.
#[inline(never)]
pub(crate) fn format_with_spec(value: &PyObject, spec: &PyObject) -> PyResult {
    let Some(spec) = spec.downcast::<PyStr>() else {
        return Err(raised!(SystemError, "Format specifier must be a string, not {}", spec.class().name()));
    };
    object::format(value, Some(spec)).map(Py::into_obj)
}

/// `BUILD_INTERPOLATION`: bit 0 says that a specification is on top, the bits from 2 are the conversion.
#[inline(never)]
pub(crate) fn build_interpolation(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let count = 2 + (oparg & 1);
    let spec = (oparg & 1 != 0).then(|| m.obj(1).owned());
    let (value, text) = (m.obj(count).owned(), m.obj(count - 1).owned());
    let result = PyInterpolation::new(value, text, (oparg >> 2) as u32, spec);
    m.replace_obj(count, result);
    Ok(())
}

/// `BUILD_TEMPLATE` of a tuple of strings and one of interpolations.
#[inline(never)]
pub(crate) fn build_template(m: &mut Machine) -> PyResult<()> {
    m.save();
    let (Some(strings), Some(interpolations)) =
        (m.obj(2).downcast_owned::<PyTuple>(), m.obj(1).downcast_owned::<PyTuple>())
    else {
        return Err(raised!(SystemError, "tuples are wanted here"));
    };
    let result = PyTemplate::new(strings, interpolations);
    m.replace_obj(2, result);
    Ok(())
}
