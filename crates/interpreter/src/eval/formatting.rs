//! Formatted string literals and template strings.

use super::machine::Machine;
use taipan_objects::prelude::*;

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

/// One of the two types of `string.templatelib`, which a module provides.
fn template_type(name: &PyStr) -> PyResult {
    let module = PyStr::new("string.templatelib");
    let module = import(&module)?;
    object::get_attr(&module, name)
}

#[expect(unsafe_code, reason = "calls an upcall")]
fn import(name: &PyStr) -> PyResult {
    // SAFETY: the upcall takes a string and gives a new reference or null.
    unsafe { Obj::from_result((taipan_objects::model::upcalls::get().import_module)(name.as_ptr())) }
}

/// A `string.templatelib.Interpolation`.
#[inline(never)]
pub(crate) fn interpolation(
    value: &PyObject,
    text: &PyObject,
    conversion: usize,
    spec: Option<&PyObject>,
) -> PyResult {
    let conversion = match conversion {
        0 => none(),
        1 => intern!("s").owned(),
        2 => intern!("r").owned(),
        _ => intern!("a").owned(),
    };
    let empty = PyStr::empty();
    let class = template_type(intern!("Interpolation"))?;
    call::call(&class, &[value, text, &conversion, spec.unwrap_or(&empty)])
}

/// A `string.templatelib.Template` of strings and interpolations in turn.
#[inline(never)]
pub(crate) fn template(strings: &PyTuple, interpolations: &PyTuple) -> PyResult {
    let mut parts: Vec<&PyObject> = Vec::new();
    for (index, &string) in strings.as_slice().iter().enumerate() {
        parts.push(string);
        if index < interpolations.len() {
            parts.push(interpolations.get(index));
        }
    }
    let class = template_type(intern!("Template"))?;
    call::call(&class, &parts)
}

/// `BUILD_INTERPOLATION`: bit 0 says that a specification is on top, the bits from 2 are the conversion.
#[inline(never)]
pub(crate) fn build_interpolation(m: &mut Machine, oparg: usize) -> PyResult<()> {
    m.save();
    let count = 2 + (oparg & 1);
    let spec = (oparg & 1 != 0).then(|| m.obj(1));
    let result = interpolation(m.obj(count), m.obj(count - 1), oparg >> 2, spec)?;
    m.replace_obj(count, result);
    Ok(())
}

/// `BUILD_TEMPLATE` of a tuple of strings and one of interpolations.
#[inline(never)]
pub(crate) fn build_template(m: &mut Machine) -> PyResult<()> {
    m.save();
    let (Some(strings), Some(interpolations)) =
        (m.obj(2).downcast::<PyTuple>(), m.obj(1).downcast::<PyTuple>())
    else {
        return Err(raised!(SystemError, "tuples are wanted here"));
    };
    let result = template(strings, interpolations)?;
    m.replace_obj(2, result);
    Ok(())
}
