//! `BaseExceptionGroup` and `ExceptionGroup`.

use super::base::PyBaseException;
use crate::model::ObjCell;
use taipan_macros::pytype;

/// A combination of multiple unrelated exceptions.
#[pytype(name = "BaseExceptionGroup", exported = _PyExc_BaseExceptionGroup, layout = PyBaseExceptionGroupObject, base = PyBaseException, subclass_flag = BASE_EXC_SUBCLASS, gc, flags(BASETYPE))]
pub struct PyBaseExceptionGroup {
    pub base: PyBaseException,
    /// exception message
    #[member(readonly, name = "message")]
    pub msg: ObjCell,
    pub excs: ObjCell,
    pub excs_str: ObjCell,
}
