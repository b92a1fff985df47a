//! What `localcontext` gives: a context for the time of a with-statement.

use super::context::{PyDecContext, context_or_current, current, set_current};
use taipan_objects::memory;
use taipan_objects::prelude::*;

#[pytype(name = "decimal.ContextManager", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS))]
pub struct PyContextManager {
    ob_base: PyObject,
    local: Py<PyDecContext>,
    global: Py<PyDecContext>,
}

/// A manager for a copy of a context with some attributes changed.
pub fn local(context: Option<&PyObject>, changes: Option<&PyDict>) -> PyResult<Py<PyContextManager>> {
    let global = current()?;
    let local = context_or_current(context)?.duplicate();
    for (name, value) in changes.map(PyDict::items_snapshot).unwrap_or_default() {
        let text = name.downcast::<PyStr>().map(|name| name.to_string()).unwrap_or_default();
        // None stands for what the context has.
        let known = if value.is_none() { NAMES.contains(&&*text) } else { local.set_named(&text, &value)? };
        if !known {
            return Err(raised!(TypeError, "this function got an unexpected keyword argument '{text}'"));
        }
    }
    Ok(memory::new(PyContextManager { ob_base: PyObject::EMPTY, local, global }))
}

const NAMES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

#[pymethods(METHODS)]
impl PyContextManager {
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<Py<PyDecContext>> {
        set_current(&self.local)?;
        Ok(self.local.clone())
    }

    #[pymethod(name = "__exit__", signature = "(exc_type, exc_value, traceback, /)")]
    fn exit(&self, class: &PyObject, value: &PyObject, traceback: &PyObject) -> PyResult<bool> {
        let _ = (class, value, traceback);
        set_current(&self.global)?;
        Ok(false)
    }
}
