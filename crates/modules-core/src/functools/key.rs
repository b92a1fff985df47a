//! What `cmp_to_key` makes: wraps objects so that they compare through a function.

use taipan_objects::prelude::*;

#[pytype(name = "functools.KeyWrapper", gc, flags(IMMUTABLETYPE, DISALLOW_INSTANTIATION), parts(METHODS))]
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
    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyCompareKey>> {
        let named = kwargs.map_or_else(Vec::new, PyDict::items_snapshot);
        let given = args.len() + named.len();
        if given > 1 {
            return Err(raised!(TypeError, "K() takes at most 1 argument ({given} given)"));
        }
        if let Some(&object) = args.as_slice().first() {
            return Ok(new_key(&self.compare, Some(object)));
        }
        match named.first() {
            Some((name, object)) if name.downcast::<PyStr>().is_some_and(|name| name.eq_str("obj")) => {
                Ok(new_key(&self.compare, Some(object)))
            }
            _ => Err(raised!(TypeError, "K() missing required argument 'obj' (pos 1)")),
        }
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

    #[getter(__text_signature__)]
    fn text_signature(&self) -> &'static str {
        "(obj)"
    }
}
