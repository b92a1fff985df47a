//! `cell`: variables that functions share.

use crate::model::{Obj, ObjCell, Py, PyObject, PyType};
use taipan_macros::pytype;

/// One variable.
#[pytype(name = "cell", exported = PyCell_Type, layout = PyCellObject, gc)]
pub struct PyCell {
    ob_base: PyObject,
    pub contents: ObjCell,
}

impl PyCell {
    /// A cell.
    pub fn new(contents: Option<Obj>) -> Py<PyCell> {
        let _ = contents;
        todo!()
    }
}
