//! `_string`: the grammar of `str.format` for `string.Formatter`.

use core::cell::RefCell;
use taipan_macros::pymodule;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::str::fields::{self, FieldName, Lookup, Markup};

/// string helper module
#[pymodule(name = "_string")]
pub mod module {
    use super::{PyFieldNames, PyPieces, need_str, split_field_name};
    use taipan_objects::prelude::*;

    /// parse the argument as a format string
    #[pyfunction(signature = "(object, /)")]
    pub fn formatter_parser(object: &PyObject) -> PyResult<Py<PyPieces>> {
        Ok(PyPieces::new(need_str(object)?))
    }

    /// split the argument as a field name
    #[pyfunction(signature = "(object, /)")]
    pub fn formatter_field_name_split(object: &PyObject) -> PyResult<(Obj, Py<PyFieldNames>)> {
        split_field_name(need_str(object)?)
    }
}

fn need_str(object: &PyObject) -> PyResult<&PyStr> {
    object
        .downcast::<PyStr>()
        .ok_or_else(|| raised!(TypeError, "expected str, got {}", object.class().name()))
}

/// The pieces of a format string.
#[pytype(name = "formatteriterator", flags(DISALLOW_INSTANTIATION), parts(PIECES))]
pub struct PyPieces {
    ob_base: PyObject,
    text: Py<PyStr>,
    markup: RefCell<Markup>,
}

impl PyPieces {
    fn new(text: &PyStr) -> Py<PyPieces> {
        let markup = RefCell::new(Markup::new(0..text.len()));
        memory::new(PyPieces { ob_base: PyObject::EMPTY, text: PyType::to_owned(text), markup })
    }
}

#[pymethods(PIECES)]
impl PyPieces {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let Some(piece) = self.markup.borrow_mut().next(&self.text)? else {
            return Ok(None);
        };
        let part = |range: core::ops::Range<usize>| self.text.substring(range.start, range.end).into_obj();
        let literal = part(piece.literal);
        let items = match piece.field {
            None => vec![literal, none(), none(), none()],
            Some(field) => {
                let conversion = field.conversion.map_or_else(none, |c| PyStr::from_char(c).into_obj());
                vec![literal, part(field.name), part(field.spec), conversion]
            }
        };
        Ok(Some(PyTuple::from_vec(items).into_obj()))
    }
}

/// The look-ups of a field name.
#[pytype(name = "fieldnameiterator", flags(DISALLOW_INSTANTIATION), parts(NAMES))]
pub struct PyFieldNames {
    ob_base: PyObject,
    text: Py<PyStr>,
    rest: RefCell<FieldName>,
}

fn split_field_name(text: &PyStr) -> PyResult<(Obj, Py<PyFieldNames>)> {
    let (first, rest) = FieldName::split(text, 0..text.len());
    let first = match fields::number(text, first.clone())? {
        Some(index) => PyInt::from_i64(index as i64).into_obj(),
        None => text.substring(first.start, first.end).into_obj(),
    };
    let text = PyType::to_owned(text);
    let rest = RefCell::new(rest);
    Ok((first, memory::new(PyFieldNames { ob_base: PyObject::EMPTY, text, rest })))
}

#[pymethods(NAMES)]
impl PyFieldNames {
    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let lookup = self.rest.borrow_mut().next(&self.text)?;
        let part = |range: core::ops::Range<usize>| self.text.substring(range.start, range.end).into_obj();
        let (is_attribute, value) = match lookup {
            None => return Ok(None),
            Some(Lookup::Attribute(name)) => (true, part(name)),
            Some(Lookup::Item(_, Some(index))) => (false, PyInt::from_i64(index as i64).into_obj()),
            Some(Lookup::Item(key, None)) => (false, part(key)),
        };
        Ok(Some(PyTuple::from_vec(vec![PyInt::from_bool(is_attribute), value]).into_obj()))
    }
}
