//! Calling objects.

use crate::model::{Obj, PyObject, PyResult};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// `callable(*args)`.
pub fn call(callable: &PyObject, args: &[&PyObject]) -> PyResult {
    let _ = (callable, args);
    todo!()
}

/// `callable(*args)` with the last arguments named by `names` (`PyObject_Vectorcall`).
pub fn call_names(callable: &PyObject, args: &[&PyObject], names: Option<&PyTuple>) -> PyResult {
    let _ = (callable, args, names);
    todo!()
}

/// `callable(*args, **kwargs)` (`PyObject_Call`).
pub fn call_tuple(callable: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let _ = (callable, args, kwargs);
    todo!()
}

/// `receiver.name(*args)` without making a bound method where that is possible.
pub fn method(receiver: &PyObject, name: &PyStr, args: &[&PyObject]) -> PyResult {
    let _ = (receiver, name, args);
    todo!()
}

/// As [`method`] with named arguments behind the positional ones.
pub fn method_names(
    receiver: &PyObject,
    name: &PyStr,
    args: &[&PyObject],
    names: Option<&PyTuple>,
) -> PyResult {
    let _ = (receiver, name, args, names);
    todo!()
}

/// `type(receiver).name(receiver, *args)`: a special method; `None` where the type has none.
pub fn special(receiver: &PyObject, name: &PyStr, args: &[&PyObject]) -> PyResult<Option<Obj>> {
    let _ = (receiver, name, args);
    todo!()
}
