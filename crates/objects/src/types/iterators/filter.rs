//! `filter`.

use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject};
use crate::protocols::{call, iter, object};
use crate::types::bool::PyBool;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "filter", exported = PyFilter_Type, gc, flags(BASETYPE), signature = "(function, iterable, /)", parts(METHODS))]
/// Return an iterator yielding those items of iterable for which
/// function(item) is true.  If function is None, return the items that
/// are true.
pub struct PyFilter {
    ob_base: PyObject,
    function: Obj,
    iterator: Obj,
}

#[pymethods(METHODS)]
impl PyFilter {
    #[new(signature = "(function, iterable, /)", name = "filter")]
    fn py_new(cls: &TypeObject, function: &PyObject, iterable: &PyObject) -> PyResult<Py<PyFilter>> {
        let iterator = iter::iter(iterable)?;
        let function = function.owned();
        crate::memory::new_in(cls, PyFilter { ob_base: PyObject::EMPTY, function, iterator })
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Obj {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let by_truth = self.function.is_none() || self.function.is(PyBool::type_object());
        while let Some(item) = iter::next(&self.iterator)? {
            let kept = if by_truth {
                object::is_true(&item)?
            } else {
                object::is_true(&*call::call(&self.function, &[&item])?)?
            };
            if kept {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Return state information for pickling.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> (Obj, (Obj, Obj)) {
        (self.class().owned(), (self.function.clone(), self.iterator.clone()))
    }
}
