//! `string.templatelib`: what t-strings evaluate to (PEP 750).
//!
//! A template alternates strings and interpolations; there is always one string more.

mod interpolation;

pub use interpolation::{_PyInterpolation_Type, PyInterpolation, complete_type};

use crate::intern;
use crate::memory;
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::object;
use crate::system;
use crate::types::dict::PyDict;
use crate::types::genericalias;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};

/// Template object
#[pytype(name = "string.templatelib.Template", exported = _PyTemplate_Type, gc, parts(TEMPLATE))]
pub struct PyTemplate {
    ob_base: PyObject,
    /// Strings
    #[member(readonly, kind = OBJECT)]
    strings: Py<PyTuple>,
    /// Interpolations
    #[member(readonly, kind = OBJECT)]
    interpolations: Py<PyTuple>,
}

impl PyTemplate {
    /// A template of its parts (`BUILD_TEMPLATE`); there is one string more than interpolations.
    pub fn new(strings: Py<PyTuple>, interpolations: Py<PyTuple>) -> Py<PyTemplate> {
        memory::new(PyTemplate { ob_base: PyObject::EMPTY, strings, interpolations })
    }

    /// A template of strings and interpolations in any order.
    fn from_parts(parts: &[&PyObject]) -> PyResult<Py<PyTemplate>> {
        let (mut strings, mut interpolations) = (Vec::new(), Vec::new());
        // What stands since the last interpolation.
        let mut text: Vec<&PyStr> = Vec::new();
        for part in parts {
            if let Some(string) = part.downcast::<PyStr>() {
                text.push(string);
            } else if part.downcast_exact::<PyInterpolation>().is_some() {
                strings.push(PyStr::concat_many(&text)?.into_obj());
                text.clear();
                interpolations.push(part.owned());
            } else {
                return Err(raised!(
                    TypeError,
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    part.class().name()
                ));
            }
        }
        strings.push(PyStr::concat_many(&text)?.into_obj());
        Ok(PyTemplate::new(PyTuple::from_vec(strings), PyTuple::from_vec(interpolations)))
    }

    /// This template followed by another.
    fn concat(&self, other: &PyTemplate) -> PyResult<Py<PyTemplate>> {
        let (left, right) = (self.strings.as_slice(), other.strings.as_slice());
        let ends = (
            left.last().and_then(|s| s.downcast::<PyStr>()),
            right.first().and_then(|s| s.downcast::<PyStr>()),
        );
        let (Some(end), Some(start)) = ends else {
            return Err(raised!(SystemError, "a template without strings"));
        };
        let middle = PyStr::concat_many(&[end, start])?.into_obj();
        let mut strings: Vec<Obj> = left[..left.len() - 1].iter().map(|s| s.owned()).collect();
        strings.push(middle);
        strings.extend(right[1..].iter().map(|s| s.owned()));
        let parts = self.interpolations.as_slice().iter().chain(other.interpolations.as_slice());
        let interpolations = parts.map(|part| part.owned()).collect();
        Ok(PyTemplate::new(PyTuple::from_vec(strings), PyTuple::from_vec(interpolations)))
    }
}

#[pymethods(TEMPLATE)]
impl PyTemplate {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyTemplate>> {
        let _ = cls;
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "Template.__new__ only accepts *args arguments"));
        }
        PyTemplate::from_parts(args.as_slice())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let (strings, interpolations) = (object::repr(&self.strings)?, object::repr(&self.interpolations)?);
        PyStr::concat_many(&[
            &PyStr::new("Template(strings="),
            &strings,
            &PyStr::new(", interpolations="),
            &interpolations,
            &PyStr::new(")"),
        ])
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        let template = PyType::to_owned(self);
        let iterator = PyTemplateIter { ob_base: PyObject::EMPTY, template, at: Cell::new(0) };
        Ok(memory::new(iterator).into_obj())
    }

    #[slot(sq_concat)]
    fn add(&self, other: &PyObject) -> PyResult<Py<PyTemplate>> {
        match other.downcast_exact::<PyTemplate>() {
            Some(other) => self.concat(other),
            None => Err(raised!(
                TypeError,
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                other.class().name()
            )),
        }
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let module = system::import(intern!("string.templatelib"))?;
        let unpickle = object::get_attr(&module, intern!("_template_unpickle"))?;
        let parts = PyTuple::from_slice(&[&self.strings, &self.interpolations]);
        Ok(PyTuple::from_vec(vec![unpickle, parts.into_obj()]).into_obj())
    }

    /// Templates are generic over the types of their interpolations
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)", no_text)]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// Values of interpolations
    #[getter]
    fn values(&self) -> PyResult {
        let values =
            self.interpolations.as_slice().iter().map(|part| match part.downcast::<PyInterpolation>() {
                Some(part) => part.value.clone(),
                None => part.owned(),
            });
        Ok(PyTuple::from_vec(values.collect()).into_obj())
    }
}

/// Template iterator object
#[pytype(name = "string.templatelib.TemplateIter", exported = _PyTemplateIter_Type, gc, parts(ITERATOR))]
pub struct PyTemplateIter {
    ob_base: PyObject,
    template: Py<PyTemplate>,
    /// Strings have even places, interpolations odd ones.
    at: Cell<usize>,
}

#[pymethods(ITERATOR)]
impl PyTemplateIter {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        loop {
            let at = self.at.get();
            let parts =
                if at.is_multiple_of(2) { &self.template.strings } else { &self.template.interpolations };
            let Some(part) = parts.as_slice().get(at / 2) else {
                return Ok(None);
            };
            self.at.set(at + 1);
            if part.downcast::<PyStr>().is_none_or(|text| !text.is_empty()) {
                return Ok(Some(part.owned()));
            }
        }
    }
}
