//! What `cmp_to_key` makes: wraps objects so that they compare through a function.

use taipan_objects::prelude::*;

#[pytype(name = "functools.KeyWrapper", gc, flags(IMMUTABLETYPE), parts(METHODS))]
pub struct PyCompareKey {
    ob_base: PyObject,
    compare: Obj,
    /// Value wrapped by a key function.
    #[member(name = "obj")]
    object: ObjCell,
}

/// A key function (no object yet) or a key.
pub fn new_key(compare: &PyObject, object: Option<&PyObject>) -> Py<PyCompareKey> {
    taipan_objects::memory::new(PyCompareKey {
        ob_base: PyObject::EMPTY,
        compare: compare.owned(),
        object: ObjCell::new(object.map(|object| object.owned())),
    })
}

#[pymethods(METHODS)]
impl PyCompareKey {
    #[call(name = "K", signature = "(obj)")]
    fn call(&self, object: &PyObject) -> Py<PyCompareKey> {
        new_key(&self.compare, Some(object))
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyCompareKey>() else {
            return Err(raised!(TypeError, "other argument must be K instance"));
        };
        let (Some(a), Some(b)) = (self.object.get(), other.object.get()) else {
            return Err(raised!(AttributeError, "object"));
        };
        let order = call::call(&self.compare, &[&a, &b])?;
        object::compare(&order, &PyInt::from_i64(0), op)
    }
}
