//! `StopIteration` with its value, `SystemExit` with its code.

use super::base::PyBaseException;
use crate::model::{Obj, ObjCell, ObjectExt, PyResult, none};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use taipan_macros::{pymethods, pytype};

/// Signal the end from iterator.__next__().
#[pytype(name = "StopIteration", exported = _PyExc_StopIteration, layout = PyStopIterationObject, base = super::PyException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(STOP))]
pub struct PyStopIteration {
    pub base: PyBaseException,
    /// generator return value
    #[member]
    pub value: ObjCell,
}

impl PyStopIteration {
    /// The value, `None` where none was given.
    pub fn value(&self) -> Obj {
        self.value.get().unwrap_or_else(none)
    }
}

#[pymethods(STOP)]
impl PyStopIteration {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.base.init(args, kwargs)?;
        self.value.set(Some(if args.is_empty() { none() } else { args.get(0).owned() }));
        Ok(())
    }
}

/// Request to exit from the interpreter.
#[pytype(name = "SystemExit", exported = _PyExc_SystemExit, layout = PySystemExitObject, base = PyBaseException, gc, flags(BASETYPE, BASE_EXC_SUBCLASS), parts(EXIT))]
pub struct PySystemExit {
    pub base: PyBaseException,
    /// exception code
    #[member]
    pub code: ObjCell,
}

#[pymethods(EXIT)]
impl PySystemExit {
    #[slot(tp_init)]
    fn init(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.base.init(args, kwargs)?;
        match args.len() {
            0 => {}
            1 => self.code.set(Some(args.get(0).owned())),
            _ => self.code.set(Some(args.owned())),
        }
        Ok(())
    }
}
