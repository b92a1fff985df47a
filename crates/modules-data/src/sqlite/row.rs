//! `sqlite3.Row`: a row whose values are found by column name, too.

use super::cursor::PyCursor;
use taipan_macros::{pymethods, pytype};
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::slice::PySlice;

#[pytype(name = "sqlite3.Row", gc, flags(BASETYPE), parts(METHODS))]
pub struct PyRow {
    ob_base: PyObject,
    data: Py<PyTuple>,
    description: Obj,
}

fn equal_names(wanted: &PyStr, name: &PyObject) -> bool {
    name.downcast::<PyStr>().is_some_and(|name| {
        object::compare_bool(wanted, name, CompareOp::Eq).unwrap_or(false)
            || match (wanted.as_ascii(), name.as_ascii()) {
                (Some(wanted), Some(name)) => wanted.eq_ignore_ascii_case(name),
                _ => false,
            }
    })
}

impl PyRow {
    /// The names of the columns.
    fn names(&self) -> PyResult<Vec<Obj>> {
        let Some(columns) = self.description.downcast::<PyTuple>() else { return Ok(Vec::new()) };
        columns.as_slice().iter().map(|column| sequence::get_item(column, 0)).collect()
    }
}

#[pymethods(METHODS)]
impl PyRow {
    #[new(signature = "(cursor, data, /)")]
    fn py_new(cls: &TypeObject, cursor: &PyCursor, data: &PyTuple) -> PyResult<Py<PyRow>> {
        let description = cursor.description_object();
        memory::new_in(cls, PyRow { ob_base: PyObject::EMPTY, data: PyType::to_owned(data), description })
    }

    /// Returns the keys of the row.
    #[pymethod]
    fn keys(&self) -> PyResult<Py<PyList>> {
        Ok(PyList::from_vec(self.names()?))
    }

    #[slot(sq_length)]
    fn len(&self) -> PyResult<usize> {
        Ok(self.data.len())
    }

    #[slot(mp_length)]
    fn mapping_len(&self) -> PyResult<usize> {
        Ok(self.data.len())
    }

    #[slot(sq_item)]
    fn item(&self, index: isize) -> PyResult {
        sequence::get_item(&self.data, index)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        if key.downcast::<PyInt>().is_some() || key.downcast::<PySlice>().is_some() {
            return object::get_item(&self.data, key);
        }
        let Some(wanted) = key.downcast::<PyStr>() else {
            return Err(raised!(IndexError, "Index must be int or string"));
        };
        if self.description.is_none() {
            return Err(raised!(IndexError, "No item with key {}", object::repr(key)?));
        }
        match self.names()?.iter().position(|name| equal_names(wanted, name)) {
            Some(at) => sequence::get_item(&self.data, at as isize),
            None => Err(raised!(IndexError, "No item with that key")),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iter::iter(&self.data)
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        Ok(object::hash(&self.description)? ^ object::hash(&self.data)?)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let (true, Some(other)) = (matches!(op, CompareOp::Eq | CompareOp::Ne), other.downcast::<PyRow>())
        else {
            return Ok(not_implemented());
        };
        let equal = object::compare_bool(&self.description, &other.description, CompareOp::Eq)?
            && object::compare_bool(&self.data, &other.data, CompareOp::Eq)?;
        Ok(PyInt::from_bool(equal == (op == CompareOp::Eq)))
    }
}
