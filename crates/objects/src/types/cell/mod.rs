//! `cell`: variables that functions share.

use crate::model::{
    CompareOp, Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, ToPy, TypeObject, not_implemented,
};
use crate::protocols::object;
use crate::types::str::PyStr;
use taipan_macros::{pymethods, pytype};

/// Create a new cell object.
///
///   contents
///     the contents of the cell. If not specified, the cell will be empty,
///     and further attempts to access its cell_contents attribute will
///     raise a ValueError.
#[pytype(name = "cell", exported = PyCell_Type, layout = PyCellObject, gc, signature = "([contents])", parts(METHODS))]
pub struct PyCell {
    ob_base: PyObject,
    pub contents: ObjCell,
}

impl PyCell {
    /// A cell.
    pub fn new(contents: Option<Obj>) -> Py<PyCell> {
        crate::memory::new(PyCell { ob_base: PyObject::EMPTY, contents: ObjCell::new(contents) })
    }
}

#[pymethods(METHODS)]
impl PyCell {
    #[new(signature = "(contents=None, /)")]
    fn py_new(cls: &TypeObject, contents: crate::model::args::OptArg<&PyObject>) -> PyResult<Py<PyCell>> {
        let _ = cls;
        Ok(PyCell::new(contents.given().map(ObjectExt::owned)))
    }

    #[getter]
    fn cell_contents(&self) -> PyResult {
        self.contents.get().ok_or_else(|| raised!(ValueError, "cell is empty"))
    }

    #[setter(cell_contents)]
    fn set_cell_contents(&self, value: Option<&PyObject>) -> PyResult<()> {
        self.contents.set(value.map(ObjectExt::owned));
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        let address = self.as_object().as_ptr();
        let text = match self.contents.get() {
            None => format!("<cell at {address:p}: empty>"),
            Some(value) => {
                format!("<cell at {address:p}: {} object at {:p}>", value.class().name(), value.as_ptr())
            }
        };
        Ok(PyStr::new(&text).into_obj())
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyCell>() else { return Ok(not_implemented()) };
        match (self.contents.get(), other.contents.get()) {
            (Some(a), Some(b)) => object::compare(&a, &b, op),
            // An empty cell sorts before one that is not.
            (a, b) => op.holds(a.is_some().cmp(&b.is_some())).to_py(),
        }
    }
}
