//! `typing.NoDefault`: says that a type variable has no default.

use crate::model::{Obj, ObjCell, ObjectExt, PyObject, PyResult, TypeObject};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// The type of the NoDefault singleton.
#[pytype(name = "NoDefaultType", exported = PyNoDefaultType_Type, signature = "()", parts(METHODS))]
pub struct PyNoDefault {
    ob_base: PyObject,
}

/// The interpreter's one instance.
#[derive(Default)]
struct Singleton {
    object: ObjCell,
}

/// `typing.NoDefault`.
pub fn no_default() -> Obj {
    let singleton = crate::model::thread::current().interpreter().extension::<Singleton>();
    singleton.object.get().unwrap_or_else(|| {
        let made = crate::memory::new(PyNoDefault { ob_base: PyObject::EMPTY }).into_obj();
        made.make_immortal();
        singleton.object.set(Some(made.clone()));
        made
    })
}

/// Whether it is `typing.NoDefault`.
pub fn is_no_default(object: &PyObject) -> bool {
    object.downcast_exact::<PyNoDefault>().is_some()
}

#[pymethods(METHODS)]
impl PyNoDefault {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = cls;
        if !args.is_empty() || kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "NoDefaultType takes no arguments"));
        }
        Ok(no_default())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult {
        Ok(PyStr::new("typing.NoDefault").into_obj())
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> &'static str {
        "NoDefault"
    }
}
