//! `ImportError`: what was to be imported, and from where.

use super::base::{PyBaseException, state_dict};
use crate::intern;
use crate::model::args::OptArg;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Import can't find module, or can't find name in module.
#[pytype(name = "ImportError", exported = _PyExc_ImportError, layout = PyImportErrorObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(IMPORT))]
pub struct PyImportError {
    pub base: PyBaseException,
    /// exception message
    #[member]
    pub msg: ObjCell,
    /// module name
    #[member]
    pub name: ObjCell,
    /// module path
    #[member]
    pub path: ObjCell,
    /// name imported from module
    #[member]
    pub name_from: ObjCell,
}

#[pymethods(IMPORT)]
impl PyImportError {
    #[init(signature = "(*args, name=None, path=None, name_from=None)")]
    fn init(
        &self,
        args: &[&PyObject],
        name: OptArg<&PyObject>,
        path: OptArg<&PyObject>,
        name_from: OptArg<&PyObject>,
    ) -> PyResult<()> {
        self.base.args.set(Some(PyTuple::from_slice(args).into_obj()));
        let set = |cell: &ObjCell, value: OptArg<&PyObject>| cell.set(value.given().map(ObjectExt::owned));
        set(&self.name, name);
        set(&self.path, path);
        set(&self.name_from, name_from);
        self.msg.set(if let [message] = args { Some(message.owned()) } else { None });
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult<Py<PyStr>> {
        match self.msg.get().map(Obj::downcast_into::<PyStr>) {
            Some(Ok(message)) if PyStr::check_exact(&message) => Ok(message),
            _ => self.base.text(),
        }
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let mut parts = vec![self.class().owned(), self.base.args().into_obj()];
        let details = [
            (intern!("name"), &self.name),
            (intern!("path"), &self.path),
            (intern!("name_from"), &self.name_from),
        ];
        let mut state = state_dict(&self.base)?;
        for (key, cell) in details {
            if let Some(value) = cell.get() {
                state.get_or_insert_with(crate::types::dict::PyDict::new).set_item(key, &value)?;
            }
        }
        parts.extend(state.map(Py::into_obj));
        Ok(PyTuple::from_vec(parts).into_obj())
    }
}

/// Fills in what an import knows about its failure.
pub fn set_import_details(
    exception: &PyObject,
    name: Option<&PyObject>,
    path: Option<&PyObject>,
    name_from: Option<&PyObject>,
) {
    if let Some(error) = exception.downcast::<PyImportError>() {
        error.name.set(name.map(ObjectExt::owned));
        error.path.set(path.map(ObjectExt::owned));
        error.name_from.set(name_from.map(ObjectExt::owned));
    }
}
