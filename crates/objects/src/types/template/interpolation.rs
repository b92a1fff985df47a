//! `Interpolation`: a field of a t-string.

use crate::memory;
use crate::model::args::{ArgName, FromArg, OptArg};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::object;
use crate::types::genericalias;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Interpolation object
#[pytype(name = "string.templatelib.Interpolation", exported = _PyInterpolation_Type, gc, parts(INTERPOLATION))]
pub struct PyInterpolation {
    ob_base: PyObject,
    /// Value
    #[member(readonly, kind = OBJECT)]
    pub value: Obj,
    /// Expression
    #[member(readonly, kind = OBJECT)]
    pub expression: Obj,
    /// Conversion
    #[member(readonly, kind = OBJECT)]
    pub conversion: Obj,
    /// Format specifier
    #[member(readonly, kind = OBJECT)]
    pub format_spec: Obj,
}

impl PyInterpolation {
    /// An interpolation (`BUILD_INTERPOLATION`); `conversion` is 0 for none, 1 for `s`, 2 for `r`, 3 for `a`.
    pub fn new(
        value: Obj,
        expression: Obj,
        conversion: u32,
        format_spec: Option<Obj>,
    ) -> Py<PyInterpolation> {
        let conversion = match conversion {
            1 => PyStr::from_char('s' as u32).into_obj(),
            2 => PyStr::from_char('r' as u32).into_obj(),
            3 => PyStr::from_char('a' as u32).into_obj(),
            _ => none(),
        };
        let format_spec = format_spec.unwrap_or_else(|| PyStr::empty().into_obj());
        memory::new(PyInterpolation { ob_base: PyObject::EMPTY, value, expression, conversion, format_spec })
    }
}

/// `'s'`, `'a'`, `'r'` or `None`.
struct Conversion(Obj);

impl<'a> FromArg<'a> for Conversion {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Conversion(none()));
        }
        let Some(text) = value.downcast::<PyStr>() else {
            return Err(name.wrong_type("str", value));
        };
        if matches!(text.as_ascii(), Some("s" | "a" | "r")) {
            return Ok(Conversion(value.owned()));
        }
        Err(raised!(ValueError, "{} must be one of 's', 'a' or 'r'", name.describe()))
    }
}

#[pymethods(INTERPOLATION)]
impl PyInterpolation {
    #[new(signature = "(value, expression='', conversion=None, format_spec='')")]
    fn py_new(
        cls: &TypeObject,
        value: &PyObject,
        expression: OptArg<&PyStr>,
        conversion: Option<Conversion>,
        format_spec: OptArg<&PyStr>,
    ) -> PyResult<Py<PyInterpolation>> {
        let text = |text: Option<&PyStr>| text.map_or_else(|| PyStr::empty().into_obj(), |text| text.owned());
        memory::new_in(
            cls,
            PyInterpolation {
                ob_base: PyObject::EMPTY,
                value: value.owned(),
                expression: text(expression.given()),
                conversion: conversion.map_or_else(none, |conversion| conversion.0),
                format_spec: text(format_spec.given()),
            },
        )
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let comma = PyStr::new(", ");
        let (value, expression) = (object::repr(&self.value)?, object::repr(&self.expression)?);
        let (conversion, spec) = (object::repr(&self.conversion)?, object::repr(&self.format_spec)?);
        PyStr::concat_many(&[
            &PyStr::new("Interpolation("),
            &value,
            &comma,
            &expression,
            &comma,
            &conversion,
            &comma,
            &spec,
            &PyStr::new(")"),
        ])
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let parts =
            PyTuple::from_slice(&[&self.value, &self.expression, &self.conversion, &self.format_spec]);
        Ok(PyTuple::from_vec(vec![self.class().owned(), parts.into_obj()]).into_obj())
    }

    /// Interpolations are generic over the types of their values
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)", no_text)]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }
}

/// Puts `__match_args__` into the type's dictionary, once the type is ready.
pub fn complete_type() -> PyResult<()> {
    let names = ["value", "expression", "conversion", "format_spec"];
    let names = names.iter().map(|name| PyStr::intern_immortal(name).owned()).collect();
    crate::types::r#type::own_dict(PyInterpolation::type_object())
        .set_item(crate::intern!("__match_args__"), &PyTuple::from_vec(names))
}
